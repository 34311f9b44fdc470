"""What is compared of two sounds: where their harmonics lie, and how their colour moves.

Both stand on logarithmic frequency, so that another pitch is a shift, and at a hundred frames a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from singer.fingerprint.salience import LISTENING_RATE

RATE = 100.0
"""Frames a second."""

LINE_STEPS = 8
"""Lines in a semitone."""

BAND_SEMITONES = 1.5
"""From one band to the next."""

LOWEST_BAND_HZ, HIGHEST_BAND_HZ = 120.0, 6_500.0

Values = NDArray[np.float32]

_LINE_WINDOW, _LINE_FFT, _BAND_WINDOW = 1536, 4096, 1024
_LOWEST_LINE_HZ, _HIGHEST_LINE_HZ = 82.4, 4_500.0
_SURROUNDINGS = 9 * LINE_STEPS
_STANDS_OUT = 2.5  # nepers, beyond which a line stands out no more
_BAND_REACH = 3.0  # semitones to either side, so that bands tell nothing of single harmonics
_BLOCK = 512


@dataclass(frozen=True)
class Spectra:
    """`lines`: (frames, LINES) nepers over or under what surrounds each; `bands`: (frames, BANDS) dB."""

    lines: Values
    bands: Values


def spectra_of(samples: Values) -> Spectra:
    """The spectra of mono samples (n,) at 16 kHz."""
    line_blocks, band_blocks = [], []
    for block in _blocks(samples, _LINE_WINDOW):
        line_blocks.append(_lines(np.abs(np.fft.rfft(block, _LINE_FFT)).astype(np.float32)))
    for block in _blocks(samples, _BAND_WINDOW):
        power = np.square(np.abs(np.fft.rfft(block)).astype(np.float32)) @ _band_weights()
        band_blocks.append(power)
    power = np.concatenate(band_blocks)
    loud = float(np.percentile(power.max(axis=1), 95)) if len(power) else 0.0
    bands = 10.0 * np.log10(power + 1e-5 * loud + 1e-12)
    return Spectra(np.concatenate(line_blocks), bands.astype(np.float32))


def at_frames(values: Values, frames: NDArray[np.float64]) -> Values:
    """Rows of (n, columns) at fractional frames (m,), the ends held: (m, columns)."""
    if len(values) < 2:
        return np.repeat(values, len(frames), axis=0)
    held = np.clip(frames, 0.0, len(values) - 1.001)
    low = held.astype(int)
    share = (held - low)[:, None].astype(np.float32)
    return np.asarray(values[low] * (1.0 - share) + values[low + 1] * share)


def shifted(values: Values, columns: float) -> Values:
    """(n, m) moved up by so many columns, which may be a fraction; nothing comes in from outside."""
    low = int(np.floor(columns))
    share = np.float32(columns - low)
    if share == 0.0:
        return _moved(values, low)
    return np.asarray(_moved(values, low) * (1.0 - share) + _moved(values, low + 1) * share)


def band_centres_hz() -> NDArray[np.float64]:
    """The middle of each band in Hz."""
    count = int(12 * np.log2(HIGHEST_BAND_HZ / LOWEST_BAND_HZ) / BAND_SEMITONES) + 1
    return np.asarray(LOWEST_BAND_HZ * 2.0 ** (np.arange(count) * BAND_SEMITONES / 12.0))


def _moved(values: Values, columns: int) -> Values:
    out = np.zeros_like(values)
    width = values.shape[1]
    if columns >= width or columns <= -width:
        return out
    if columns >= 0:
        out[:, columns:] = values[:, : width - columns]
    else:
        out[:, :columns] = values[:, -columns:]
    return out


def _blocks(samples: Values, window: int) -> list[Values]:
    hop = round(LISTENING_RATE / RATE)
    padded = np.pad(samples.astype(np.float32), (window // 2, window // 2 + window))
    frames = max(1, len(samples) // hop)
    pieces = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop][:frames]
    shape = np.hanning(window).astype(np.float32)
    return [pieces[first : first + _BLOCK] * shape for first in range(0, frames, _BLOCK)]


def _lines(magnitude: Values) -> Values:
    place = _line_places()
    low = place.astype(int)
    share = (place - low).astype(np.float32)
    spectrum = magnitude[:, low] * (1.0 - share) + magnitude[:, low + 1] * share
    logarithm = np.log(spectrum + 1e-3 * spectrum.max(axis=1, keepdims=True) + 1e-7)
    padded = np.pad(logarithm, ((0, 0), (_SURROUNDINGS + 1, _SURROUNDINGS)), mode="edge")
    summed = np.cumsum(padded, axis=1, dtype=np.float64)
    width = 2 * _SURROUNDINGS + 1
    around = (summed[:, width:] - summed[:, :-width]) / width
    return np.asarray(np.clip(logarithm - around, -_STANDS_OUT, _STANDS_OUT), np.float32)


@lru_cache(maxsize=1)
def _line_places() -> NDArray[np.float64]:
    count = int(12 * LINE_STEPS * np.log2(_HIGHEST_LINE_HZ / _LOWEST_LINE_HZ))
    hz = _LOWEST_LINE_HZ * 2.0 ** (np.arange(count) / (12.0 * LINE_STEPS))
    return np.asarray(hz * _LINE_FFT / LISTENING_RATE)


@lru_cache(maxsize=1)
def _band_weights() -> Values:
    """(bins, bands): triangles on logarithmic frequency, each of sum 1."""
    hz = np.maximum(np.fft.rfftfreq(_BAND_WINDOW, 1.0 / LISTENING_RATE), 1.0)
    apart = np.abs(12.0 * np.log2(hz[:, None] / band_centres_hz()[None, :]))
    weights = np.clip(1.0 - apart / _BAND_REACH, 0.0, None)
    return np.asarray(weights / weights.sum(axis=0), np.float32)
