"""What the vocoder filters: a phase-continuous harmonic comb of flat spectrum, and white noise."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from singer import HOP, SAMPLE_RATE

HIGHEST_HZ = 0.49 * SAMPLE_RATE
"""No harmonic lies above this; the topmost one fades in and out instead of switching."""

BLOCK = 1 << 18
"""Samples of the comb made at once: six seconds."""


def upsample(frames: Tensor) -> Tensor:
    """Linear interpolation from frame centres, (batch, frames), to samples, (batch, frames * HOP)."""
    return torch.nn.functional.interpolate(
        frames.unsqueeze(1), scale_factor=HOP, mode="linear", align_corners=False
    ).squeeze(1)


def harmonic_comb(f0_hz: Tensor) -> Tensor:
    """Band-limited pulse train of unit power density, (batch, frames) Hz → (batch, frames * HOP).

    The sum of all cosines is the Dirichlet kernel, so its cost does not depend on the number of harmonics.
    The phase runs on from block to block, and a block bounds the memory.
    """
    f0 = upsample(f0_hz)
    cycles = f0.new_zeros(f0.shape[0], 1, dtype=torch.float64)
    blocks = []
    for block in f0.split(BLOCK, dim=-1):
        advanced = torch.remainder(cycles + torch.cumsum(block.double() / SAMPLE_RATE, dim=-1), 1.0)
        cycles = advanced[:, -1:]
        blocks.append(_pulses(block, 2.0 * math.pi * advanced.to(f0.dtype)))
    return torch.cat(blocks, dim=-1)


def _pulses(f0: Tensor, angle: Tensor) -> Tensor:
    """The comb at samples of pitch `f0` in Hz and phase `angle` of the fundamental, both (batch, samples)."""
    room = HIGHEST_HZ / f0
    harmonics = torch.floor(room) - 1.0
    half = torch.sin(angle / 2.0)
    near_zero = half.abs() < 1e-4
    kernel = torch.sin((harmonics + 0.5) * angle) / torch.where(near_zero, torch.ones_like(half), half)
    kernel = torch.where(near_zero, 2.0 * harmonics + 1.0, kernel)
    topmost = 2.0 * (room - harmonics - 1.0) * torch.cos((harmonics + 1.0) * angle)
    return (kernel - 1.0 + topmost) * torch.sqrt(f0 / SAMPLE_RATE)


def white_noise(samples: int, seed: int) -> Tensor:
    """Gaussian noise of unit variance, (samples,) float32, the same for the same seed on every machine."""
    generator = np.random.Generator(np.random.Philox(key=seed & 0xFFFFFFFFFFFFFFFF))
    return torch.from_numpy(generator.standard_normal(samples, dtype=np.float32))
