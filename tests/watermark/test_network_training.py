"""The network that reads the gain mask learns from worn clips, goes on from where it stood, knows no key."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.errors import BadInput
from singer.training.loop import Schedule
from singer.training.watermark import make_clips, train_reader
from singer.watermark.network import FieldNetwork, read_field

SCHEDULE = Schedule(steps=24, rate=3e-3, warmup=4, save_every=12, average=0.8)


def breath_and_tones(seconds: float, seed: int) -> NDArray[np.float32]:
    """Held harmonics over breath, both in changing loudness: (n,) at 44 100 Hz."""
    random = np.random.default_rng(seed)
    size = round(seconds * SAMPLE_RATE)
    loudness = np.interp(np.arange(size) / 2205, np.arange(size // 2205 + 2), random.random(size // 2205 + 2))
    phase = 2 * np.pi * 220 * np.arange(size) / SAMPLE_RATE
    tones = sum(np.sin(number * phase) / number for number in range(1, 30))
    return np.asarray(0.1 * loudness * (tones + random.standard_normal(size)), np.float32)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    make_clips([breath_and_tones(60, 1), breath_and_tones(60, 2)], folder, 5, clips_per_take=2)
    return folder


def test_it_learns_and_goes_on_as_if_it_had_not_stopped(clips: Path, tmp_path: Path) -> None:
    curve: list[float] = []
    whole = train_reader(
        clips, tmp_path / "whole", SCHEDULE, 2, lambda step, figures: curve.append(figures["loss"])
    )
    assert np.mean(curve[-6:]) < np.mean(curve[:6]) - 0.01
    stopped = Schedule(**{**vars(SCHEDULE), "save_every": 10})

    def stop(step: int, figures: dict[str, float]) -> None:
        if step == 13:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_reader(clips, tmp_path / "parts", stopped, 2, stop)
    resumed = train_reader(clips, tmp_path / "parts", stopped, 2)
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_clips_are_made_once_and_told_if_too_few(clips: Path, tmp_path: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in clips.glob("*.npz")}
    make_clips([breath_and_tones(60, 1)], clips, 5)
    assert {file: file.stat().st_mtime_ns for file in clips.glob("*.npz")} == before and len(before) == 5
    with pytest.raises(BadInput, match="too few clips"):
        train_reader(tmp_path, tmp_path / "network", SCHEDULE)


def test_parts_of_a_long_sound_are_read_as_the_whole() -> None:
    levels = np.random.default_rng(3).normal(-40, 12, (2, 3200, 59)).astype(np.float32)
    from singer.watermark.network import _trained

    with torch.inference_mode():
        whole = _trained()(torch.from_numpy(levels)[None])[0].numpy()
    np.testing.assert_allclose(read_field(levels), whole, atol=1e-4)
    assert read_field(levels[:, :1]).shape == (1, 59)
    assert sum(value.numel() for value in FieldNetwork().state_dict().values()) < 100_000
