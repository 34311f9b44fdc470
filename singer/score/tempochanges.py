"""Fermatas, ritardandi and accelerandi: what they make of the tempo that the score names.

A fermata holds its note for `FERMATA` times its length. "rit.", "rall.", "accel." and the like change the
tempo step by step, as final ritardandi do (Friberg & Sundberg 1999), until a tempo mark, "a tempo" or eight
quarter notes; then the tempo before is back. Where a program wrote the changed tempo out, that is followed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from singer.score.model import DEFAULT_BPM

FERMATA = 1.75
"""How many times its length a note under a fermata lasts; chosen, scores leave it to the singer."""

SLOWER, FASTER, BACK = "slower", "faster", "back"
"""What words over a bar ask of the tempo."""

Change = tuple[Fraction, float]
"""Quarter notes from the start, and quarter notes a minute from there on."""

_LAST_SHARES = {SLOWER: 0.7, FASTER: 1.35}  # of the tempo, where the swerve ends
_CURVE = 3.0
_LONGEST = Fraction(8)
_STEP = Fraction(1, 2)
_BEFORE = r"^\W*(?:(?:poco|molto|un|sempre|a)\W+){0,4}"
_WORDS = (
    (SLOWER, re.compile(_BEFORE + r"(rit(\b|ard|en)|rall(\b|ent)|slent|allarg)", re.IGNORECASE)),
    (FASTER, re.compile(_BEFORE + r"(accel(\b|er)|stringendo)", re.IGNORECASE)),
    (BACK, re.compile(r"^\W*(a\s+tempo|tempo\s+(i\b|1|primo|ordinario))", re.IGNORECASE)),
)


@dataclass(frozen=True)
class _Swerve:
    """The tempo between two places changes up to a share of itself."""

    start: Fraction
    end: Fraction
    last_share: float

    def share(self, at: Fraction) -> float:
        """The share of the tempo in the step that begins at `at`."""
        if at >= self.end:
            return 1.0
        x = min(1.0, float((at - self.start + _STEP / 2) / (self.end - self.start)))
        return float((1.0 + (self.last_share**_CURVE - 1.0) * x) ** (1.0 / _CURVE))


def swerve_of(words: str) -> str | None:
    """What the words over a bar ask of the tempo: SLOWER, FASTER, BACK, or nothing."""
    return next((kind for kind, pattern in _WORDS if pattern.match(words)), None)


def shaped(
    changes: Sequence[Change],
    fermatas: Sequence[tuple[Fraction, Fraction]],
    swerves: Sequence[tuple[Fraction, str]],
    length: Fraction,
) -> list[Change]:
    """The tempo changes of a song with its fermatas, from where to where, and its swerves, all as played.

    Fermatas of several parts that overlap are one, where all of them hold.
    """
    if not fermatas and not swerves:
        return list(changes)
    named = dict(sorted(changes, key=lambda change: change[0]))
    first = next(iter(named.values()), DEFAULT_BPM)
    tempos = sorted({Fraction(0): first, **named}.items())
    held = _joined(fermatas)
    swerving = _swerves(swerves, list(named), length)
    places = {at for at, _ in tempos} | {edge for hold in held for edge in hold}
    for swerve in swerving:
        steps = int((swerve.end - swerve.start) / _STEP) + 1
        places |= {min(swerve.start + _STEP * step, swerve.end) for step in range(steps)} | {swerve.end}
    result = []
    for at in sorted(places):
        bpm = tempos[bisect_right(tempos, at, key=lambda change: change[0]) - 1][1]
        index = bisect_right(swerving, at, key=lambda swerve: swerve.start) - 1
        bpm *= swerving[index].share(at) if index >= 0 else 1.0
        index = bisect_right(held, at, key=lambda hold: hold[0]) - 1
        bpm /= FERMATA if index >= 0 and at < held[index][1] else 1.0
        result.append((at, bpm))
    return result


def _joined(fermatas: Sequence[tuple[Fraction, Fraction]]) -> list[tuple[Fraction, Fraction]]:
    held: list[tuple[Fraction, Fraction]] = []
    for start, end in sorted(set(fermatas)):
        if held and start < held[-1][1]:
            held[-1] = (start, min(end, held[-1][1]))
        else:
            held.append((start, end))
    return held


def _swerves(
    asked: Sequence[tuple[Fraction, str]], tempos: Sequence[Fraction], length: Fraction
) -> list[_Swerve]:
    """The swerves in order, none reaching into the next one, into a named tempo or beyond the song."""
    marks = sorted(dict(asked).items())
    ends = sorted({*tempos, *(at for at, _ in marks), length})
    found = []
    for at, kind in marks:
        if kind == BACK or at >= length:
            continue
        end = min(ends[bisect_right(ends, at)], at + _LONGEST)
        found.append(_Swerve(at, end, _LAST_SHARES[kind]))
    return found
