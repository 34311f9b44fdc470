"""What the aligner hears: a vector every 5 ms, sharp in time, with voicing measured around a known pitch."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

HOP_S = 0.005
_BANDS, _CEPSTRA = 26, 13
_LONG_S, _SHORT_S = 0.020, 0.006
_DELTA = 3
_DITHER = 2e-5  # about −94 dB: digital silence and quiet rooms shall look alike

Array = NDArray[np.float32]


def frame_features(samples: Array, sample_rate: int, pitch_hz: float) -> Array:
    """Features of one recording, (frames, 32): cepstra, energy, high-band energy, periodicity, their deltas.

    Frame k is centred at k · HOP_S. `samples` is mono in −1 … 1.
    """
    noise = np.random.default_rng(7).standard_normal(len(samples)).astype(np.float32)
    samples = samples + _DITHER * noise
    frames = int(len(samples) / sample_rate / HOP_S) + 1
    centres = np.round(np.arange(frames) * HOP_S * sample_rate).astype(int)
    long = _windows(samples, centres, int(_LONG_S * sample_rate))
    power = np.abs(np.fft.rfft(long, 2048)) ** 2
    cepstra = np.log(power @ _mel_filters(2048, sample_rate) + 1e-6) @ _cosines()
    short = np.abs(np.fft.rfft(_windows(samples, centres, int(_SHORT_S * sample_rate)), 512)) ** 2
    first_high = int(4000 * 512 / sample_rate)
    energy = np.log(np.stack([short.sum(axis=1), short[:, first_high:].sum(axis=1)], axis=1) + 1e-7)
    still = np.concatenate([cepstra, energy, 4.0 * voicing(samples, sample_rate, pitch_hz)[:, None]], axis=1)
    padded = np.pad(still, ((_DELTA, _DELTA), (0, 0)), mode="edge")
    moving = padded[2 * _DELTA :] - padded[: -2 * _DELTA]
    return np.concatenate([still, moving], axis=1).astype(np.float32)


def voicing(samples: Array, sample_rate: int, pitch_hz: float) -> Array:
    """Periodicity at the nominal pitch ± half an octave, (frames,) in 0 … 1, after Boersma (1993)."""
    frames = int(len(samples) / sample_rate / HOP_S) + 1
    centres = np.round(np.arange(frames) * HOP_S * sample_rate).astype(int)
    length = int(max(3.0 / pitch_hz, 0.008) * sample_rate)
    size = 1 << int(np.ceil(np.log2(2 * length)))
    window = np.hanning(length).astype(np.float32)
    lags = slice(int(sample_rate / pitch_hz / 1.41), int(sample_rate / pitch_hz * 1.41) + 1)
    own = np.fft.irfft(np.abs(np.fft.rfft(window, size)) ** 2)
    power = np.abs(np.fft.rfft(_windows(samples, centres, length), size)) ** 2
    power[:, int(3000 * size / sample_rate) :] = 0.0
    autocorrelation = np.fft.irfft(power)[:, : lags.stop]
    # a floor in the denominator keeps the hum of a quiet room from counting as a voice
    scale = autocorrelation[:, :1] + 1e-4 * length
    return (
        (autocorrelation[:, lags] / scale * (own[0] / own[lags]))
        .max(axis=1)
        .clip(0.0, 1.0)
        .astype(np.float32)
    )


def _windows(samples: Array, centres: NDArray[np.int_], length: int) -> Array:
    padded = np.pad(samples, (length // 2, length))
    return np.lib.stride_tricks.sliding_window_view(padded, length)[centres] * np.hanning(length).astype(
        np.float32
    )


@lru_cache(maxsize=4)
def _mel_filters(size: int, sample_rate: int) -> Array:
    edges = 700.0 * (np.exp(np.linspace(np.log1p(80 / 700), np.log1p(16000 / 700), _BANDS + 2)) - 1.0)
    bins = np.fft.rfftfreq(size, 1.0 / sample_rate)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.clip(np.minimum(rising, falling), 0.0, None).astype(np.float32)


@lru_cache(maxsize=1)
def _cosines() -> Array:
    band = np.arange(_BANDS)[:, None] + 0.5
    return (np.cos(np.pi / _BANDS * band * np.arange(_CEPSTRA)) / np.sqrt(_BANDS)).astype(np.float32)
