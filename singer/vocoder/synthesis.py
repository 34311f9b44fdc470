"""A trained vocoder at work: phrases of any length in bounded memory."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from singer import HOP
from singer.networks import KERNEL
from singer.vocoder.controls import Controls
from singer.vocoder.excitation import harmonic_comb
from singer.vocoder.model import FFT, WINDOW, Vocoder, minimum_phase, overlap_add

BLOCK_FRAMES = 512
"""Frames filtered at once: about three seconds."""


class Synthesiser:
    """Turns controls into samples with a trained vocoder, exactly as its `forward` does, but block by
    block."""

    def __init__(self, vocoder: Vocoder) -> None:
        self._vocoder = vocoder
        self._reach = vocoder.config.layers * (KERNEL // 2)

    def synthesise(self, controls: Controls, noise: NDArray[np.float32]) -> NDArray[np.float32]:
        """Samples (frames * HOP,) float32 at 44 100 Hz.

        `noise`, (frames * HOP,), is white and of unit variance.
        """
        frames = len(controls.f0_hz)
        if frames == 0:
            return np.zeros(0, np.float32)
        f0 = torch.from_numpy(controls.f0_hz)[None]
        levels = [torch.from_numpy(level)[None] for level in (controls.harmonic_db, controls.noise_db)]
        out = torch.zeros(frames * HOP + FFT)
        with torch.inference_mode():
            excitation = torch.stack([harmonic_comb(f0), torch.from_numpy(noise)[None]], dim=1)
            padded = torch.nn.functional.pad(excitation, (HOP // 2, HOP // 2))
            for first in range(0, frames, BLOCK_FRAMES):
                last = min(frames, first + BLOCK_FRAMES)
                left, right = max(0, first - self._reach), min(frames, last + self._reach)
                near = [value[:, left:right] for value in (f0, *levels)]
                response = minimum_phase(self._vocoder.filters_db(*near)[:, first - left : last - left])
                block = padded[..., first * HOP : (last - 1) * HOP + WINDOW]
                pieces = block.unfold(-1, WINDOW, HOP) * self._vocoder.window
                spectrum = torch.fft.rfft(pieces, n=FFT).transpose(1, 2)
                filtered = overlap_add(torch.fft.irfft((spectrum * response).sum(dim=2), n=FFT))[0]
                out[first * HOP : first * HOP + len(filtered)] += filtered
        samples: NDArray[np.float32] = out[HOP // 2 : HOP // 2 + frames * HOP].numpy()
        return samples
