"""Resynthesis: what is left when a sound is made again from a description of it."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.evaluation.attacks.sounds import Sound, resampled

_ROUNDS, _MOMENTUM = 32, 0.99


def through_griffin_lim(samples: Sound, random: np.random.Generator, window: int = 1024) -> Sound:
    """Made again from magnitudes alone (hop a quarter of the window), phases found from random ones by the
    fast algorithm of Griffin and Lim (Perraudin, Balazs and Søndergaard 2013), 32 rounds.
    """
    return _from_magnitudes(np.abs(_stft(samples, window)), window, len(samples), random)


def through_mel(
    samples: Sound, random: np.random.Generator, mels: int = 128, window: int = 2048, rate: int = SAMPLE_RATE
) -> Sound:
    """Made again from a mel spectrogram, as a neural vocoder is given it: magnitudes by the least squares of
    the mel bands, phases as in `through_griffin_lim`.
    """
    heard = resampled(samples, SAMPLE_RATE, rate)
    bank = _mel_bank(mels, window, rate)
    described = np.abs(_stft(heard, window)) @ bank
    guessed = np.maximum(described @ np.linalg.pinv(bank), 0)
    for _ in range(30):  # non-negative least squares by multiplication (Lee and Seung 2001)
        guessed *= (described @ bank.T) / np.maximum(guessed @ bank @ bank.T, 1e-9)
        guessed += 1e-7
    made = _from_magnitudes(guessed.astype(np.float32), window, len(heard), random)
    return resampled(made, rate, SAMPLE_RATE)[: len(samples)]


def through_world(
    samples: Sound, coded_bands: int | None = None, semitones: float = 0.0, formants: float = 1.0
) -> Sound:
    """Analysed and made again by WORLD (Morise, Yokomori and Ozawa 2016): Harvest, CheapTrick, D4C.

    `coded_bands`: its envelope is coded into so many cepstral coefficients, its aperiodicity into bands.
    `semitones` and `formants` make another voice of it: a higher pitch, and formants as many times as high.
    """
    import pyworld

    sound = samples.astype(np.float64)
    f0, times = pyworld.harvest(sound, SAMPLE_RATE, f0_floor=71.0, f0_ceil=1100.0)
    envelope = pyworld.cheaptrick(sound, f0, times, SAMPLE_RATE)
    noisiness = pyworld.d4c(sound, f0, times, SAMPLE_RATE)
    bins = envelope.shape[1]
    if coded_bands:
        size = (bins - 1) * 2
        coded = pyworld.code_spectral_envelope(envelope, SAMPLE_RATE, coded_bands)
        envelope = pyworld.decode_spectral_envelope(coded, SAMPLE_RATE, size)
        noisiness = pyworld.decode_aperiodicity(
            pyworld.code_aperiodicity(noisiness, SAMPLE_RATE), SAMPLE_RATE, size
        )
    if formants != 1.0:
        moved = np.minimum(np.arange(bins) / formants, bins - 1).round().astype(np.int64)
        envelope = np.ascontiguousarray(envelope[:, moved])
    made = pyworld.synthesize(f0 * 2 ** (semitones / 12), envelope, noisiness, SAMPLE_RATE)
    return np.asarray(made[: len(samples)], np.float32)


def _from_magnitudes(
    sizes: NDArray[np.floating], window: int, length: int, random: np.random.Generator
) -> Sound:
    spectrum = sizes * np.exp(2j * np.pi * random.random(sizes.shape))
    previous = np.zeros_like(spectrum)
    for _ in range(_ROUNDS):
        projected = _stft(_istft(spectrum, window, length), window)
        ahead = projected + _MOMENTUM * (projected - previous)
        previous = projected
        spectrum = sizes * ahead / np.maximum(np.abs(ahead), 1e-12)
    return _istft(spectrum, window, length)


def _stft(samples: Sound, window: int) -> NDArray[np.complexfloating]:
    """(frames, window / 2 + 1), frames centred on every quarter of a window."""
    step = window // 4
    frames = -(-len(samples) // step) + 1
    padded = np.pad(samples, (window // 2, frames * step + window))
    cut = np.lib.stride_tricks.sliding_window_view(padded, window)[::step][:frames]
    return np.fft.rfft(cut * _hann(window), axis=1)


def _istft(spectrum: NDArray[np.complexfloating], window: int, length: int) -> Sound:
    step = window // 4
    frames = np.fft.irfft(spectrum, window, axis=1) * _hann(window)
    out = np.zeros((len(frames) + 4) * step)
    weight = np.zeros_like(out)
    for part in range(4):
        at = slice(part * step, (part + len(frames)) * step)
        out[at] += frames[:, part * step : (part + 1) * step].ravel()
        weight[at] += np.tile(_hann(window)[part * step : (part + 1) * step] ** 2, len(frames))
    whole = out / np.maximum(weight, 1e-3)
    return np.asarray(whole[window // 2 : window // 2 + length], np.float32)


@cache
def _hann(window: int) -> NDArray[np.float32]:
    return np.hanning(window + 1)[:-1].astype(np.float32)


@cache
def _mel_bank(mels: int, window: int, rate: int) -> NDArray[np.float64]:
    """(bins, mels): triangles evenly spaced in mel (O'Shaughnessy's formula), 0 Hz to half the rate."""
    top = 2595 * np.log10(1 + rate / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, mels + 2) / 2595) - 1)
    hz = np.arange(window // 2 + 1)[:, None] * rate / window
    rising = (hz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hz) / (edges[2:] - edges[1:-1])
    return np.asarray(np.maximum(0, np.minimum(rising, falling)))
