"""A suspect recording, made ready to be held against songs: excerpts of at most half a minute."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from singer.fingerprint.alignment import LONGEST_S, Listened, listened
from singer.fingerprint.salience import LISTENING_RATE, salience_of
from singer.tracing.spectra import Spectra, spectra_of

MOST_EXCERPTS = 4


@dataclass(frozen=True)
class Excerpt:
    """`samples`: (n,) mono at 16 kHz, from `start_s` of the recording on."""

    samples: NDArray[np.float32]
    start_s: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / LISTENING_RATE

    @cached_property
    def melody(self) -> Listened:
        """Its salience, ready to be held against contours."""
        return listened(salience_of(self.samples))

    @cached_property
    def spectra(self) -> Spectra:
        """Its spectra, ready to be held against songs that are sung again."""
        return spectra_of(self.samples)


def excerpts_of(samples: NDArray[np.float32]) -> list[Excerpt]:
    """A recording of mono samples (n,) at 16 kHz, or the loudest half minute of each quarter of a long one,
    loudest first: a song may have a prelude in which nobody sings."""
    longest = round(LONGEST_S * LISTENING_RATE)
    if len(samples) <= 1.5 * longest:
        first = _loudest(samples, longest)
        return [Excerpt(samples[first : first + longest], first / LISTENING_RATE)]
    parts = min(MOST_EXCERPTS, len(samples) // longest)
    bounds = np.linspace(0, len(samples), parts + 1).round().astype(int)
    found = []
    for start, stop in pairwise(bounds):
        first = int(start) + _loudest(samples[start:stop], longest)
        found.append(Excerpt(samples[first : first + longest], first / LISTENING_RATE))
    return sorted(found, key=lambda excerpt: -float(np.square(excerpt.samples).mean()))


def _loudest(samples: NDArray[np.float32], longest: int) -> int:
    """Where the loudest stretch of so many samples begins, to a tenth of a second."""
    step = LISTENING_RATE // 10
    if len(samples) <= longest:
        return 0
    energy = np.add.reduceat(np.square(samples, dtype=np.float64), np.arange(0, len(samples), step))
    summed = np.cumsum(np.pad(energy, (1, 0)))
    width = longest // step
    return int(np.argmax(summed[width:] - summed[:-width])) * step
