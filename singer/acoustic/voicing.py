"""A voice that does not whisper: what the model gives to the noise of a voiced sound beyond what the voice's
recordings hold goes back to its harmonics.

Where a recording's pitch was not found, the whole sound was learned as noise, and a model that is not sure
gives something in between: power between the partials, heard as hoarse edges of vowels. The sum of both
stays.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from singer import HOP, SAMPLE_RATE
from singer.language.phones import BREATH, CLOSURE, SILENCE, has, is_voiced
from singer.performance.model import Phrase

Levels = NDArray[np.float64]

FADE_FRAMES = 5
"""Frames over which voicing comes and goes at the edges of phones."""

_OBSTRUENT = ("stop", "affricate", "fricative")


def is_sonorant(phone: str) -> bool:
    """Whether a phone is voice alone: vowels, nasals, liquids, glides."""
    return (
        phone not in (SILENCE, BREATH, CLOSURE)
        and is_voiced(phone)
        and not any(has(phone, kind) for kind in _OBSTRUENT)
    )


def voicing(phrase: Phrase) -> Levels:
    """How far each frame is voiced, (frames,) from 0 to 1."""
    return _eased(
        phrase, [span.phone not in (SILENCE, BREATH) and is_voiced(span.phone) for span in phrase.phones]
    )


def sonority(phrase: Phrase) -> Levels:
    """How far each frame is voice alone, (frames,) from 0 to 1."""
    return _eased(phrase, [is_sonorant(span.phone) for span in phrase.phones])


def hold_noise(
    harmonic_db: Levels, noise_db: Levels, ceiling_db: Levels, share: Levels
) -> tuple[Levels, Levels]:
    """Both levels (frames, BANDS) with the noise held at `ceiling_db` (BANDS,) above their sum, for `share`
    (frames,) of what is over it; their sum stays as it is."""
    harmonic, noise = 10.0 ** (harmonic_db / 10.0), 10.0 ** (noise_db / 10.0)
    total = harmonic + noise
    over = share[:, None] * np.maximum(noise - total * 10.0 ** (ceiling_db / 10.0), 0.0)
    return (
        10.0 * np.log10(np.maximum(harmonic + over, 1e-12)),
        10.0 * np.log10(np.maximum(noise - over, 1e-12)),
    )


def _eased(phrase: Phrase, spans: list[bool]) -> Levels:
    centres = (phrase.start_frame + np.arange(phrase.frames) + 0.5) * HOP / SAMPLE_RATE
    starts = np.array([span.start_s for span in phrase.phones])
    index = np.clip(np.searchsorted(starts, centres, side="right") - 1, 0, len(starts) - 1)
    padded = np.pad(np.array(spans, float)[index], FADE_FRAMES // 2, mode="edge")
    return np.convolve(padded, np.full(FADE_FRAMES, 1.0 / FADE_FRAMES), mode="valid")
