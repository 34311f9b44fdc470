"""Trains the joint acoustic model, then against a discriminator, and measures it on utterances that it never
saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from singer.acoustic.model import LEVEL_SCALE_DB, AcousticConfig, AcousticModel
from singer.training.adversarial import (
    AdversarialConfig,
    Discriminator,
    discriminator_loss,
    model_loss,
    told_of,
    where_counted,
)
from singer.training.examples import Batch, Example, Sampler, whole
from singer.training.loop import Opponent, Schedule, train

Progress = Callable[[int, dict[str, float]], None]

CROP_FRAMES = 384
DELTA_WEIGHT = 1.0


def level_loss(made_db: Tensor, batch: Batch) -> Tensor:
    """Weighted mean absolute error of the levels and of their change from frame to frame, in units of
    LEVEL_SCALE_DB."""
    weight = batch.weight
    error = (made_db - batch.levels_db) / LEVEL_SCALE_DB
    both = torch.minimum(weight[:, 1:], weight[:, :-1])
    change = (error[:, 1:] - error[:, :-1]).abs() * both
    return ((error.abs() * weight).sum() + DELTA_WEIGHT * change.sum()) / weight.sum()


def level_error_db(model: AcousticModel, examples: Sequence[Example]) -> float:
    """Mean absolute error in dB over the frames that count, harmonic levels where voiced and noise levels
    everywhere."""
    errors, weights = 0.0, 0.0
    with torch.no_grad():
        for example in examples:
            batch = whole(example)
            weight = (batch.weight >= 1.0).float()
            errors += ((model(batch.given) - batch.levels_db).abs() * weight).sum().item()
            weights += weight.sum().item()
    return errors / max(weights, 1.0)


@dataclass(frozen=True)
class Material:
    """What a run learns from, and the examples of each voice that are only measured on."""

    training: Sequence[Example]
    held_out: Mapping[str, Sequence[Example]]
    share: dict[tuple[int, int], float] = field(default_factory=dict)
    batch: int = 16


def train_acoustic(
    material: Material,
    folder: Path,
    schedule: Schedule,
    config: AcousticConfig,
    progress: Progress | None = None,
) -> AcousticModel:
    """Trains on the levels' distance alone and returns the averaged model; `folder` keeps checkpoint and
    curve."""
    torch.manual_seed(schedule.seed)
    model = AcousticModel(config)
    sampler = Sampler(material.training, CROP_FRAMES, schedule.seed, material.share)

    def loss_of(step: int) -> tuple[Tensor, dict[str, float]]:
        drawn = sampler.batch(step, material.batch)
        with torch.autocast("cpu", torch.bfloat16):
            made = model(drawn.given)
        loss = level_loss(made, drawn)
        return loss, {"loss": loss.item()}

    averaged = train(model, schedule, folder, loss_of, _validation(model, material.held_out), progress)
    model.load_state_dict({**model.state_dict(), **averaged})
    return model


def refine_acoustic(
    model: AcousticModel,
    material: Material,
    folder: Path,
    schedule: Schedule,
    config: AdversarialConfig,
    progress: Progress | None = None,
) -> AcousticModel:
    """Trains a trained model on against a discriminator, so that it no longer gives the mean of what is
    likely; returns the averaged model. `folder` keeps checkpoint and curve."""
    torch.manual_seed(schedule.seed)
    discriminator = Discriminator(config)
    # crops that the first stage has not drawn
    sampler = Sampler(material.training, CROP_FRAMES, schedule.seed + 1, material.share)
    seen: list[tuple[Tensor, Tensor, Tensor]] = []

    def loss_of(step: int) -> tuple[Tensor, dict[str, float]]:
        drawn = sampler.batch(step, material.batch)
        told = told_of(drawn)
        with torch.autocast("cpu", torch.bfloat16):
            made = model(drawn.given)
            shown = where_counted(made, drawn)
            judged, recorded = discriminator(shown, told), discriminator(drawn.levels_db, told)
        seen[:] = [(shown.detach(), drawn.levels_db, told)]
        distance = level_loss(made, drawn)
        loss = distance + model_loss(judged, recorded, config)
        figures = {"loss": distance.item(), "made_judged": judged[-1].float().mean().item()}
        return loss, {**figures, "recorded_judged": recorded[-1].float().mean().item()}

    def opposed(step: int) -> Tensor:
        shown, levels_db, told = seen[0]
        with torch.autocast("cpu", torch.bfloat16):
            return discriminator_loss(discriminator(shown, told), discriminator(levels_db, told))

    opponent = Opponent(discriminator, opposed, config.rate)
    validate = _validation(model, material.held_out)
    averaged = train(model, schedule, folder, loss_of, validate, progress, opponent)
    model.load_state_dict({**model.state_dict(), **averaged})
    return model


def _validation(
    model: AcousticModel, held_out: Mapping[str, Sequence[Example]]
) -> Callable[[dict[str, Tensor]], dict[str, float]]:
    """Measures averaged parameters on the held-out examples of each voice."""

    def validate(averaged: dict[str, Tensor]) -> dict[str, float]:
        tried = AcousticModel(model.config)
        tried.load_state_dict({**model.state_dict(), **averaged})
        tried.eval()
        figures = {f"{voice}_db": level_error_db(tried, examples) for voice, examples in held_out.items()}
        return {**figures, "held_out_db": float(np.mean(list(figures.values())))}

    return validate
