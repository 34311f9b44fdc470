"""Which of very many songs a recording may come from: stretches of its melody are sought in all contours.

Each stretch of six seconds is thirty pitches less their mean, so that the key does not matter; those of the
recording are taken at several tempi. Songs are compared as they lie in the store, some hundred at a time, by
one matrix product: a hundred thousand take seconds, and memory for some hundred. The melody is followed
through the recording by dynamic programming, so a loud band can hide it: then songs have to be hinted at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer.fingerprint.alignment import Listened
from singer.fingerprint.contour import LOWEST, STEPS, codes
from singer.fingerprint.salience import PITCHES

Values = NDArray[np.float32]

STRETCH = 30
"""Pitches in a stretch, at half the contours' rate."""

_TEMPI = tuple(1.05**step for step in range(-4, 5))
_STRETCHES = 5  # of a recording
_HOP = 3
_STRETCHES_AT_ONCE = 16_384
_LEAP = 0.35  # of a standard deviation of salience, for each quarter semitone that the melody moves
_FARTHEST = 12 * STEPS
_FLAT = 0.5  # semitones: a stretch that moves less says nothing
_FARTHEST_OFF = 6.0  # semitones, beyond which a stretch is no farther off


@dataclass(frozen=True)
class _Block:
    """Songs that sing: their ids, their stretches one after another (n, STRETCH) in semitones, and where each
    song's first lies."""

    ids: list[int]
    stretches: Values
    firsts: NDArray[np.int64]


def shortlists(
    recordings: Sequence[Listened], songs: Iterable[tuple[int, bytes]], most: int
) -> list[list[int]]:
    """For each recording the ids of the `most` songs whose contours come nearest, nearest first.

    `songs` are ids with packed contours (`contour.pack`), read once for all recordings. Raises BadInput for a
    contour of another form.
    """
    asked = [_asked(melody(recording)) for recording in recordings]
    stretches = [stretch for each in asked for stretch in each]
    found: list[list[tuple[float, int]]] = [[] for _ in recordings]
    if not stretches:
        return [[] for _ in recordings]
    for block in _blocks(songs):
        near = _nearest(stretches, block)
        first = 0
        for place, each in enumerate(asked):
            if not each:
                continue
            score = near[first : first + len(each)].mean(axis=0)
            first += len(each)
            best = np.argpartition(score, most - 1)[:most] if len(score) > most else np.arange(len(score))
            found[place] += [(float(score[song]), block.ids[song]) for song in best]
            found[place] = sorted(found[place])[:most]
    return [[name for _, name in each] for each in found]


def _nearest(stretches: Sequence[Values], block: _Block) -> Values:
    """How far off each stretch of a recording, in its best tempo, is from the nearest one of each song:
    (stretches, songs) in semitones.

    The asked have no mean, so the songs' means fall out of the product, and are taken from the squares.
    """
    kept = block.stretches
    squares = np.einsum("ij,ij->i", kept, kept) - np.square(kept.sum(axis=1)) / STRETCH
    product = (-2.0 * np.concatenate(stretches)) @ kept.T
    near = np.empty((len(stretches), len(block.ids)), np.float32)
    first = 0
    for place, tempi in enumerate(stretches):
        apart = product[first : first + len(tempi)]
        apart += np.square(tempi).sum(axis=1)[:, None]
        near[place] = np.minimum.reduceat(apart.min(axis=0) + squares, block.firsts)
        first += len(tempi)
    return np.minimum(np.sqrt(np.maximum(near, 0.0) / STRETCH), _FARTHEST_OFF)


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


def _blocks(songs: Iterable[tuple[int, bytes]]) -> Iterator[_Block]:
    """Those of the songs that sing, some hundred at a time."""
    ids: list[int] = []
    halves: list[bytes] = []
    stretches = 0
    for name, packed in songs:
        half = codes(packed)[::2]
        if not half.strip(b"\0"):
            continue
        ids.append(name)
        halves.append(half.ljust(STRETCH, b"\0"))
        stretches += len(half) // _HOP
        if stretches >= _STRETCHES_AT_ONCE:
            yield _block(ids, halves)
            ids, halves, stretches = [], [], 0
    if ids:
        yield _block(ids, halves)


def _block(ids: list[int], halves: Sequence[bytes]) -> _Block:
    """Every stretch of some songs. Where nothing is sung the last pitch is held; at the start, the first."""
    lengths = np.array([len(half) for half in halves])
    starts = np.cumsum(lengths) - lengths
    code = np.frombuffer(b"".join(halves), np.uint8)
    sung = np.flatnonzero(code)
    last = np.searchsorted(sung, np.arange(len(code)), side="right") - 1
    own = np.searchsorted(sung, np.repeat(starts, lengths))  # the song's first
    held = np.asarray(code[sung[np.maximum(last, own)]] / np.float32(STEPS), np.float32)
    counts = (lengths - STRETCH) // _HOP + 1
    firsts = np.cumsum(counts) - counts
    places = np.repeat(starts - firsts * _HOP, counts) + np.arange(int(counts.sum())) * _HOP
    return _Block(ids, np.lib.stride_tricks.sliding_window_view(held, STRETCH)[places], firsts)
