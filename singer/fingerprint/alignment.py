"""Where in a song a recording comes from, how much faster and how much higher it is: its salience is summed
along the song's contour for every place, tempo and key, and the highest sum is looked at more closely."""

from __future__ import annotations

from dataclasses import dataclass, replace

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


def align(recording: Listened, contour: Contour) -> Alignment:
    """The best alignment of a recording with a song's contour."""
    best = max(
        (_best_place(recording, contour, tempo, SHIFTS) for tempo in TEMPI), key=lambda found: found.score
    )
    for width in (0.012, 0.006):
        near = [best.tempo * (1.0 + step * width) for step in (-1, 0, 1)]
        keys = [best.shift + step / STEPS for step in (-1, 0, 1)]
        best = max((_best_place(recording, contour, tempo, keys) for tempo in near), key=lambda a: a.score)
    return replace(best, offset_s=best.offset_s - recording.start_s * best.tempo)


def _best_place(
    recording: Listened, contour: Contour, tempo: float, shifts: tuple[float, ...] | list[float]
) -> Alignment:
    """The best place and key at one tempo. A recording may begin up to half its length before the song, and
    end as much after it."""
    frames = len(recording.values)
    at = np.round((np.arange(frames) + 0.5) * tempo - 0.5).astype(int)
    before = frames // 2
    places = np.arange(-before, max(1, len(contour.pitch) - round(frames * tempo) + before))
    index = places[:, None] + at[None, :]
    inside = (index >= 0) & (index < len(contour.pitch))
    pitch = contour.pitch[np.clip(index, 0, len(contour.pitch) - 1)]
    sung = inside & np.isfinite(pitch)
    step = np.where(sung, (pitch - LOWEST) * STEPS, 0.0).round().astype(np.int32)
    flat = recording.values.ravel()
    row = np.arange(frames, dtype=np.int32)[None, :] * PITCHES
    counted = np.sqrt(np.maximum(sung.sum(axis=1), 0.3 * frames))
    best = Alignment(0.0, tempo, 0.0, -np.inf)
    for shift in shifts:
        wanted = step + round(shift * STEPS)
        there = sung & (wanted >= 0) & (wanted < PITCHES)
        values = np.where(there, flat[row + np.clip(wanted, 0, PITCHES - 1)], 0.0)
        scores = values.sum(axis=1) / counted
        highest = int(np.argmax(scores))
        if scores[highest] > best.score:
            best = Alignment(places[highest] / RATE, tempo, float(shift), float(scores[highest]))
    return best
