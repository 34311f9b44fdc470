"""From all songs to the few that are worth singing again: by hints, then by their melodies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from singer.fingerprint.alignment import LONGEST_S, Alignment, Listened, places
from singer.fingerprint.contour import LOWEST, RATE, STEPS, Contour
from singer.fingerprint.salience import PITCHES
from singer.tracing.recording import Excerpt

SHORTLIST = 60
"""Songs that are looked at one by one."""

PLACES = 4
"""Places in one song at which a recording is tried."""

_CLEAR = 6.0  # standard deviations by which a clear pitch stands out
_NEAR_BEST = 0.8  # of the best song's score


@dataclass(frozen=True)
class Candidate:
    """A song that a recording may be from, the places in it, best first, and the best score that its contour
    reaches backwards: a tune like it, which the recording cannot be from."""

    render_id: int
    places: tuple[Alignment, ...]
    backwards: float

    @property
    def score(self) -> float:
        """How well its melody fits at the best place."""
        return self.places[0].score

    @property
    def melody(self) -> float:
        """How much better its melody fits than itself backwards; about 1 for a song that it is not."""
        return self.score / max(self.backwards, 1e-6)


def candidates_of(
    excerpt: Excerpt, songs: Mapping[int, Contour], hints: Sequence[int] = (), most: int = 16
) -> list[Candidate]:
    """Of some songs those whose melodies fit an excerpt best, best first; `hints` are kept in any case."""
    looked: dict[bytes, tuple[Alignment, ...]] = {}
    found: list[tuple[int, Contour, tuple[Alignment, ...]]] = []
    for render_id, contour in songs.items():
        shape = contour.pitch.tobytes()
        if shape not in looked:
            looked[shape] = tuple(places(excerpt.melody, contour, PLACES))
        if looked[shape]:
            found.append((render_id, contour, looked[shape]))
    found.sort(key=lambda one: (one[0] not in hints, -one[2][0].score))
    best = max((there[0].score for _, _, there in found), default=0.0)
    near = [one for one in found if one[0] in hints or one[2][0].score >= _NEAR_BEST * best][:most]
    backwards: dict[bytes, float] = {}
    for _, contour, _ in near:
        shape = contour.pitch.tobytes()
        if shape not in backwards:
            decoy = places(excerpt.melody, Contour(contour.pitch[::-1]))
            backwards[shape] = max((one.score for one in decoy), default=0.0)
    chosen = [Candidate(name, there, backwards[contour.pitch.tobytes()]) for name, contour, there in near]
    return sorted(chosen, key=lambda candidate: -candidate.score)


def as_heard(contour: Contour) -> Listened:
    """A contour as a recording in which nothing else sounds, to find the songs that have it."""
    first, last = _sounding(contour)
    pitch = contour.pitch[first:last][: round(LONGEST_S * RATE)]
    values = np.zeros((max(1, len(pitch)), PITCHES), np.float32)
    sung = np.flatnonzero(np.isfinite(pitch))
    step = np.clip(np.round((pitch[sung] - LOWEST) * STEPS), 0, PITCHES - 1).astype(int)
    values[sung, step] = _CLEAR
    return Listened(values, first / RATE)


def _sounding(contour: Contour) -> tuple[int, int]:
    sung = np.flatnonzero(np.isfinite(contour.pitch))
    return (int(sung[0]), int(sung[-1]) + 1) if len(sung) else (0, 1)
