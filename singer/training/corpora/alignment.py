"""Finds when each phone sounds: hidden Markov models of a bank's phones, trained on the bank itself.

Every phone has three states, silence and breath one; a state is one Gaussian whose covariance is shrunk
towards the pooled one. Training is Viterbi training (Juang and Rabiner, 1990) from a first guess; hand-set
anchors (`oto.ini`) pull a phone's onset, softly, so that a wrong anchor loses against clear acoustics.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from singer.language.phones import BREATH, SILENCE, is_vowel
from singer.training.corpora.acoustics import HOP_S
from singer.training.corpora.model import UNKNOWN

_SINGLE_STATE = frozenset({SILENCE, BREATH})
_SILENCE_KINDS = 5  # digital silence, room, hum, clicks … are one phone, but not one Gaussian
_KMEANS_ROUNDS = 8
_SHRINK = 60.0
_FORBIDDEN = -1e9
_ANCHOR_FLOOR = -40.0
_STAY_COST = 0.6  # log units a frame for consonants, so that a v or w does not swallow the vowel beside it
_HELD_CONSONANTS = frozenset({"n", "ŋ", "ɴ"})

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Token:
    """One phone of a transcript. An optional one may be absent; it is expected to begin at `anchor_s`."""

    phone: str
    optional: bool = False
    anchor_s: float | None = None
    spread_s: float = 0.03


@dataclass(frozen=True)
class Span:
    """Where a token was found: index into the transcript, and [start_s, end_s)."""

    token: int
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Alignment:
    """Spans of the tokens found, and the model state of every frame (index into `states`)."""

    spans: tuple[Span, ...]
    states: tuple[tuple[str, int], ...]
    path: NDArray[np.int_]


Pool = dict[tuple[str, int], list[Array]]
"""Frames by model state, gathered over a bank."""


@dataclass(frozen=True)
class _Gaussian:
    mean: Array
    whitening: Array
    offset: float

    def scores(self, features: Array) -> Array:
        white = (features - self.mean) @ self.whitening
        return self.offset - 0.5 * np.einsum("ij,ij->i", white, white)


@dataclass
class PhoneModels:
    """Gaussians by (phone, state): one each, several for silence; trained by `fit`, asked by `scores`."""

    gaussians: dict[tuple[str, int], list[_Gaussian]] = field(default_factory=dict)

    def knows(self, phone: str) -> bool:
        """Whether the phone was in the material."""
        return (phone, 0) in self.gaussians

    def fit(self, pool: Mapping[tuple[str, int], Sequence[Array]]) -> None:
        """Estimate every state from its frames, (n, dims) each."""
        frames = {state: np.concatenate(parts) for state, parts in pool.items()}
        ample = [x for x in frames.values() if len(x) > 1]
        pooled = np.sum([np.cov(x.T, bias=True) * len(x) for x in ample], axis=0) / sum(map(len, ample))
        for state, x in frames.items():
            kinds = _clusters(x) if state[0] == SILENCE else [x]
            self.gaussians[state] = [_gaussian(kind, pooled, len(kind) / len(x)) for kind in kinds]

    def scores(self, features: Array, states: Sequence[tuple[str, int]]) -> Array:
        """Log likelihoods, (frames, len(states)); of several Gaussians the best counts."""
        columns = {
            state: np.max([gaussian.scores(features) for gaussian in self.gaussians[state]], axis=0)
            for state in dict.fromkeys(states)
        }
        return np.stack([columns[state] for state in states], axis=1).astype(np.float32)


def _gaussian(x: Array, pooled: Array, weight: float) -> _Gaussian:
    spread = np.cov(x.T, bias=True) * len(x) if len(x) > 1 else np.zeros_like(pooled)
    covariance = (spread + _SHRINK * pooled) / (len(x) + _SHRINK) + 1e-3 * np.eye(len(pooled))
    values, vectors = np.linalg.eigh(covariance)
    offset = float(np.log(weight) - 0.5 * np.log(values).sum())
    return _Gaussian(x.mean(axis=0), (vectors / np.sqrt(values)).astype(np.float32), offset)


def _clusters(x: Array) -> list[Array]:
    """K-means from centres spread over the first feature (overall level)."""
    scaled = x / (x.std(axis=0) + 1e-6)
    order = np.argsort(scaled[:, 0])
    centres = scaled[order[((np.arange(_SILENCE_KINDS) + 0.5) / _SILENCE_KINDS * len(x)).astype(int)]]
    for _ in range(_KMEANS_ROUNDS):
        distance = np.stack([((scaled - centre) ** 2).sum(axis=1) for centre in centres])
        nearest = distance.argmin(axis=0)
        centres = np.stack(
            [
                scaled[nearest == kind].mean(axis=0) if (nearest == kind).any() else centres[kind]
                for kind in range(_SILENCE_KINDS)
            ]
        )
    return [x[nearest == kind] for kind in range(_SILENCE_KINDS) if (nearest == kind).sum() > 10]


def states_of(phone: str) -> int:
    """How many states a phone's model has."""
    return 1 if phone in _SINGLE_STATE else 3


def align(features: Array, tokens: Sequence[Token], models: PhoneModels) -> Alignment:
    """The likeliest spans of the tokens, in order and without gaps; optional ones may be missing."""
    owner = [index for index, token in enumerate(tokens) for _ in range(states_of(token.phone))]
    states = [(token.phone, part) for token in tokens for part in range(states_of(token.phone))]
    scores = models.scores(features, states)
    stay = np.array([_STAY_COST if _is_short(phone) else 0.0 for phone, _ in states], dtype=np.float32)
    bonus = _entry_bonus(tokens, owner, states, len(features))
    path = _best_path(scores, bonus, _skips(tokens, owner), stay)
    at = np.asarray(owner)[path]
    edges = np.concatenate([[0], np.flatnonzero(np.diff(at)) + 1, [len(at)]])
    # frame k is centred at k · HOP_S, so a boundary lies half a frame before the next phone's first frame
    times = np.maximum(edges * HOP_S - HOP_S / 2, 0.0)
    spans = [
        Span(int(at[a]), float(s), float(e))
        for a, s, e in zip(edges[:-1], times[:-1], times[1:], strict=True)
    ]
    return Alignment(tuple(spans), tuple(states), path)


def _is_short(phone: str) -> bool:
    return phone not in (SILENCE, BREATH, UNKNOWN) and phone not in _HELD_CONSONANTS and not is_vowel(phone)


def _skips(tokens: Sequence[Token], owner: Sequence[int]) -> list[list[int]]:
    """For every state, the states that it may follow: the one before, or past optional tokens."""
    last = {token: state for state, token in enumerate(owner)}
    before: list[list[int]] = []
    for state, token in enumerate(owner):
        sources = [state - 1] if state else []
        if state and owner[state - 1] != token:
            left = token - 1
            while left > 0 and tokens[left].optional:
                left -= 1
                sources.append(last[left])
        before.append(sources)
    return before


def _entry_bonus(
    tokens: Sequence[Token], owner: Sequence[int], states: Sequence[tuple[str, int]], frames: int
) -> Array:
    times = np.arange(frames) * HOP_S
    bonus = np.zeros((frames, len(states)), dtype=np.float32)
    for column, (token, (_, part)) in enumerate(zip(owner, states, strict=True)):
        anchor_s = tokens[token].anchor_s
        if part == 0 and anchor_s is not None:
            distance = (times - anchor_s) / tokens[token].spread_s
            bonus[:, column] = np.maximum(-0.5 * distance**2, _ANCHOR_FLOOR)
    return bonus


def _best_path(scores: Array, bonus: Array, sources: list[list[int]], stay: Array) -> NDArray[np.int_]:
    """Viterbi over a left-to-right graph; starts in state 0, ends in the last one."""
    frames, count = scores.shape
    width = max(map(len, sources)) + 1
    table = np.full((width, count), count)  # index `count` is a state that is never reached
    table[0] = np.arange(count)
    for state, before in enumerate(sources):
        table[1 : 1 + len(before), state] = before
    best = np.full(count + 1, _FORBIDDEN, dtype=np.float32)
    best[0] = scores[0, 0]
    back = np.zeros((frames, count), dtype=np.int16)
    columns = np.arange(count)
    for frame in range(1, frames):
        candidates = best[table]
        candidates[0] -= stay
        candidates[1:] += bonus[frame]
        choice = candidates.argmax(axis=0)
        back[frame] = table[choice, columns]
        best[:count] = candidates[choice, columns] + scores[frame]
    path = np.empty(frames, dtype=int)
    path[-1] = count - 1
    for frame in range(frames - 1, 0, -1):
        path[frame - 1] = back[frame, path[frame]]
    return path


def gather_guess(features: Array, tokens: Sequence[Token], spans: Sequence[Span], into: Pool) -> None:
    """Sort the frames of guessed spans to their states: equal parts of each phone."""
    for span in spans:
        phone = tokens[span.token].phone
        edges = np.ceil(np.linspace(span.start_s, span.end_s, states_of(phone) + 1) / HOP_S).astype(int)
        for part, (first, last) in enumerate(itertools.pairwise(edges)):
            if last > first and first < len(features):
                into.setdefault((phone, part), []).append(features[first:last])


def gather(features: Array, alignment: Alignment, into: Pool) -> None:
    """Sort the frames of an alignment to the states that it found."""
    for index in np.unique(alignment.path):
        into.setdefault(alignment.states[index], []).append(features[alignment.path == index])
