"""Where in a stretch of sound an id is heard, once it is known which one and how it lies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.watermark.carrier import carrier
from singer.watermark.field import STEP_S
from singer.watermark.pattern import CHIPS, keyed_pattern
from singer.watermark.reading import Reading, Stretch
from singer.watermark.search import STEPS_PER_CHIP, on_grid

_PART_S = 0.64
_EXPECTED = 1.0
"""Standard deviations that a part has to show to count as marked rather than not."""


def extent(stretch: Stretch, reading: Reading, render_id: int, key: bytes) -> tuple[float, float]:
    """(start, end) in seconds of the stretch: the run of parts, 0.64 s each, that most clearly carries the
    id.

    The run whose sum of (score − 1) is largest (a maximal scoring segment, Ruzzo and Tompa 1999).
    """
    seconds = max(len(stretch.residual) / SAMPLE_RATE, STEP_S)
    parts = max(1, round(seconds / _PART_S))
    scores = _mask_scores(stretch, reading, render_id, key, parts)
    if reading.lag is not None:
        noise = _noise_scores(stretch, reading.lag, render_id, key, parts)
        scores = np.maximum(scores, noise)
    total = np.concatenate([[0.0], np.cumsum(scores - _EXPECTED)])
    lowest = np.minimum.accumulate(total)
    last = int(np.argmax(total - lowest))
    first = int(np.argmin(total[: last + 1]))
    if last <= first:
        return 0.0, seconds
    return first * seconds / parts, last * seconds / parts


def _noise_scores(stretch: Stretch, lag: int, render_id: int, key: bytes, parts: int) -> NDArray[np.float64]:
    """(parts,): the correlation of each part with the id's own noise, in standard deviations."""
    flat = stretch.residual.astype(np.float64)
    product = flat * carrier(render_id, key, lag, len(flat))
    return _standardised(product, flat**2, parts)


def _mask_scores(
    stretch: Stretch, reading: Reading, render_id: int, key: bytes, parts: int
) -> NDArray[np.float64]:
    """(parts,): the correlation of each part's field with the id's own pattern, in standard deviations."""
    place = reading.place
    begin = place.offset % STEPS_PER_CHIP
    steps = on_grid(stretch.field, place.time_scale, place.pitch_scale)[begin::STEPS_PER_CHIP]
    first = (begin - place.offset) // STEPS_PER_CHIP
    pattern = keyed_pattern(key).carrying(render_id, key)[(first + np.arange(len(steps))) % CHIPS]
    return _standardised((steps * pattern).sum(axis=1), np.square(steps).sum(axis=1), parts)


def _standardised(
    product: NDArray[np.floating], variance: NDArray[np.floating], parts: int
) -> NDArray[np.float64]:
    sums = [float(part.sum()) for part in np.array_split(product, parts)]
    sizes = [float(np.sqrt(part.sum())) for part in np.array_split(variance, parts)]
    return np.array(sums) / (np.array(sizes) + 1e-9)
