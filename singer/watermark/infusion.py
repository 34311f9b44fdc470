"""The keyed noise under a sound that no vocoder of ours made: as loud as that sound hides it.

What hides it is reckoned for a window by the masking of the critical bands (after psychoacoustic model 1 of
ISO/IEC 11172-3, annex D, with a band that is part tone and part noise masking as its parts do). From 3 kHz up
the noise is brought that near to the threshold, in minimum phase like a vocoder's.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.watermark.overlapping import add, cut, half_sine

MARGIN_DB = -8.0
"""Level of the keyed noise in each critical band against what the sound masks there."""

_FROM_HZ, _FULL_HZ, _TO_HZ = 2_500.0, 3_500.0, 18_000.0
_WINDOW, _STEP = 512, 256
_ENVELOPE_LAGS = 40
_BLOCK_FRAMES = 1024
_FLOOR = 1e-7  # of a bin's power
_AROUND = 8  # bins to each side over which a spot's tonality is measured


def infuse(samples: NDArray[np.float32], keyed: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) at 44 100 Hz and as much of `singer.watermark.carrier` → (n,) with that noise under it; silence
    stays silent.
    """
    frames = -(-len(samples) // _STEP) + 1
    sound, noise = np.zeros((2, (frames + 2) * _STEP), np.float32)
    sound[_STEP : _STEP + len(samples)] = samples
    noise[_STEP : _STEP + len(samples)] = keyed
    under = np.zeros_like(sound)
    for first in range(0, frames, _BLOCK_FRAMES):
        last = min(frames, first + _BLOCK_FRAMES)
        pieces = _hidden(sound, noise, first, last)
        add(under, pieces, first)
    return np.where(samples == 0, samples, samples + under[_STEP : _STEP + len(samples)])


def _hidden(
    sound: NDArray[np.float32], noise: NDArray[np.float32], first: int, last: int
) -> NDArray[np.float32]:
    """(frames, _WINDOW): the noise of windows `first` to `last` as it goes under the sound."""
    window = half_sine(_WINDOW)
    spectrum = np.fft.rfft(cut(sound, _WINDOW, first, last) * window, axis=1)
    power = np.asarray(spectrum.real**2 + spectrum.imag**2, np.float32) + np.float32(_FLOOR)
    logarithm = np.log(power)
    cepstrum = np.fft.irfft(logarithm, axis=1)
    folded = np.zeros_like(cepstrum)
    folded[:, 1:_ENVELOPE_LAGS] = cepstrum[:, 1:_ENVELOPE_LAGS]
    phase = np.fft.rfft(folded, axis=1).imag
    gain = np.sqrt(_threshold(power, logarithm)) * _shape()
    shaped = np.fft.rfft(cut(noise, _WINDOW, first, last) * window, axis=1) * (np.exp(1j * phase) * gain)
    return np.asarray(np.fft.irfft(shaped, _WINDOW, axis=1) * window, np.float32)


def _threshold(power: NDArray[np.float32], logarithm: NDArray[np.float32]) -> NDArray[np.float32]:
    """(frames, bins): the noise power that each bin may have, so that all of a critical band are masked."""
    flatness_db = (10 / np.log(10)) * (_mean_around(logarithm) - np.log(_mean_around(power)))
    tonality = np.clip((-flatness_db - 3.0) / 5.0, 0.0, 1.0)  # noise: 2.5 dB
    weight, of_noise, of_tones, spread = _bands()
    maskers = (power * (1 - tonality)) @ weight * of_noise + (power * tonality) @ weight * of_tones
    return np.asarray(maskers @ spread, np.float32)


@cache
def _bands() -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """(bins, 25): which critical band a bin is in; (25,) twice: what a band masks in itself, if it is noise
    and if it is a tone; (25, bins): how that spreads, as power in each bin.
    """
    hz = np.arange(_WINDOW // 2 + 1) * (SAMPLE_RATE / _WINDOW)
    bark = 13 * np.arctan(0.00076 * hz) + 3.5 * np.arctan((hz / 7500) ** 2)  # Zwicker and Terhardt 1980
    band = np.minimum(bark.astype(np.int64), 24)
    weight = (band[:, None] == np.arange(25)).astype(np.float32)
    bins = np.maximum(weight.sum(axis=0), 1.0)
    middle = (bark @ weight) / bins
    of_noise, of_tones = (10 ** (index / 10) for index in (-2.025 - 0.175 * middle, -6.025 - 0.275 * middle))
    apart = bark - middle[:, None]
    slope = np.where(apart < 0, 24 * apart, np.where(apart < 1, -17 * apart, -17 - 10 * (apart - 1)))
    spread = 10 ** (slope / 10) / bins[band]
    return weight, of_noise.astype(np.float32), of_tones.astype(np.float32), spread.astype(np.float32)


def _mean_around(values: NDArray[np.float32]) -> NDArray[np.float32]:
    width = 2 * _AROUND + 1
    total = np.cumsum(np.pad(values, ((0, 0), (_AROUND + 1, _AROUND)), mode="edge"), axis=1, dtype=np.float64)
    return np.asarray((total[:, width:] - total[:, :-width]) / width, np.float32)


@cache
def _shape() -> NDArray[np.float32]:
    """(bins,): the gain over frequency that makes white noise as loud as the threshold and the margin say;
    nothing low down, where harmonics stand alone.
    """
    hz = np.arange(_WINDOW // 2 + 1) * (SAMPLE_RATE / _WINDOW)
    rising = np.clip((hz - _FROM_HZ) / (_FULL_HZ - _FROM_HZ), 0, 1)
    falling = np.clip((_TO_HZ + 1_000 - hz) / 1_000, 0, 1)
    white = np.sqrt(np.square(half_sine(_WINDOW)).sum())
    return np.asarray(rising * falling * 10 ** (MARGIN_DB / 20) / white, np.float32)
