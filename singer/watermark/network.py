"""The network that reads the gain mask: for each spot of time and frequency, which way it was turned.

It sees band levels in dB and knows no key: it was trained on sounds under thousands of keys, each after real
life had happened to it (`singer.training.watermark`), to give the log likelihood ratio of every cell. What it
answers for a sound therefore has no part in the key's signs, as the theorem of `singer.watermark.statistic`
wants it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

WEIGHTS = Path(__file__).with_name("network.safetensors")

_CHANNELS = 32
_DILATIONS = (1, 2, 4, 8)
_INPUTS = 10
_CHUNK, _OVERLAP = 1500, 24  # frames


class FieldNetwork(nn.Module):
    """(batch, 2, frames, 59) levels in dB → (batch, frames, 59): the field.

    Pairs of convolutions over three frames and three bands, each pair added to what was there (He and others
    2016); the dilations in time reach 0.15 s to either side.
    """

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Conv2d(_INPUTS, _CHANNELS, 5, padding=2)
        self.blocks = nn.Sequential(*(_Block(dilation) for dilation in _DILATIONS))
        self.leave = nn.Conv2d(_CHANNELS, 1, 3, padding=1)
        # Channels last: three times as fast on a processor.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, levels: Tensor) -> Tensor:
        return self.from_views(_views(levels))

    def from_views(self, views: Tensor) -> Tensor:
        """(batch, 10, frames, 59) of a whole sound's views, or of a part of them → (batch, frames, 59)."""
        laid = views.contiguous(memory_format=torch.channels_last)
        field: Tensor = self.leave(functional.relu(self.blocks(self.enter(laid))))[:, 0]
        return field


class _Block(nn.Module):
    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(_CHANNELS, _CHANNELS, 3, padding=(dilation, 1), dilation=(dilation, 1))
        self.second = nn.Conv2d(_CHANNELS, _CHANNELS, 3, padding=1)

    def forward(self, hidden: Tensor) -> Tensor:
        added: Tensor = hidden + self.second(functional.relu(self.first(functional.relu(hidden))))
        return added


def _views(levels: Tensor) -> Tensor:
    """(batch, 10, frames, 59): levels against their frame, their band's mean and its floor, and how they bend
    in time and turn."""
    within_frame = (levels - levels.mean(3, keepdim=True)) / 12
    within_band = (levels - levels.mean(2, keepdim=True)) / 12
    over_floor = (levels - levels.quantile(0.1, 2, keepdim=True)) / 20
    slope, bend = torch.zeros_like(levels), torch.zeros_like(levels)
    slope[:, :, 2:-2] = (levels[:, :, 4:] - levels[:, :, :-4]) / 8
    bend[:, :, 2:-2] = (levels[:, :, 2:-2] - 0.5 * (levels[:, :, :-4] + levels[:, :, 4:])) / 4
    return torch.cat([within_frame, within_band, over_floor, slope.clamp(-2, 2), bend.clamp(-2, 2)], 1)


def read_field(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """(2, frames, 59) levels in dB → (frames, 59), any number of frames."""
    network = _trained()
    with _one_thread(), torch.inference_mode():
        views = _views(torch.from_numpy(levels)[None])
        parts = []
        for first in range(0, levels.shape[1], _CHUNK):
            before = min(first, _OVERLAP)
            part = views[:, :, first - before : first + _CHUNK + _OVERLAP]
            parts.append(network.from_views(part)[0, before : before + _CHUNK].numpy())
    return np.concatenate(parts)


@contextmanager
def _one_thread() -> Iterator[None]:
    """The maps are small: more threads only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@cache
def _trained() -> FieldNetwork:
    from safetensors.torch import load_file

    network = FieldNetwork().eval()
    network.load_state_dict(load_file(WEIGHTS))
    return network
