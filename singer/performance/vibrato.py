"""Vibrato: it sets in late, grows, wanders in rate and depth, and hurries towards the end of its note.

Rate and depth differ from note to note and within one, and the rate rises over the last cycles (Prame 1994,
1997); the voice is a little louder in the upper half of each swing, at the same rate (Saitou et al. 2007).
Whatever a style asks, no note begins with it: more than a quarter of a second is straight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from singer import HOP, SAMPLE_RATE
from singer.performance.chance import draws
from singer.performance.model import PerformedNote
from singer.performance.shapes import minimum_jerk, window
from singer.performance.styles import Style

SOONEST_S = 0.29
"""Seconds of every note that are straight."""

RATES_HZ = (4.5, 6.5)
"""What is drawn stays in here: slower is heard as a wobble, faster as a bleat (Sundberg 1994). A style whose
own rate lies outside keeps it."""

_LATEST_SHARE = 0.45  # of a note; a short one begins earlier, so that there are two swings to hear
_RISE_SHARE = 0.22  # of the vibrato
_FALL_S = 0.05
_HURRY_S = 0.9  # the last five cycles
_WANDER_S = 0.35
_RATE_SHARE_OF_SPREAD = 0.33


@dataclass(frozen=True)
class Vibrato:
    """Two curves of a phrase: `cents` around the notes, and `level_db` of the loudness, (frames,) each."""

    cents: np.ndarray
    level_db: np.ndarray


def draw_vibrato(
    times_s: np.ndarray,
    notes: tuple[PerformedNote, ...],
    until_s: list[float],
    style: Style,
    random: np.random.Generator,
) -> Vibrato:
    """The vibrato of a phrase at `times_s` (frames,); each note's ends at its `until_s`."""
    swings = np.zeros(len(times_s))
    for note, end_s in zip(notes, until_s, strict=True):
        rate_draw, depth_draw = draws(random, 2)  # by every note, so that none moves another's draws
        wander = draws(random, 2 * (3 + int(max(note.end_s - note.onset_s, 0.0) / _WANDER_S)))
        if style.vibrato_cents == 0.0 or note.end_s - note.onset_s < style.vibrato_minimum_s:
            continue
        start_s = note.onset_s + _straight_s(note, style)
        near = window(times_s, start_s, end_s)
        if near.stop - near.start < 2:
            continue
        rate_hz = _rate_hz(times_s[near], end_s, style, rate_draw, wander[0::2])
        phase = 2.0 * np.pi * np.cumsum(rate_hz) * HOP / SAMPLE_RATE
        swings[near] += _depth(times_s[near], start_s, end_s, style, depth_draw, wander[1::2]) * np.sin(phase)
    return Vibrato(style.vibrato_cents * swings, style.vibrato_db * swings)


def _straight_s(note: PerformedNote, style: Style) -> float:
    latest_s = _LATEST_SHARE * (note.end_s - note.onset_s)
    return max(SOONEST_S, min(style.vibrato_after_s, latest_s))


def _rate_hz(times_s: np.ndarray, end_s: float, style: Style, draw: float, wander: np.ndarray) -> np.ndarray:
    """Cycles a second at each time, (frames,)."""
    spread = _RATE_SHARE_OF_SPREAD * style.vibrato_spread
    hurry = style.vibrato_hurry * minimum_jerk(1.0 - (end_s - times_s) / _HURRY_S)
    rate_hz = style.vibrato_hz * (1.0 + spread * draw) * (1.0 + hurry + spread * _wandering(times_s, wander))
    low, high = RATES_HZ
    clipped: np.ndarray = np.clip(rate_hz, min(low, style.vibrato_hz), max(high, style.vibrato_hz))
    return clipped


def _depth(
    times_s: np.ndarray, start_s: float, end_s: float, style: Style, draw: float, wander: np.ndarray
) -> np.ndarray:
    """Depth at each time as a share of the style's, (frames,)."""
    rise_s = min(style.vibrato_rise_s, _RISE_SHARE * (end_s - start_s))
    grown = minimum_jerk((times_s - start_s) / rise_s) * minimum_jerk((end_s - times_s) / _FALL_S)
    varied = 1.0 + 0.5 * style.vibrato_spread * (draw + _wandering(times_s, wander))
    depth: np.ndarray = grown * varied
    return depth


def _wandering(times_s: np.ndarray, draws_at: np.ndarray) -> np.ndarray:
    """The draws, `_WANDER_S` apart, as a line through them, (frames,)."""
    line: np.ndarray = np.interp(times_s - times_s[0], _WANDER_S * np.arange(len(draws_at)), draws_at)
    return line
