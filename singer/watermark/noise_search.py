"""Finding the keyed noise in a sound's residual, and reading what it says about each code bit.

The residual is folded over the noise's period and correlated with the pilot at every lag by FFT. Rooms,
loudspeakers and codecs smear a sample over its neighbours: the pilot's correlations around the best lag are
that smear, and the payload is read through it (a matched filter, as in a rake receiver).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.watermark.carrier import BLOCK, BLOCKS, PERIOD, keyed_noise
from singer.watermark.code import CODE_BITS

_BEFORE, _AFTER = 64, 1024  # samples around the best lag in which the smear is looked for
_FEW_TAPS = 12
_HEARD = 4.5
"""Correlation, in standard deviations, from which a lag counts as part of the smear."""


NEAR = 705
"""Lags that are looked at around a place that the gain mask names: 8 ms to each side."""


@dataclass(frozen=True)
class Lag:
    """A place of the noise: `score` is the pilot's correlation there, in standard deviations.

    `samples`: how many samples into the noise's period the sound begins, at 44 100 Hz.
    """

    score: float
    samples: int

    @property
    def seconds(self) -> float:
        """The same in seconds."""
        return self.samples / SAMPLE_RATE


class FoldedNoise:
    """A sound's residual, folded over the noise's period and held against a key's pilot."""

    def __init__(self, flat: NDArray[np.float32], key: bytes) -> None:
        """`flat`: a residual, (n,) at 44 100 Hz."""
        periods = max(1, -(-len(flat) // PERIOD))
        folded = np.pad(flat, (0, periods * PERIOD - len(flat))).reshape(periods, PERIOD).sum(axis=0)
        self._folded = folded.astype(np.float32)
        self._spectrum = np.fft.rfft(self._folded)
        self._key = key
        size = np.sqrt(np.square(flat, dtype=np.float64).sum()) + 1e-9
        heard = np.fft.irfft(self._spectrum * _pilot_spectrum(key), PERIOD)
        self._scores = np.asarray(heard / size, np.float32)
        """(PERIOD,): entry t says that the noise's beginning lies at sample t of the folded sound."""

    def best(self, keep: int) -> list[Lag]:
        """The lags where the pilot is heard best, whichever way up, best first."""
        loud = np.abs(self._scores)
        top = np.argpartition(-loud, keep)[:keep]
        return [self._lag(int(place)) for place in top[np.argsort(-loud[top])]]

    def best_near(self, start_s: float) -> Lag:
        """The best of the `NEAR` lags around `start_s` seconds into the period."""
        return self.best_of(np.arange(NEAR) - NEAR // 2 + round(start_s * SAMPLE_RATE))

    def best_of(self, lags: NDArray[np.int64]) -> Lag:
        """The best of some lags, given in samples."""
        places = -lags % PERIOD
        return self._lag(int(places[np.argmax(np.abs(self._scores[places]))]))

    def soft_bits(self, lag: int) -> NDArray[np.float32]:
        """(480,): what the blocks of each code bit say together, positive for a zero bit, if the sound begins
        `lag` samples into the period."""
        noise = keyed_noise(self._key)
        around = (-lag + np.arange(-_BEFORE, _AFTER)) % PERIOD
        smear = np.where(np.abs(self._scores[around]) >= _HEARD, self._scores[around], 0.0)
        smear[_BEFORE] = self._scores[around][_BEFORE]
        received = self._through(around, smear)
        blocks = (received * noise.payload).reshape(BLOCKS, BLOCK).sum(axis=1)
        return np.bincount(noise.bit, blocks * noise.signs, CODE_BITS).astype(np.float32)

    def _through(self, places: NDArray[np.int64], smear: NDArray[np.float32]) -> NDArray[np.float32]:
        """(PERIOD,): the folded sound, gathered from the places over which it was smeared."""
        taps = np.flatnonzero(smear)
        if len(taps) <= _FEW_TAPS:
            return sum(
                (smear[tap] * np.roll(self._folded, -places[tap]) for tap in taps),
                start=np.zeros(PERIOD, np.float32),
            )
        channel = np.zeros(PERIOD, np.float32)
        channel[places] = smear
        gathered = np.fft.irfft(self._spectrum * np.conj(np.fft.rfft(channel)), PERIOD)
        return np.asarray(gathered, np.float32)

    def _lag(self, place: int) -> Lag:
        return Lag(float(abs(self._scores[place])), -place % PERIOD)


@lru_cache(maxsize=16)
def _pilot_spectrum(key: bytes) -> NDArray[np.complex64]:
    return np.asarray(np.conj(np.fft.rfft(keyed_noise(key).pilot)), np.complex64)
