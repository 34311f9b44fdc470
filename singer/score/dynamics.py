"""Dynamics and hairpins of a written part → how loud each note begins, and how much louder it ends."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from xml.etree.ElementTree import Element

from singer.score.written import WrittenBar, WrittenPart

LEVELS_DB = {
    "pppp": -9.0, "ppp": -8.0, "pp": -6.0, "p": -4.0, "mp": -2.0, "mf": 0.0,
    "f": 3.0, "ff": 5.0, "fff": 6.0, "ffff": 6.0, "fp": -4.0,
}  # fmt: skip
"""Decibels of each mark; a singer's pianissimo and fortissimo lie further apart, a song's must not."""

HAIRPIN_DB = 4.0
"""What a hairpin gains or loses where no mark stands at its end."""

_OPENINGS = {"crescendo": 1.0, "diminuendo": -1.0}
_NEAR = Fraction(1)  # a mark so close behind a hairpin is where it leads


@dataclass(frozen=True)
class _Line:
    """Loudness from one place to the next, in quarter notes of the written part."""

    start: Fraction
    start_db: float
    end: Fraction
    end_db: float

    def at(self, place: Fraction) -> float:
        """The loudness at a place that does not lie before `start`."""
        if place >= self.end:
            return self.end_db
        return self.start_db + (self.end_db - self.start_db) * float(
            (place - self.start) / (self.end - self.start)
        )


def read_dynamics(element: Element, bar: WrittenBar, at: Fraction) -> None:
    """Take the marks and hairpins of one `<direction>` into `bar`."""
    for kind in element.findall("direction-type"):
        for mark in kind.findall("dynamics/*"):
            if mark.tag in LEVELS_DB:
                bar.dynamics.append((max(Fraction(0), at), mark.tag))
        for wedge in kind.findall("wedge"):
            bar.dynamics.append((max(Fraction(0), at), wedge.get("type") or ""))


def set_loudness(part: WrittenPart) -> None:
    """Give every note of the part its loudness."""
    starts: list[Fraction] = []
    marks: list[tuple[Fraction, str]] = []
    now = Fraction(0)
    for bar in part.bars:
        starts.append(now)
        marks += [(now + at, mark) for at, mark in bar.dynamics]
        now += bar.length or bar.nominal
    lines = _lines(sorted(marks, key=lambda mark: mark[0]), now)
    if not lines:
        return
    for start, bar in zip(starts, part.bars, strict=True):
        for note in bar.notes:
            here = start + note.onset
            index = bisect_right(lines, here, key=lambda line: line.start) - 1
            if index >= 0:
                note.loudness_db = lines[index].at(here)
                note.swell_db = lines[index].at(here + note.duration) - note.loudness_db


def _lines(marks: Sequence[tuple[Fraction, str]], length: Fraction) -> list[_Line]:
    """The loudness of the whole part, line by line; a line holds its end until the next one."""
    lines: list[_Line] = []
    levels = [(at, LEVELS_DB[mark]) for at, mark in marks if mark in LEVELS_DB]
    stops = [at for at, mark in marks if mark == "stop"]
    for at, mark in marks:
        now_db = lines[-1].at(at) if lines else 0.0
        if mark in LEVELS_DB:
            lines.append(_Line(at, LEVELS_DB[mark], at, LEVELS_DB[mark]))
        elif mark in _OPENINGS:
            place = bisect_right(stops, at)
            end = stops[place] if place < len(stops) else length
            if end > at:
                lines.append(_Line(at, now_db, end, _end_db(levels, end, now_db, _OPENINGS[mark])))
    return lines


def _end_db(levels: Sequence[tuple[Fraction, float]], end: Fraction, now_db: float, way: float) -> float:
    """Where a hairpin leads: to the mark at its end where that lies on its way, else a little further."""
    place = bisect_right(levels, end - _NEAR / 4, key=lambda level: level[0])
    if place < len(levels) and levels[place][0] <= end + _NEAR and (levels[place][1] - now_db) * way > 0.0:
        return levels[place][1]
    return max(LEVELS_DB["pppp"], min(LEVELS_DB["ffff"], now_db + way * HAIRPIN_DB))
