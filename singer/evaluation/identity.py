"""Whose voice a phrase is: Gaussian mixtures of every owner, adapted from one of all (GMM-UBM; Reynolds,
Quatieri and Dunn 2000).

A screen that can be beaten, and no proof: here it only has to tell a handful of known voices apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer.evaluation.spectra import mel_cepstrum, total_db
from singer.training.features import Features

COMPONENTS, ROUNDS, RELEVANCE = 64, 12, 16.0
LEAST_VOICED_FRAMES = 100
"""Six tenths of a second, under which nobody is told from anybody."""

_QUIET_DB = 30.0  # frames this far under the loudest are left out
_LEAST_VARIANCE = 0.01

Frames = NDArray[np.float64]


@dataclass(frozen=True)
class Mixture:
    """Diagonal Gaussians: `weights` (components,), `means` and `variances` (components, dimensions)."""

    weights: Frames
    means: Frames
    variances: Frames

    def log_densities(self, frames: Frames) -> Frames:
        """Log of each component's weighted density at each of (n, dimensions), (n, components)."""
        precision = 1.0 / self.variances
        constant = np.log(self.weights) - 0.5 * (
            np.log(2.0 * np.pi * self.variances) + self.means**2 * precision
        ).sum(axis=1)
        result: Frames = constant + frames @ (self.means * precision).T - 0.5 * frames**2 @ precision.T
        return result

    def score(self, frames: Frames) -> float:
        """Mean log likelihood of a frame."""
        return float(_log_sum(self.log_densities(frames)).mean())


def _log_sum(logs: Frames) -> Frames:
    top = logs.max(axis=1)
    total: Frames = top + np.log(np.exp(logs - top[:, None]).sum(axis=1))
    return total


def voice_frames(features: Features) -> Frames:
    """What is heard of a voice: mel cepstra 1 … 24 of its voiced frames, (n, 24).

    They are of an envelope that follows the pitch (CheapTrick; Morise 2015), so that the note is not heard
    as the voice.
    """
    levels = np.stack([features.harmonic_db, features.noise_db], axis=1)[features.voiced]
    loud = total_db(levels)
    level = loud.max(axis=1, initial=-200.0)
    return mel_cepstrum(loud[level > level.max(initial=-200.0) - _QUIET_DB])


def fit(frames: Frames, seed: int = 0) -> Mixture:
    """A mixture of all frames, (n, dimensions), by expectation-maximisation from frames drawn by the seed."""
    draw = np.random.default_rng(seed)
    components = min(COMPONENTS, len(frames))
    means = frames[draw.choice(len(frames), components, replace=False)]
    spread = np.maximum(frames.var(axis=0), _LEAST_VARIANCE)
    mixture = Mixture(
        np.full(components, 1.0 / components), means, np.broadcast_to(spread, means.shape).copy()
    )
    for _ in range(ROUNDS):
        shares = _shares(mixture, frames)
        counts = shares.sum(axis=0) + 1e-6
        means = shares.T @ frames / counts[:, None]
        variances = shares.T @ frames**2 / counts[:, None] - means**2
        mixture = Mixture(counts / counts.sum(), means, np.maximum(variances, _LEAST_VARIANCE * spread))
    return mixture


def adapted(everybody: Mixture, frames: Frames) -> Mixture:
    """One voice's mixture: weights and means of everybody's moved as far as its frames, (n, dimensions),
    warrant."""
    shares = _shares(everybody, frames)
    counts = shares.sum(axis=0)
    seen = shares.T @ frames / np.maximum(counts, 1e-6)[:, None]
    trust = counts / (counts + RELEVANCE)
    weights = trust * counts / len(frames) + (1.0 - trust) * everybody.weights
    means = trust[:, None] * seen + (1.0 - trust[:, None]) * everybody.means
    return Mixture(weights / weights.sum(), means, everybody.variances)


def _shares(mixture: Mixture, frames: Frames) -> Frames:
    logs = mixture.log_densities(frames)
    shares: Frames = np.exp(logs - _log_sum(logs)[:, None])
    return shares


def enrol(recordings: Mapping[str, Sequence[Features]]) -> dict[str, Mixture]:
    """A mixture for each voice, from recordings of it; all voices weigh alike in everybody's."""
    frames = {
        voice: np.concatenate([voice_frames(one) for one in mine]) for voice, mine in recordings.items()
    }
    least = min(len(mine) for mine in frames.values())
    thinned = [mine[np.linspace(0, len(mine) - 1, least).astype(int)] for mine in frames.values()]
    everybody = fit(np.concatenate(thinned))
    return {voice: adapted(everybody, mine) for voice, mine in frames.items()}


def nearest(models: Mapping[str, Mixture], features: Features) -> str | None:
    """The voice whose mixture a phrase is likeliest under; None where too little of it is voiced."""
    frames = voice_frames(features)
    if len(frames) < LEAST_VOICED_FRAMES:
        return None
    return max(models, key=lambda voice: models[voice].score(frames))
