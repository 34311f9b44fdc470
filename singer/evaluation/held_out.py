"""How near the voices come to recordings that training never saw: the acoustic model and the vocoder, each
beside its floor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from singer import HOP, SAMPLE_RATE
from singer.acoustic.conditioning import Conditions
from singer.evaluation.spectra import mel_cepstral_distortion, variance_ratio
from singer.training.examples import Example, whole
from singer.training.vocoder import spectral_loss
from singer.vocoder.excitation import white_noise
from singer.vocoder.model import Vocoder


@dataclass(frozen=True)
class AcousticFigures:
    """`mcd_db` of the model, `phone_mean_mcd_db` of each phone's mean envelope, and the model's variance
    ratio."""

    utterances: int
    mcd_db: float
    phone_mean_mcd_db: float
    variance_ratio: float


def phone_means(examples: Sequence[Example]) -> dict[str, np.ndarray]:
    """Mean levels (2, BANDS) of every phone over `examples`: the baseline that a model must beat."""
    sums: dict[str, list] = {}
    for example in examples:
        for span in example.phones:
            first, last = (round(edge * SAMPLE_RATE / HOP) for edge in (span.start_s, span.end_s))
            levels = example.levels_db[first:last].astype(np.float64)
            if len(levels):
                total = sums.setdefault(span.phone, [0.0, 0])
                total[0] = total[0] + levels.sum(axis=0)
                total[1] += len(levels)
    return {phone: total / count for phone, (total, count) in sums.items()}


def _by_means(example: Example, means: dict[str, np.ndarray]) -> np.ndarray:
    levels = np.zeros(example.levels_db.shape)
    overall = np.mean(list(means.values()), axis=0)
    for span in example.phones:
        first, last = (round(edge * SAMPLE_RATE / HOP) for edge in (span.start_s, span.end_s))
        levels[first:last] = means.get(span.phone, overall)
    return levels


def measure_acoustic(
    model: Callable[[Conditions], Tensor], held_out: Sequence[Example], means: dict[str, np.ndarray]
) -> AcousticFigures:
    """Figures of one voice over its held-out examples, sounding frames only."""
    distortions, baseline, made_all, target_all = [], [], [], []
    for example in held_out:
        with torch.no_grad():
            made = model(whole(example).given)[0, : len(example.f0_hz)].numpy()
        target = example.levels_db.astype(np.float32)
        counted = example.weight >= 1.0
        distortions.append(mel_cepstral_distortion(made, target)[counted])
        baseline.append(mel_cepstral_distortion(_by_means(example, means), target)[counted])
        made_all.append(made[counted])
        target_all.append(target[counted])
    return AcousticFigures(
        utterances=len(held_out),
        mcd_db=float(np.concatenate(distortions).mean()),
        phone_mean_mcd_db=float(np.concatenate(baseline).mean()),
        variance_ratio=variance_ratio(np.concatenate(made_all), np.concatenate(target_all)),
    )


def measure_copy_synthesis(
    vocoder: Vocoder, samples: np.ndarray, pitch_hz: float | None
) -> tuple[float, float]:
    """Spectral loss of our vocoder and of WORLD, each given its own analysis of `samples` (n,) at 44 100 Hz.

    The loss is the training's multi-resolution log-magnitude distance; WORLD (Morise et al. 2016) is uncoded.
    """
    import pyworld

    from singer.training.features import extract

    features = extract(samples, pitch_hz)
    noise = white_noise(len(features.samples), 0)[None]
    inputs = (features.f0_hz, features.harmonic_db, features.noise_db)
    with torch.no_grad():
        ours = vocoder(*(torch.from_numpy(value)[None] for value in inputs), noise)
    doubled = features.samples.astype(np.float64)
    f0 = np.where(features.voiced, features.f0_hz, 0.0).astype(np.float64)
    times = (np.arange(len(f0)) + 0.5) * HOP / SAMPLE_RATE
    envelope = pyworld.cheaptrick(doubled, f0, times, SAMPLE_RATE)
    aperiodicity = pyworld.d4c(doubled, f0, times, SAMPLE_RATE)
    world = pyworld.synthesize(f0, envelope, aperiodicity, SAMPLE_RATE, 1000.0 * HOP / SAMPLE_RATE)
    world = np.roll(np.pad(world, (0, HOP))[: len(doubled)], HOP // 2).astype(np.float32)
    target = torch.from_numpy(features.samples)[None]
    return spectral_loss(ours, target).item(), spectral_loss(torch.from_numpy(world)[None], target).item()
