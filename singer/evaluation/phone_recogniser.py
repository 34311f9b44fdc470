"""A small recogniser of phones, trained on held-out recordings alone, to ask what a voice says.

Hidden Markov models of three states, one Gaussian each, in a loop with phone bigrams (Rabiner 1989). Some
minutes of recordings make no good recogniser, so its score means something only beside the score that
copy-synthesis of the same recordings gets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.evaluation.resung import Take
from singer.language.phones import BREATH, SILENCE
from singer.training.corpora.acoustics import frame_features
from singer.training.corpora.alignment import PhoneModels, Pool, Token, gather_guess, states_of
from singer.training.corpora.alignment import Span as AlignedSpan

_LEVEL, _NOISE = 0.1, 0.0003  # noise is laid under everything, so that a clean take is not told by its rests
_STEADY = 15  # features that are levels and not their movement
_SMOOTHING = 0.5
_SHARPNESS = 0.3  # neighbouring frames say nearly the same, so each counts for less than one
_ENTRY_COST = 15.0  # log units for every phone, so that the loop does not stutter

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Accuracy:
    """Of `phones` that were sung, the share that was recognised: one less substitutions, deletions and
    insertions."""

    phones: int
    share: float


class PhoneRecogniser:
    """Phone models of the takes that it is made from."""

    def __init__(self, takes: Sequence[Take]) -> None:
        pool: Pool = {}
        pairs: dict[tuple[str, str], float] = {}
        for take in takes:
            tokens = [Token(phone.phone) for phone in take.phones]
            spans = [AlignedSpan(n, p.start_s, p.end_s) for n, p in enumerate(take.phones)]
            gather_guess(_heard(take), tokens, spans, pool)
            names = [phone.phone for phone in take.phones]
            for pair in pairwise(names):
                pairs[pair] = pairs.get(pair, 0.0) + 1.0
        self._models = PhoneModels()
        self._models.fit({state: parts for state, parts in pool.items() if sum(map(len, parts)) >= 2})
        self.phones = sorted(
            {
                phone
                for phone, _ in self._models.gaussians
                if all((phone, part) in self._models.gaussians for part in range(states_of(phone)))
            }
        )
        self._states = [(phone, part) for phone in self.phones for part in range(states_of(phone))]
        self._follows = self._bigrams(pairs)

    def _bigrams(self, pairs: dict[tuple[str, str], float]) -> Scores:
        """Log probability of each phone, column, after each, row."""
        counts = np.array([[pairs.get((a, b), 0.0) for b in self.phones] for a in self.phones]) + _SMOOTHING
        log: Scores = np.log(counts / counts.sum(axis=1, keepdims=True)).astype(np.float32)
        return log

    def recognised(self, take: Take) -> list[str]:
        """The phones of the likeliest path through the loop, silences left out."""
        scores = _SHARPNESS * self._models.scores(_heard(take), self._states)
        first = np.array([n for n, (_, part) in enumerate(self._states) if part == 0])
        last = np.append(first[1:], len(self._states)) - 1
        entry = np.zeros(len(self._states), dtype=bool)
        entry[first] = True
        best = np.full(len(self._states), -1e9, dtype=np.float32)
        best[first] = scores[0, first]
        back = np.zeros(scores.shape, dtype=np.int32)
        stay = np.arange(len(self._states))
        for frame in range(1, len(scores)):
            into = best[last][:, None] + self._follows - _ENTRY_COST
            source = into.argmax(axis=0)
            advanced = np.where(entry, -1e9, np.roll(best, 1)).astype(np.float32)
            advanced[first] = into[source, np.arange(len(first))]
            origin = stay - 1
            origin[first] = last[source]
            moves = advanced > best
            back[frame] = np.where(moves, origin, stay)
            best = np.where(moves, advanced, best) + scores[frame]
        return self._phones_of(back, int(last[np.argmax(best[last])]))

    def _phones_of(self, back: NDArray[np.int32], state: int) -> list[str]:
        path = [state]
        for row in back[:0:-1]:
            path.append(int(row[path[-1]]))
        path.reverse()
        said = [
            self._states[now][0]
            for before, now in zip([-1, *path[:-1]], path, strict=True)
            if now != before and self._states[now][1] == 0
        ]
        return [phone for phone in said if phone not in (SILENCE, BREATH)]


def _heard(take: Take) -> Scores:
    """Features of a take at one level and in one noise, less the mean of what sounds, (frames, 32)."""
    level = float(np.sqrt(np.mean(take.samples**2))) or 1.0
    noise = np.random.default_rng(3).standard_normal(len(take.samples)).astype(np.float32)
    samples = take.samples * np.float32(_LEVEL / level) + np.float32(_NOISE) * noise
    features = frame_features(samples, SAMPLE_RATE, take.pitch_hz)
    energy = features[:, 13]
    loud = energy > energy.max() - 6.0
    features[:, :_STEADY] -= features[loud, :_STEADY].mean(axis=0)
    return features


def count_errors(recorded: Sequence[Take], tested: Sequence[Sequence[Take]]) -> list[list[tuple[int, int]]]:
    """How each row of takes is recognised by models of the recordings: for each take the phones in it, and
    the errors (substitutions, deletions and insertions).

    `recorded` and each row of `tested` are of the same utterances in the same order. The recogniser has heard
    the recordings and none of what is tested, which flatters copy-synthesis most, since it is nearest to
    them: a share of its score is rather too low than too high. Leaving each recording out in turn would
    leave nothing to know most consonants by, of which a bank has one file each.
    """
    recogniser = PhoneRecogniser(recorded)
    wanted = [_wanted(take, recogniser.phones) for take in recorded]
    return [
        [
            (len(phones), edit_distance(phones, recogniser.recognised(take)))
            for phones, take in zip(wanted, takes, strict=True)
        ]
        for takes in tested
    ]


def accuracy(counts: Sequence[tuple[int, int]]) -> Accuracy:
    """The accuracy over takes, of which each has so many phones and errors."""
    phones, errors = (sum(values) for values in zip(*counts, strict=True)) if counts else (0, 0)
    return Accuracy(phones, 1.0 - errors / max(phones, 1))


def _wanted(take: Take, known: Sequence[str]) -> list[str]:
    return [
        phone.phone for phone in take.phones if phone.phone not in (SILENCE, BREATH) and phone.phone in known
    ]


def edit_distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Substitutions, deletions and insertions between two sequences (Levenshtein 1966)."""
    row = list(range(len(other) + 1))
    for number, wanted in enumerate(one, 1):
        above, row[0] = row[0], number
        for place, found in enumerate(other, 1):
            above, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, above + (wanted != found))
    return row[-1]
