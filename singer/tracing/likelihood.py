"""From correlations to likelihood ratios, by what was measured on songs of which the answer was known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from singer.tracing.comparison import Comparison
from singer.tracing.weighing import Weighed

MOST_NATS = 5.4
"""No ratio is said to be larger than e to this: what lies farther out the trials cannot speak for."""


@dataclass(frozen=True)
class Line:
    """A logistic regression: an intercept, and a weight for each feature."""

    intercept: float
    weights: tuple[float, ...]

    def at(self, features: Sequence[float]) -> float:
        """The log-likelihood ratio in nats."""
        return self.intercept + sum(w * x for w, x in zip(self.weights, features, strict=True))


_LEAST = 5.0  # nats, so that a ratio of nearly nothing to nearly nothing says nothing

BETWEEN_RENDERS = 0.3
"""Nats for each nat by which one render's Gaussian model is ahead of another's (1,165 pairs)."""

SAME_SONG = Line(-6.636, (4.396, 26.053))
"""This song rather than another one (233 true cases, 500 false)."""

SAME_RENDER = Line(-4.640, (0.990, 27.116, 3.124, -11.773))
"""This very render rather than one of the same song by another voice, or another time (233 true cases, 1,171
false)."""


def song_features(comparison: Comparison, stranger_nats: float) -> tuple[float, ...]:
    """How far the fit lies above a stranger's (`weighing.stranger_nats`), and what share of the lines' nats
    lies above their decoys."""
    return (_above(comparison, stranger_nats), comparison.line_margin / (comparison.line_nats + _LEAST))


def render_features(comparison: Comparison, stranger_nats: float) -> tuple[float, ...]:
    """What lies above the decoys, as shares of all, and for each frame."""
    return (
        _above(comparison, stranger_nats),
        comparison.line_margin / (comparison.line_nats + _LEAST),
        comparison.band_margin / (comparison.band_nats + _LEAST),
        math.sqrt(max(comparison.line_margin, 0.0) / comparison.frames),
    )


def same_song(comparison: Comparison, stranger_nats: float) -> float:
    """ln of how much likelier the comparison is if the recording is of this song than if it is of another."""
    return _bounded(SAME_SONG.at(song_features(comparison, stranger_nats)))


def same_render(comparison: Comparison, stranger_nats: float) -> float:
    """ln of how much likelier it is if the recording is this render than if it is another of the song."""
    return _bounded(SAME_RENDER.at(render_features(comparison, stranger_nats)))


def ahead(first: Weighed, second: Weighed) -> float:
    """ln of how much likelier the recording is as the first render than as the second."""
    return _bounded(BETWEEN_RENDERS * (first.nats - second.nats))


def in_words(nats: float) -> str:
    """A log-likelihood ratio as a person reads it: "10⁸ times as likely"."""
    power = math.floor(abs(nats) / math.log(10.0))
    if power < 1:
        return f"{math.exp(abs(nats)):.1f} times as likely"
    digits = str(power).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{digits} times as likely"


def _above(comparison: Comparison, stranger_nats: float) -> float:
    return math.log((comparison.nats + _LEAST) / (stranger_nats + _LEAST))


def _bounded(nats: float) -> float:
    return max(-MOST_NATS, min(MOST_NATS, nats))
