"""Comparing screen vectors of voices: a screen with a review band, never proof of who somebody is.

A vector is the mean of 19 mel cepstral coefficients over the voiced frames of a take. It tells voices apart
that were recorded alike; another room, language or pitch moves it as much as another singer does, so a voice
is reserved with takes of each kind that there is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from consent.reservations.reservation import ReservationError

SAME, REVIEW, DIFFERENT = "same", "review", "different"
VERSION = 1
"""Vectors of different versions are not compared: they count as unscreened."""

SIZE = 19
SAME_BELOW, REVIEW_BELOW = 1.3, 2.0
"""Root mean square distances, chosen from measured takes; see the reference page."""

MOST_TAKES = 64


def read_vector(data: Any) -> dict[str, Any]:
    """A vector {"version", "values"} as it is kept. Raises ReservationError."""
    if not isinstance(data, Mapping) or set(data) != {"version", "values"}:
        raise ReservationError("A screen vector is a table of version and values.")
    values = data["values"]
    if data["version"] != VERSION or not isinstance(values, (list, tuple)) or len(values) != SIZE:
        raise ReservationError(f"The screen vector is not of version {VERSION}.", "Compute it anew.")
    if not all(isinstance(v, (int, float)) and not isinstance(v, bool) and math.isfinite(v) for v in values):
        raise ReservationError("The screen vector holds something that is no number.")
    return {"version": VERSION, "values": [round(float(value), 6) for value in values]}


def distance(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """Root mean square distance of two vectors; NaN where their versions differ."""
    if one["version"] != other["version"]:
        return math.nan
    pairs = zip(one["values"], other["values"], strict=True)
    return math.sqrt(sum((a - b) ** 2 for a, b in pairs) / len(one["values"]))


def screen(reserved: Sequence[Mapping[str, Any]], asked: Sequence[Mapping[str, Any]]) -> str:
    """SAME, REVIEW or DIFFERENT, by the nearest pair of takes; REVIEW where some cannot be compared."""
    distances = [distance(one, other) for one in reserved for other in asked]
    nearest = min((value for value in distances if not math.isnan(value)), default=math.nan)
    if nearest < SAME_BELOW:
        return SAME
    if math.isnan(nearest) or nearest < REVIEW_BELOW or any(map(math.isnan, distances)):
        return REVIEW
    return DIFFERENT
