"""MusicXML directions, sounds and barlines → tempo changes and jump marks of a written bar."""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree.ElementTree import Element

from singer.score.dynamics import read_dynamics
from singer.score.limits import usable_bpm
from singer.score.notevalues import beat_unit, number
from singer.score.tempochanges import swerve_of
from singer.score.written import WrittenBar

_FIRST_NUMBER = re.compile(r"\d{1,4}(?:[.,]\d{1,6})?")
_DA_CAPO = re.compile(r"^\W*(d\.?\s*c\.?(\s|$)|da\s+capo)", re.IGNORECASE)
_DAL_SEGNO = re.compile(r"^\W*(d\.?\s*s\.?(\s|$)|dal\s+segno|d\.?\s*%)", re.IGNORECASE)
_TO_CODA = re.compile(r"^\W*(to\s+coda|al\s+coda\s*$|alla\s+coda)", re.IGNORECASE)
_FINE = re.compile(r"^\W*fine\W*$", re.IGNORECASE)
_JUMPS = ("segno", "coda", "tocoda", "dacapo", "dalsegno", "fine", "forward-repeat")


def read_direction(
    element: Element, bar: WrittenBar, cursor: Fraction, divisions: Fraction, notices: list[str]
) -> None:
    """Take the tempo, the jump marks and the dynamics of one `<direction>` into `bar`.

    A `<sound>` decides over what is printed; signs and words such as "D.C. al Fine" count where no sound
    says it.
    """
    offset = number(element.findtext("offset"), Fraction(0)) or Fraction(0)
    at = cursor + offset / divisions
    read_dynamics(element, bar, at)
    sound = element.find("sound")
    if sound is not None:
        read_sound(sound, bar, at, notices)
    if sound is None or sound.get("tempo") is None:
        for metronome in element.findall("direction-type/metronome"):
            bpm = _metronome_bpm(metronome)
            if bpm is not None:
                _add_tempo(bar, at, bpm, notices)
                break
        else:
            _read_swerve(element, bar, at)
    if sound is None or not any(sound.get(jump) for jump in _JUMPS):
        _read_printed_jumps(element, bar, cursor)


def read_sound(element: Element, bar: WrittenBar, at: Fraction, notices: list[str]) -> None:
    """Take the tempo and the jumps of one `<sound>` into `bar`."""
    tempo = element.get("tempo")
    if tempo is not None:
        _add_tempo(bar, at, _bpm(tempo), notices)
    marks = bar.marks
    marks.segno |= element.get("segno") is not None
    marks.coda |= element.get("coda") is not None
    marks.da_capo |= element.get("dacapo") == "yes"
    marks.dal_segno |= element.get("dalsegno") is not None
    marks.fine |= element.get("fine") is not None
    marks.forward |= element.get("forward-repeat") == "yes"
    if element.get("tocoda") is not None:
        _mark_to_coda(bar, at)


def read_barline(element: Element, bar: WrittenBar) -> None:
    """Take the repeat, the ending bracket and the signs of one `<barline>` into `bar`."""
    marks = bar.marks
    repeat = element.find("repeat")
    if repeat is not None and repeat.get("direction") == "forward":
        marks.forward = True
    elif repeat is not None:
        times = repeat.get("times") or "2"
        marks.backward = int(times[:6]) if times.isascii() and times.isdigit() and int(times[:6]) > 0 else 2
    ending = element.find("ending")
    if ending is not None:
        if ending.get("type") == "start":
            marks.ending = ending_passes(ending.get("number") or "1")
        else:
            marks.ending_stop = True
    marks.segno |= element.get("segno") is not None
    marks.coda |= element.get("coda") is not None


def ending_passes(text: str) -> frozenset[int]:
    """The passes an ending's number names: "1", "1,2", "1. 2." or "1-3"."""
    passes: set[int] = set()
    for first, last in re.findall(r"(\d{1,2})(?:\s*-\s*(\d{1,2}))?", text):
        passes.update(range(int(first), int(last or first) + 1))
    return frozenset(passes - {0}) or frozenset({1})


def _bpm(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _read_printed_jumps(element: Element, bar: WrittenBar, at: Fraction) -> None:
    marks = bar.marks
    for kind in element.findall("direction-type"):
        marks.segno |= kind.find("segno") is not None
        if kind.find("coda") is not None:
            # The first sign means "to the coda" where a second one follows; `settle_codas` tells them apart.
            marks.coda = True
        words = " ".join("".join(word.itertext()) for word in kind.findall("words")).strip()
        marks.da_capo |= bool(_DA_CAPO.match(words))
        marks.dal_segno |= bool(_DAL_SEGNO.match(words))
        marks.fine |= bool(_FINE.match(words))
        if _TO_CODA.match(words):
            _mark_to_coda(bar, at)


def _read_swerve(element: Element, bar: WrittenBar, at: Fraction) -> None:
    """Take "rit.", "accel.", "a tempo" and their like, where no tempo stands beside them."""
    for words in element.findall("direction-type/words"):
        kind = swerve_of("".join(words.itertext()))
        if kind is not None:
            bar.swerves.append((max(Fraction(0), at), kind))


def _mark_to_coda(bar: WrittenBar, at: Fraction) -> None:
    if at <= 0 and not bar.notes:
        bar.marks.to_coda_before = True
    else:
        bar.marks.to_coda = True


def _metronome_bpm(element: Element) -> float | None:
    """Quarter notes per minute of a `<metronome>`; None for a metric modulation. "c. 60-66" is 60."""
    unit = beat_unit(element)
    spoken = _FIRST_NUMBER.search(element.findtext("per-minute") or "")
    if unit is None or spoken is None:
        return None
    return float(unit) * float(spoken.group().replace(",", "."))


def _add_tempo(bar: WrittenBar, at: Fraction, bpm: float, notices: list[str]) -> None:
    """Note in `bar` that from `at` (quarter notes from its start) the tempo is `bpm`."""
    usable = usable_bpm(bpm, bar.number, notices)
    if usable is not None:
        bar.tempos.append((max(Fraction(0), at), usable))
