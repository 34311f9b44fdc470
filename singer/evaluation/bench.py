"""Everything that voices are measured on, gathered once: recordings that training never saw, models, and what
sings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from singer import HOP, SAMPLE_RATE
from singer.acoustic.phrase import VoiceModel
from singer.acoustic.weights import VoiceWeights, load_vocoder
from singer.evaluation.copies import by_vocoder, by_world
from singer.evaluation.report import load_run
from singer.evaluation.resung import Part, Sing, Sound, Take, part_of, sing_again, stage
from singer.performance.model import Performance
from singer.training.corpora import TEACHER, Utterance, is_held_out, read_corpus
from singer.training.features import Features
from singer.training.prepare import feature_file, load
from singer.training.publish import BASE_FILE, clean_film
from singer.training.recipe import CLEAN_CONDITION, recipe_of
from singer.vocoder.excitation import white_noise
from singer.vocoder.model import Vocoder
from singer.vocoder.synthesis import Synthesiser
from singer.voice import silence_gate

MOST = 24
"""Held-out recordings of one bank that are sung again; taken evenly where there are more."""

ENROLLED = 40
"""Recordings of each voice that training did see, which it is known by."""


@dataclass(frozen=True)
class Material:
    """The held-out recordings of one voice in one condition, and what was made of them, in the same order."""

    voice: str
    condition: str
    language: str
    utterances: tuple[Utterance, ...]
    features: tuple[Features, ...]
    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        """Voice and condition, as the corpus names them."""
        return f"{self.voice}/{self.condition}"

    @property
    def pitch_hz(self) -> float | None:
        """The pitch that they are sung on; None for speech and song of many pitches."""
        return None if self.voice == TEACHER else self.utterances[0].pitch_hz

    def recorded(self) -> list[Take]:
        """The recordings themselves."""
        return [self.take(f.samples, n) for n, f in enumerate(self.features)]

    def take(self, samples: Sound, number: int) -> Take:
        """A sound that stands for one of the recordings."""
        part = self.parts[number]
        return Take(samples, part.phones, float(np.median(part.f0_hz)))


class Bench:
    """The material of a run, and the voices of a folder that sing it again."""

    def __init__(
        self,
        corpus: Sequence[Utterance],
        recordings: Path,
        work: Path,
        voices: Path,
        chosen: Sequence[str],
        sing: Sing,
    ) -> None:
        self.recordings, self.work, self.voices = recordings, work, voices
        self.chosen, self.sing = tuple(chosen), sing
        self._corpus = tuple(corpus)
        self._made: dict[tuple[str, str], list[Take]] = {}
        self._copied: dict[str, list[Take]] = {}
        self._by_world: dict[str, list[Take]] = {}

    @cached_property
    def vocoder(self) -> Vocoder:
        """The vocoder of the folder's base."""
        return load_vocoder({BASE_FILE: (self.voices / "base" / BASE_FILE).read_bytes()})

    @cached_property
    def materials(self) -> tuple[Material, ...]:
        """Held-out material of every chosen voice and of the English teacher, MOST of each at most."""
        groups: dict[tuple[str, str], list[Utterance]] = {}
        for utterance in self._corpus:
            if is_held_out(utterance) and utterance.voice in (*self.chosen, TEACHER):
                groups.setdefault((utterance.voice, utterance.condition), []).append(utterance)
        return tuple(self._material(*key, found) for key, found in sorted(groups.items()))

    def _material(self, voice: str, condition: str, found: list[Utterance]) -> Material:
        chosen = found[:: max(1, -(-len(found) // MOST))]
        features = tuple(self._features(utterance) for utterance in chosen)
        parts = tuple(part_of(u, f.f0_hz) for u, f in zip(chosen, features, strict=True))
        return Material(voice, condition, chosen[0].language, tuple(chosen), features, parts)

    def _features(self, utterance: Utterance) -> Features:
        return load(feature_file(self.work / "features", utterance.id))

    def clean(self) -> list[Material]:
        """The material of the chosen voices that is recorded as songs are rendered."""
        return [one for one in self.materials if one.condition == CLEAN_CONDITION]

    def seen(self, voice: str) -> list[Features]:
        """Clean recordings of a voice that training saw, at most ENROLLED."""
        mine = [
            u
            for u in self._corpus
            if u.voice == voice and u.condition == CLEAN_CONDITION and not is_held_out(u)
        ]
        return [self._features(u) for u in mine[:: max(1, len(mine) // ENROLLED)][:ENROLLED]]

    def made(self, material: Material, voice: str | None = None) -> list[Take]:
        """The material as its own voice sings it, or as another does."""
        singer = voice or material.voice
        key = (material.name, singer)
        if key not in self._made:
            sing = self.teacher if singer == TEACHER else self.sing
            self._made[key] = sing_again(sing, singer, material.parts, material.language)
        return self._made[key]

    def copied(self, material: Material) -> list[Take]:
        """The recordings by our vocoder's copy-synthesis."""
        if material.name not in self._copied:
            self._copied[material.name] = [
                material.take(by_vocoder(self.vocoder, features), number)
                for number, features in enumerate(material.features)
            ]
        return self._copied[material.name]

    def by_world(self, material: Material) -> list[Take]:
        """The recordings by WORLD's copy-synthesis."""
        if material.name not in self._by_world:
            self._by_world[material.name] = [
                material.take(by_world(features.samples, material.pitch_hz), number)
                for number, features in enumerate(material.features)
            ]
        return self._by_world[material.name]

    @cached_property
    def teacher(self) -> Sing:
        """What sings in the English teacher's voice: nobody lent it, so it is not shipped, and no registry
        knows it. It comes from the run's own checkpoint."""
        recipe = recipe_of(self.work)
        acoustic, vocoder = load_run(self.work, recipe)
        model = VoiceModel(acoustic, VoiceWeights(TEACHER, clean_film(acoustic, recipe, TEACHER), 0.0))
        return _singing(model, Synthesiser(vocoder))


def _singing(model: VoiceModel, synthesiser: Synthesiser) -> Sing:
    def sing(performance: Performance, voice: str) -> Sound:
        if voice != TEACHER:
            raise ValueError(f"{voice} is somebody's voice: it sings through the studio alone")
        song = np.zeros(round(performance.duration_s * SAMPLE_RATE), np.float32)
        for phrase in performance.phrases:
            start = phrase.start_frame * HOP
            noise = white_noise(phrase.frames * HOP, performance.seed + start).numpy()
            samples = synthesiser.synthesise(model.controls(phrase), noise) * silence_gate(phrase)
            song[start : start + len(samples)] = samples[: len(song) - start]
        return song

    return sing


@contextmanager
def bench(recordings: Path, work: Path, voices: Path, chosen: Sequence[str]) -> Iterator[Bench]:
    """A bench over the `chosen` voices of a folder; it lasts as long as the block."""
    torch.set_num_threads(1)
    with ExitStack() as stack:
        corpus = read_corpus(recordings, work)
        yield Bench(corpus, recordings, work, voices, chosen, stack.enter_context(stage(voices)))
