"""A written line and the order of its bars → the notes as they sound: ties merged, slurs followed, grace
notes placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from singer.score.limits import MAX_NOTES, too_large
from singer.score.lines import WrittenLine
from singer.score.model import Lyric, Note, Part, TempoMap
from singer.score.repeats import Played
from singer.score.verses import advancing_bars, written_verses
from singer.score.written import WrittenNote

GRACE_S = 0.08
"""A grace note lasts this long at most, and all before one beat a quarter of the note or rest they take it
from."""
_SHORTEST_GRACE_S = 0.02
_LONGEST_MELISMA = 64


@dataclass(frozen=True)
class Timeline:
    """When each played bar begins."""

    order: tuple[Played, ...]
    starts: tuple[Fraction, ...]
    """Quarter notes from the start of the song, one per entry of `order`."""
    numbers: tuple[int, ...]
    """The printed number of each written bar."""
    tempo: TempoMap


@dataclass(slots=True)
class _Sounding:
    """A note while it is put together."""

    onset: Fraction
    duration: Fraction
    pitch: float
    bar: int
    lyrics: dict[int, Lyric]
    slurred: bool
    grace: bool = False
    tied_on: bool = False
    marks: tuple[str, ...] = ()
    loudness_db: float = 0.0
    swell_db: float = 0.0

    @property
    def end(self) -> Fraction:
        return self.onset + self.duration


def unroll(line: WrittenLine, timeline: Timeline, name: str, notices: list[str]) -> Part:
    """`line` as it is played. Raises ScoreError where it comes to more than MAX_NOTES notes."""
    player = _LinePlayer(line, timeline)
    for (bar, number), start in zip(timeline.order, timeline.starts, strict=True):
        if bar < len(line.bars):
            player.play_bar(bar, number, start)
        if len(player.notes) > MAX_NOTES:
            raise too_large(name, f"more than {MAX_NOTES:,} notes in {line.name}", f"{MAX_NOTES:,}")
    if player.dropped_graces:
        notices.append(f"{line.name}: {player.dropped_graces} grace notes have no room and are left out.")
    return Part(line.id, line.name, tuple(_finish(player.notes)))


class _LinePlayer:
    def __init__(self, line: WrittenLine, timeline: Timeline) -> None:
        self.line = line
        self.timeline = timeline
        self.verses = written_verses(line.bars)
        self.advancing = advancing_bars(line.bars, timeline.order) if len(self.verses) > 1 else frozenset()
        self.notes: list[_Sounding] = []
        self.graces: list[_Sounding] = []
        self.open_slurs = 0
        self.slurs_before_graces = 0
        self.last_bar = -1
        self.dropped_graces = 0

    def play_bar(self, bar: int, number: int, start: Fraction) -> None:
        """Sound one written bar from quarter `start` on, with the lyrics of verse `number`."""
        if bar != self.last_bar + 1:
            self.open_slurs = 0
        self.last_bar = bar
        for written in self.line.bars[bar]:
            lyrics = self._lyrics(written, number if bar in self.advancing else 1)
            self._sound(written, start + written.onset, self.timeline.numbers[bar], lyrics)
            if written.breath:
                self._breathe()

    def _lyrics(self, written: WrittenNote, number: int) -> dict[int, Lyric]:
        """Each verse's syllable in this pass: from pass to pass every verse moves on to the next one."""
        if number == 1 or not written.lyrics:
            return dict(written.lyrics)
        moved: dict[int, Lyric] = {}
        for place, verse in enumerate(self.verses):
            source = self.verses[min(place + number - 1, len(self.verses) - 1)]
            if source in written.lyrics:
                moved[verse] = written.lyrics[source]
        return moved

    def _sound(self, written: WrittenNote, onset: Fraction, bar: int, lyrics: dict[int, Lyric]) -> None:
        before = self.notes[-1] if self.notes else None
        connected = before is not None and before.end >= onset
        if not connected and not self.graces:
            self.open_slurs = 0
        tie = written.tie_stop and connected and before is not None and before.tied_on
        voiced = any(lyric.text for lyric in lyrics.values())
        if tie and before is not None and before.pitch == written.pitch and not voiced and not self.graces:
            before.duration = onset + written.duration - before.onset
            before.swell_db = written.loudness_db + written.swell_db - before.loudness_db
            before.tied_on = written.tie_start
            self._follow_slurs(written)
            return
        if written.grace:
            if not self.graces:
                self.slurs_before_graces = self.open_slurs
            slurred = self.slurs_before_graces > 0
            self.graces.append(_Sounding(onset, Fraction(0), written.pitch, bar, lyrics, slurred, grace=True))
            self._follow_slurs(written)
            return
        slurs = min(self.open_slurs, self.slurs_before_graces) if self.graces else self.open_slurs
        slurred = connected and (slurs > 0 or tie)
        self._place_graces(onset)
        self.notes.append(
            _Sounding(
                onset,
                written.duration,
                written.pitch,
                bar,
                lyrics,
                slurred,
                tied_on=written.tie_start,
                marks=written.marks,
                loudness_db=written.loudness_db,
                swell_db=written.swell_db,
            )
        )
        self._follow_slurs(written)

    def _breathe(self) -> None:
        """End the phrase of every verse after the syllable that is being sung."""
        for verse in self.verses:
            for note in reversed(self.notes[-_LONGEST_MELISMA:]):
                lyric = note.lyrics.get(verse)
                if lyric is not None and lyric.text:
                    note.lyrics[verse] = replace(lyric, phrase_end=True)
                    break

    def _follow_slurs(self, written: WrittenNote) -> None:
        self.open_slurs = max(0, self.open_slurs - written.slur_stops) + written.slur_starts

    def _place_graces(self, beat: Fraction) -> None:
        """Put the waiting grace notes right before `beat`, in time taken from the note or rest before it."""
        graces, self.graces = self.graces, []
        if not graces:
            return
        before = self.notes[-1] if self.notes else None
        rest = beat - before.end if before else beat
        from_note = before is not None and rest <= 0
        room = before.duration if from_note and before else rest
        seconds = self.timeline.tempo.seconds(beat) - self.timeline.tempo.seconds(beat - room)
        count = min(len(graces), int(seconds / 4 / _SHORTEST_GRACE_S))
        self.dropped_graces += len(graces) - count
        if not count:
            return
        each = min(GRACE_S, seconds / 4 / count)
        quarters = room * Fraction(each / seconds).limit_denominator(10_000)
        if from_note and before:
            before.duration = beat - quarters * count - before.onset
        for place, grace in enumerate(graces[-count:]):
            grace.onset = beat - quarters * (count - place)
            grace.duration = quarters
            self.notes.append(grace)


def _finish(notes: Sequence[_Sounding]) -> list[Note]:
    """Frozen notes in time order; one that lasts into the next is trimmed, one that leaves nothing is
    dropped."""
    ordered = sorted(notes, key=lambda note: note.onset)
    for note, following in pairwise(ordered):
        if note.end > following.onset:
            note.duration = following.onset - note.onset
            if note.duration <= 0:
                following.lyrics = {**note.lyrics, **following.lyrics}
    return [
        Note(
            note.onset,
            note.duration,
            note.pitch,
            note.bar,
            note.lyrics,
            note.slurred,
            note.grace,
            marks=note.marks,
            loudness_db=note.loudness_db,
            swell_db=note.swell_db,
        )
        for note in ordered
        if note.duration > 0
    ]
