"""Windows that overlap by half: cutting a sound into them and adding them up again."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


@lru_cache(maxsize=4)
def half_sine(size: int) -> NDArray[np.float32]:
    """(size,): applied before and after, its squares add up to one over windows that overlap by half."""
    return np.asarray(np.sin(np.pi * (np.arange(size) + 0.5) / size), np.float32)


def cut(signal: NDArray[np.float32], size: int, first: int, last: int) -> NDArray[np.float32]:
    """(windows, size): windows `first` to `last` of a signal, half a window apart."""
    step = size // 2
    return np.lib.stride_tricks.sliding_window_view(signal, size)[first * step : last * step : step]


def add(total: NDArray[np.float32], pieces: NDArray[np.float32], first: int) -> None:
    """Add windows, (windows, size), into a signal, the first of them at place `first`."""
    step = pieces.shape[1] // 2
    for part in range(2):
        at = slice((first + part) * step, (first + part + len(pieces)) * step)
        total[at] += pieces[:, part * step : (part + 1) * step].ravel()
