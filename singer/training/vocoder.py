"""Trains the vocoder to give recordings back from their own controls (copy-synthesis)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from singer import HOP
from singer.training.loop import Schedule, train
from singer.training.prepare import load
from singer.vocoder.model import Vocoder, VocoderConfig

RESOLUTIONS = ((2048, 512), (1024, 256), (512, 128), (128, 32))
"""FFT and hop sizes of the spectral loss (Yamamoto et al. 2020), from harmonics to bursts."""

MAGNITUDE_FLOOR = 3e-4
CROP_FRAMES = 128


def spectral_loss(made: Tensor, target: Tensor) -> Tensor:
    """Multi-resolution distance of two batches of samples (batch, n): mean absolute log-magnitude difference.

    Logarithms alone: a linear term would quieten noise, whose phase cannot be known.
    """
    total = made.new_zeros(())
    for size, hop in RESOLUTIONS:
        window = torch.hann_window(size)
        scale = 1.0 / window.square().sum().sqrt()
        logs = [
            torch.log(torch.clamp(_magnitude(signal, size, hop, window) * scale, min=MAGNITUDE_FLOOR))
            for signal in (made, target)
        ]
        total = total + (logs[0] - logs[1]).abs().mean()
    return total / len(RESOLUTIONS)


def _magnitude(signal: Tensor, size: int, hop: int, window: Tensor) -> Tensor:
    spectrum = torch.stft(signal, size, hop, window=window, return_complex=True, center=False)
    return torch.sqrt(spectrum.real.square() + spectrum.imag.square() + 1e-12)


class Crops:
    """Random crops of the sounding parts of prepared recordings; the crop of a step depends on seed and
    step alone."""

    def __init__(self, files: Sequence[Path], frames: int, seed: int) -> None:
        self.frames, self.seed = frames, seed
        self.recordings = [load(file) for file in files]
        self.places: list[tuple[int, int]] = []
        for number, recording in enumerate(self.recordings):
            level = np.maximum(recording.harmonic_db, recording.noise_db).max(axis=1)
            loud = level > level.max() - 45.0
            for start in range(0, len(level) - frames, frames // 2):
                if loud[start : start + frames].mean() > 0.5:
                    self.places.append((number, start))

    def batch(self, step: int, size: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """f0 (size, frames), harmonic and noise levels (size, frames, BANDS), samples (size, frames *
        HOP)."""
        random = np.random.default_rng([self.seed, step])
        rows = []
        for place in random.integers(len(self.places), size=size):
            number, start = self.places[place]
            recording = self.recordings[number]
            start = int(np.clip(start + random.integers(-8, 9), 0, len(recording.f0_hz) - self.frames))
            part = slice(start, start + self.frames)
            rows.append(
                (
                    recording.f0_hz[part],
                    recording.harmonic_db[part],
                    recording.noise_db[part],
                    recording.samples[start * HOP : (start + self.frames) * HOP],
                )
            )
        f0, harmonic, noise, samples = (
            torch.from_numpy(np.stack(column)) for column in zip(*rows, strict=True)
        )
        return f0, harmonic, noise, samples


def train_vocoder(
    training: Sequence[Path],
    held_out: Sequence[Path],
    folder: Path,
    schedule: Schedule,
    config: VocoderConfig | None = None,
    batch: int = 8,
    progress: Callable[[int, dict[str, float]], None] | None = None,
) -> Vocoder:
    """Trains on feature files and returns the averaged vocoder; `folder` keeps checkpoint and curve."""
    torch.manual_seed(schedule.seed)
    vocoder = Vocoder(config or VocoderConfig())
    crops = Crops(training, CROP_FRAMES, schedule.seed)
    check = Crops(held_out, CROP_FRAMES, seed=0)

    def loss_of(step: int) -> tuple[Tensor, dict[str, float]]:
        f0, harmonic, noise, samples = crops.batch(step, batch)
        white = torch.randn(samples.shape, generator=torch.Generator().manual_seed(step))
        loss = spectral_loss(vocoder(f0, harmonic, noise, white), samples)
        return loss, {"loss": loss.item()}

    def validate(averaged: dict[str, Tensor]) -> dict[str, float]:
        """The averaged vocoder's loss on crops of held-out recordings, always the same ones."""
        tried = Vocoder(vocoder.config)
        tried.load_state_dict({**vocoder.state_dict(), **averaged})
        with torch.no_grad():
            losses = []
            for step in range(4):
                f0, harmonic, noise, samples = check.batch(step, 8)
                white = torch.randn(samples.shape, generator=torch.Generator().manual_seed(step))
                losses.append(spectral_loss(tried(f0, harmonic, noise, white), samples).item())
        return {"held_out_loss": float(np.mean(losses))}

    averaged = train(vocoder, schedule, folder, loss_of, validate, progress)
    vocoder.load_state_dict({**vocoder.state_dict(), **averaged})
    return vocoder
