"""The noise of a recording's treble exchanged for the keyed noise: one noise stands for another.

Over 6.5 kHz a voice is mostly breath. Where it is noise there, not tones, each short window keeps its
spectral envelope and gets the id's noise under it, as a vocoder's noise branch does with a song that is sung
here. What is heard of a noise is its envelope; which noise it is makes no difference to it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.watermark.overlapping import add, cut, half_sine

SHARE = 1.0
"""Share of a spot's power that is exchanged where it is noise through and through."""

_FROM_HZ, _FULL_HZ, _TO_HZ = 6_300.0, 6_900.0, 18_000.0
_WINDOW, _STEP = 256, 128
_ENVELOPE_LAGS = 20
_LONG, _LONG_STEP = 2048, 1024
_AROUND = 15  # bins of a long window to each side over which tonality is measured
_NOISE_DB, _TONES_DB = 4.0, 9.0  # how far the mean lies over the geometric mean; white noise: 2.5 dB
_FLOOR = 1e-9


def exchange(samples: NDArray[np.float32], keyed: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) at 44 100 Hz and as much of `singer.watermark.carrier` → (n,) with that noise for its own in the
    treble; silence stays silent.
    """
    frames = -(-len(samples) // _STEP) + 1
    sound, noise, out = np.zeros((3, (frames + 2) * _STEP), np.float32)
    sound[_STEP : _STEP + len(samples)] = samples
    noise[_STEP : _STEP + len(samples)] = keyed
    share = _share(samples)
    for first in range(0, frames, _LONG):
        last = min(frames, first + _LONG)
        pieces = _exchanged(sound, noise, share, first, last)
        add(out, pieces, first)
    return np.where(samples == 0, samples, out[_STEP : _STEP + len(samples)])


def _exchanged(
    sound: NDArray[np.float32], noise: NDArray[np.float32], share: NDArray[np.float32], first: int, last: int
) -> NDArray[np.float32]:
    """(frames, _WINDOW): windows `first` to `last` with their noise exchanged."""
    window = half_sine(_WINDOW)
    own = np.fft.rfft(cut(sound, _WINDOW, first, last) * window, axis=1)
    keyed = np.fft.rfft(cut(noise, _WINDOW, first, last) * window, axis=1)
    power = np.asarray(own.real**2 + own.imag**2, np.float32) + np.float32(_FLOOR)
    cepstrum = np.fft.irfft(0.5 * np.log(power), axis=1)
    folded = np.zeros_like(cepstrum)
    folded[:, 1:_ENVELOPE_LAGS] = 2 * cepstrum[:, 1:_ENVELOPE_LAGS]
    phase = np.fft.rfft(folded, axis=1).imag
    envelope = np.sqrt(_smooth(power) / np.square(window).sum())
    exchanged = share[np.minimum(np.arange(first, last) * _STEP // _LONG_STEP, len(share) - 1)]
    turn = (np.sqrt(exchanged) * envelope) * np.exp(1j * phase.astype(np.float32))
    mixed = np.sqrt(1 - exchanged) * own + turn * keyed
    return np.asarray(np.fft.irfft(mixed, _WINDOW, axis=1) * window, np.float32)


def _share(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """(long frames, 129): which share of each spot's power is exchanged."""
    frames = len(samples) // _LONG_STEP + 1
    padded = np.pad(samples, (_LONG // 2, _LONG))
    cut = np.lib.stride_tricks.sliding_window_view(padded, _LONG)[::_LONG_STEP][:frames]
    shares = []
    for start in range(0, frames, 256):
        spectrum = np.fft.rfft(cut[start : start + 256] * _hann(), axis=1)[:, _LOWEST - _AROUND :]
        power = np.asarray(spectrum.real**2 + spectrum.imag**2, np.float32) + np.float32(_FLOOR)
        over = (10 / np.log(10)) * (np.log(_mean_around(power)) - _mean_around(np.log(power)))
        noisy = np.clip((_TONES_DB - over) / (_TONES_DB - _NOISE_DB), 0, 1)
        shares.append(noisy[:, _centres()])
    return np.asarray(np.concatenate(shares) * _shape(), np.float32)


def _smooth(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """(frames, bins): the mean over three bins, the middle one twice."""
    sides = np.pad(power, ((0, 0), (1, 1)), mode="edge")
    return np.asarray((sides[:, :-2] + 2 * sides[:, 1:-1] + sides[:, 2:]) / 4, np.float32)


def _mean_around(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """(frames, n) → (frames, n - 30): the mean over 31 neighbours."""
    total = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1, dtype=np.float64)
    width = 2 * _AROUND + 1
    return np.asarray((total[:, width:] - total[:, :-width]) / width, np.float32)


_LOWEST = round(_FROM_HZ / (SAMPLE_RATE / _LONG))


@cache
def _centres() -> NDArray[np.int64]:
    """(129,): the long window's tonality, counted from the lowest, at each bin of the short one."""
    bins = np.arange(_WINDOW // 2 + 1) * (_LONG // _WINDOW) - _LOWEST
    return np.clip(bins, 0, _LONG // 2 - _LOWEST - _AROUND)


@cache
def _shape() -> NDArray[np.float32]:
    """(129,): the share over frequency."""
    hz = np.arange(_WINDOW // 2 + 1) * (SAMPLE_RATE / _WINDOW)
    rising = np.clip((hz - _FROM_HZ) / (_FULL_HZ - _FROM_HZ), 0, 1)
    falling = np.clip((_TO_HZ + 1_000 - hz) / 1_000, 0, 1)
    return np.asarray(SHARE * rising * falling, np.float32)


@cache
def _hann() -> NDArray[np.float32]:
    return np.asarray(np.hanning(_LONG + 1)[:-1], np.float32)
