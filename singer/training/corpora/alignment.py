"""Finds when each phone sounds: hidden Markov models of a bank's phones, trained on the bank itself.

Every phone has three states, silence and breath one; a state is one Gaussian whose covariance is shrunk
towards the pooled one. Training is Viterbi training (Juang and Rabiner, 1990) from a first guess; hand-set
anchors (`oto.ini`) pull a phone's onset, softly, so that a wrong anchor loses against clear acoustics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from singer.training.corpora.acoustics import HOP_S

_SINGLE_STATE = frozenset({"SP", "AP"})
_SHRINK = 60.0
_FORBIDDEN = -1e9
_ANCHOR_FLOOR = -40.0

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Token:
    """One phone of a transcript. An optional one may be absent; `anchor_s` is where it is expected to begin."""

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


@dataclass
class PhoneModels:
    """Gaussians by (phone, state); trained by `fit`, asked by `scores`."""

    means: dict[tuple[str, int], Array] = field(default_factory=dict)
    whitenings: dict[tuple[str, int], Array] = field(default_factory=dict)
    offsets: dict[tuple[str, int], float] = field(default_factory=dict)

    def fit(self, pool: Mapping[tuple[str, int], Sequence[Array]]) -> None:
        """Estimate every state from its frames, (n, dims) each."""
        frames = {state: np.concatenate(parts) for state, parts in pool.items()}
        pooled = sum(np.cov(x.T, bias=True) * len(x) for x in frames.values() if len(x) > 1)
        pooled = pooled / sum(len(x) for x in frames.values() if len(x) > 1)
        for state, x in frames.items():
            spread = np.cov(x.T, bias=True) * len(x) if len(x) > 1 else 0.0
            covariance = (spread + _SHRINK * pooled) / (len(x) + _SHRINK) + 1e-3 * np.eye(len(pooled))
            values, vectors = np.linalg.eigh(covariance)
            self.means[state] = x.mean(axis=0)
            self.whitenings[state] = (vectors / np.sqrt(values)).astype(np.float32)
            self.offsets[state] = float(-0.5 * np.log(values).sum())

    def scores(self, features: Array, states: Sequence[tuple[str, int]]) -> Array:
        """Log likelihoods, (frames, len(states))."""
        columns = {}
        for state in dict.fromkeys(states):
            white = (features - self.means[state]) @ self.whitenings[state]
            columns[state] = self.offsets[state] - 0.5 * np.einsum("ij,ij->i", white, white)
        return np.stack([columns[state] for state in states], axis=1).astype(np.float32)


def states_of(phone: str) -> int:
    """How many states a phone's model has."""
    return 1 if phone in _SINGLE_STATE else 3


def align(features: Array, tokens: Sequence[Token], models: PhoneModels) -> Alignment:
    """The likeliest spans of the tokens, in order and gapless over all frames (optional ones may be missing)."""
    owner = [index for index, token in enumerate(tokens) for _ in range(states_of(token.phone))]
    states = [(token.phone, part) for token in tokens for part in range(states_of(token.phone))]
    scores = models.scores(features, states)
    path = _best_path(scores, _entry_bonus(tokens, owner, states, len(features)), _skips(tokens, owner))
    at = np.asarray(owner)[path]
    edges = np.concatenate([[0], np.flatnonzero(np.diff(at)) + 1, [len(at)]])
    # frame k is centred at k · HOP_S, so a boundary lies half a frame before the first frame of the next phone
    times = np.maximum(edges * HOP_S - HOP_S / 2, 0.0)
    spans = [Span(int(at[a]), float(s), float(e)) for a, s, e in zip(edges[:-1], times[:-1], times[1:], strict=True)]
    return Alignment(tuple(spans), tuple(states), path)


def _skips(tokens: Sequence[Token], owner: Sequence[int]) -> list[list[int]]:
    """For every state, the states that it may follow by leaving optional tokens out (and the one before it)."""
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


def _best_path(scores: Array, bonus: Array, sources: list[list[int]]) -> NDArray[np.int_]:
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
        for part, (first, last) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
            if last > first and first < len(features):
                into.setdefault((phone, part), []).append(features[first:last])


def gather(features: Array, alignment: Alignment, into: Pool) -> None:
    """Sort the frames of an alignment to the states that it found."""
    for index in np.unique(alignment.path):
        into.setdefault(alignment.states[index], []).append(features[alignment.path == index])
