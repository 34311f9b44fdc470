"""The detector's view of a sound: how far each spot of time and frequency stands over what its surroundings
predict.

The sound itself is the noise that hides the mark, and it is far from white: levels in neighbouring frames and
bands go together. So log energies are predicted from their past (linear prediction over 100 ms, one filter
for all bands), the residual is measured by its usual size there and then, clipped, freed of what neighbouring
bands share, and sent back through the same filter: its product with a template is then about the matched
filter's. Nothing here knows a key.
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
_WINDOW = 320
_LOWEST_HZ = 250.0
_ORDER = 12
_LEAST_FRAMES = 64
_LEAD = 2 * _ORDER
_AROUND = 8  # frames to each side over which a residual's usual size is taken
_LEAST_SIZE_DB = 0.6
_CLIP = 1.2
_LOADING = 1.5
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
    levels = _levels_db(samples)
    frames = len(levels)
    # Held on at both ends, so that prediction has a past there and backwards a future.
    levels = np.pad(levels, ((_LEAD, _LEAD + max(0, _LEAST_FRAMES - frames)), (0, 0)), mode="edge")
    whitening = _prediction_error_filter(levels)
    residual = _filter(levels, whitening)
    usual = _usual_size(residual)
    residual = np.clip(residual / usual, -_CLIP, _CLIP) @ _apart_from_neighbours(residual / usual)
    return _filter((residual / usual)[::-1], whitening)[::-1][_LEAD : _LEAD + frames]


def _usual_size(residual: NDArray[np.float32]) -> NDArray[np.float32]:
    """(frames, 59): how large the residual is in this band about now; what moves a lot anyway says little."""
    typical = 4 * (1.48 * np.median(np.abs(residual), axis=0) + np.float32(0.3))
    padded = np.pad(np.minimum(np.abs(residual), typical), ((_AROUND + 1, _AROUND), (0, 0)), mode="edge")
    total = np.cumsum(padded, axis=0, dtype=np.float64)
    width = 2 * _AROUND + 1
    return (1.25 * (total[width:] - total[:-width]) / width + _LEAST_SIZE_DB).astype(np.float32)


def _apart_from_neighbours(residual: NDArray[np.float32]) -> NDArray[np.float32]:
    """(59, 59): the inverse of the bands' covariance, loaded with as much white noise as it holds itself."""
    covariance = np.cov(np.clip(residual, -_CLIP, _CLIP).T.astype(np.float64))
    loading = _LOADING * np.trace(covariance) / FINE_BANDS + 1e-9
    return np.linalg.inv(covariance + loading * np.eye(FINE_BANDS)).astype(np.float32)


def _levels_db(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """(frames, 59) band levels in dB, floored 70 dB under the loudest."""
    frames = len(samples) // STEP + 1
    padded = np.pad(samples, (_WINDOW // 2, _WINDOW))
    cut = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::STEP]
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    energy = np.empty((frames, FINE_BANDS), np.float32)
    for start in range(0, frames, _BLOCK_FRAMES):
        spectrum = np.fft.rfft(cut[start : min(frames, start + _BLOCK_FRAMES)] * window, axis=1)
        energy[start : start + _BLOCK_FRAMES] = (spectrum.real**2 + spectrum.imag**2) @ _filterbank()
    levels: NDArray[np.float32] = 10 * np.log10(energy + np.float32(max(float(energy.max()), 1e-9) * _FLOOR))
    return levels


@cache
def _filterbank() -> NDArray[np.float32]:
    """(bins, 59): triangles a twelfth of an octave to each side, two bins where bins are wider."""
    hz = np.arange(_WINDOW // 2 + 1) * (RATE_HZ / _WINDOW)
    place = np.log2(np.maximum(hz, 1.0) / _LOWEST_HZ) * FINE_PER_OCTAVE
    weights = np.maximum(0, 1 - np.abs(place[:, None] - (np.arange(FINE_BANDS) + 0.5)))
    for band in np.flatnonzero(weights.sum(axis=0) < 0.5):
        exact = fine_band_hz()[band] / (RATE_HZ / _WINDOW)
        below = int(exact)
        weights[:, band] = 0
        weights[below : below + 2, band] = 1 - (exact - below), exact - below
    return np.asarray(weights, np.float32)


def _prediction_error_filter(levels: NDArray[np.float32]) -> NDArray[np.float64]:
    """(order + 1,): 1 and the negated coefficients that predict a frame from its past, all bands alike."""
    size = 1 << (len(levels) + _ORDER).bit_length()
    spectrum = np.fft.rfft(levels - levels.mean(axis=0), size, axis=0)
    lags = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, size, axis=0)[: _ORDER + 1].astype(np.float64)
    lags = (lags / (lags[0] + 1e-9)).sum(axis=1)
    lags[0] = lags[0] * 1.001 + 1e-6
    matrix = lags[np.abs(np.arange(_ORDER)[:, None] - np.arange(_ORDER))]
    return np.concatenate([[1.0], -np.linalg.solve(matrix, lags[1:])])


def _filter(values: NDArray[np.float32], taps: NDArray[np.float64]) -> NDArray[np.float32]:
    """Causal FIR along time: (frames, bands) → same."""
    filtered = np.zeros_like(values)
    for delay, tap in enumerate(taps.astype(np.float32)):
        filtered[delay:] += tap * values[: len(values) - delay]
    return filtered
