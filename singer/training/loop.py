"""The one training loop: cosine learning rate, checkpoints that survive `kill -9`, a curve as JSON lines."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Schedule:
    """How long and how fast: `steps` updates, peak `rate` after `warmup` steps, falling as a cosine to
    `final` times it.

    A checkpoint and a validation every `save_every` steps; `average` is the decay of the weights' moving
    average.
    """

    steps: int
    rate: float = 1e-3
    warmup: int = 100
    final: float = 0.02
    save_every: int = 200
    average: float = 0.995
    seed: int = 1


def rate_at(schedule: Schedule, step: int) -> float:
    """Learning rate of update `step`, counted from 0."""
    if step < schedule.warmup:
        return schedule.rate * (step + 1) / schedule.warmup
    done = (step - schedule.warmup) / max(1, schedule.steps - schedule.warmup)
    return schedule.rate * (
        schedule.final + (1 - schedule.final) * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
    )


class Average:
    """Exponential moving average of a model's parameters: what is validated and shipped."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.values = {name: value.detach().clone() for name, value in model.named_parameters()}

    def update(self, model: nn.Module, step: int) -> None:
        """Moves the average towards the model; the first steps move it faster."""
        decay = min(self.decay, (1.0 + step) / (10.0 + step))
        with torch.no_grad():
            for name, value in model.named_parameters():
                self.values[name].lerp_(value, 1.0 - decay)


@dataclass(frozen=True)
class Opponent:
    """A second network that is trained beside the first, after each of its steps.

    `loss_of(step)` gives its loss for what the first one made in that step.
    """

    model: nn.Module
    loss_of: Callable[[int], Tensor]
    rate: float


def train(
    model: nn.Module,
    schedule: Schedule,
    folder: Path,
    loss_of: Callable[[int], tuple[Tensor, dict[str, float]]],
    validate: Callable[[dict[str, Tensor]], dict[str, float]] | None = None,
    progress: Callable[[int, dict[str, float]], None] | None = None,
    opponent: Opponent | None = None,
) -> dict[str, Tensor]:
    """Runs `schedule` and returns the averaged parameters.

    `loss_of(step)` gives the loss of one batch, a pure function of the step and the model, so that a
    resumed run repeats a whole one; `validate(averaged)` gives figures on held-out material. `folder` keeps
    `checkpoint.pt` (resumed from where it stands) and `curve.jsonl`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    optimiser = torch.optim.AdamW(model.parameters(), lr=schedule.rate, betas=(0.9, 0.98), weight_decay=0.01)
    rival = (
        torch.optim.AdamW(opponent.model.parameters(), lr=opponent.rate, betas=(0.5, 0.9))
        if opponent
        else None
    )
    average = Average(model, schedule.average)
    step, seconds = 0, 0.0
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        average.values, step, seconds = state["average"], state["step"], state["cpu_s"]
        if opponent and rival:
            opponent.model.load_state_dict(state["opponent"])
            rival.load_state_dict(state["rival"])
    started = time.process_time()
    while step < schedule.steps:
        for group in optimiser.param_groups:
            group["lr"] = rate_at(schedule, step)
        loss, figures = loss_of(step)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        average.update(model, step)
        if opponent and rival:
            rival.zero_grad(set_to_none=True)
            opponent.loss_of(step).backward()
            nn.utils.clip_grad_norm_(opponent.model.parameters(), 1.0)
            rival.step()
        step += 1
        if progress:
            progress(step, figures)
        if step % 20 == 0:
            _log(folder, {"step": step, **figures})
        if step % schedule.save_every == 0 or step == schedule.steps:
            used = seconds + time.process_time() - started
            if validate:
                _log(folder, {"step": step, "cpu_s": round(used), **validate(average.values)})
            state = {
                "model": model.state_dict(),
                "optimiser": optimiser.state_dict(),
                "average": average.values,
                "step": step,
                "cpu_s": used,
                "schedule": asdict(schedule),
            }
            if opponent and rival:
                state |= {"opponent": opponent.model.state_dict(), "rival": rival.state_dict()}
            torch.save(state, checkpoint.with_suffix(".part"))
            os.replace(checkpoint.with_suffix(".part"), checkpoint)
    return average.values


def _log(folder: Path, row: dict[str, float]) -> None:
    with (folder / "curve.jsonl").open("a") as stream:
        stream.write(
            json.dumps(
                {key: round(value, 5) if isinstance(value, float) else value for key, value in row.items()}
            )
            + "\n"
        )
