"""The detector's view of a sound: how far each spot of time and frequency seems to be turned up or down.

The sound itself is the noise that hides the mark: it moves by many decibels where the mark moves one. So a
network judges each spot by what surrounds it (`singer.watermark.network`), and what it gives is about the log
likelihood ratio of "up" over "down". Nothing here knows a key.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
"""Rate that sounds are brought to first."""

STEP = 128
STEP_S = STEP / RATE_HZ
FINE_PER_OCTAVE, FINE_BANDS = 12, 59
_WINDOW, _LONG_WINDOW = 320, 1024
_LOWEST_HZ = 250.0
_FLOOR = 1e-7
_BLOCK_FRAMES = 4096


def fine_band_hz() -> NDArray[np.float64]:
    """(59,): centres of the field's bands, a twelfth of an octave apart."""
    return _LOWEST_HZ * 2 ** ((np.arange(FINE_BANDS) + 0.5) / FINE_PER_OCTAVE)


def to_field_rate(samples: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """Mono float32 (n,) at 16 kHz. Numbers that are not finite count as silence."""
    import soxr

    mixed = samples.mean(axis=1) if samples.ndim == 2 else samples
    mono: NDArray[np.float32] = np.nan_to_num(mixed.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    if sample_rate == RATE_HZ or not len(mono):
        return mono
    return np.asarray(soxr.resample(mono, sample_rate, RATE_HZ, quality="MQ"), np.float32)


def field(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) at 16 kHz → (frames, 59), one frame each 8 ms, frame 0 centred on sample 0."""
    from singer.watermark.network import read_field

    return read_field(band_levels(samples))


def band_levels(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) at 16 kHz → (2, frames, 59) band levels in dB, from windows of 20 and of 64 ms, each floored 70 dB
    under its loudest."""
    return np.stack([_levels_db(samples, window) for window in (_WINDOW, _LONG_WINDOW)])


def _levels_db(samples: NDArray[np.float32], size: int = _WINDOW) -> NDArray[np.float32]:
    """(frames, 59) band levels in dB, floored 70 dB under the loudest."""
    frames = len(samples) // STEP + 1
    padded = np.pad(samples, (size // 2, size))
    cut = np.lib.stride_tricks.sliding_window_view(padded, size)[::STEP]
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    energy = np.empty((frames, FINE_BANDS), np.float32)
    for start in range(0, frames, _BLOCK_FRAMES):
        spectrum = np.fft.rfft(cut[start : min(frames, start + _BLOCK_FRAMES)] * window, axis=1)
        energy[start : start + _BLOCK_FRAMES] = (spectrum.real**2 + spectrum.imag**2) @ _filterbank(size)
    levels: NDArray[np.float32] = 10 * np.log10(energy + np.float32(max(float(energy.max()), 1e-9) * _FLOOR))
    return levels


@cache
def _filterbank(size: int) -> NDArray[np.float32]:
    """(bins, 59): triangles a twelfth of an octave to each side, two bins where bins are wider."""
    hz = np.arange(size // 2 + 1) * (RATE_HZ / size)
    place = np.log2(np.maximum(hz, 1.0) / _LOWEST_HZ) * FINE_PER_OCTAVE
    weights = np.maximum(0, 1 - np.abs(place[:, None] - (np.arange(FINE_BANDS) + 0.5)))
    for band in np.flatnonzero(weights.sum(axis=0) < 0.5):
        exact = fine_band_hz()[band] / (RATE_HZ / size)
        below = int(exact)
        weights[:, band] = 0
        weights[below : below + 2, band] = 1 - (exact - below), exact - below
    return np.asarray(weights, np.float32)
