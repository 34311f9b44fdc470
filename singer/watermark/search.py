"""Finding where the pattern lies: every time offset, and on request other speeds and pitches.

A hypothesis is (time scale, pitch scale, offset). The field is brought to a grid of four steps per chip and
the 29 bands, folded over the pattern's period, and correlated with the pilot at all 1024 offsets at once by
FFT.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from singer.watermark.field import STEP_S, fine_band_hz
from singer.watermark.pattern import BANDS, CHIP_S, CHIPS, band_weights, keyed_pattern

STEPS_PER_CHIP = 4
OFFSETS = CHIPS * STEPS_PER_CHIP
_TIME_SCALES = np.round(np.arange(-35, 36) * 0.0035, 5) + 1.0
_PITCH_SCALES = tuple(2 ** (semitones / 12) for semitones in range(-3, 4))
_WINDOW_S = 7.0
_REFINED = 6
_LARGEST_DRIFT_S = 0.006


@dataclass(frozen=True)
class Place:
    """A hypothesis and how well the pilot fits there: `score` is the normalised correlation."""

    score: float
    time_scale: float
    pitch_scale: float
    offset: int
    """Steps from the pattern's start to the field's."""


def grid(field: NDArray[np.float32], time_scale: float, pitch_scale: float) -> NDArray[np.float32]:
    """(1024, 29): the field on the pattern's grid, smoothed by the chip's pulse, summed over the periods."""
    return fold(_in_bands(_in_steps(field, time_scale), pitch_scale))


def fold(steps: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sum over the periods: (steps, 29) → (1024, 29)."""
    periods = -(-len(steps) // OFFSETS)
    padded = np.pad(steps, ((0, periods * OFFSETS - len(steps)), (0, 0)))
    folded: NDArray[np.float32] = padded.reshape(periods, OFFSETS, -1).sum(axis=0)
    return folded


def best_offsets(field: NDArray[np.float32], key: bytes, keep: int) -> list[Place]:
    """The `keep` best offsets at natural speed and pitch, best first. Searches 1024 hypotheses."""
    scores = _pilot_scores(grid(field, 1.0, 1.0), key)
    return [Place(float(scores[i]), 1.0, 1.0, int(i)) for i in np.argsort(-scores, kind="stable")[:keep]]


def best_scales(field: NDArray[np.float32], key: bytes) -> tuple[Place, int]:
    """The best place over speeds of ±12 % and pitches of ±3.5 semitones, and how many hypotheses were
    searched.

    Coarse: the sum over windows of 7 s of the best squared score in each, since a scale that is slightly off
    drifts. Fine: the best six with their neighbours, over the whole.
    """
    windows = max(1, round(len(field) * STEP_S / _WINDOW_S))
    coarse = []
    for time_scale in _TIME_SCALES:
        steps = _in_steps(field, time_scale)
        for pitch_scale in _PITCH_SCALES:
            parts = np.array_split(_in_bands(steps, pitch_scale), windows)
            tops = [max(float(_pilot_scores(fold(part), key).max()), 0.0) for part in parts if len(part)]
            coarse.append((sum(top**2 for top in tops), float(time_scale), pitch_scale))
    searched = len(coarse) * windows * OFFSETS
    coarse.sort(reverse=True)
    spacing = float(_TIME_SCALES[1] - _TIME_SCALES[0])
    finer = min(1.0, 2 * _LARGEST_DRIFT_S / max(len(field) * STEP_S, 1e-3) / spacing)
    around = np.arange(-np.ceil(1 / finer), np.ceil(1 / finer) + 1) * finer * spacing
    best = Place(float("-inf"), 1.0, 1.0, 0)
    for _, time_scale, pitch_scale in coarse[:_REFINED]:
        for shifted in time_scale + around:
            steps = _in_steps(field, shifted)
            for half_semitones in (-1, 0, 1):
                pitch = pitch_scale * 2 ** (half_semitones / 24)
                scores = _pilot_scores(fold(_in_bands(steps, pitch)), key)
                searched += OFFSETS
                top = int(np.argmax(scores))
                if scores[top] > best.score:
                    best = Place(float(scores[top]), float(shifted), pitch, top)
    return best, searched


def chips_at(field: NDArray[np.float32], place: Place) -> NDArray[np.float32]:
    """(256, 29): what the field says about each cell of the pattern, if the pattern lies at `place`."""
    folded = grid(field, place.time_scale, place.pitch_scale)
    return np.roll(folded, -place.offset, axis=0)[::STEPS_PER_CHIP]


def pattern_scores(folded: NDArray[np.float32], wanted: NDArray[np.float32]) -> NDArray[np.float64]:
    """(1024,): normalised correlation of a folded grid with (256, 29) signs (0: not looked at), at every
    offset.
    """
    return _scores(folded, *_spectra(wanted))


@lru_cache(maxsize=16)
def _pilot_spectra(key: bytes) -> tuple[NDArray[np.complex64], NDArray[np.complex64]]:
    pattern = keyed_pattern(key)
    return _spectra(pattern.signs * pattern.pilot)


def _pilot_scores(folded: NDArray[np.float32], key: bytes) -> NDArray[np.float64]:
    return _scores(folded, *_pilot_spectra(key))


def _spectra(wanted: NDArray[np.float32]) -> tuple[NDArray[np.complex64], NDArray[np.complex64]]:
    spread = np.zeros((OFFSETS, BANDS), np.float32)
    spread[::STEPS_PER_CHIP] = wanted
    return np.conj(np.fft.rfft(spread, axis=0)), np.conj(np.fft.rfft(np.abs(spread), axis=0))


def _scores(
    folded: NDArray[np.float32], signs: NDArray[np.complex64], places: NDArray[np.complex64]
) -> NDArray[np.float64]:
    """Σ sign · value / √Σ value² over the cells looked at, per offset."""
    product = np.fft.irfft((np.fft.rfft(folded, axis=0) * signs).sum(axis=1), OFFSETS)
    energy = np.fft.irfft((np.fft.rfft(folded**2, axis=0) * places).sum(axis=1), OFFSETS)
    floor = 1e-9 + 1e-4 * max(float(energy.max()), 0.0)
    return product / np.sqrt(np.maximum(energy, floor))


def _in_steps(field: NDArray[np.float32], time_scale: float) -> NDArray[np.float32]:
    """(steps, 59): four steps per chip, each the field around it weighted by the chip's raised cosine."""
    step_s = CHIP_S * time_scale / STEPS_PER_CHIP
    at = np.arange(int(len(field) * STEP_S / step_s)) * (step_s / STEP_S)
    before = np.clip(at.astype(np.int64), 0, max(len(field) - 2, 0))
    share = (at - before).astype(np.float32)[:, None]
    steps = field[before] * (1 - share) + field[np.minimum(before + 1, len(field) - 1)] * share
    smoothed = steps.copy()
    for apart in range(1, STEPS_PER_CHIP):
        weight = np.float32(0.5 + 0.5 * np.cos(np.pi * apart / STEPS_PER_CHIP))
        smoothed[apart:] += weight * steps[:-apart]
        smoothed[:-apart] += weight * steps[apart:]
    return smoothed


def _in_bands(steps: NDArray[np.float32], pitch_scale: float) -> NDArray[np.float32]:
    return steps @ _band_matrix(round(pitch_scale, 6))


@lru_cache(maxsize=64)
def _band_matrix(pitch_scale: float) -> NDArray[np.float32]:
    """(59, 29): how much each field band says about each pattern band when all frequencies were scaled."""
    return np.ascontiguousarray(band_weights(fine_band_hz() / pitch_scale).T)
