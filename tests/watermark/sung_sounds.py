"""Sounds made like singing: a glottal comb with vibrato under formants, and noise consonants."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 44_100
KEY = b"a key of the tests, 32 bytes...."
OTHER_KEY = b"another key of the tests, 32 b.."
RENDER_ID = 0x0123_4567_89AB_CDEF

_VOWELS_HZ = ((800, 1200, 2600), (300, 2300, 3000), (350, 800, 2400), (500, 1800, 2500), (450, 850, 2600))


@cache
def sung(duration_s: float, seed: int = 0) -> NDArray[np.float32]:
    """(n,) float32, notes of 0.25–0.9 s, each a noise consonant and a vowel, now and then a rest of true
    silence.
    """
    random = np.random.default_rng(seed)
    notes, total = [], 0
    wanted = round(duration_s * SAMPLE_RATE)
    while total < wanted:
        notes.append(_note(random, random.uniform(0.25, 0.9)))
        if random.random() < 0.15:
            notes.append(np.zeros(round(random.uniform(0.1, 0.4) * SAMPLE_RATE)))
        total = sum(map(len, notes))
    song = np.concatenate(notes)[:wanted]
    sound = (0.3 * song / np.abs(song).max()).astype(np.float32)
    sound.flags.writeable = False
    return sound


def _note(random: np.random.Generator, duration_s: float) -> NDArray[np.float64]:
    time = np.arange(round(duration_s * SAMPLE_RATE)) / SAMPLE_RATE
    f0 = 440 * 2 ** ((random.integers(48, 70) - 69) / 12)
    f0 = f0 * 2 ** (
        0.3 / 12 * np.sin(2 * np.pi * 5.5 * time + random.uniform(0, 6)) * np.minimum(1, 3 * time)
    )
    phase = 2 * np.pi * np.cumsum(f0) / SAMPLE_RATE
    formants = _VOWELS_HZ[random.integers(len(_VOWELS_HZ))]
    vowel = np.zeros(len(time))
    for harmonic in range(1, int(9_000 / f0.max())):
        hz = harmonic * f0.mean()
        shares = zip((1, 0.6, 0.3), formants, strict=True)
        level = sum(share / (1 + ((hz - centre) / 90) ** 2) for share, centre in shares)
        vowel += (level + 0.03 / harmonic) * np.sin(harmonic * phase + random.uniform(0, 6))
    breath = 0.01 * random.standard_normal(len(time))
    envelope = np.minimum(1, np.minimum(time / 0.05, (duration_s - time) / 0.06))
    consonant = np.diff(random.standard_normal(len(time) + 1)) * 0.15 * np.exp(-(((time - 0.03) / 0.02) ** 2))
    return envelope * (vowel + breath) + consonant
