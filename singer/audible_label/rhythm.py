"""The rhythm short-long short-short: Morse for AI, as GB 45438-2025 gives it for sound.

Durations are Morse's (ITU-R M.1677): a long is three shorts, a gap is one short, between letters three.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE

LETTERS = (".-", "..")
SHORT_S = 0.15
_FADE_S = 0.012
_PITCH_HZ = 698.46  # F5
_PARTIALS = (1.0, 0.4, 0.15)


def rhythm() -> NDArray[np.float32]:
    """(n,) float32 at 44 100 Hz: four tones, 11 shorts long."""
    pieces = []
    for letter in LETTERS:
        for sign in letter:
            pieces += [_tone(SHORT_S if sign == "." else 3 * SHORT_S), _rest(SHORT_S)]
        pieces[-1] = _rest(3 * SHORT_S)
    return np.concatenate(pieces[:-1])


def _tone(seconds: float) -> NDArray[np.float32]:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    sound = np.zeros(len(time))
    for number, level in enumerate(_PARTIALS, 1):
        sound += level * np.sin(2 * np.pi * _PITCH_HZ * number * time)
    fade = np.minimum(1, np.minimum(time, time[::-1]) / _FADE_S)
    return (0.2 * sound * np.sin(0.5 * np.pi * fade) ** 2).astype(np.float32)


def _rest(seconds: float) -> NDArray[np.float32]:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)
