"""Whether bursts and hisses survive: stops and fricatives of a sung take held against the recording's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.evaluation.resung import Sound, Take
from singer.language.phones import FEATURE_NAMES, features
from singer.training.corpora import LabelledPhone

HIGH_HZ = 2000.0
KEPT_DB = 6.0
"""A burst or hiss is kept when it is no more than this below the recording's."""

LEAST_RISE_DB = 10.0
"""Bursts of the recording that rise less out of their closure are not counted: nobody hears them there
either."""

_STEP = round(0.001 * SAMPLE_RATE)
_AROUND_S = (0.01, 0.025)
_BEFORE_MS = 30


@dataclass(frozen=True)
class Kept:
    """`count` sounds; their level against the recording's in dB (median), and the share that is kept."""

    count: int
    level_db: float
    share: float


def bursts_kept(made: Sequence[Take], recorded: Sequence[Take]) -> Kept:
    """How far stops and affricates rise out of their closures above HIGH_HZ, made against recorded."""
    pairs = []
    for one, other in zip(made, recorded, strict=True):
        levels = [_high_level_db(take.samples) for take in (one, other)]
        for phone in _phones(other, ("stop", "affricate")):
            rises = [_rise_db(level, phone) for level in levels]
            if rises[1] >= LEAST_RISE_DB:
                pairs.append(rises)
    return _kept(pairs)


def hisses_kept(made: Sequence[Take], recorded: Sequence[Take]) -> Kept:
    """How loud fricatives are above HIGH_HZ against all that their take holds, made against recorded."""
    pairs = []
    for one, other in zip(made, recorded, strict=True):
        levels = [
            _high_level_db(take.samples) - 10.0 * np.log10(np.mean(take.samples**2) + 1e-12)
            for take in (one, other)
        ]
        for phone in _phones(other, ("fricative",)):
            middle = slice(
                *(round(1000 * (phone.start_s + s * (phone.end_s - phone.start_s))) for s in (0.25, 0.75))
            )
            if middle.stop > middle.start and middle.stop <= len(levels[0]):
                pairs.append([float(level[middle].mean()) for level in levels])
    return _kept(pairs)


def _kept(pairs: Sequence[Sequence[float]]) -> Kept:
    if not pairs:
        return Kept(0, 0.0, 1.0)
    difference = np.array([made - recorded for made, recorded in pairs])
    return Kept(len(pairs), float(np.median(difference)), float((difference >= -KEPT_DB).mean()))


def _phones(take: Take, manners: Sequence[str]) -> list[LabelledPhone]:
    at = [FEATURE_NAMES.index(manner) for manner in manners]
    return [p for p in take.phones if any(features(p.phone)[place] > 0.5 for place in at)]


def _high_level_db(samples: Sound) -> NDArray[np.float64]:
    """Level above HIGH_HZ in dB of each millisecond, (milliseconds,)."""
    spectrum = np.fft.rfft(samples.astype(np.float64))
    spectrum[np.fft.rfftfreq(len(samples), 1.0 / SAMPLE_RATE) < HIGH_HZ] = 0.0
    power = np.fft.irfft(spectrum, len(samples)) ** 2
    edges = np.round(np.arange(len(samples) * 1000 // SAMPLE_RATE + 1) * SAMPLE_RATE / 1000).astype(int)
    sums = np.add.reduceat(np.append(power, 0.0), edges)[:-1] / _STEP
    level: NDArray[np.float64] = 10.0 * np.log10(sums + 1e-10)
    return level


def _rise_db(level_db: NDArray[np.float64], phone: LabelledPhone) -> float:
    """How far the loudest millisecond around the end of a stop lies over the quietest just before it."""
    first = max(0, round(1000 * (phone.start_s - _AROUND_S[0])))
    last = min(len(level_db), round(1000 * (phone.end_s + _AROUND_S[1])))
    if last - first < 8:
        return 0.0
    smooth = np.convolve(level_db[first:last], np.ones(3) / 3, mode="same")[1:-1]
    rises = [
        smooth[place] - smooth[max(0, place - _BEFORE_MS) : place].min() for place in range(1, len(smooth))
    ]
    return float(max(rises))
