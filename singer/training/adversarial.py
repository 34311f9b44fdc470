"""A second network tells made spectral controls from recorded ones: what a mean of all likely sounds lacks.

Least squares (Mao et al. 2017) with feature matching (Kumar et al. 2019), on patches of time and frequency
and told the phones, as singing synthesis uses it (Hono et al. 2021, Chen et al. 2020). It sees pairs of
frames: what changes from one frame to the next is mostly the analysis' own jitter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from singer.acoustic.conditioning import POSITION_VALUES, STEP_FRAMES
from singer.acoustic.model import LEVEL_CENTRE_DB, LEVEL_SCALE_DB
from singer.language.phones import FEATURE_NAMES
from singer.training.examples import Batch
from singer.vocoder.controls import BANDS

LEAK = 0.2
FLOOR_DB = -110.0
"""Levels below it are told apart by nobody."""


@dataclass(frozen=True)
class AdversarialConfig:
    """`channels` of the discriminator's layers; `weight` and `matching` of its two parts in the model's loss;
    `rate`, its learning rate."""

    channels: tuple[int, ...] = (24, 48, 64)
    weight: float = 0.05
    matching: float = 0.1
    rate: float = 5e-4


class Discriminator(nn.Module):
    """Levels and what was asked for → one judgement for each patch."""

    def __init__(self, config: AdversarialConfig) -> None:
        super().__init__()
        inputs = (2, *config.channels[:-1])
        self.layers = nn.ModuleList(
            nn.Conv2d(before, after, (3, 5), stride=(1 if number == 0 else 2, 2), padding=(1, 2))
            for number, (before, after) in enumerate(zip(inputs, config.channels, strict=True))
        )
        self.told = nn.Linear(len(FEATURE_NAMES) + POSITION_VALUES, config.channels[0])
        self.outlet = nn.Conv2d(config.channels[-1], 1, 3, padding=1)

    def forward(self, levels_db: Tensor, told: Tensor) -> list[Tensor]:
        """What each layer makes of `levels_db` (batch, frames, 2, BANDS) and `told` (batch, steps, values);
        the last is the judgement, 1 for recorded and 0 for made."""
        batch, frames = levels_db.shape[:2]
        scaled = (levels_db.clamp(min=FLOOR_DB) - LEVEL_CENTRE_DB) / LEVEL_SCALE_DB
        pairs = scaled.reshape(batch, frames // STEP_FRAMES, STEP_FRAMES, 2, BANDS).mean(dim=2)
        hidden = pairs.transpose(1, 2)
        seen = []
        for number, layer in enumerate(self.layers):
            hidden = layer(hidden)
            if number == 0:
                hidden = hidden + self.told(told).transpose(1, 2).unsqueeze(-1)
            hidden = nn.functional.leaky_relu(hidden, LEAK)
            seen.append(hidden)
        return [*seen, self.outlet(hidden)]


def told_of(batch: Batch) -> Tensor:
    """Articulation and position at each step, (batch, steps, values)."""
    given = batch.given
    index = given.phone_of_step.unsqueeze(-1).expand(-1, -1, given.articulation.shape[-1])
    return torch.cat([torch.gather(given.articulation, 1, index), given.position], dim=-1)


def where_counted(made_db: Tensor, batch: Batch) -> Tensor:
    """The made levels, with the recorded ones wherever nothing is known or asked of the model, so that
    nobody is told apart by that."""
    return torch.where(batch.weight > 0.0, made_db, batch.levels_db)


def model_loss(judged: Sequence[Tensor], recorded: Sequence[Tensor], config: AdversarialConfig) -> Tensor:
    """What the discriminator's view of made levels, `judged`, and of `recorded` ones adds to the model's
    loss."""
    fooled = (judged[-1].float() - 1.0).square().mean()
    pairs = zip(judged[:-1], recorded[:-1], strict=True)
    matching = torch.stack(
        [(a.float() - b.detach().float()).abs().mean() / b.detach().float().abs().mean() for a, b in pairs]
    ).mean()
    return config.weight * fooled + config.matching * matching


def discriminator_loss(judged: Sequence[Tensor], recorded: Sequence[Tensor]) -> Tensor:
    """Squared distance of both judgements from the truth."""
    return judged[-1].float().square().mean() + (recorded[-1].float() - 1.0).square().mean()
