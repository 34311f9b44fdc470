"""Smooth shapes that curves are drawn with, and where on the frame grid they lie."""

from __future__ import annotations

import numpy as np

from singer import HOP, SAMPLE_RATE


def frame_centres_s(start_frame: int, end_frame: int) -> np.ndarray:
    """Seconds from the start of the song of the middle of each frame, (frames,)."""
    return (np.arange(start_frame, end_frame) + 0.5) * (HOP / SAMPLE_RATE)


def window(times_s: np.ndarray, start_s: float, end_s: float) -> slice:
    """Where in the rising `times_s` (frames,) the frames from `start_s` to `end_s` stand."""
    first, last = np.searchsorted(times_s, (start_s, end_s))
    return slice(int(first), int(last))


def minimum_jerk(x: np.ndarray) -> np.ndarray:
    """A smooth step from 0 at x ≤ 0 to 1 at x ≥ 1 (Flash & Hogan 1985), the shape of x."""
    x = np.clip(x, 0.0, 1.0)
    return x**3 * (10.0 - 15.0 * x + 6.0 * x**2)


def hill(x: np.ndarray) -> np.ndarray:
    """A smooth hill, 0 outside x = 0 … 1 and 1 in the middle, the shape of x."""
    rounded: np.ndarray = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.clip(x, 0.0, 1.0))
    return rounded
