"""Breaths: noise through the mouth of the voice that sings.

The banks hold hardly any air that is drawn, and a model that learned from them makes it 60 dB quieter than a
vowel. A breath is turbulence in an open mouth: its spectrum is that of an open vowel without the fall of the
glottal source, with a hump between one and two kilohertz (Nakano, Ogata, Goto & Hiraga 2008). So the model is
asked for a vowel of this voice, and its envelope goes to the noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from singer import HOP, SAMPLE_RATE
from singer.performance.model import BREATH, PhoneSpan, Phrase
from singer.vocoder.controls import FLOOR_DB, band_centres_mel

OPEN_VOWEL = "ə"
"""The vowel whose envelope is a breath's: the mouth at rest, half open."""

BELOW_VOWEL_DB = 10.0
"""So far a breath at 0 dB lies below the vowel at 0 dB, in the band around 1 kHz."""

_RISE_DB_PER_OCTAVE = 7.0  # turbulence falls less steeply than the source of a voice
_RISING_OCTAVES = (-4.0, 1.5)  # around 1 kHz


def as_vowels(phones: Sequence[PhoneSpan]) -> tuple[PhoneSpan, ...]:
    """The phones that the model is asked for: a vowel wherever there is a breath."""
    return tuple(replace(span, phone=OPEN_VOWEL) if span.phone == BREATH else span for span in phones)


def breathed(phrase: Phrase, harmonic_db: np.ndarray, noise_db: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The levels in dB, (frames, BANDS) each, with breaths where `phrase` has them."""
    hz = 700.0 * (10.0 ** (band_centres_mel() / 2595.0) - 1.0)
    rise_db = _RISE_DB_PER_OCTAVE * np.clip(np.log2(hz / 1000.0), *_RISING_OCTAVES)
    middles_s = (phrase.start_frame + np.arange(phrase.frames) + 0.5) * HOP / SAMPLE_RATE
    harmonic_db, noise_db = harmonic_db.copy(), noise_db.copy()
    for span in phrase.phones:
        if span.phone == BREATH:
            drawn = (middles_s >= span.start_s) & (middles_s < span.end_s)
            noise_db[drawn] = harmonic_db[drawn] + rise_db - BELOW_VOWEL_DB
            harmonic_db[drawn] = FLOOR_DB
    return harmonic_db, noise_db
