"""Writes the example songs of `songs.py` as MusicXML 4.0 beside this file: `python examples/write.py`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from songs import SONGS, Song

DIVISIONS = 4
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 '
    'Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">\n'
)
_TYPES = {4: "whole", 2: "half", 1: "quarter", Fraction(1, 2): "eighth", Fraction(1, 4): "16th"}
_NOTE = re.compile(r"(\(?)(r|[A-G][#b]?\d)/([\d.]+)(~?)(\)?)('?)$")


@dataclass
class _Connections:
    """What still reaches into the next note."""

    slur: bool = False
    tie: bool = False


def musicxml(song: Song) -> str:
    """`song` as a MusicXML 4.0 document."""
    root = Element("score-partwise", version="4.0")
    SubElement(SubElement(root, "work"), "work-title").text = song.title
    identification = SubElement(root, "identification")
    SubElement(identification, "creator", type="composer").text = song.composer
    SubElement(identification, "creator", type="lyricist").text = song.lyricist
    SubElement(identification, "rights").text = "Public Domain"
    SubElement(SubElement(identification, "encoding"), "software").text = "Consonance"
    SubElement(SubElement(root, "defaults"), "lyric-language", {"xml:lang": song.language})
    declared = SubElement(SubElement(root, "part-list"), "score-part", id="P1")
    SubElement(declared, "part-name").text = "Voice"
    part = SubElement(root, "part", id="P1")
    bars = [bar.split() for bar in song.bars.split("|")]
    verses = [_syllables(verse) for verse in song.verses]
    pickup = _quarters(bars[0]) < Fraction(4 * song.beats, song.beat_type)
    connections = _Connections()
    for place, tokens in enumerate(bars):
        measure = SubElement(part, "measure", number=str(place + (0 if pickup else 1)))
        if pickup and place == 0:
            measure.set("implicit", "yes")
        if place == 0:
            _open(measure, song)
        for token in tokens:
            _write_note(measure, token, verses, connections)
        if place == len(bars) - 1:
            _close(measure, song)
    left = [next(verse, None) for verse in verses]
    if any(left):
        raise ValueError(f"{song.file}: {left} find no note")
    indent(root, " ")
    return _HEAD + tostring(root, encoding="unicode") + "\n"


def _syllables(verse: str) -> Iterator[tuple[str, str]]:
    """(syllabic, text) for each syllable."""
    inside = False
    for text in verse.split():
        goes_on = text.endswith("-")
        kind = ("middle" if goes_on else "end") if inside else ("begin" if goes_on else "single")
        yield kind, text.removesuffix("-")
        inside = goes_on


def _quarters(tokens: list[str]) -> Fraction:
    return sum((Fraction(_parsed(token)[2]) for token in tokens), Fraction(0))


def _parsed(token: str) -> tuple[str, ...]:
    matched = _NOTE.match(token)
    if matched is None:
        raise ValueError(f"{token} is no note")
    return matched.groups()


def _open(measure: Element, song: Song) -> None:
    attributes = SubElement(measure, "attributes")
    SubElement(attributes, "divisions").text = str(DIVISIONS)
    SubElement(SubElement(attributes, "key"), "fifths").text = str(song.fifths)
    time = SubElement(attributes, "time")
    SubElement(time, "beats").text = str(song.beats)
    SubElement(time, "beat-type").text = str(song.beat_type)
    clef = SubElement(attributes, "clef")
    SubElement(clef, "sign").text, SubElement(clef, "line").text = "G", "2"
    direction = SubElement(measure, "direction", placement="above")
    metronome = SubElement(SubElement(direction, "direction-type"), "metronome")
    SubElement(metronome, "beat-unit").text = "quarter"
    SubElement(metronome, "per-minute").text = f"{song.bpm:g}"
    SubElement(direction, "sound", tempo=f"{song.bpm:g}")
    if song.repeated:
        _barline(measure, "left", "heavy-light", "forward")


def _close(measure: Element, song: Song) -> None:
    _barline(measure, "right", "light-heavy", "backward" if song.repeated else None)


def _barline(measure: Element, location: str, style: str, repeat: str | None) -> None:
    barline = SubElement(measure, "barline", location=location)
    SubElement(barline, "bar-style").text = style
    if repeat:
        SubElement(barline, "repeat", direction=repeat)


def _write_note(
    measure: Element, token: str, verses: list[Iterator[tuple[str, str]]], connections: _Connections
) -> None:
    opens, pitch, quarters, tied, closes, breath = _parsed(token)
    duration = Fraction(quarters)
    note = SubElement(measure, "note")
    if pitch == "r":
        SubElement(note, "rest")
    else:
        _write_pitch(note, pitch)
    SubElement(note, "duration").text = str(int(duration * DIVISIONS))
    continues = connections.slur or connections.tie
    for kind, happens in (("stop", connections.tie), ("start", bool(tied))):
        if happens:
            SubElement(note, "tie", type=kind)
    SubElement(note, "voice").text = "1"
    dotted = duration not in _TYPES
    SubElement(note, "type").text = _TYPES[duration * 2 / 3 if dotted else duration]
    if dotted:
        SubElement(note, "dot")
    _write_notations(note, connections.tie, bool(tied), bool(opens), bool(closes), bool(breath))
    if pitch != "r" and not continues:
        for number, verse in enumerate(verses, start=1):
            syllable = next(verse)
            if syllable[1] != "_":
                _write_lyric(note, number, syllable, extends=bool(opens or tied))
    connections.slur = bool(opens) or (connections.slur and not closes)
    connections.tie = bool(tied)


def _write_pitch(note: Element, name: str) -> None:
    pitch = SubElement(note, "pitch")
    SubElement(pitch, "step").text = name[0]
    if len(name) == 3:
        SubElement(pitch, "alter").text = "1" if name[1] == "#" else "-1"
    SubElement(pitch, "octave").text = name[-1]


def _write_notations(
    note: Element, tie_stop: bool, tie_start: bool, opens: bool, closes: bool, breath: bool
) -> None:
    if not (tie_stop or tie_start or opens or closes or breath):
        return
    notations = SubElement(note, "notations")
    for kind, happens in (("stop", tie_stop), ("start", tie_start)):
        if happens:
            SubElement(notations, "tied", type=kind)
    for kind, happens in (("start", opens), ("stop", closes)):
        if happens:
            SubElement(notations, "slur", type=kind, number="1")
    if breath:
        SubElement(SubElement(notations, "articulations"), "breath-mark").text = "comma"


def _write_lyric(note: Element, number: int, syllable: tuple[str, str], *, extends: bool) -> None:
    lyric = SubElement(note, "lyric", number=str(number))
    SubElement(lyric, "syllabic").text, SubElement(lyric, "text").text = syllable
    if extends and syllable[0] in ("single", "end"):
        SubElement(lyric, "extend")


def main() -> int:
    """Write every song beside this file."""
    for song in SONGS:
        path = Path(__file__).parent / song.file
        path.write_text(musicxml(song), encoding="utf-8")
        print(path.name, song.title)
    return 0


if __name__ == "__main__":
    sys.exit(main())
