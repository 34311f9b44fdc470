"""The numbers that turn a trace's correlations into likelihood ratios, from trials of which the answer is
known."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer.evaluation.trace import Trial
from singer.tracing.comparison import Comparison
from singer.tracing.likelihood import render_features, song_features

_STEPS, _RIDGE = 200, 0.0005


@dataclass(frozen=True)
class Fitted:
    """A logistic regression with both kinds of cases weighing alike, so that it gives log-likelihood ratios.

    `missed`, `wrong`: shares of the true and of the false cases on the wrong side of 0, and `cost`: the cost
    of the ratios in bits (Cllr of Brümmer and du Preez 2006: 0 for an oracle, 1 for who says nothing), each
    trial judged by what those with the other attacks taught; `cases`: how many true and false ones there
    were.
    """

    intercept: float
    weights: tuple[float, ...]
    missed: float
    wrong: float
    cost: float
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
    return _fitted(results, song_features, "right", ("song",))


def same_render(results: Sequence[Trial]) -> Fitted:
    """This render against another of the song."""
    return _fitted(results, render_features, "right", ("seed", "voice"))


def _fitted(
    results: Sequence[Trial],
    features: Callable[[Comparison, float], tuple[float, ...]],
    true: str,
    false: Sequence[str],
) -> Fitted:
    rows, labels, attacks = [], [], []
    for trial in results:
        for kin, one in trial.weighed:
            if kin == true or kin in false:
                rows.append(features(one.comparison, trial.stranger_nats))
                labels.append(kin == true)
                attacks.append(trial.attack)
    inputs, label, attack = np.array(rows), np.array(labels), np.array(attacks)
    intercept, weights = _logistic(inputs, label)
    ratio = np.zeros(len(inputs))
    for name in np.unique(attack):
        held = attack == name if len(np.unique(attack)) > 1 else np.zeros(len(attack), bool)
        taught = _logistic(inputs[~held], label[~held])
        here = attack == name
        ratio[here] = taught[0] + inputs[here] @ taught[1]
    bits = np.logaddexp(0.0, np.where(label, -ratio, ratio)) / math.log(2.0)
    return Fitted(
        float(intercept),
        tuple(float(weight) for weight in weights),
        float((ratio[label] < 0).mean()),
        float((ratio[~label] > 0).mean()),
        float((bits[label].mean() + bits[~label].mean()) / 2.0),
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
