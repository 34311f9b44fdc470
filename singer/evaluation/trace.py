"""How well a trace finds its render when every mark is gone: songs of which the answer is known, attacked.

Each clip is held against all renders of its own song, by other voices and other seeds, and against the two
other songs that come nearest. The watermark is never asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE, studio
from singer.evaluation.attacks.model import Attack, Clip, Row
from singer.evaluation.attacks.suite import ATTACKS
from singer.fingerprint import Contour, unpack
from singer.tracing.candidates import candidates_of
from singer.tracing.recording import Excerpt, excerpts_of
from singer.tracing.spectra import Spectra, spectra_of
from singer.tracing.weighing import Weighed, listening, stranger_nats, weigh_spectra
from singer.voice import Voice

CLIP_S = 10.0
CHOSEN = (
    *("none", "GSM 06.10", "white noise 10 dB", "over the air", "five pieces cut out", "deletions, 1 %"),
    *("wow and flutter", "Rubber Band -10 %", "speed +10 %", "pitch +2 st", "pitch, formants kept -2 st"),
    *("band, −6 dB", "band, −12 dB", "production", "mel 80, 22 kHz", "WORLD"),
)
"""Attacks of the watermark's suite that are measured here, by name."""

HEAVY = "WORLD, 3 kHz, +5 %, noise 0 dB"
_MOST = 8
_NOBODY = "0" * 64


@dataclass(frozen=True)
class Sung:
    """A render of the evaluation: whose voice, of which song, drawn from which seed; `samples` (n,) at
    44 100 Hz as they were sung again; `spectra` of all of them."""

    render_id: int
    song: str
    voice: str
    seed: int
    samples: NDArray[np.float32]
    spectra: Spectra


@dataclass(frozen=True)
class Trial:
    """One attacked clip: the render that it is from, and the candidates that were weighed, best first, each
    with what it is to the true one (`kinship`). `stranger_nats`: what the best one reaches backwards."""

    attack: str
    weighed: tuple[tuple[str, Weighed], ...]
    stranger_nats: float


@dataclass(frozen=True)
class Figures:
    """One line of the table. Of `clips` the best candidate was the very render (`right`), another render of
    the song by the same voice (`other_seed`) or another (`other_voice`), or another song (`other_song`)."""

    attack: str
    clips: int
    right: int
    other_seed: int
    other_voice: int
    other_song: int


def sing_all(
    home: Path, released: Path, scores: Sequence[Path], voices: Sequence[str], seeds: Sequence[int]
) -> tuple[studio.Registry, list[Sung]]:
    """Release every score with every voice and seed in a registry at `home`, its files into the folder
    `released`, then sing each again."""
    registry = studio.open_registry(home)
    chosen = voices or tuple(voice.id for voice in registry.voices())
    sung = []
    for score in scores:
        for voice in chosen:
            for seed in seeds:
                performance = studio.plan(score, seed=seed).performance
                target = released / f"{score.stem}.{voice}.{seed}.flac"
                use = studio.Use("evaluation")
                song = studio.render(registry, performance, [target], use=use, voice=voice)
                render_id = int(song.render_id, 16)
                samples = Voice.sing_again(
                    registry,
                    render_id,
                    0.0,
                    performance.duration_s,
                    by="evaluation",
                    suspect_sha256=_NOBODY,
                )
                spectra = spectra_of(listening(samples))
                sung.append(Sung(render_id, score.stem, voice, seed, samples, spectra))
    return registry, sung


def attacks(names: Sequence[str] = ()) -> list[Attack]:
    """The attacks of the table, or those with one of `names` in theirs."""
    by_name = {attack.name: attack for attack in ATTACKS}
    chosen = [by_name[name] for name in CHOSEN]
    chosen.append(Attack(HEAVY, Row(HEAVY, None), lambda clip, random: _heavy(clip.samples, random)))
    return [one for one in chosen if not names or any(name in one.name for name in names)]


def trials(
    registry: studio.Registry, sung: Sequence[Sung], chosen: Sequence[Attack], clips: int, seed: int
) -> Iterator[Trial]:
    """Attack `clips` clips with each attack, each of a render drawn by the seed, and weigh the candidates."""
    random = np.random.default_rng(seed)
    by_id = {one.render_id: one for one in sung}
    contours = {name: unpack(packed) for name, packed in registry.tracing.contours() if name in by_id}
    for _ in range(clips):
        for attack in chosen:
            truth = sung[int(random.integers(len(sung)))]
            excerpt = excerpts_of(_attacked(truth, attack, random))[0]
            found = _weighed(excerpt, truth, by_id, contours)
            stranger = 0.0
            if found:
                best = found[0].render_id
                stranger = stranger_nats(excerpt, contours[best], by_id[best].spectra)
            kin = tuple((kinship(truth, one.render_id, by_id), one) for one in found)
            yield Trial(attack.name, kin, stranger)


def figures(results: Sequence[Trial]) -> list[Figures]:
    """The table, a line for each attack."""
    lines = []
    for name in dict.fromkeys(trial.attack for trial in results):
        kinds = [_named(trial) for trial in results if trial.attack == name]
        counts = {kind: kinds.count(kind) for kind in ("right", "seed", "voice", "song")}
        lines.append(
            Figures(name, len(kinds), counts["right"], counts["seed"], counts["voice"], counts["song"])
        )
    return lines


def _named(trial: Trial) -> str:
    return trial.weighed[0][0] if trial.weighed else "song"


def kinship(truth: Sung, named: int, by_id: Mapping[int, Sung]) -> str:
    """What a named render is to the true one: "right", the same voice at another "seed", another "voice",
    another "song"."""
    if named == truth.render_id:
        return "right"
    other = by_id[named]
    if other.song != truth.song:
        return "song"
    return "seed" if other.voice == truth.voice else "voice"


def _weighed(
    excerpt: Excerpt,
    truth: Sung,
    by_id: Mapping[int, Sung],
    contours: Mapping[int, Contour],
) -> tuple[Weighed, ...]:
    strangers = {name: contour for name, contour in contours.items() if by_id[name].song != truth.song}
    candidates = {
        candidate.render_id: candidate
        for pool, most in ((strangers, 2), (contours, _MOST))
        for candidate in candidates_of(excerpt, pool, (), most)
    }
    found = [weigh_spectra(excerpt, one, by_id[one.render_id].spectra) for one in candidates.values()]
    return tuple(sorted((one for one in found if one is not None), key=lambda one: -one.nats))


def _attacked(truth: Sung, attack: Attack, random: np.random.Generator) -> NDArray[np.float32]:
    """A clip from somewhere inside a song after an attack, at 16 kHz."""
    import soxr

    size = round(min(attack.seconds, CLIP_S) * SAMPLE_RATE)
    last = max(1, len(truth.samples) - size - SAMPLE_RATE)
    start = int(random.integers(min(SAMPLE_RATE, last - 1), last))
    clip = truth.samples[start : start + size]
    changed = attack.apply(Clip(clip, truth.render_id, clip, truth.render_id, b""), random)
    return np.asarray(soxr.resample(changed, attack.sample_rate, 16_000), np.float32)


def _heavy(samples: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
    """Analysed and synthesised anew, cut at 3 kHz, stretched by a twentieth, in noise as loud as itself."""
    from singer.evaluation.attacks import filters, noise, resynthesis, time_and_pitch

    sound = filters.passed(resynthesis.through_world(samples), high_hz=3_000)
    return noise.with_noise(time_and_pitch.stretched_by_rubber_band(sound, 1.05), random, 0)
