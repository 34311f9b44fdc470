"""Makes a spoken sentence sung, by WORLD (Morise 2016): vowels held on notes, consonants as they were."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from singer.language import phones
from singer.training.corpora.model import LabelledPhone

_FRAME_S = 0.005
_STEPS = (-5, -4, -2, -2, 0, 0, 0, 2, 2, 3, 5)  # semitones from note to note
_LOWEST, _HIGHEST = 55, 72  # MIDI: G3 to C5
_HELD_S = (0.18, 0.75)
_GLIDE_S = 0.06
_EDGE_S = 0.04  # vowel edges keep their natural speed, transitions live there

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Note:
    start_s: float
    pitch: int


def sing(
    samples: Array, sample_rate: int, labels: Sequence[LabelledPhone], *, seed: int
) -> tuple[Array, list[LabelledPhone], float]:
    """Sung samples, (m,) at the same rate, their labels, and the middle pitch in Hz; set by the seed."""
    import pyworld

    draw = random.Random(seed)
    f0_hz, times = pyworld.dio(
        samples, sample_rate, f0_floor=80.0, f0_ceil=350.0, frame_period=1000 * _FRAME_S
    )
    f0_hz = pyworld.stonemask(samples, f0_hz, times, sample_rate)
    envelope = pyworld.cheaptrick(samples, f0_hz, times, sample_rate)
    aperiodicity = pyworld.d4c(samples, f0_hz, times, sample_rate)
    voiced_at = _voiced_sources(labels, f0_hz > 0.0)
    f0_hz, envelope, aperiodicity = f0_hz[voiced_at], envelope[voiced_at], aperiodicity[voiced_at]
    held, sources_s, targets_s = _hold(labels, draw)
    at_s = np.interp(np.arange(0.0, targets_s[-1], _FRAME_S), targets_s, sources_s)
    frames = np.clip(at_s / _FRAME_S, 0, len(f0_hz) - 1)
    notes = _melody(held, draw)
    sung_hz = np.where(f0_hz[np.round(frames).astype(int)] > 0.0, _curve_hz(notes, len(frames)), 0.0)
    waves = pyworld.synthesize(
        sung_hz, _between(np.log(envelope), frames, np.exp), _between(aperiodicity, frames), sample_rate,
        1000 * _FRAME_S,
    )  # fmt: skip
    middle = float(np.median([note.pitch for note in notes])) if notes else 57.0
    return waves, held, 440.0 * 2.0 ** ((middle - 69.0) / 12.0)


def _voiced_sources(labels: Sequence[LabelledPhone], voiced: NDArray[np.bool_]) -> NDArray[np.int_]:
    """For every frame the one to take instead: in a vowel the nearest voiced one, so no breath is held."""
    sources = np.arange(len(voiced))
    for label in labels:
        first, last = round(label.start_s / _FRAME_S), round(label.end_s / _FRAME_S)
        sounding = np.flatnonzero(voiced[first:last]) + first
        if phones.is_vowel(label.phone) and len(sounding):
            span = np.arange(first, min(last, len(voiced)))
            sources[span] = sounding[np.abs(span[:, None] - sounding).argmin(axis=1)]
    return sources


def _hold(
    labels: Sequence[LabelledPhone], draw: random.Random
) -> tuple[list[LabelledPhone], list[float], list[float]]:
    """Lengthened labels, and the map of time between (source, target), in seconds."""
    held: list[LabelledPhone] = []
    sources_s, targets_s = [0.0], [0.0]
    for index, label in enumerate(labels):
        length_s = label.end_s - label.start_s
        glides = index > 0 and phones.is_vowel(labels[index - 1].phone)
        wanted_s = length_s
        if phones.is_vowel(label.phone) and not glides and draw.random() < 0.8:
            wanted_s = max(length_s, draw.uniform(*_HELD_S))
        edge_s = min(_EDGE_S, length_s / 3)
        start_s = targets_s[-1]
        for source_s, target_s in (
            (label.start_s + edge_s, start_s + edge_s),
            (label.end_s - edge_s, start_s + wanted_s - edge_s),
            (label.end_s, start_s + wanted_s),
        ):
            sources_s.append(source_s)
            targets_s.append(target_s)
        held.append(LabelledPhone(label.phone, start_s, start_s + wanted_s))
    return held, sources_s, targets_s


def _melody(labels: Sequence[LabelledPhone], draw: random.Random) -> list[_Note]:
    """A random walk over the notes of the range, a note to each vowel (a glide stays on its vowel's)."""
    pitch = draw.randint(_LOWEST + 2, _HIGHEST - 2)
    notes = []
    for before, label in pairwise([LabelledPhone("SP", 0.0, 0.0), *labels]):
        if phones.is_vowel(label.phone) and not phones.is_vowel(before.phone):
            pitch = min(max(pitch + draw.choice(_STEPS), _LOWEST), _HIGHEST)
            notes.append(_Note(label.start_s, pitch))
    return notes


def _curve_hz(notes: Sequence[_Note], frames: int) -> Array:
    """Steps between notes, smoothed over the glide and a little unsteady, (frames,)."""
    starts = [round(note.start_s / _FRAME_S) for note in notes[1:]]
    steps = np.zeros(frames)
    for note, first, last in zip(notes, [0, *starts], [*starts, frames], strict=True):
        steps[first:last] = note.pitch
    width = int(_GLIDE_S / _FRAME_S) | 1
    kernel = np.hanning(width + 2)[1:-1]
    smooth = np.convolve(np.pad(steps, width // 2, mode="edge"), kernel / kernel.sum(), mode="valid")
    seconds = np.arange(frames) * _FRAME_S
    waver = 0.08 * np.sin(2 * np.pi * 5.3 * seconds) + 0.05 * np.sin(2 * np.pi * 1.7 * seconds + 1.0)
    return 440.0 * 2.0 ** ((smooth + waver - 69.0) / 12.0)


def _between(rows: Array, at: Array, back: object = None) -> Array:
    """Rows, (n, dims), read at fractional positions, (m,)."""
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, len(rows) - 1)
    share = (at - low)[:, None]
    mixed = rows[low] * (1.0 - share) + rows[high] * share
    return np.ascontiguousarray(back(mixed) if callable(back) else mixed)
