"""MusicXML measures → written bars: cursor, divisions, transposition, chords, voices, tempo and jump
marks."""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree.ElementTree import Element

from singer.score.directions import read_barline, read_direction, read_sound
from singer.score.limits import MAX_DIVISIONS, MAX_VERSES, too_large
from singer.score.model import ARTICULATIONS, Lyric
from singer.score.notevalues import NOTE_VALUES, nominal_bar, number, quarters, whole
from singer.score.syllabletext import join_elided
from singer.score.written import VoiceKey, WrittenBar, WrittenNote, WrittenPart

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


class BarReader:
    """Reads one part's measures in order; `read` gives each back as a `WrittenBar`.

    What MusicXML states once and means until further notice (divisions, time and transposition) lives here.
    """

    def __init__(self, part: WrittenPart) -> None:
        self.part = part
        self.divisions = Fraction(1)
        self.all_divisions: set[Fraction] = set()
        self.nominal = Fraction(4)
        self.transpose: dict[int, int] = {}
        self.bar_number = 0
        self.cursor = Fraction(0)
        self.chord_onset = Fraction(0)
        self.last: WrittenNote | None = None
        self.unpitched = 0
        self.chords = 0
        self.rest_lyrics: list[int] = []

    def read(self, measure: Element) -> WrittenBar:
        """The next measure of this part. Elements that say nothing about melody or time are passed over."""
        digits = re.search(r"\d{1,6}", measure.get("number") or "")
        if digits and not (measure.get("number") or "").startswith(("X", "x")):
            self.bar_number = int(digits.group())
        bar = WrittenBar(self.bar_number)
        self.cursor = self.chord_onset = Fraction(0)
        self.last = None
        for element in measure:
            self._element(element, bar)
        bar.nominal = self.nominal
        return bar

    def _element(self, element: Element, bar: WrittenBar) -> None:
        match element.tag:
            case "note":
                self._note(element, bar)
            case "backup":
                self.cursor = max(Fraction(0), self.cursor - self._duration(element))
            case "forward":
                self.cursor += self._duration(element)
                bar.length = max(bar.length, self.cursor)
            case "attributes":
                self._attributes(element)
            case "direction":
                read_direction(element, bar, self.cursor, self.divisions, self.part.notices)
            case "sound":
                read_sound(element, bar, self.cursor, self.part.notices)
            case "barline":
                read_barline(element, bar)

    def _attributes(self, element: Element) -> None:
        divisions = number(element.findtext("divisions"))
        if divisions is not None and 0 < divisions <= 1_000_000:
            self.divisions = divisions
            self.all_divisions.add(divisions)
            if len(self.all_divisions) > MAX_DIVISIONS:
                raise too_large(self.part.name, "changes of its divisions", str(MAX_DIVISIONS))
        time = element.find("time")
        if time is not None:
            self.nominal = nominal_bar(time) or self.nominal
        for transpose in element.findall("transpose"):
            semitones = whole(transpose, "chromatic") + 12 * whole(transpose, "octave-change")
            staff = int(transpose.get("number") or 0) if (transpose.get("number") or "0").isdigit() else 0
            if staff == 0:
                self.transpose.clear()
            self.transpose[staff] = semitones if abs(semitones) <= 60 else 0

    def _duration(self, element: Element) -> Fraction:
        """Quarter notes of a note, backup or forward: `<duration>`, or else the printed note value."""
        exact = quarters(element.findtext("duration") or "", self.divisions)
        if exact is not None:
            return exact
        value: Fraction = NOTE_VALUES.get(element.findtext("type") or "", Fraction(0))
        dots = min(len(element.findall("dot")), 4)
        value = value * 2 - value / 2**dots
        actual = whole(element, "time-modification/actual-notes", 1)
        normal = whole(element, "time-modification/normal-notes", 1)
        return value * normal / actual if 0 < actual <= 128 and 0 < normal <= 128 else value

    def _note(self, element: Element, bar: WrittenBar) -> None:
        grace = element.find("grace") is not None
        chord = element.find("chord") is not None and self.last is not None
        duration = Fraction(0) if grace else self._duration(element)
        onset = self.chord_onset if chord else self.cursor
        if not chord:
            self.chord_onset = onset
            self.cursor += duration
            bar.length = max(bar.length, self.cursor)
        lyrics = read_lyrics(element)
        if duration > 0 and element.find("notations/fermata") is not None:
            bar.fermatas.append((onset, onset + duration))
        if element.find("rest") is not None:
            self.rest_lyrics += [bar.number] if lyrics else []
            self.last = None
            return
        pitch = self._pitch(element)
        if pitch is None or (element.find("cue") is not None and not lyrics):
            self.unpitched += element.find("unpitched") is not None
            self.last = None if not chord else self.last
            return
        if duration <= 0 and not grace:
            return
        note = WrittenNote(onset, duration, pitch, grace, lyrics=lyrics, voice=self._voice(element))
        _read_connections(element, note)
        if chord and self.last is not None and self.last.grace == grace:
            _join_chord(self.last, note)
            self.chords += 1
        else:
            bar.notes.append(note)
            self.last = note

    def _voice(self, element: Element) -> VoiceKey:
        return whole(element, "staff", 1), (element.findtext("voice") or "1").strip()

    def _pitch(self, element: Element) -> float | None:
        pitch = element.find("pitch")
        if pitch is None:
            return None
        step = _STEPS.get((pitch.findtext("step") or "").strip().upper())
        octave = number(pitch.findtext("octave"))
        alter = number(pitch.findtext("alter"), Fraction(0))
        if step is None or octave is None or alter is None or not -1 <= octave <= 10 or abs(alter) > 4:
            return None
        staff = whole(element, "staff", 1)
        semitones = self.transpose.get(staff, self.transpose.get(0, 0))
        return float(12 * (int(octave) + 1) + step + alter + semitones)


def read_lyrics(note: Element) -> dict[int, Lyric]:
    """Verse number → syllable, from the `<lyric>` elements of one note."""
    lyrics: dict[int, Lyric] = {}
    for element in note.findall("lyric"):
        pieces: list[tuple[str, str]] = []
        syllabic = "single"
        for child in element:
            if child.tag == "syllabic":
                syllabic = (child.text or "single").strip()
            elif child.tag == "text":
                pieces.append((syllabic, "".join(child.itertext())))
                syllabic = "single"
        extend = element.find("extend") is not None
        lyric = join_elided(pieces, extend=extend)
        if lyric is not None:
            lyrics.setdefault(_verse(element), lyric)
    return lyrics


def _verse(lyric: Element) -> int:
    """The verse a lyric belongs to: "2", and Finale's "part1verse2", are the second."""
    digits = re.findall(r"\d{1,3}", lyric.get("number") or "")
    return min(max(1, int(digits[-1])), MAX_VERSES) if digits else 1


def _read_connections(element: Element, note: WrittenNote) -> None:
    ties = [tie.get("type") for tie in element.findall("tie")]
    ties += [tied.get("type") for tied in element.findall("notations/tied")]
    note.tie_start, note.tie_stop = "start" in ties, "stop" in ties
    marks = element.find("notations/articulations")
    tags = {"staccatissimo" if mark.tag == "spiccato" else mark.tag for mark in marks or ()}
    note.marks = tuple(mark for mark in ARTICULATIONS if mark in tags)
    note.breath = marks is not None and any(mark.tag in ("breath-mark", "caesura") for mark in marks)
    slurs = [slur.get("type") for slur in element.findall("notations/slur")]
    note.slur_starts, note.slur_stops = slurs.count("start"), slurs.count("stop")


def _join_chord(top: WrittenNote, note: WrittenNote) -> None:
    """Keep the higher pitch with its own ties; lyrics and slurs of a chord belong to all of it."""
    if note.pitch > top.pitch:
        top.pitch, top.tie_start, top.tie_stop = note.pitch, note.tie_start, note.tie_stop
    top.breath = top.breath or note.breath
    top.marks = tuple(mark for mark in ARTICULATIONS if mark in (*top.marks, *note.marks))
    top.slur_starts = max(top.slur_starts, note.slur_starts)
    top.slur_stops = max(top.slur_stops, note.slur_stops)
    top.lyrics = {**note.lyrics, **top.lyrics}
