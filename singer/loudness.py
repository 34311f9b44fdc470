"""How loud a song is, and a ceiling for its peaks that leaves everything under the ceiling alone.

A song is not normalised as a whole: a gain that depends on all of it would change every sample when one
phrase is edited. Each voice is rendered at its own calibrated level; here that level is measured (when a
voice is made, and in the tests), and the rare peak over the ceiling is pulled down where it stands.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE

TARGET_LUFS = -18.0
"""Integrated loudness that a voice's level is calibrated to when it is made (solo voice, mono)."""

PEAK_CEILING_DB = -3.0
"""Default true-peak ceiling in dBFS before the watermark: the mark can add 1.8 dB, so files stay under -1
dBTP.
"""

_BLOCK_S, _STEP_S = 0.4, 0.1
_GAIN_REACH_S = 0.005
_FILTER_TAIL = 1 << 14
_CHUNK = 1 << 17
_OVERSAMPLING = 4
_TAPS = 24  # of each phase of the interpolator that looks between samples


def measure_lufs(samples: NDArray[np.float32], sample_rate: int = SAMPLE_RATE) -> float:
    """Integrated loudness in LUFS of a mono signal (ITU-R BS.1770-4: K-weighting, 400 ms blocks, both gates).

    `samples`: (n,). Returns `-inf` for silence, or for less than one block (400 ms).
    """
    step = round(_STEP_S * sample_rate)
    steps_per_block = round(_BLOCK_S / _STEP_S)
    energies = _weighted_energy(samples, sample_rate, step)
    if len(energies) < steps_per_block:
        return float("-inf")
    blocks = np.convolve(energies, np.ones(steps_per_block), "valid") / (steps_per_block * step)
    loud = blocks[blocks > 10 ** ((-70 + 0.691) / 10)]
    if not len(loud):
        return float("-inf")
    gate = loud.mean() * 0.1  # ten decibels under the mean of what passed the first gate
    return float(-0.691 + 10 * np.log10(loud[loud > gate].mean()))


def limit_peaks(
    samples: NDArray[np.float32], sample_rate: int = SAMPLE_RATE, ceiling_db: float = PEAK_CEILING_DB
) -> NDArray[np.float32]:
    """Pull true peaks over `ceiling_db` (dBFS) down; samples more than 10 ms from such a peak keep their
    exact value.

    `samples`: (n,), returned unchanged when nothing is over. The gain is the running minimum over ±5 ms of
    what each peak needs, smoothed by a window of the same width, so it reaches each peak in time and has no
    corner.
    """
    ceiling = 10 ** (ceiling_db / 20)
    wanted = _wanted_gain(samples, ceiling)
    over = np.flatnonzero(wanted < 1)
    if not len(over):
        return samples
    reach = round(_GAIN_REACH_S * sample_rate)
    window = np.hanning(2 * reach + 3)[1:-1]
    window /= window.sum()
    limited = samples.copy()
    breaks = np.flatnonzero(np.diff(over) > 4 * reach)
    for first, last in zip(over[np.r_[0, breaks + 1]], over[np.r_[breaks, len(over) - 1]], strict=True):
        start, stop = max(0, first - 2 * reach), min(len(samples), last + 2 * reach + 1)
        held = _running_minimum(np.pad(wanted[start:stop], 2 * reach, constant_values=1.0), reach)
        gain = np.convolve(held, window, "valid")
        limited[start:stop] = samples[start:stop] * gain.astype(np.float32)
    return limited


def true_peak_db(samples: NDArray[np.float32]) -> float:
    """Highest level in dBFS between and at the samples, by 4× interpolation (BS.1770-4 annex 2); `-inf` for
    silence.
    """
    peak = float(_inter_sample_peaks(samples).max(initial=0.0))
    return float(20 * np.log10(peak)) if peak > 0 else float("-inf")


def _wanted_gain(samples: NDArray[np.float32], ceiling: float) -> NDArray[np.float64]:
    """(n,): the gain that each sample's neighbourhood needs on its own, 1 where it is under the ceiling."""
    wanted = np.ones(len(samples))
    # Between two samples of a band-limited voice a peak stands at most a few decibels over both: look only
    # there.
    near = np.flatnonzero(np.abs(samples) > 0.5 * ceiling)
    if not len(near):
        return wanted
    breaks = np.flatnonzero(np.diff(near) > 2 * _TAPS)
    for first, last in zip(near[np.r_[0, breaks + 1]], near[np.r_[breaks, len(near) - 1]], strict=True):
        start, stop = max(0, first - 2), min(len(samples), last + 3)
        padded = samples[max(0, start - _TAPS) : stop + _TAPS]
        peaks = _inter_sample_peaks(padded)[min(start, _TAPS) :][: stop - start]
        # A hair lower, because the gain itself bends the waveform between the samples.
        wanted[start:stop] = np.minimum(1.0, 0.995 * ceiling / np.maximum(peaks, 1e-9))
        wanted[start:stop][peaks <= ceiling] = 1.0
    return wanted


def _inter_sample_peaks(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n,): per sample, the highest magnitude at it and at the three points before the next one."""
    peaks = np.abs(samples).astype(np.float64)
    if not len(samples):
        return peaks
    offsets = np.arange(-_TAPS // 2 + 1, _TAPS // 2 + 1)
    for phase in range(1, _OVERSAMPLING):
        at = offsets - phase / _OVERSAMPLING
        kernel = np.sinc(at) * np.cos(np.pi * at / (_TAPS + 1)) ** 2
        padded = np.pad(samples.astype(np.float64), (_TAPS // 2 - 1, _TAPS // 2))
        np.maximum(peaks, np.abs(np.convolve(padded, kernel[::-1], "valid")), out=peaks)
    return peaks


def _running_minimum(values: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """Minimum over each 2·reach + 1 values, `valid` ends: (n,) → (n − 2·reach,), by doubling windows."""
    width = 2 * reach + 1
    held, span = values, 1
    while span * 2 <= width:
        held = np.minimum(held[:-span], held[span:])
        span *= 2
    rest = width - span
    return np.minimum(held[: len(held) - rest], held[rest:])


def _weighted_energy(samples: NDArray[np.float32], sample_rate: int, step: int) -> NDArray[np.float64]:
    """Energy of the K-weighted signal in each whole step of `step` samples."""
    response = _k_weighting(np.fft.rfftfreq(_CHUNK), sample_rate)
    useful = _CHUNK - _FILTER_TAIL
    steps = len(samples) // step
    energies = np.zeros(steps)
    padded = np.pad(samples, (_FILTER_TAIL, 0))
    weighted = np.empty(len(samples), np.float32)
    for start in range(0, len(samples), useful):
        piece = padded[start : start + _CHUNK]
        spectrum = np.fft.rfft(piece.astype(np.float64), _CHUNK) * response
        kept = np.fft.irfft(spectrum, _CHUNK)[_FILTER_TAIL : len(piece)]
        weighted[start : start + len(kept)] = kept
    if steps:
        energies = np.square(weighted[: steps * step].reshape(steps, step), dtype=np.float64).sum(axis=1)
    return energies


def _k_weighting(frequency: NDArray[np.floating[Any]], sample_rate: int) -> NDArray[np.complex128]:
    """Response of BS.1770's two filters (high shelf at 1682 Hz, high-pass at 38 Hz), bilinear as in
    libebur128.
    """
    warped = 1j * np.tan(np.pi * np.minimum(frequency, 0.4999999))
    shelf_q, shelf_gain = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    s = warped / np.tan(np.pi * 1681.974450955533 / sample_rate)
    shelf = shelf_gain * s**2 + shelf_gain**0.4996667741545416 / shelf_q * s + 1
    shelf /= s**2 + s / shelf_q + 1
    low, low_q = np.tan(np.pi * 38.13547087602444 / sample_rate), 0.5003270373238773
    s = warped / low
    # The standard's table leaves this filter's numerator at 1, -2, 1: its passband is a hair over unity.
    passed = shelf * (1 + low / low_q + low**2) * s**2 / (s**2 + s / low_q + 1)
    return np.asarray(passed, np.complex128)
