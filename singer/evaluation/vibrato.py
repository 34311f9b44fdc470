"""Vibrato measured in a finished song: how fast, how far, and from when on each long note swings.

Swings are read off the extremes of the pitch, as Prame (1994, 1997) reads them: two successive extremes are
half a cycle, half of what lies between them is the extent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE

LEAST_NOTE_S = 0.6
"""Notes up to this length are not asked for vibrato."""

RATE_HZ, EXTENT_CENTS, SOONEST_S = (4.5, 6.5), (30.0, 120.0), 0.25
"""What a vibrato is held to: cycles a second, half of the swing, seconds after the note's onset."""

_STEP_S = 0.005
_SETTLED_S, _LEAVING_S = 0.12, 0.08  # the steps from and to the neighbours
_SMOOTHING_STEPS = 7
_LEAST_EXTENT_CENTS = 10.0
_HALF_CYCLES_S = (1.0 / 18.0, 1.0 / 6.0)  # 3 to 9 Hz
_FEWEST_EXTREMES = 3


@dataclass(frozen=True)
class MeasuredVibrato:
    """One note's vibrato: `hz`, `cents` (half of the median swing), `onset_s` after the note's own."""

    hz: float
    cents: float
    onset_s: float

    def is_within(self) -> bool:
        """Whether rate, extent and onset are what is asked for."""
        in_rate = RATE_HZ[0] <= self.hz <= RATE_HZ[1]
        return in_rate and EXTENT_CENTS[0] <= self.cents <= EXTENT_CENTS[1] and self.onset_s >= SOONEST_S


def measure_vibrato(
    samples: NDArray[np.float32], onset_s: float, end_s: float, pitch: float
) -> MeasuredVibrato | None:
    """The vibrato of the note from `onset_s` to `end_s` of a song, (n,) at 44 100 Hz; None where it does not
    swing.

    `pitch` is its MIDI note number. Swings of less than ten cents, and those that are no vibrato's rate (3 to
    9 Hz), are not counted.
    """
    times_s, cents = _pitch_curve(samples, onset_s, end_s, pitch)
    run = _longest_swinging(times_s, cents)
    if len(run) < _FEWEST_EXTREMES:
        return None
    run = _whole_swings(run)
    gaps_s = np.diff([at_s for at_s, _ in run])
    swings = np.abs(np.diff([height for _, height in run]))
    return MeasuredVibrato(
        hz=float(0.5 / gaps_s.mean()),
        cents=float(np.median(swings) / 2.0),
        onset_s=float(run[0][0] - 0.5 * np.median(gaps_s) - onset_s),
    )


def _pitch_curve(
    samples: NDArray[np.float32], onset_s: float, end_s: float, pitch: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Seconds and smoothed cents around the note, (steps,) each; NaN where no pitch is heard."""
    import parselmouth

    wanted_hz = 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)
    around_s = 1.5 / (0.6 * wanted_hz)
    first_s = max(0.0, onset_s + _SETTLED_S - around_s)
    part = samples[round(first_s * SAMPLE_RATE) : round((end_s + around_s) * SAMPLE_RATE)]
    sound = parselmouth.Sound(part.astype(np.float64), sampling_frequency=SAMPLE_RATE)
    heard = sound.to_pitch_ac(time_step=_STEP_S, pitch_floor=0.6 * wanted_hz, pitch_ceiling=1.7 * wanted_hz)
    hz = heard.selected_array["frequency"]
    cents = np.where(hz > 0.0, 1200.0 * np.log2(np.maximum(hz, 1.0) / wanted_hz), math.nan)
    shape = np.hanning(_SMOOTHING_STEPS + 2)[1:-1]
    if len(cents) >= _SMOOTHING_STEPS:
        cents = np.convolve(cents, shape / shape.sum(), mode="same")
    times_s = first_s + np.asarray(heard.xs())
    inside = (times_s >= onset_s + _SETTLED_S) & (times_s <= end_s - _LEAVING_S)
    return times_s[inside], cents[inside]


def _longest_swinging(times_s: NDArray[np.float64], cents: NDArray[np.float64]) -> list[tuple[float, float]]:
    """The longest run of extremes, (seconds, cents), that are a vibrato's half cycle and extent apart."""
    slopes = np.sign(np.diff(cents))
    turning = np.flatnonzero(slopes[:-1] * slopes[1:] < 0.0) + 1
    extremes = [(float(times_s[at]), float(cents[at])) for at in turning]
    best: list[tuple[float, float]] = []
    run = extremes[:1]
    for before, extreme in pairwise(extremes):
        swinging = _HALF_CYCLES_S[0] <= extreme[0] - before[0] <= _HALF_CYCLES_S[1]
        far = abs(extreme[1] - before[1]) >= 2.0 * _LEAST_EXTENT_CENTS
        run = [*run, extreme] if swinging and far else [extreme]
        best = max(best, run, key=len)
    return best


def _whole_swings(run: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The run without what stands at its ends before the voice swings: less than half of the usual height."""
    heights = np.array([height for _, height in run])
    centre = float(np.median((heights[:-1] + heights[1:]) / 2.0))
    least = 0.5 * float(np.median(np.abs(heights - centre)))
    far = np.flatnonzero(np.abs(heights - centre) >= least)
    trimmed = run[int(far[0]) : int(far[-1]) + 1]
    return trimmed if len(trimmed) >= 2 else run
