"""What is left of a sound when its spectral envelope is taken away: where the keyed noise is looked for.

A vocoder filters its noise with minimum-phase filters. Each window of the sound is turned back by the phase
of the minimum-phase filter that has the window's own smooth envelope, and each spot of time and frequency is
brought to the size of its surroundings, so that harmonics and loud vowels do not drown the noise between
them. Nothing here knows a key.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE

WINDOW, STEP = 1024, 256
_OVERLAP = WINDOW // STEP
_ENVELOPE_LAGS = 40
"""Cepstral lags that make the smooth envelope: the vocal tract, not the pitch."""
_AROUND = 4  # frames to each side over which a spot's usual size is taken
_BLOCK_FRAMES = 1024
_FLOOR = 1e-7


def to_song_rate(samples: NDArray[np.float32], sample_rate: float) -> NDArray[np.float32]:
    """Mono float32 (n,) at 44 100 Hz. Numbers that are not finite count as silence."""
    resampler = Resampler(sample_rate)
    return np.concatenate([resampler.take(samples), resampler.finish()])


class Resampler:
    """Brings a sound of any rate to 44 100 Hz, block by block."""

    def __init__(self, sample_rate: float) -> None:
        import soxr

        self._stream = None
        if sample_rate != SAMPLE_RATE:
            self._stream = soxr.ResampleStream(sample_rate, SAMPLE_RATE, 1, dtype="float32", quality="MQ")

    def take(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """A block, (n,) or (n, channels), in; what is ready, (m,) mono, out."""
        mixed = block.mean(axis=1) if block.ndim == 2 else block
        mono = np.nan_to_num(mixed.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
        return mono if self._stream is None else np.asarray(self._stream.resample_chunk(mono), np.float32)

    def finish(self) -> NDArray[np.float32]:
        """What is left after the last block."""
        if self._stream is None:
            return np.zeros(0, np.float32)
        return np.asarray(self._stream.resample_chunk(np.zeros(0, np.float32), last=True), np.float32)


def residual(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) at 44 100 Hz → (n,): about white, every part of it about equally loud."""
    frames = -(-len(samples) // STEP) + _OVERLAP
    padded = np.zeros((frames + _OVERLAP) * STEP + WINDOW, np.float32)
    padded[WINDOW : WINDOW + len(samples)] = samples
    out = np.zeros(len(padded) + WINDOW, np.float32)
    loudest = _loudest(padded)
    for first in range(0, frames + _OVERLAP, _BLOCK_FRAMES):
        last = min(frames + _OVERLAP, first + _BLOCK_FRAMES)
        pieces = _flattened(padded, first, last, loudest)
        for part in range(_OVERLAP):
            at = slice((first + part) * STEP, (last + part) * STEP)
            out[at] += pieces[:, part * STEP : (part + 1) * STEP].ravel()
    return out[WINDOW : WINDOW + len(samples)]


def _loudest(padded: NDArray[np.float32]) -> float:
    """About the largest power that a bin has: what lies 70 dB below it counts as silence."""
    usable = len(padded) // WINDOW * WINDOW
    power = np.square(padded[:usable].reshape(-1, WINDOW)).sum(axis=1)
    return float(power.max(initial=0.0)) * WINDOW / 16 + 1e-9


def _flattened(padded: NDArray[np.float32], first: int, last: int, loudest: float) -> NDArray[np.float32]:
    """(frames, WINDOW): windows `first` to `last`, flattened and windowed again."""
    before, after = max(0, first - _AROUND), last + _AROUND
    cut = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[before * STEP : after * STEP : STEP]
    spectrum = np.fft.rfft(cut * _hann(), axis=1)
    power = np.asarray(spectrum.real**2 + spectrum.imag**2, np.float32)
    block = slice(first - before, last - before)
    turned = spectrum[block] * np.exp(-1j * _minimum_phase(power[block], loudest))
    pieces = np.fft.irfft(turned / np.sqrt(_usual(power)[block] + loudest * _FLOOR), WINDOW, axis=1)
    return np.asarray(pieces * _hann(), np.float32)


def _minimum_phase(power: NDArray[np.float32], loudest: float) -> NDArray[np.float32]:
    """(frames, bins) power → the phase in radians of the minimum-phase filter with its smooth envelope."""
    cepstrum = np.fft.irfft(0.5 * np.log(power + np.float32(loudest * 1e-9)), axis=1)
    folded = np.zeros_like(cepstrum)
    folded[:, 1:_ENVELOPE_LAGS] = 2 * cepstrum[:, 1:_ENVELOPE_LAGS]
    return np.asarray(np.fft.rfft(folded, axis=1).imag, np.float32)


def _usual(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """(frames, bins): the mean over 50 ms and three bins."""
    width = 2 * _AROUND + 1
    along = np.cumsum(np.pad(power, ((_AROUND + 1, _AROUND), (0, 0)), mode="edge"), axis=0, dtype=np.float64)
    smooth = ((along[width:] - along[:-width]) / width).astype(np.float32)
    sides = np.pad(smooth, ((0, 0), (1, 1)), mode="edge")
    return np.maximum((sides[:, :-2] + sides[:, 1:-1] + sides[:, 2:]) / 3, 0)


@cache
def _hann() -> NDArray[np.float32]:
    return np.asarray(np.hanning(WINDOW + 1)[:-1], np.float32)
