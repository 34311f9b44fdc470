"""Reads UTAU banks: syllable strings on one pitch, segmented into phones by models of the bank itself."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from singer import SAMPLE_RATE
from singer.language import phones
from singer.training.corpora.acoustics import HOP_S, Array, frame_features
from singer.training.corpora.alignment import (
    Alignment,
    PhoneModels,
    Pool,
    Span,
    Token,
    align,
    gather,
    gather_guess,
)
from singer.training.corpora.audio import read_samples
from singer.training.corpora.model import UNKNOWN, LabelledPhone, LabelsError, Utterance, gapless
from singer.training.corpora.oto import OtoEntry, read_oto
from singer.training.corpora.refinement import refine
from singer.training.corpora.transcripts import Transcript, japanese_transcript, mandarin_transcript

ROUNDS = 5
_ENERGY, _VOICING, _VOICING_SCALE = 13, 15, 4.0  # columns of the features
_NOMINAL_S = {
    "stop": 0.09,
    "fricative": 0.12,
    "affricate": 0.12,
    "nasal": 0.08,
    "tap": 0.04,
    "approximant": 0.07,
}


@dataclass(frozen=True)
class Bank:
    """One bank: its folder under the recordings, and what its files have in common."""

    folder: str
    voice: str
    condition: str
    language: str
    pitch_hz: float
    oto: str = "oto.ini"

    @property
    def source(self) -> str:
        """The set of recordings that the bank is of, by the name under which the registry knows it."""
        return self.folder.split("/")[0]


BANKS: tuple[Bank, ...] = (
    Bank("kumi_pastel_ja", "hitsune-kumi", "16-bit", "ja", 293.66, "oto-vcv.ini"),
    Bank("kumi_zh/A3", "hitsune-kumi", "8-bit", "zh", 220.0),
    Bank("kumi_zh/A4", "hitsune-kumi", "8-bit", "zh", 440.0),
    Bank("kumi_zh/D5", "hitsune-kumi", "8-bit", "zh", 587.33),
    Bank("yuki_ja", "imagawa-yuki", "16-bit", "ja", 349.23),
    Bank("dorodoro_ja", "dorodoro-beta", "16-bit", "ja", 196.0),
)


@dataclass
class _Recording:
    path: Path
    transcript: Transcript
    features: Array
    duration_s: float
    spans: tuple[Span, ...] = ()


def read_bank(
    recordings: Path, bank: Bank, *, progress: Callable[[str], None] | None = None
) -> list[Utterance]:
    """Segment one bank. `recordings` is the folder that holds `bank.folder`.

    Raises LabelsError when the bank has no recordings or an `oto.ini` cannot be read.
    """
    folder = recordings / bank.folder
    files = sorted(folder.glob("*.flac")) or sorted(folder.glob("*.wav"))
    if not files:
        raise LabelsError(f"{folder}: there are no recordings.", "Give the folder that holds the banks.")
    entries = read_oto(folder / bank.oto)
    takes = [_load(path, entries.get(path.stem, []), bank) for path in files]
    known = [take for take in takes if take.transcript.tokens[0].phone != UNKNOWN]
    _train(known, progress)
    return [_utterance(take, bank, folder) for take in takes]


def _load(path: Path, entries: Sequence[OtoEntry], bank: Bank) -> _Recording:
    samples = read_samples(path)
    read = mandarin_transcript if bank.language == "zh" else japanese_transcript
    features = frame_features(samples, SAMPLE_RATE, bank.pitch_hz)
    return _Recording(path, read(path.stem, entries), features, len(samples) / SAMPLE_RATE)


def _train(takes: Sequence[_Recording], progress: Callable[[str], None] | None) -> None:
    """Viterbi training: guess, then align and estimate in turn; leaves the spans in each take."""
    pool: Pool = {}
    for take in takes:
        gather_guess(take.features, take.transcript.tokens, _guess(take), pool)
    for number in range(ROUNDS):
        models = PhoneModels()
        models.fit(pool)
        pool = {}
        for take in takes:
            tokens = _usable(take.transcript.tokens, models)
            found = align(take.features, tokens, models)
            take.spans = _in_transcript(found, tokens, take.transcript.tokens)
            gather(take.features, found, pool)
        if progress:
            progress(f"round {number + 1} of {ROUNDS}: {len(takes)} recordings")


def _usable(tokens: Sequence[Token], models: PhoneModels) -> list[Token]:
    """Without optional tokens that the bank has no model for (a bank in which nobody is known to breathe)."""
    return [token for token in tokens if not token.optional or models.knows(token.phone)]


def _in_transcript(found: Alignment, used: Sequence[Token], tokens: Sequence[Token]) -> tuple[Span, ...]:
    """The spans with indices into the whole transcript."""
    places = [index for index, token in enumerate(tokens) if any(token is kept for kept in used)]
    return tuple(replace(span, token=places[span.token]) for span in found.spans)


def _guess(take: _Recording) -> list[Span]:
    """First guess: silence by energy, anchors where there are any, consonants of usual length before them."""
    tokens = take.transcript.tokens
    energy = take.features[:, _ENERGY]
    floor, peak = np.percentile(energy, 5), np.percentile(energy, 95)
    loud = np.flatnonzero(energy > floor + 0.5 * (peak - floor)) * HOP_S
    sung = [index for index, token in enumerate(tokens) if not token.optional][1:-1]
    begin_s, end_s = float(loud[0]), float(loud[-1])
    anchored = [(place, anchor_s) for place, index in enumerate(sung) if (anchor_s := tokens[index].anchor_s)]
    if anchored and anchored[0][0] <= 1:
        begin_s = min(anchored[0][1] - 0.02, max(begin_s, anchored[0][1] - 0.25))
    marks = [(0, begin_s)] + [(place, at) for place, at in anchored if place and begin_s < at < end_s - 0.05]
    starts = list(_fill([tokens[index].phone for index in sung], marks, end_s))
    spans = [Span(0, 0.0, starts[0])]
    spans += [
        Span(index, start, stop)
        for index, start, stop in zip(sung, starts, [*starts[1:], end_s], strict=True)
    ]
    return [*spans, Span(len(tokens) - 1, end_s, take.duration_s)]


def _fill(names: Sequence[str], marks: Sequence[tuple[int, float]], end_s: float) -> Iterator[float]:
    """Start of every phone in seconds, given some: consonants take their usual time, vowels the rest."""
    bounds = [*marks, (len(names), end_s)]
    for (first, start_s), (last, stop_s) in itertools.pairwise(bounds):
        usual = np.array([_nominal_s(name) for name in names[first:last]])
        room = max(stop_s - start_s, 0.01)
        open_ended = usual == 0.0
        rest = room - usual.sum()
        if open_ended.any() and rest > 0.3 * room:
            usual[open_ended] = rest / open_ended.sum()
        else:
            usual = np.where(open_ended, usual.max(initial=0.1) * 2.0, usual)
            usual *= room / usual.sum()
        yield from start_s + np.concatenate([[0.0], np.cumsum(usual)[:-1]])


def _nominal_s(phone: str) -> float:
    if phone in (UNKNOWN, phones.BREATH, phones.SILENCE) or phones.is_vowel(phone) or phone == "ɴ":
        return 0.0
    values = dict(zip(phones.FEATURE_NAMES, phones.features(phone), strict=True))
    return next((usual for name, usual in _NOMINAL_S.items() if values[name] > 0.5), 0.08)


def _utterance(take: _Recording, bank: Bank, folder: Path) -> Utterance:
    tokens = take.transcript.tokens
    spans = take.spans or (Span(0, 0.0, take.duration_s),)
    found = [LabelledPhone(tokens[span.token].phone, span.start_s, span.end_s) for span in spans]
    return Utterance(
        id=f"{bank.folder}/{take.path.stem}",
        voice=bank.voice,
        condition=bank.condition,
        language=bank.language,
        audio=take.path,
        pitch_hz=bank.pitch_hz,
        phones=gapless(refine(found, take.features[:, _VOICING] / _VOICING_SCALE), take.duration_s),
    )
