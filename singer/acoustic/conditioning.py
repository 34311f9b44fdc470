"""What the acoustic model is told: which phone is where, how far its edges are, and what is sung."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from singer import HOP, SAMPLE_RATE
from singer.language.phones import base_index, features

STEP_FRAMES = 2
"""Frames that one step of the trunk answers for."""

REACHES_S = (0.01, 0.03, 0.1, 0.3)
"""Time constants with which the nearness of a phone's edges is told."""

POSITION_VALUES = 2 * len(REACHES_S) + 4


class Span(Protocol):
    """A phone in time: `phone` symbol, `start_s`, `end_s` in seconds."""

    @property
    def phone(self) -> str: ...
    @property
    def start_s(self) -> float: ...
    @property
    def end_s(self) -> float: ...


@dataclass(frozen=True)
class Conditions:
    """A batch of inputs.

    `symbols` (batch, phones) base indices; `articulation` (batch, phones, features); `phone_of_step`
    (batch, steps) indices into the phones; `position` (batch, steps, POSITION_VALUES); `voice`, `condition`
    (batch,) table rows.
    """

    symbols: Tensor
    articulation: Tensor
    phone_of_step: Tensor
    position: Tensor
    voice: Tensor
    condition: Tensor


def phone_table(phones: Sequence[Span]) -> tuple[np.ndarray, np.ndarray]:
    """Base indices (phones,) and articulatory features (phones, features) of a sequence of phones."""
    symbols = np.array([base_index(span.phone) for span in phones], dtype=np.int64)
    return symbols, np.array([features(span.phone) for span in phones], dtype=np.float32)


def step_positions(
    phones: Sequence[Span], start_s: float, f0_hz: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The phone of each step, (steps,), and its position values, (steps, POSITION_VALUES).

    `start_s` is the time of the first frame's start, `f0_hz` (frames,) with an even number of frames. The
    values are the nearness of the phone's start and end, exp(-t / reach), its place from 0 to 1, the log of
    its length, the pitch in octaves above 220 Hz and its slope.
    """
    steps = len(f0_hz) // STEP_FRAMES
    centres = start_s + (np.arange(steps) + 0.5) * STEP_FRAMES * HOP / SAMPLE_RATE
    starts = np.array([span.start_s for span in phones])
    ends = np.array([span.end_s for span in phones])
    index = np.clip(np.searchsorted(starts, centres, side="right") - 1, 0, len(phones) - 1)
    since = np.maximum(centres - starts[index], 0.0)
    until = np.maximum(ends[index] - centres, 0.0)
    length = np.maximum(ends[index] - starts[index], 1e-3)
    octave = np.log2(f0_hz.reshape(steps, STEP_FRAMES).mean(axis=1) / 220.0)
    slope = np.gradient(octave) * 10.0 if steps > 1 else np.zeros(steps)
    reaches = np.array(REACHES_S)
    position = np.concatenate(
        [
            np.exp(-since[:, None] / reaches),
            np.exp(-until[:, None] / reaches),
            (since / length)[:, None],
            np.log(length / 0.1)[:, None],
            octave[:, None],
            np.clip(slope, -1.0, 1.0)[:, None],
        ],
        axis=1,
    )
    return index.astype(np.int64), position.astype(np.float32)


def single(phones: Sequence[Span], start_s: float, f0_hz: np.ndarray) -> Conditions:
    """A batch of one phrase, voice and condition rows 0; an odd frame count is padded by one frame."""
    if len(f0_hz) % STEP_FRAMES:
        f0_hz = np.append(f0_hz, f0_hz[-1])
    symbols, articulation = phone_table(phones)
    index, position = step_positions(phones, start_s, f0_hz)
    row = torch.zeros(1, dtype=torch.int64)
    return Conditions(
        torch.from_numpy(symbols)[None],
        torch.from_numpy(articulation)[None],
        torch.from_numpy(index)[None],
        torch.from_numpy(position)[None],
        row,
        row,
    )
