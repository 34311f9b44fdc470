"""The messages of a MIDI file → monophonic lines, texts, tempos and bars, on one clock of ticks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from singer.score.limits import MAX_NOTES, too_large
from singer.score.model import Lyric

if TYPE_CHECKING:
    from singer.score.karaoke import Karaoke

_DRUMS = 9
_MAX_EVENTS = 400_000
_VOCAL_NAMES = re.compile(
    r"voc|voice|voix|sing|melod|lead|lyric|word|canto|chant|gesang|solo|歌|声|唱|ボーカル|ﾎﾞｰｶﾙ|メロ|ﾒﾛ|旋律|主旋",
    re.IGNORECASE,
)


@dataclass(slots=True)
class MidiNote:
    """One note of a line, while lyrics are put under it; onset and duration in quarter notes."""

    onset: Fraction
    duration: Fraction
    pitch: float
    bar: int
    tick: int
    lyrics: dict[int, Lyric] = field(default_factory=dict)

    @property
    def end(self) -> Fraction:
        """Where it ends, in quarter notes."""
        return self.onset + self.duration


@dataclass(slots=True)
class MidiLine:
    """One channel of one track, made monophonic: of notes that sound together the highest."""

    track: int
    channel: int
    name: str
    notes: list[MidiNote]
    played: int
    """How many notes it had before it was made monophonic."""

    @property
    def likeness(self) -> float:
        """How much it is like a sung melody: by its name, its range, and how little of it was chords."""
        alone = len(self.notes) / max(self.played, 1)
        mean = sum(note.pitch for note in self.notes) / max(len(self.notes), 1)
        in_range = 1.0 if 52 <= mean <= 82 else 0.0
        return 2.0 * bool(_VOCAL_NAMES.search(self.name)) + alone + in_range + min(len(self.notes), 60) / 120

    def fit(self, karaoke: Karaoke, ticks_per_quarter: int) -> float:
        """How well lyrics fall on this line's onsets: 0 to 1 (harmonic mean of both sides), more in the same
        track.
        """
        onsets = [note.tick for note in self.notes]
        tolerance = max(1, ticks_per_quarter // 8)
        hits = 0
        for tick, _ in karaoke.syllables:
            place = bisect_right(onsets, tick + tolerance) - 1
            hits += place >= 0 and onsets[place] >= tick - tolerance
        same_track = 0.15 if karaoke.track == self.track else 0.0
        named = 0.1 if _VOCAL_NAMES.search(self.name) else 0.0
        return 2 * hits / max(len(onsets) + len(karaoke.syllables), 1) + same_track + named


@dataclass
class MidiEvents:
    """What a MIDI file holds, sorted by what it is for."""

    ticks_per_quarter: int
    fixed_clock: bool = False
    """SMPTE time: ticks are seconds, and tempo events mean nothing."""
    title: str = ""
    lines: list[MidiLine] = field(default_factory=list)
    texts: list[tuple[int, int, str, str]] = field(default_factory=list)
    """(tick, track, "lyrics" or "text", the text as latin-1 bytes)."""
    tempos: list[tuple[int, float]] = field(default_factory=list)
    """(tick, quarter notes per minute)."""
    bars: list[tuple[int, int, int]] = field(default_factory=list)
    """(tick, number of the bar that begins there, ticks per bar) for each time signature."""
    last_tick: int = 0
    drum_notes: int = 0

    def quarters(self, tick: int) -> Fraction:
        """Quarter notes from the start at `tick`."""
        return Fraction(tick, self.ticks_per_quarter)

    def bar_at(self, tick: int) -> int:
        """The number of the bar that sounds at `tick`, from 1."""
        place = max(bisect_right(self.bars, tick, key=lambda bar: bar[0]) - 1, 0)
        start, number, length = self.bars[place]
        return number + max(tick - start, 0) // max(length, 1)


def collect_events(midi: Any, name: str, notices: list[str]) -> MidiEvents:
    """Sort the messages of the `mido.MidiFile` `midi`. Raises ScoreError where there are too many."""
    if sum(len(track) for track in midi.tracks) > _MAX_EVENTS:
        raise too_large(name, "too many MIDI events", f"{_MAX_EVENTS:,}")
    events = MidiEvents(*_clock(int(midi.ticks_per_beat)))
    played: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    track_names: dict[int, str] = {}
    signatures: dict[int, int] = {}
    for number, track in enumerate(midi.tracks):
        tick = 0
        sounding: dict[tuple[int, int], int] = {}
        for message in track:
            tick += message.time
            kind = message.type
            if kind in ("note_on", "note_off"):
                _play(message, tick, number, sounding, played)
            elif kind in ("lyrics", "text"):
                events.texts.append((tick, number, kind, message.text))
            elif kind == "track_name":
                track_names.setdefault(number, message.name)
            elif kind == "set_tempo" and not events.fixed_clock:
                events.tempos.append((tick, 60e6 / message.tempo if message.tempo else float("inf")))
            elif kind == "time_signature":
                beats = Fraction(4 * message.numerator, message.denominator)
                signatures[tick] = max(1, int(beats * events.ticks_per_quarter))
        events.last_tick = max(events.last_tick, tick)
        for (channel, pitch), start in sounding.items():
            played.setdefault((number, channel), []).append((start, tick, pitch))
    events.bars = _bars(signatures, events.ticks_per_quarter)
    events.tempos.sort()
    events.texts.sort(key=lambda text: (text[0], text[1]))
    _make_lines(events, played, _decoded(track_names), name, notices)
    return events


def _clock(division: int) -> tuple[int, bool]:
    """(ticks per quarter note at 120 a minute, whether the clock is SMPTE time)."""
    if division > 0:
        return division, False
    frames, ticks = 256 - ((division >> 8) & 0xFF), division & 0xFF
    return max(1, frames * ticks // 2), True


def _play(
    message: Any,
    tick: int,
    track: int,
    sounding: dict[tuple[int, int], int],
    played: dict[tuple[int, int], list[tuple[int, int, int]]],
) -> None:
    key = (message.channel, message.note)
    start = sounding.pop(key, None)
    if start is not None and tick > start:
        played.setdefault((track, message.channel), []).append((start, tick, message.note))
    if message.type == "note_on" and message.velocity > 0:
        sounding[key] = tick


def _bars(signatures: dict[int, int], ticks_per_quarter: int) -> list[tuple[int, int, int]]:
    bars = [(0, 1, signatures.pop(0, 4 * ticks_per_quarter))]
    for tick, length in sorted(signatures.items()):
        start, number, before = bars[-1]
        bars.append((tick, number + -(-(tick - start) // before), length))
    return bars


def _decoded(track_names: dict[int, str]) -> dict[int, str]:
    from singer.score.charset import detect_charset

    raw = {track: text.encode("latin-1", errors="replace") for track, text in track_names.items()}
    charset = detect_charset(b"\n".join(raw.values()))
    return {
        track: " ".join(text.decode(charset, errors="replace").replace("\0", " ").split())[:80]
        for track, text in raw.items()
    }


def _make_lines(
    events: MidiEvents,
    played: dict[tuple[int, int], list[tuple[int, int, int]]],
    names: dict[int, str],
    name: str,
    notices: list[str],
) -> None:
    channels_of = {track: sum(1 for key in played if key[0] == track) for track, _ in played}
    events.title = names.get(0, "") if 0 not in channels_of else ""
    thinned = []
    for (track, channel), notes in sorted(played.items()):
        if channel == _DRUMS:
            events.drum_notes += len(notes)
            continue
        if len(notes) > 4 * MAX_NOTES:
            raise too_large(name, f"{len(notes):,} notes in one channel", f"{4 * MAX_NOTES:,}")
        line_name = names.get(track) or f"Track {track + 1}"
        if channels_of[track] > 1:
            line_name += f", channel {channel + 1}"
        top = [
            MidiNote(
                events.quarters(start),
                events.quarters(end - start),
                float(pitch),
                events.bar_at(start),
                start,
            )
            for start, end, pitch in _highest(notes)
        ]
        if len(top) > MAX_NOTES:
            raise too_large(name, f"{len(top):,} notes in {line_name}", f"{MAX_NOTES:,}")
        if len(top) < len(notes):
            thinned.append(line_name)
        events.lines.append(MidiLine(track, channel, line_name, top, len(notes)))
    if events.drum_notes:
        notices.append("The drum channel is left out.")
    if thinned:
        notices.append(f"Where notes sound together the highest is taken ({', '.join(thinned[:4])}).")


def _highest(notes: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """One note at a time: of those that begin together the highest; one that lasts into the next ends there.

    A lower note that begins under a higher one that goes on is left out.
    """
    line: list[tuple[int, int, int]] = []
    for start, end, pitch in sorted(notes, key=lambda note: (note[0], -note[2])):
        if line:
            before_start, before_end, before_pitch = line[-1]
            overlap = before_end - start
            if start == before_start or (pitch < before_pitch and overlap > (before_end - before_start) // 2):
                continue
            if overlap > 0:
                line[-1] = (before_start, start, before_pitch)
        line.append((start, end, pitch))
    return line
