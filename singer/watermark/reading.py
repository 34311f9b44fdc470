"""Reading one stretch of sound: where both layers may lie, and which id they carry together."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from singer.watermark.code import ID_BITS, decode
from singer.watermark.noise_search import FoldedNoise
from singer.watermark.search import FoldedMask, Place, best_scales
from singer.watermark.statistic import FALSE_POSITIVE_RATE, Detection, judge, together

READ = 3
"""Places of a stretch at which the payload is read, out of all that the pilots are looked for at."""

_LAGS_TRIED, _OFFSETS_TRIED = 2, 3
# What the best of so many places reaches by chance, in standard deviations.
_ANY_LAG, _NEAR_LAG, _ANY_OFFSET, _NEAR_OFFSET = 5.0, 3.3, 3.0, 1.0
_LEAST_EVIDENCE = 2.0  # pilots that say less are not worth decoding


@dataclass(frozen=True)
class Stretch:
    """A stretch of sound as both layers see it."""

    field: NDArray[np.float32]
    """(frames, 59), one frame each 8 ms."""
    residual: NDArray[np.float32]
    """(n,) at 44 100 Hz."""


@dataclass(frozen=True)
class Reading:
    """A hypothesis of place, and what both layers say there."""

    soft_bits: Callable[[], NDArray[np.float32]]
    """Gives (480,), positive for a zero bit."""
    evidence: float
    """How far the pilots stand out, in standard deviations."""
    place: Place
    """Of the gain mask."""
    lag: int | None
    """Of the keyed noise: samples into its period at which the stretch begins; None where it is not heard."""


def readings(stretch: Stretch, key: bytes) -> list[Reading]:
    """The likeliest places at natural speed and pitch, best first."""
    mask, noise = FoldedMask(stretch.field, key), FoldedNoise(stretch.residual, key)
    pairs = [(lag, mask.best_near(lag.seconds), _ANY_LAG, _NEAR_OFFSET) for lag in noise.best(_LAGS_TRIED)]
    pairs += [
        (noise.best_near(place.start_s), place, _NEAR_LAG, _ANY_OFFSET) for place in mask.best(_OFFSETS_TRIED)
    ]
    found = []
    for lag, place, lag_by_chance, place_by_chance in pairs:
        heard, fits = _beyond(lag.score, lag_by_chance), _beyond(place.score, place_by_chance)
        soft_bits = partial(_soft_bits, noise, lag.samples, heard, mask, place.offset, fits)
        found.append(Reading(soft_bits, math.hypot(heard, fits), place, lag.samples if heard else None))
    return sorted(found, key=lambda reading: -reading.evidence)


def _beyond(score: float, by_chance: float) -> float:
    """What is left of a pilot's score without what chance gives."""
    return math.sqrt(max(score * abs(score) - by_chance**2, 0.0))


def _soft_bits(
    noise: FoldedNoise, lag: int, heard: float, mask: FoldedMask, offset: int, fits: float
) -> NDArray[np.float32]:
    return together(noise.soft_bits(lag), heard, mask.soft_bits(offset), fits)


def read(stretch: Stretch, key: bytes, log_looks: float) -> tuple[Detection, Reading] | None:
    """The id in a stretch at natural speed and pitch; exp(`log_looks`) stretches are looked at in all."""
    return _decoded(readings(stretch, key), key, log_looks)


def read_scaled(stretch: Stretch, key: bytes, log_looks: float) -> tuple[Detection, Reading] | None:
    """The id in a stretch at another speed or pitch: the gain mask alone carries it there."""
    place = best_scales(stretch.field, key)
    mask = FoldedMask(stretch.field, key, place.time_scale, place.pitch_scale)
    evidence = _beyond(place.score, _ANY_OFFSET)
    reading = Reading(partial(mask.soft_bits, place.offset), evidence, place, None)
    return _decoded([reading], key, log_looks)


def _decoded(found: list[Reading], key: bytes, log_looks: float) -> tuple[Detection, Reading] | None:
    """The first of the readings that carries an id; exp(`log_looks`) stretches are looked at in all."""
    for reading in found[:READ]:
        if reading.evidence < _LEAST_EVIDENCE:
            continue
        soft_bits = reading.soft_bits()
        render_id = decode(soft_bits, key)
        if render_id is None:
            continue
        judged = judge(soft_bits, render_id, key, log_looks + math.log(READ) + ID_BITS * math.log(2))
        if judged.false_positive_rate <= FALSE_POSITIVE_RATE:
            place = reading.place
            return replace(judged, time_scale=place.time_scale, pitch_scale=place.pitch_scale), reading
    return None
