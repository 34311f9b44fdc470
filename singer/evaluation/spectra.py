"""Distances between spectral envelopes, as the field states them."""

from __future__ import annotations

from functools import cache

import numpy as np

from singer.vocoder.controls import BANDS

COEFFICIENTS = 24


def total_db(levels_db: np.ndarray) -> np.ndarray:
    """Harmonic plus noise power, (frames, 2, BANDS) dB → (frames, BANDS) dB."""
    return 10.0 * np.log10((10.0 ** (levels_db.astype(np.float64) / 10.0)).sum(axis=1))


@cache
def _cosines() -> np.ndarray:
    place = np.arange(BANDS) + 0.5
    order = np.arange(1, COEFFICIENTS + 1)
    return np.cos(np.pi * place[:, None] * order / BANDS) * 2.0 / BANDS


def mel_cepstrum(total: np.ndarray) -> np.ndarray:
    """Mel-cepstral coefficients 1 … 24 of the log amplitude, (frames, BANDS) dB → (frames, 24)."""
    return (total * (np.log(10.0) / 20.0)) @ _cosines()


def mel_cepstral_distortion(made_db: np.ndarray, target_db: np.ndarray) -> np.ndarray:
    """MCD in dB of each frame (Kubichek 1993, without c0), both (frames, 2, BANDS) dB → (frames,)."""
    difference = mel_cepstrum(total_db(made_db)) - mel_cepstrum(total_db(target_db))
    return 10.0 / np.log(10.0) * np.sqrt(2.0 * (difference**2).sum(axis=1))


def variance_ratio(made_db: np.ndarray, target_db: np.ndarray) -> float:
    """Variance over time of the made mel cepstrum over that of the target, mean over coefficients; 1 is
    unsmoothed."""
    made, target = (mel_cepstrum(total_db(levels)).var(axis=0) for levels in (made_db, target_db))
    return float((made / target).mean())
