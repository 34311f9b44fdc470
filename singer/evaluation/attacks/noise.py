"""Noise over a sound."""

from __future__ import annotations

import numpy as np

from singer.evaluation.attacks.sounds import Sound, rms


def with_noise(samples: Sound, random: np.random.Generator, snr_db: float, tilt: float = 0.0) -> Sound:
    """Gaussian noise added at a signal-to-noise ratio over the whole clip; `tilt` 0.5 makes it pink over
    20 Hz.
    """
    noise = np.fft.rfft(random.standard_normal(len(samples)))
    bins = np.maximum(np.arange(len(noise)), max(1, 20 * len(samples) // 44_100))
    wave = np.fft.irfft(noise / bins**tilt, len(samples))
    return np.asarray(samples + rms(samples) / rms(wave) * 10 ** (-snr_db / 20) * wave, np.float32)
