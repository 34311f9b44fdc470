"""How strongly each pitch sounds at each moment of a recording, whatever else sounds with it.

Harmonic summation (Hermes, JASA 83, 1988) over a whitened spectrum: each spectral line counts by how far it
stands out of its surroundings, so that neither a telephone's band nor a loud bass decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from singer.fingerprint.contour import LOWEST, STEPS

LISTENING_RATE = 16_000
"""Sample rate that sounds are read at."""

RATE = 50.0
"""Frames a second."""

PITCHES = 60 * STEPS + 1
"""Pitches that are looked for, a quarter of a semitone apart from `LOWEST` on: five octaves."""

_WINDOW, _FFT = 2048, 4096
_HARMONICS, _WEAKER = 10, 0.84
_HIGHEST_HZ = 5_000.0
_SURROUNDINGS = 9 * STEPS
_STANDS_OUT = 2.5  # nepers, above which a line counts no more
_BLOCK = 512


@dataclass(frozen=True)
class Salience:
    """`values`: (frames, PITCHES) float32 at `RATE` frames a second; in each frame of mean 0, over all frames
    of variance 1. `level_db`: (frames,) float32, the level of each frame in dB."""

    values: NDArray[np.float32]
    level_db: NDArray[np.float32]

    @property
    def seconds(self) -> float:
        """How long the sound is."""
        return len(self.values) / RATE


def salience_of(samples: NDArray[np.float32]) -> Salience:
    """The salience of mono samples (n,) at `LISTENING_RATE`."""
    hop = round(LISTENING_RATE / RATE)
    padded = np.pad(samples.astype(np.float32), (_WINDOW // 2, _WINDOW // 2))
    frames = max(1, (len(padded) - _WINDOW) // hop + 1)
    padded = np.pad(padded, (0, max(0, _WINDOW - len(padded))))
    pieces = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::hop][:frames]
    window = np.hanning(_WINDOW).astype(np.float32)
    values, levels = [], []
    for first in range(0, frames, _BLOCK):
        block = pieces[first : first + _BLOCK] * window
        levels.append(10.0 * np.log10(np.mean(np.square(block), axis=1) + 1e-12))
        values.append(_harmonic_sum(_lines(np.abs(np.fft.rfft(block, _FFT)).astype(np.float32))))
    salience = np.concatenate(values)
    salience -= salience.mean(axis=1, keepdims=True)
    salience /= salience.std() + 1e-9
    return Salience(salience.astype(np.float32), np.concatenate(levels).astype(np.float32))


def _lines(magnitude: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far each pitch's own spectral line stands out of what surrounds it, (frames, lines) in nepers."""
    place = _line_places()
    low = np.floor(place).astype(int)
    share = (place - low).astype(np.float32)
    spectrum = magnitude[:, low] * (1.0 - share) + magnitude[:, low + 1] * share
    loudest = spectrum.max(axis=1, keepdims=True)
    logarithm = np.log(spectrum + 1e-4 * loudest + 1e-7)
    padded = np.pad(logarithm, ((0, 0), (_SURROUNDINGS + 1, _SURROUNDINGS)), mode="edge")
    summed = np.cumsum(padded, axis=1, dtype=np.float64)
    width = 2 * _SURROUNDINGS + 1
    around = (summed[:, width:] - summed[:, :-width]) / width
    return np.clip(logarithm - around, 0.0, _STANDS_OUT).astype(np.float32)


def _harmonic_sum(lines: NDArray[np.float32]) -> NDArray[np.float32]:
    """(frames, lines) → (frames, PITCHES): each pitch with its harmonics, the higher ones counting less."""
    summed = np.zeros((len(lines), PITCHES), np.float32)
    for harmonic in range(1, _HARMONICS + 1):
        first = round(12 * STEPS * np.log2(harmonic))
        part = lines[:, first : first + PITCHES]
        summed[:, : part.shape[1]] += _WEAKER ** (harmonic - 1) * part
    return summed


@lru_cache(maxsize=1)
def _line_places() -> NDArray[np.float64]:
    """Where the lines lie among the spectrum's bins: a quarter of a semitone apart up to `_HIGHEST_HZ`."""
    lowest_hz = 440.0 * 2.0 ** ((LOWEST - 69.0) / 12.0)
    count = int(12 * STEPS * np.log2(_HIGHEST_HZ / lowest_hz))
    return np.asarray(lowest_hz * 2.0 ** (np.arange(count) / (12.0 * STEPS)) * _FFT / LISTENING_RATE)
