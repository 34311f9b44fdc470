"""A melody's contour: the pitch that is sung, ten times a second, as the performance itself says it.

Packed it is one byte for each tenth of a second, after a byte that names the form: 0 where nothing is sung,
else quarter semitones above `LOWEST`, and one. A song of three minutes takes 1.8 kB.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer import HOP, SAMPLE_RATE
from singer.errors import BadInput
from singer.language.phones import FEATURE_NAMES, features
from singer.performance.model import Performance, Phrase

RATE = 10.0
"""Values a second."""

LOWEST = 33.0
"""MIDI note number (55 Hz) that is written as 1."""

STEPS = 4
"""Steps in a semitone."""

LONGEST_S = 3_600.0
_FORM = 1
_HIGHEST_CODE = 255
_VOWEL, _VOICED = FEATURE_NAMES.index("vowel"), FEATURE_NAMES.index("voiced")


@dataclass(frozen=True)
class Contour:
    """`pitch`: (n,) float32, MIDI note numbers at `RATE` values a second from the song's start; NaN where
    nothing is sung."""

    pitch: NDArray[np.float32]

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.pitch) / RATE


def contour_of(performance: Performance) -> Contour:
    """The contour of what a performance sings: the pitch in the middle of each tenth of a second."""
    values = max(1, round(min(performance.duration_s, LONGEST_S) * RATE))
    pitch = np.full(values, np.nan, np.float32)
    at_s = np.asarray((np.arange(values) + 0.5) / RATE, np.float64)
    for phrase in performance.phrases:
        inside = (at_s >= phrase.start_s) & (at_s < phrase.end_s)
        frames = np.clip(
            np.floor(at_s[inside] * SAMPLE_RATE / HOP).astype(int) - phrase.start_frame, 0, phrase.frames - 1
        )
        f0_hz = np.asarray(phrase.curves["f0_hz"], np.float64)[frames]
        note = 69.0 + 12.0 * np.log2(f0_hz / 440.0)
        pitch[inside] = np.where(voiced(phrase, at_s[inside]), note, np.nan)
    return Contour(pitch)


def voiced(phrase: Phrase, at_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether a phrase has a pitch at instants (n,) in seconds."""
    starts = np.array([span.start_s for span in phrase.phones])
    sounding = np.array([has_pitch(span.phone) for span in phrase.phones])
    span = np.clip(np.searchsorted(starts, at_s, side="right") - 1, 0, len(starts) - 1)
    return np.asarray(sounding[span], np.bool_)


def has_pitch(phone: str) -> bool:
    """Whether a phone is sung with a pitch: vowels and voiced consonants are."""
    said = features(phone)
    return said[_VOWEL] > 0.0 or said[_VOICED] > 0.0


def pack(contour: Contour) -> bytes:
    """The contour in bytes, to a quarter of a semitone."""
    sung = np.isfinite(contour.pitch)
    steps = np.round((np.where(sung, contour.pitch, LOWEST) - LOWEST) * STEPS) + 1
    codes = np.where(sung, np.clip(steps, 1, _HIGHEST_CODE), 0)
    return bytes([_FORM]) + codes.astype(np.uint8).tobytes()


def unpack(packed: bytes) -> Contour:
    """The reverse of `pack`. Raises BadInput for bytes of another form."""
    steps = np.frombuffer(codes(packed), np.uint8)
    pitch = LOWEST + (steps.astype(np.float32) - 1) / STEPS
    return Contour(np.where(steps > 0, pitch, np.float32(np.nan)))


def codes(packed: bytes) -> bytes:
    """A packed contour's bytes, one for each tenth of a second. Raises BadInput for bytes of another form."""
    if not packed or packed[0] != _FORM or len(packed) > LONGEST_S * RATE + 1:
        raise BadInput("What is kept as a contour is none.", "Restore the registry's database.")
    return packed[1:]
