"""Takes of voices that sing nobody's song: pulses through resonances, notes and vowels drawn by a seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

RATE = 22_050
Samples = NDArray[np.float32]


def sung(seed: int, formants: tuple[float, ...], seconds: float = 30.0) -> Samples:
    """A voice with these formants singing notes and vowels drawn by a seed: pulses through resonances."""
    rng = np.random.default_rng(seed)
    out = []
    while sum(map(len, out)) < seconds * RATE:
        size = int(rng.uniform(0.25, 0.7) * RATE)
        f0 = 220.0 * 2.0 ** (rng.integers(-5, 8) / 12.0)
        phase = np.cumsum(f0 * (1 + 0.004 * np.sin(np.arange(size) * 5.5 * 2 * np.pi / RATE)) / RATE)
        wave = np.diff(np.floor(phase), prepend=0.0) + 0.01 * rng.normal(size=size)
        for place, hz in enumerate(formants):
            hz = hz * (1 + 0.25 * rng.uniform(-1, 1) * (place < 2))
            radius = np.exp(-np.pi * 90.0 / RATE)
            wave = lfilter([1.0], [1.0, -2 * radius * np.cos(2 * np.pi * hz / RATE), radius**2], wave)
        out.append(wave / np.abs(wave).max() * 0.5)
    return np.concatenate(out).astype(np.float32)[: int(seconds * RATE)]


ADA, BEN = (700.0, 1220.0, 2600.0, 3500.0), (420.0, 900.0, 2000.0, 2900.0)
