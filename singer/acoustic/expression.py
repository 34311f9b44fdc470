"""What a performance's curves ask of a voice's levels: loudness, breathiness, tension, brightness.

Each moves what it names and nothing else, frame by frame, and more of it always means more. That a singer
presses more where it is louder is the performance's matter: it stands in its curves, where a person can see
and change it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from singer.acoustic.voicing import voicing
from singer.performance.model import Phrase
from singer.vocoder.controls import BANDS, band_centres_mel, hz_to_mel

Levels = NDArray[np.float64]

TILT_CENTRE_HZ = 1000.0
"""Where tension neither raises nor lowers the harmonics."""


def expressed(phrase: Phrase, harmonic_db: Levels, noise_db: Levels) -> tuple[Levels, Levels]:
    """The levels, both (frames, BANDS) in dB, after all that the phrase's curves ask for."""
    curves = {name: np.asarray(values, dtype=np.float64) for name, values in phrase.curves.items()}

    def curve(name: str) -> Levels:
        return curves.get(name, np.zeros(phrase.frames))[:, None]

    # breath belongs to the voice: a hiss or a burst keeps its level
    breath = curve("breathiness_db") * voicing(phrase)[:, None]
    harmonic_db, noise_db = brightened(harmonic_db, noise_db, curves)
    loudness = curve("loudness_db")
    tension = curve("tension") * _octaves_above(TILT_CENTRE_HZ)
    return harmonic_db + loudness + tension, noise_db + loudness + breath


def brightened(
    harmonic_db: Levels, noise_db: Levels, curves: Mapping[str, NDArray[np.float64]]
) -> tuple[Levels, Levels]:
    """Both envelopes with every formant moved by the curve `brightness` in semitones: what a shorter or
    longer vocal tract would do. Beyond the lowest and highest band an envelope goes on level."""
    semitones = curves.get("brightness")
    if semitones is None or not semitones.any():
        return harmonic_db, noise_db
    centres_mel = band_centres_mel()
    low, high = centres_mel[[0, -1]]
    hz = 700.0 * (10.0 ** (centres_mel / 2595.0) - 1.0)
    from_mel = hz_to_mel(hz * 2.0 ** (-semitones[:, None] / 12.0))
    place = np.clip((from_mel - low) / (high - low) * (BANDS - 1), 0.0, BANDS - 1.0)
    left = np.minimum(place.astype(np.int64), BANDS - 2)
    share = place - left
    both = (
        np.take_along_axis(level, left, 1) * (1.0 - share) + np.take_along_axis(level, left + 1, 1) * share
        for level in (harmonic_db, noise_db)
    )
    return next(both), next(both)


def _octaves_above(hz: float) -> NDArray[np.float64]:
    """Octaves of each band above `hz`, (BANDS,)."""
    octaves: NDArray[np.float64] = np.log2(700.0 * (10.0 ** (band_centres_mel() / 2595.0) - 1.0) / hz)
    return octaves
