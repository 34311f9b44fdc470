"""Training the network that reads the watermark's gain mask, on worn sounds under keys that it never sees.

The field that it gives is summed over each cell as the detector sums it, and that sum is trained to be the
log likelihood ratio of the cell's sign: what the detector adds up is then the best evidence that independent
cells can give.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from singer.errors import BadInput
from singer.training.loop import Schedule, train
from singer.training.watermark_clips import CLIP_CHIPS, WornClips, worn_clips
from singer.watermark.field import STEP_S
from singer.watermark.network import FieldNetwork
from singer.watermark.pattern import CHIP_S
from singer.watermark.search import STEPS_PER_CHIP, band_matrix

SCHEDULE = Schedule(steps=6000, rate=2e-3, warmup=100, save_every=500, average=0.998)
BATCH = 8
_TAKES_PER_SHARD = 6
_HELD_OUT_SHARDS, _MEASURED = 4, 96
_JITTER_S = CHIP_S / STEPS_PER_CHIP / 2  # the detector's offsets are so far off at most


@dataclass(frozen=True)
class Batch:
    """Clips as tensors: levels (b, 2, frames, 59), `pools` (b, 248, frames), `bands` (b, 59, 29), `chips`
    (b, 248, 29)."""

    levels: Tensor
    pools: Tensor
    bands: Tensor
    chips: Tensor


def make_clips(
    sounds: Sequence[NDArray[np.float32]],
    folder: Path,
    shards: int,
    seed: int = 1,
    workers: int = 1,
    progress: Callable[[int], None] = lambda _: None,
    clips_per_take: int = 10,
) -> None:
    """Worn clips for training in `folder`, of six takes in each of `shards` files; those that are there are
    kept.

    `sounds`: (n,) each at 44 100 Hz, drawn with equal chance. The first four files are held out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [number for number in range(shards) if not _shard(folder, number).exists()]
    if workers == 1:
        for number in missing:
            _make_shard(sounds, folder, number, seed, clips_per_take)
            progress(number)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _one_thread) as pool:
        made = [pool.submit(_make_shard, sounds, folder, number, seed, clips_per_take) for number in missing]
        for number, done in zip(missing, made, strict=True):
            done.result()
            progress(number)


def train_reader(
    clips: Path,
    folder: Path,
    schedule: Schedule = SCHEDULE,
    batch: int = BATCH,
    progress: Callable[[int, dict[str, float]], None] | None = None,
) -> FieldNetwork:
    """The network trained on the clips in `clips`; `folder` keeps checkpoints and the curve.

    Raises `BadInput` where there are no more clips than those held out.
    """
    shards = [_load(path) for path in sorted(clips.glob("[0-9]*.npz"))]
    held_out, training = shards[:_HELD_OUT_SHARDS], shards[_HELD_OUT_SHARDS:]
    if not training:
        raise BadInput(f"{clips} holds too few clips.", f"Make more than {_HELD_OUT_SHARDS} files of them.")
    torch.manual_seed(schedule.seed)
    network = FieldNetwork()
    random = np.random.default_rng(0)
    measured = [_batch(held_out, random, batch) for _ in range(-(-_MEASURED // batch))]

    def loss_of(step: int) -> tuple[Tensor, dict[str, float]]:
        loss, scores = _cells(network, _batch(training, np.random.default_rng((schedule.seed, step)), batch))
        return loss, {"loss": loss.item(), "score": float(scores.mean())}

    def validate(averaged: dict[str, Tensor]) -> dict[str, float]:
        tried = FieldNetwork()
        tried.load_state_dict({**network.state_dict(), **averaged})
        with torch.inference_mode():
            losses, scores = zip(*(_cells(tried, drawn) for drawn in measured), strict=True)
        reached = torch.cat(scores)
        return {
            "held_out_loss": float(torch.stack(losses).mean()),
            "held_out_score": float(reached.mean()),
            "held_out_score_low": float(reached.quantile(0.1)),
        }

    averaged = train(network, schedule, folder, loss_of, validate, progress)
    network.load_state_dict({**network.state_dict(), **averaged})
    return network


def _cells(network: FieldNetwork, drawn: Batch) -> tuple[Tensor, Tensor]:
    """The mean loss of the cells, and each clip's normalised correlation with what was marked."""
    with torch.autocast("cpu", torch.bfloat16):
        field = network(drawn.levels)
    signed = drawn.chips * (drawn.pools @ field.float() @ drawn.bands)
    inside = (drawn.pools.sum(2) > STEPS_PER_CHIP - 0.1)[:, :, None].expand_as(signed)
    heard = torch.where(inside, signed, torch.zeros(()))
    loss = functional.softplus(-signed)[inside].mean()
    with torch.no_grad():
        scores = heard.sum((1, 2)) / heard.square().sum((1, 2)).add(1e-9).sqrt()
    return loss, scores


def _batch(shards: Sequence[WornClips], random: np.random.Generator, size: int) -> Batch:
    levels, pools, bands, chips = [], [], [], []
    for _ in range(size):
        shard = shards[int(random.integers(len(shards)))]
        number = int(random.integers(len(shard.speed)))
        speed = float(shard.speed[number])
        first_s = float(shard.first_s[number]) + random.uniform(-_JITTER_S, _JITTER_S)
        levels.append(shard.levels[number].astype(np.float32))
        pools.append(_pools(first_s, speed, levels[-1].shape[1]))
        bands.append(band_matrix(speed))
        chips.append(shard.chips[number].astype(np.float32))
    return Batch(*(torch.from_numpy(np.stack(part)) for part in (levels, pools, bands, chips)))


def _pools(first_s: float, speed: float, frames: int) -> NDArray[np.float32]:
    """(248, frames): how the detector sums the frames of each chip, `singer.watermark.search.on_grid`."""
    pools = np.zeros((CLIP_CHIPS, frames), np.float32)
    chip = np.arange(CLIP_CHIPS)
    for step in range(1 - STEPS_PER_CHIP, STEPS_PER_CHIP):
        weight = 0.5 + 0.5 * math.cos(math.pi * step / STEPS_PER_CHIP)
        place = (first_s + (chip + step / STEPS_PER_CHIP) * CHIP_S) / (speed * STEP_S)
        before = np.floor(place).astype(np.int64)
        for frame, share in ((before, before + 1 - place), (before + 1, place - before)):
            inside = (frame >= 0) & (frame < frames)
            pools[chip[inside], frame[inside]] += weight * share[inside].astype(np.float32)
    return pools


def _make_shard(
    sounds: Sequence[NDArray[np.float32]], folder: Path, number: int, seed: int, clips_per_take: int
) -> None:
    made = worn_clips(sounds, _TAKES_PER_SHARD, clips_per_take, np.random.default_rng((seed, number)))
    part = folder / f".{number:03d}.part.npz"
    np.savez(part, **asdict(made))
    os.replace(part, _shard(folder, number))


def _shard(folder: Path, number: int) -> Path:
    return folder / f"{number:03d}.npz"


def _load(path: Path) -> WornClips:
    with np.load(path) as shard:
        return WornClips(**{name: shard[name] for name in shard.files})


def _one_thread() -> None:
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    torch.set_num_threads(1)
