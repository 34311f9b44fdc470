"""Trains the joint acoustic model, and measures it on utterances that it never saw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from singer.acoustic.model import LEVEL_SCALE_DB, AcousticConfig, AcousticModel
from singer.training.examples import Batch, Example, Sampler, whole
from singer.training.loop import Schedule, train
from singer.vocoder.controls import BANDS

CROP_FRAMES = 384
DELTA_WEIGHT = 1.0


def level_loss(made_db: Tensor, batch: Batch) -> Tensor:
    """Weighted mean absolute error of the levels and of their change from frame to frame, in units of
    LEVEL_SCALE_DB."""
    weight = batch.weight.unsqueeze(-1)
    error = (made_db - batch.levels_db) / LEVEL_SCALE_DB
    both = torch.minimum(weight[:, 1:], weight[:, :-1])
    change = (error[:, 1:] - error[:, :-1]).abs() * both
    return ((error.abs() * weight).sum() + DELTA_WEIGHT * change.sum()) / (weight.sum() * BANDS)


def level_error_db(model: AcousticModel, examples: Sequence[Example]) -> float:
    """Mean absolute error in dB over the frames that count, harmonic levels where voiced and noise levels
    everywhere."""
    errors, weights = 0.0, 0.0
    with torch.no_grad():
        for example in examples:
            batch = whole(example)
            weight = (batch.weight >= 1.0).float().unsqueeze(-1)
            errors += ((model(batch.given) - batch.levels_db).abs() * weight).sum().item()
            weights += weight.sum().item() * BANDS
    return errors / max(weights, 1.0)


def train_acoustic(
    training: Sequence[Example],
    held_out: dict[str, Sequence[Example]],
    folder: Path,
    schedule: Schedule,
    config: AcousticConfig,
    share: dict[tuple[int, int], float] | None = None,
    batch: int = 16,
    progress: Callable[[int, dict[str, float]], None] | None = None,
) -> AcousticModel:
    """Trains on examples and returns the averaged model; `folder` keeps checkpoint and curve.

    `held_out` are the examples of each voice that are only measured on.
    """
    torch.manual_seed(schedule.seed)
    model = AcousticModel(config)
    sampler = Sampler(training, CROP_FRAMES, schedule.seed, share)

    def loss_of(step: int) -> tuple[Tensor, dict[str, float]]:
        drawn = sampler.batch(step, batch)
        with torch.autocast("cpu", torch.bfloat16):
            made = model(drawn.given)
        loss = level_loss(made, drawn)
        return loss, {"loss": loss.item()}

    def validate(averaged: dict[str, Tensor]) -> dict[str, float]:
        tried = AcousticModel(config)
        tried.load_state_dict({**model.state_dict(), **averaged})
        tried.eval()
        figures = {f"{voice}_db": level_error_db(tried, examples) for voice, examples in held_out.items()}
        return {**figures, "held_out_db": float(np.mean(list(figures.values())))}

    averaged = train(model, schedule, folder, loss_of, validate, progress)
    model.load_state_dict({**model.state_dict(), **averaged})
    return model
