"""A trained vocoder at work on one phrase."""

from __future__ import annotations

import numpy as np
import torch

from singer import HOP
from singer.vocoder.controls import Controls
from singer.vocoder.excitation import white_noise
from singer.vocoder.model import Vocoder


class Synthesiser:
    """Turns controls into samples with a trained vocoder."""

    def __init__(self, vocoder: Vocoder) -> None:
        self._vocoder = vocoder

    def synthesise(self, controls: Controls, noise_seed: int) -> np.ndarray:
        """Samples (frames * HOP,) float32 at 44 100 Hz; the noise is drawn from `noise_seed` alone."""
        noise = white_noise(len(controls.f0_hz) * HOP, noise_seed)
        with torch.inference_mode():
            samples = self._vocoder(
                torch.from_numpy(controls.f0_hz)[None],
                torch.from_numpy(controls.harmonic_db)[None],
                torch.from_numpy(controls.noise_db)[None],
                noise[None],
            )
        return samples[0].numpy()
