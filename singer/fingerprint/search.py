"""Which of very many songs a recording may come from: stretches of its melody are sought in all contours.

Each stretch of six seconds is thirty pitches less their mean, so that the key does not matter; those of the
recording are taken at several tempi. All songs' stretches are compared by matrix products, some thousand
songs at a time: a hundred thousand songs take seconds. The melody is followed through the recording by
dynamic programming, so a loud band can hide it: then songs have to be hinted at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from singer.fingerprint.alignment import Listened
from singer.fingerprint.contour import LOWEST, STEPS, Contour
from singer.fingerprint.salience import PITCHES

Values = NDArray[np.float32]

STRETCH = 30
"""Pitches in a stretch, at half the contours' rate."""

_TEMPI = tuple(1.05**step for step in range(-4, 5))
_STRETCHES = 5  # of a recording
_HOP = 3
_SONGS_AT_ONCE = 500
_LEAP = 0.35  # of a standard deviation of salience, for each quarter semitone that the melody moves
_FARTHEST = 12 * STEPS
_FLAT = 0.5  # semitones: a stretch that moves less says nothing


def shortlist(recording: Listened, songs: Iterable[tuple[int, Contour]], most: int) -> list[int]:
    """The ids of the `most` songs whose contours come nearest, nearest first."""
    asked = _asked(melody(recording))
    if not len(asked):
        return []
    found: list[tuple[float, int]] = []
    for ids, stretches, first in _kept(songs):
        squares = np.square(stretches).sum(axis=1)
        near = np.empty((len(asked), len(ids)), np.float32)
        for place, tempi in enumerate(asked):
            apart = tempi @ stretches.T
            apart *= -2.0
            apart += np.square(tempi).sum(axis=1)[:, None]
            near[place] = np.minimum.reduceat(apart.min(axis=0) + squares, first)
        distance = np.sqrt(np.maximum(near, 0.0) / STRETCH)
        score = np.minimum(distance, 6.0).mean(axis=0)
        found += [(float(value), name) for value, name in zip(score, ids, strict=True)]
        found = sorted(found)[:most]
    return [name for _, name in found]


def melody(recording: Listened) -> Values:
    """The path through a recording's salience that is strongest in all, (frames,) in semitones (Viterbi)."""
    values = recording.values
    score, steps = values[0].copy(), np.zeros((len(values), PITCHES), np.int16)
    for frame in range(1, len(values)):
        best, came = score.copy(), np.arange(PITCHES, dtype=np.int16)
        for leap in range(1, _FARTHEST + 1):
            cost = _LEAP * min(leap, 8)
            for source, target in (
                (slice(None, -leap), slice(leap, None)),
                (slice(leap, None), slice(None, -leap)),
            ):
                better = score[source] - cost > best[target]
                best[target] = np.where(better, score[source] - cost, best[target])
                came[target] = np.where(better, np.arange(PITCHES, dtype=np.int16)[source], came[target])
        steps[frame] = came
        score = best + values[frame]
    path = np.empty(len(values), np.int64)
    path[-1] = int(np.argmax(score))
    for frame in range(len(values) - 1, 0, -1):
        path[frame - 1] = steps[frame, path[frame]]
    return np.asarray(path / STEPS + LOWEST, np.float32)


def _asked(path: Values) -> list[Values]:
    """Stretches of a recording's melody, each (tempi, STRETCH), from all over it."""
    longest = round(STRETCH * 2 * max(_TEMPI))
    if len(path) < longest:
        path = np.pad(path, (0, longest - len(path)), mode="edge")
    starts = np.unique(np.linspace(0, len(path) - longest, _STRETCHES).round().astype(int))
    asked = []
    for start in starts:
        tempi = np.stack(
            [path[start + np.floor((np.arange(STRETCH) * 2 + 0.5) / tempo).astype(int)] for tempo in _TEMPI]
        )
        tempi -= tempi.mean(axis=1, keepdims=True)
        if float(tempi.std(axis=1).max()) >= _FLAT:
            asked.append(tempi)
    return asked


def _kept(songs: Iterable[tuple[int, Contour]]) -> Iterator[tuple[list[int], Values, NDArray[np.int64]]]:
    """Some thousand songs at a time, those that sing: their ids, their stretches, and each song's first."""
    ids: list[int] = []
    pieces: list[Values] = []
    for name, contour in songs:
        cut = _stretches(contour)
        if len(cut):
            pieces.append(cut)
            ids.append(name)
        if len(ids) == _SONGS_AT_ONCE:
            yield ids, np.concatenate(pieces), _firsts(pieces)
            ids, pieces = [], []
    if ids:
        yield ids, np.concatenate(pieces), _firsts(pieces)


def _firsts(pieces: Sequence[Values]) -> NDArray[np.int64]:
    """Where each piece begins among all of them."""
    return np.cumsum([0, *map(len, pieces[:-1])])


def _stretches(contour: Contour) -> Values:
    """Every stretch of a song, (n, STRETCH) without their means; where nothing is sung the last pitch is
    held."""
    pitch = contour.pitch[::2]
    sung = np.isfinite(pitch)
    if not sung.any():
        return np.zeros((0, STRETCH), np.float32)
    last = np.maximum.accumulate(np.where(sung, np.arange(len(pitch)), -1))
    held = pitch[np.where(last < 0, int(np.argmax(sung)), last)]
    if len(held) < STRETCH:
        held = np.pad(held, (0, STRETCH - len(held)), mode="edge")
    cut = np.lib.stride_tricks.sliding_window_view(held, STRETCH)[::_HOP]
    return np.asarray(cut - cut.mean(axis=1, keepdims=True), np.float32)
