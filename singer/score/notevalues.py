"""Numbers and note values as MusicXML writes them → exact quarter notes."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from xml.etree.ElementTree import Element

NOTE_VALUES = {
    name: Fraction(4) / 2**power
    for power, name in enumerate(
        ("breve", "whole", "half", "quarter", "eighth", "16th", "32nd", "64th", "128th", "256th"), start=-1
    )
} | {"long": Fraction(16), "maxima": Fraction(32)}
"""Quarter notes of each `<type>`."""

_NUMBER = re.compile(r"^\s*([+-]?\d{1,9}(?:\.\d{0,9})?|[+-]?\.\d{1,9})\s*$")


@lru_cache(maxsize=4_096)
def number(text: str | None, otherwise: Fraction | None = None) -> Fraction | None:
    """The decimal number in `text` as a Fraction; `otherwise` where there is none of sensible size."""
    matched = _NUMBER.match(text or "")
    return Fraction(matched.group(1)) if matched else otherwise


@lru_cache(maxsize=4_096)
def quarters(ticks: str, divisions: Fraction) -> Fraction | None:
    """Quarter notes of a `<duration>` of `ticks`, `divisions` to the quarter; None where it is no number."""
    value = number(ticks)
    return None if value is None else max(Fraction(0), value / divisions)


def whole(element: Element | None, path: str, otherwise: int = 0) -> int:
    """The whole number below `path`, or `otherwise`."""
    value = number(element.findtext(path)) if element is not None else None
    return int(value) if value is not None and abs(value) < 10_000 else otherwise


def nominal_bar(time: Element) -> Fraction | None:
    """A time signature's bar in quarter notes; "3+2" over 8 is 5/2."""
    total = Fraction(0)
    beats, kinds = time.findall("beats"), time.findall("beat-type")
    for beat, kind in zip(beats, kinds, strict=False):
        counts = [int(count) for count in re.findall(r"\d{1,3}", beat.text or "")]
        unit = number(kind.text)
        if counts and unit and 1 <= unit <= 256:
            total += sum(counts) * Fraction(4) / unit
    return total or None


def beat_unit(element: Element) -> Fraction | None:
    """Quarter notes of a metronome mark's first beat unit, dots included."""
    unit = NOTE_VALUES.get((element.findtext("beat-unit") or "").strip())
    if unit is None:
        return None
    dots = 0
    for child in element:
        if child.tag == "beat-unit-dot":
            dots += 1
        elif child.tag == "per-minute" or (child.tag == "beat-unit" and dots):
            break
    value: Fraction = unit * 2 - unit / 2 ** min(dots, 4)
    return value
