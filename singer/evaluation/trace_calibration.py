"""The numbers that turn a trace's correlations into likelihood ratios, from trials of which the answer is
known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer.evaluation.trace import Trial
from singer.tracing.likelihood import features_of

_STEPS, _RIDGE = 200, 0.003


@dataclass(frozen=True)
class Fitted:
    """A logistic regression with both kinds of cases weighing alike, so that it gives log-likelihood ratios.

    `missed`, `wrong`: shares of the true and of the false cases on the wrong side of 0; `cases`: how many
    true and false ones there were.
    """

    intercept: float
    weights: tuple[float, ...]
    missed: float
    wrong: float
    cases: tuple[int, int]


def between_renders(results: Sequence[Trial]) -> tuple[float, int, int]:
    """Nats for each nat between two renders of one song, pairs, and pairs that came out the wrong way round.

    A flat chance of one in as many pairs is granted to errors that have no cause in the difference.
    """
    ahead = []
    for trial in results:
        right = [one.nats for kin, one in trial.weighed if kin == "right"]
        ahead += [right[0] - one.nats for kin, one in trial.weighed if right and kin in ("seed", "voice")]
    apart = np.array(ahead)
    freely = 1.0 / (len(apart) + 1)
    scales = np.geomspace(0.002, 2.0, 400)
    chance = freely / 2.0 + (1.0 - freely) / (1.0 + np.exp(-np.clip(scales[:, None] * apart, -500, 500)))
    best = int(np.argmax(np.log(chance).sum(axis=1)))
    return float(scales[best]), len(apart), int((apart < 0).sum())


def same_song(results: Sequence[Trial]) -> Fitted:
    """This song against another: the true render against what comes nearest of other songs."""
    return _fitted(results, ("right",), ("song",))


def same_render(results: Sequence[Trial]) -> Fitted:
    """This render against another of the song."""
    return _fitted(results, ("right",), ("seed", "voice"))


def _fitted(results: Sequence[Trial], true: tuple[str, ...], false: tuple[str, ...]) -> Fitted:
    rows, labels = [], []
    for trial in results:
        for kin, one in trial.weighed:
            if kin in true + false:
                rows.append(features_of(one.comparison, trial.stranger_nats))
                labels.append(kin in true)
    features, label = np.array(rows), np.array(labels)
    intercept, weights = _logistic(features, label)
    ratio = intercept + features @ weights
    return Fitted(
        float(intercept),
        tuple(float(weight) for weight in weights),
        float((ratio[label] < 0).mean()),
        float((ratio[~label] > 0).mean()),
        (int(label.sum()), int((~label).sum())),
    )


def _logistic(features: NDArray[np.float64], label: NDArray[np.bool_]) -> tuple[float, NDArray[np.float64]]:
    """Newton's method on the ridge-penalised likelihood, with features of unit variance."""
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-9
    inputs = np.column_stack([np.ones(len(features)), (features - mean) / deviation])
    share = np.where(label, 0.5 / label.sum(), 0.5 / (~label).sum())
    penalty = np.diag([0.0] + [_RIDGE] * features.shape[1])
    weights = np.zeros(inputs.shape[1])
    for _ in range(_STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        gradient = inputs.T @ (share * (label - chance)) - penalty @ weights
        curvature = (inputs * (share * chance * (1.0 - chance))[:, None]).T @ inputs + penalty
        step = np.linalg.solve(curvature + 1e-9 * np.eye(len(weights)), gradient)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-8:
            break
    scaled = weights[1:] / deviation
    return float(weights[0] - scaled @ mean), scaled


def supported_nats(cases: tuple[int, int]) -> float:
    """The largest ratio that so many true and false cases can speak for: none of them came out beyond it."""
    return math.log(min(cases))
