"""The one block that both networks are built of: ConvNeXt in one dimension (Liu et al. 2022; Vocos, Siuzdak
2023)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

KERNEL = 7
"""Frames that one depthwise convolution sees."""


class ConvNeXtBlock(nn.Module):
    """Depthwise convolution over time, then a pointwise expansion, on (batch, frames, channels).

    `film` of (batch, 2 * channels) or None scales and shifts the normalised frames: how a voice colours a
    layer.
    """

    def __init__(self, channels: int, expansion: int = 3, kernel: int = KERNEL) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(channels, channels, kernel, padding=kernel // 2, groups=channels)
        self.norm = nn.LayerNorm(channels)
        self.expand = nn.Linear(channels, expansion * channels)
        self.project = nn.Linear(expansion * channels, channels)
        self.scale = nn.Parameter(torch.full((channels,), 0.1))

    def forward(self, frames: Tensor, film: Tensor | None = None) -> Tensor:
        """The frames after the block, of the same shape."""
        mixed = self.depthwise(frames.transpose(1, 2)).transpose(1, 2)
        mixed = self.norm(mixed)
        if film is not None:
            gain, shift = film.unsqueeze(1).chunk(2, dim=-1)
            mixed = mixed * (1.0 + gain) + shift
        mixed = self.project(nn.functional.gelu(self.expand(mixed)))
        coloured: Tensor = frames + self.scale * mixed
        return coloured
