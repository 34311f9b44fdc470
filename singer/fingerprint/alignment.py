"""Where in a song a recording comes from, how much faster and how much higher it is: its salience is summed
along the song's contour for every place, tempo and key, and the highest sum is looked at more closely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from singer.fingerprint.contour import LOWEST, RATE, STEPS, Contour
from singer.fingerprint.salience import PITCHES, Salience
from singer.fingerprint.salience import RATE as FRAME_RATE

TEMPI = tuple(1.025**step for step in range(-8, 9))
"""How much faster than the song a recording may be: a fifth either way."""

SHIFTS = tuple(np.arange(-5.0, 5.01, 0.5).tolist())
"""By how many semitones it may lie higher."""

LONGEST_S = 30.0
"""So much of a recording, from the middle of what is loud, is held against songs."""

_NEAR_BEST = 0.85  # of the best score, below which a place is not looked at
_APART_S = 1.0
_LEAST_SUNG = 0.3  # of a recording: whoever fits a short note well has not found the song
_POOL = round(FRAME_RATE / RATE)


@dataclass(frozen=True)
class Alignment:
    """`offset_s`: the instant of the song at which the recording begins (before the song where negative);
    `tempo`: how much faster it is; `shift`: by how many semitones it is higher; `score`: in standard
    deviations of what chance gives at one place."""

    offset_s: float
    tempo: float
    shift: float
    score: float

    def song_s(self, recording_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """The instants of the song that sound at instants of the recording."""
        return self.offset_s + recording_s * self.tempo


@dataclass(frozen=True)
class Listened:
    """A recording made ready to be held against many songs: its salience at the contours' rate, (n, PITCHES),
    and the instant at which that begins."""

    values: NDArray[np.float32]
    start_s: float

    @cached_property
    def table(self) -> NDArray[np.float32]:
        """What it says for each pitch in each of the keys that are searched (`_table`)."""
        return _table(self.values, SHIFTS)


def listened(salience: Salience) -> Listened:
    """The loudest half minute of a recording, ten times a second."""
    frames = len(salience.values)
    longest = round(LONGEST_S * FRAME_RATE)
    first = 0
    if frames > longest:
        power = np.cumsum(np.pad(10.0 ** (salience.level_db.astype(np.float64) / 10.0), (1, 0)))
        first = int(np.argmax(power[longest:] - power[:-longest])) // _POOL * _POOL
    part = salience.values[first : first + longest]
    whole = len(part) // _POOL * _POOL
    if whole == 0:
        return Listened(part.mean(axis=0, keepdims=True), 0.0)
    pooled = part[:whole].reshape(-1, _POOL, PITCHES).mean(axis=1)
    deviation = float(pooled.std()) or 1.0
    return Listened((pooled / deviation).astype(np.float32), first / FRAME_RATE)


def places(recording: Listened, contour: Contour, most: int = 1) -> list[Alignment]:
    """The best alignments of a recording with a song's contour, best first, each at a place of its own: a
    song has verses."""
    found = [
        alignment
        for tempo in TEMPI
        for alignment in _best_places(recording, recording.table, contour, tempo, SHIFTS, most)
    ]
    kept: list[Alignment] = []
    for alignment in sorted(found, key=lambda alignment: -alignment.score):
        if alignment.score < _NEAR_BEST * max(0.0, kept[0].score if kept else 0.0) or len(kept) == most:
            break
        if all(abs(_middle(alignment, recording) - _middle(other, recording)) > _APART_S for other in kept):
            kept.append(alignment)
    refined = (_refined(recording, contour, alignment) for alignment in kept)
    return sorted(refined, key=lambda alignment: -alignment.score)


def _refined(recording: Listened, contour: Contour, coarse: Alignment) -> Alignment:
    """A closer look at tempo, place and key; the place is that of the whole recording's start."""
    best = coarse
    for width in (0.012, 0.006):
        tempi = [best.tempo * (1.0 + step * width) for step in (-1, 0, 1)]
        keys = [best.shift + step / STEPS for step in (-1, 0, 1)]
        table = _table(recording.values, keys)
        near = (_middle(best, recording), _APART_S)
        found = [a for tempo in tempi for a in _best_places(recording, table, contour, tempo, keys, 1, near)]
        best = max((best, *found), key=lambda alignment: alignment.score)
    return replace(best, offset_s=best.offset_s - recording.start_s * best.tempo)


def _middle(alignment: Alignment, recording: Listened) -> float:
    """The instant of the song in the middle of what was listened to."""
    return alignment.offset_s + len(recording.values) / RATE / 2.0 * alignment.tempo


def _best_places(
    recording: Listened,
    table: NDArray[np.float32],
    contour: Contour,
    tempo: float,
    shifts: Sequence[float],
    most: int,
    near: tuple[float, float] | None = None,
) -> list[Alignment]:
    """The best places and keys at one tempo, `near` (middle in the song, reach) in seconds if given.

    `table` is `_table` of the recording in these keys.
    A recording may begin up to half its length before the song, and end as much after it.
    """
    frames = len(recording.values)
    at = np.round((np.arange(frames) + 0.5) * tempo - 0.5).astype(int)
    first, last = -(frames // 2), max(1, len(contour.pitch) - round(frames * tempo) + frames // 2)
    if near is not None:
        start = round((near[0] - frames / RATE / 2.0 * tempo) * RATE)
        reach = round(near[1] * RATE)
        first, last = max(first, start - reach), min(last, start + reach + 1)
    if last <= first:
        return []
    code = _codes(contour, first, last + int(at[-1]))
    rows = np.lib.stride_tricks.sliding_window_view(code, int(at[-1]) + 1)[: last - first][:, at]
    counted = np.sqrt(np.maximum((rows > 0).sum(axis=1), _LEAST_SUNG * frames))
    scores = _summed(table, rows + np.arange(frames, dtype=np.int32) * (PITCHES + 1)) / counted[:, None]
    best, keys = scores.max(axis=1), scores.argmax(axis=1)
    found = []
    for _ in range(most):
        highest = int(np.argmax(best))
        if not np.isfinite(best[highest]):
            break
        key = float(shifts[keys[highest]])
        found.append(Alignment((first + highest) / RATE, tempo, key, float(best[highest])))
        reach = round(_APART_S * RATE)
        best[max(0, highest - reach) : highest + reach + 1] = -np.inf
    return found


def _table(values: NDArray[np.float32], shifts: Sequence[float]) -> NDArray[np.float32]:
    """What each moment says for each code of a contour in each key: (frames · (PITCHES + 1), shifts).

    What is not sung (code 0), and what lies outside of the pitches, says nothing.
    """
    steps = np.array([round(shift * STEPS) for shift in shifts])
    column = np.clip(np.arange(1, PITCHES + 1)[:, None] + steps, 0, PITCHES + 1)
    table = np.zeros((len(values), PITCHES + 1, len(shifts)), np.float32)
    table[:, 1:] = np.pad(values, ((0, 0), (1, 1)))[:, column]
    return table.reshape(-1, len(shifts))


def _codes(contour: Contour, first: int, last: int) -> NDArray[np.int32]:
    """A contour from value `first` to before `last`, which may lie outside of it: 0 where nothing is sung,
    else its place among the pitches, counted from 1."""
    sung = np.isfinite(contour.pitch)
    place = np.round((np.where(sung, contour.pitch, LOWEST) - LOWEST) * STEPS).astype(np.int32) + 1
    code = np.where(sung & (place >= 1) & (place <= PITCHES), place, 0).astype(np.int32)
    code = np.pad(code, (max(0, -first), max(0, last - len(code))))
    return code[max(0, first) : max(0, first) + last - first]


def _summed(table: NDArray[np.float32], rows: NDArray[np.int32]) -> NDArray[np.float32]:
    """The sums of rows of a table: (n, shifts) for rows (n, frames)."""
    from torch import from_numpy
    from torch.nn.functional import embedding_bag

    return np.asarray(embedding_bag(from_numpy(rows), from_numpy(table), mode="sum").numpy())
