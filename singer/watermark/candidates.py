"""Is it one of these: how well a sound fits render ids that are known beforehand."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.watermark import field as fields
from singer.watermark.carrier import PERIOD
from singer.watermark.noise_search import FoldedNoise
from singer.watermark.pattern import keyed_pattern
from singer.watermark.reading import READ, Stretch, readings
from singer.watermark.residual import residual, to_song_rate
from singer.watermark.search import OFFSETS, FoldedMask, pattern_scores
from singer.watermark.statistic import FALSE_POSITIVE_RATE, Detection, judge

_LONGEST_S = 61.44
_AT_THE_START_S = 0.06  # codec delays
_SHARES = 4  # of the error: by both layers from anywhere, by each from the start, by the mask from anywhere


def confirm(samples: NDArray[np.float32], sample_rate: int, key: bytes, render_id: int) -> Detection:
    """How well a sound fits one known id: accept it where `false_positive_rate` is small enough (10⁻⁶, say).

    Needs less than a second of singing. `samples` as in `detect`; the first minute of them is looked at, at
    every offset. Raises `ValueError` for an id beyond 64 bits.
    """
    return _best_candidate(samples, sample_rate, key, [render_id])


def identify(
    samples: NDArray[np.float32], sample_rate: int, key: bytes, render_ids: Sequence[int]
) -> Detection | None:
    """Which of the known `render_ids` a sound carries, or None: with all of them counted, wrong at most once
    in 10⁶.

    As `confirm`, some two milliseconds for each id.
    """
    if not render_ids:
        return None
    best = _best_candidate(samples, sample_rate, key, render_ids)
    return best if best.false_positive_rate <= FALSE_POSITIVE_RATE else None


def _best_candidate(
    samples: NDArray[np.float32], sample_rate: int, key: bytes, render_ids: Sequence[int]
) -> Detection:
    sound = to_song_rate(samples[: round(_LONGEST_S * sample_rate)], sample_rate)
    stretch = Stretch(fields.field(fields.to_field_rate(sound, SAMPLE_RATE)), residual(sound))
    mask, noise = FoldedMask(stretch.field, key), FoldedNoise(stretch.residual, key)
    shared = math.log(_SHARES * len(render_ids))
    # Places that the pilots name, whichever id it is.
    anywhere = [reading.soft_bits() for reading in readings(stretch, key)[:READ]]
    looks = [(soft_bits, math.log(READ) + shared) for soft_bits in anywhere]
    # From its start, where our own files have it.
    near, lags = _near_the_start()
    lag = noise.best_of(lags)
    looks.append((noise.soft_bits(lag.samples), shared))
    fits = []
    for render_id in render_ids:
        fits += [judge(soft_bits, render_id, key, log_places) for soft_bits, log_places in looks]
        nearness = pattern_scores(mask.folded, keyed_pattern(key).carrying(render_id, key))
        for offsets in (near, np.arange(OFFSETS)):
            soft_bits = mask.soft_bits(int(offsets[np.argmax(nearness[offsets])]))
            fits.append(judge(soft_bits, render_id, key, math.log(len(offsets)) + shared))
    return min(fits, key=lambda fit: (fit.false_positive_rate, -fit.score))


def _near_the_start() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Offsets of the mask and lags of the noise at which a whole song may begin."""
    steps = round(_AT_THE_START_S / 0.005)
    samples = round(_AT_THE_START_S * SAMPLE_RATE)
    return np.arange(-steps, steps + 1) % OFFSETS, np.arange(-samples, samples + 1) % PERIOD
