"""Edits: what is taken out, silenced, or played unsteadily."""

from __future__ import annotations

import numpy as np

from singer import SAMPLE_RATE
from singer.evaluation.attacks.sounds import Sound


def with_deletions(samples: Sound, random: np.random.Generator, share: float = 0.01) -> Sound:
    """A share of the sound deleted in runs of 1 to 10 ms at random places."""
    keep = np.ones(len(samples), np.bool_)
    while keep.mean() > 1 - share:
        start = int(random.integers(len(samples)))
        keep[start : start + int(random.uniform(0.001, 0.01) * SAMPLE_RATE)] = False
    return samples[keep]


def cut(samples: Sound, random: np.random.Generator, cuts: int = 5) -> Sound:
    """Pieces of 0.05 to 0.3 s cut out at random places, the rest joined."""
    keep = np.ones(len(samples), np.bool_)
    for start in random.integers(0, len(samples), cuts):
        keep[start : start + int(random.uniform(0.05, 0.3) * SAMPLE_RATE)] = False
    return samples[keep]


def muted(samples: Sound, random: np.random.Generator, share: float = 0.2) -> Sound:
    """A share of its tenths of seconds silenced."""
    tenths = np.arange(len(samples)) // (SAMPLE_RATE // 10)
    count = int(tenths[-1]) + 1 if len(tenths) else 0
    silent = np.zeros(count, np.bool_)
    silent[random.permutation(count)[: round(share * count)]] = True
    return np.asarray(samples * ~silent[tenths], np.float32)


def with_wow_and_flutter(samples: Sound, random: np.random.Generator) -> Sound:
    """A worn tape: speed swings by ±0.4 % at 0.5 to 1 Hz (wow) and ±0.15 % at 6 to 10 Hz (flutter)."""
    time = np.arange(len(samples)) / SAMPLE_RATE
    lag = np.zeros(len(samples))
    for swing, low_hz, high_hz in ((0.004, 0.5, 1.0), (0.0015, 6.0, 10.0)):
        hz, phase = random.uniform(low_hz, high_hz), random.uniform(0, 2 * np.pi)
        lag += swing / (2 * np.pi * hz) * np.sin(2 * np.pi * hz * time + phase)
    # Four times the rate first, so that drawing straight lines between samples costs nothing that is heard.
    from singer.evaluation.attacks.sounds import resampled

    fine = resampled(samples, SAMPLE_RATE, 4 * SAMPLE_RATE)
    at = np.clip((time + lag) * 4 * SAMPLE_RATE, 0, len(fine) - 1)
    return np.interp(at, np.arange(len(fine)), fine).astype(np.float32)
