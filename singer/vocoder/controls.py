"""The value at which acoustic model and vocoder meet: what an editor could also draw.

Levels are power spectral densities in dB against white noise of unit variance: a harmonic comb and a noise
of flat spectrum, filtered to these levels, add up to the voice. The split follows WORLD (Morise et al.
2016): envelope times (1 - aperiodicity squared) for the harmonics, envelope times aperiodicity squared for
the noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from singer import SAMPLE_RATE

BANDS = 64
"""Mel-spaced bands of each of the two spectral envelopes."""

FLOOR_DB = -120.0
"""Level that stands for silence."""


@dataclass(frozen=True)
class Controls:
    """Spectral controls of one phrase on the frame grid.

    `f0_hz` (frames,) in Hz, never zero; `harmonic_db` and `noise_db` (frames, BANDS) in dB.
    """

    f0_hz: np.ndarray
    harmonic_db: np.ndarray
    noise_db: np.ndarray

    def __post_init__(self) -> None:
        frames = len(self.f0_hz)
        for name in ("harmonic_db", "noise_db"):
            shape = getattr(self, name).shape
            if shape != (frames, BANDS):
                raise ValueError(f"{name} is {shape}, expected ({frames}, {BANDS})")


def hz_to_mel(hz: np.ndarray) -> np.ndarray:
    """Hz to mel (O'Shaughnessy 1987), any shape."""
    return 2595.0 * np.log10(1.0 + np.asarray(hz, dtype=np.float64) / 700.0)


@cache
def band_centres_mel() -> np.ndarray:
    """Centres of the bands in mel, (BANDS,), from 40 Hz to the Nyquist frequency."""
    low, high = hz_to_mel(np.array([40.0, SAMPLE_RATE / 2]))
    return np.linspace(low, high, BANDS)


@cache
def bands_from_bins(bins: int) -> np.ndarray:
    """Triangular weights (bins, BANDS) that average a log spectrum of `bins` bins (0 … Nyquist) into bands.

    Each column sums to one, so a flat spectrum stays flat.
    """
    mel = hz_to_mel(np.linspace(0.0, SAMPLE_RATE / 2, bins))
    centres = band_centres_mel()
    step = centres[1] - centres[0]
    weights = np.maximum(0.0, 1.0 - np.abs(mel[:, None] - centres[None, :]) / step)
    normalised: np.ndarray = (weights / weights.sum(axis=0, keepdims=True)).astype(np.float32)
    return normalised


@cache
def bins_from_bands(bands: int, bins: int) -> np.ndarray:
    """Linear interpolation over mel, (bands, bins): the log spectrum at each bin from `bands` mel-spaced
    points."""
    mel = hz_to_mel(np.linspace(0.0, SAMPLE_RATE / 2, bins))
    low, high = band_centres_mel()[[0, -1]]
    place = np.clip((mel - low) / (high - low) * (bands - 1), 0.0, bands - 1.0)
    left = np.minimum(place.astype(int), bands - 2)
    share = (place - left).astype(np.float32)
    weights = np.zeros((bands, bins), dtype=np.float32)
    weights[left, np.arange(bins)] = 1.0 - share
    weights[left + 1, np.arange(bins)] += share
    return weights
