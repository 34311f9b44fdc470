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

from singer.watermark.code import CODE_BITS
from singer.watermark.field import STEP_S, fine_band_hz
from singer.watermark.pattern import BANDS, CHIP_S, CHIPS, band_weights, keyed_pattern

STEPS_PER_CHIP = 4
_HALF_CHIP = STEPS_PER_CHIP // 2
OFFSETS = CHIPS * STEPS_PER_CHIP
NEAR = 5
"""Offsets that are looked at around a place that the keyed noise names: 10 ms to each side."""

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
    """Step of the field on which the pattern's first chip is centred."""

    @property
    def start_s(self) -> float:
        """How far into the pattern the sound begins, in the song's own seconds."""
        return (_HALF_CHIP - self.offset) % OFFSETS * CHIP_S / STEPS_PER_CHIP


def grid(field: NDArray[np.float32], time_scale: float, pitch_scale: float) -> NDArray[np.float32]:
    """(1024, 29): the field on the pattern's grid, smoothed by the chip's pulse, summed over the periods."""
    return fold(on_grid(field, time_scale, pitch_scale))


def on_grid(field: NDArray[np.float32], time_scale: float, pitch_scale: float) -> NDArray[np.float32]:
    """(steps, 29): four steps for each chip of the pattern, its bands."""
    return _in_bands(_in_steps(field, time_scale), pitch_scale)


def fold(steps: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sum over the periods: (steps, 29) → (1024, 29)."""
    periods = -(-len(steps) // OFFSETS)
    padded = np.pad(steps, ((0, periods * OFFSETS - len(steps)), (0, 0)))
    folded: NDArray[np.float32] = padded.reshape(periods, OFFSETS, -1).sum(axis=0)
    return folded


class FoldedMask:
    """A field on the pattern's grid at one speed and pitch, folded over the pattern's period."""

    def __init__(
        self, field: NDArray[np.float32], key: bytes, time_scale: float = 1.0, pitch_scale: float = 1.0
    ) -> None:
        self.folded = grid(field, time_scale, pitch_scale)
        self._key = key
        self._scales = time_scale, pitch_scale
        self._scores = _pilot_scores(self.folded, key)

    def best(self, keep: int) -> list[Place]:
        """The offsets where the pilot fits best, best first."""
        return [self._place(int(offset)) for offset in np.argsort(-self._scores, kind="stable")[:keep]]

    def best_near(self, start_s: float) -> Place:
        """The best of the `NEAR` offsets around `start_s` seconds into the pattern."""
        around = _HALF_CHIP - round(start_s * STEPS_PER_CHIP / CHIP_S) + np.arange(NEAR) - NEAR // 2
        return self._place(int(max(around % OFFSETS, key=lambda offset: self._scores[offset])))

    def soft_bits(self, offset: int) -> NDArray[np.float32]:
        """(480,): what the cells of each code bit say together, positive for a zero bit."""
        pattern = keyed_pattern(self._key)
        chips = np.roll(self.folded, -offset, axis=0)[::STEPS_PER_CHIP]
        carriers = ~pattern.pilot
        sums = np.bincount(pattern.bit[carriers], (chips * pattern.signs)[carriers], CODE_BITS)
        return sums.astype(np.float32)

    def _place(self, offset: int) -> Place:
        return Place(float(self._scores[offset]), *self._scales, offset)


def best_scales(field: NDArray[np.float32], key: bytes) -> Place:
    """The best place over speeds of ±12 % and pitches of ±3.5 semitones.

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
                top = int(np.argmax(scores))
                if scores[top] > best.score:
                    best = Place(float(scores[top]), float(shifted), pitch, top)
    return best


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
    return steps @ band_matrix(pitch_scale)


def band_matrix(pitch_scale: float) -> NDArray[np.float32]:
    """(59, 29): how much each field band says about each pattern band when all frequencies were scaled."""
    return _band_matrix(round(pitch_scale, 6))


@lru_cache(maxsize=64)
def _band_matrix(pitch_scale: float) -> NDArray[np.float32]:
    return np.ascontiguousarray(band_weights(fine_band_hz() / pitch_scale).T)
