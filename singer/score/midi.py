"""Standard MIDI Files and KAR → `Score` (SMF 1.0, RP-017 lyric events, RP-026 language tags, .kar text
events).
"""

from __future__ import annotations

import io
from fractions import Fraction

from singer.errors import ScoreError
from singer.score.karaoke import Karaoke, attach_lyrics, read_karaoke
from singer.score.limits import MAX_MIDI_BYTES, MAX_PARTS, check_length, too_large, usable_bpm
from singer.score.midievents import MidiEvents, MidiLine, collect_events
from singer.score.model import DEFAULT_BPM, Note, Part, Score, TempoMap

_SMALL_GAP = Fraction(1, 8)
"""Quarter notes: shorter silences in a played melody are touch, not rests."""


def read_midi(data: bytes, name: str) -> Score:
    """The score in the MIDI or KAR file `data`; `name` is the file as errors call it.

    Lyrics are put under the channel whose notes they fall on, whichever track they stand in; that part comes
    first. Without lyrics the most melodic part does. Drums are left out. Raises ScoreError for what is
    damaged, has no notes, or goes beyond `limits`.
    """
    if len(data) > MAX_MIDI_BYTES:
        raise too_large(name, f"{len(data) / 1e6:.1f} MB of MIDI", f"{MAX_MIDI_BYTES / 1e6:.0f} MB")
    notices: list[str] = []
    events = collect_events(_parse(data, name), name, notices)
    if not events.lines:
        drums = "only drums" if events.drum_notes else "no notes"
        raise ScoreError(f"{name} has {drums}; there is no melody to sing.", "Add a track with a melody.")
    if len(events.lines) > MAX_PARTS:
        raise too_large(name, f"{len(events.lines)} channels with notes", str(MAX_PARTS))
    tempo = _tempo_map(events, name, notices)
    length = max(
        events.quarters(events.last_tick), *(note.end for line in events.lines for note in line.notes)
    )
    check_length(name, length, tempo)
    karaoke = read_karaoke(events, notices)
    lines = _with_lyrics(events, karaoke, notices)
    return Score(
        title=karaoke.title or events.title,
        composer="",
        language=karaoke.language,
        tempo=tempo,
        parts=tuple(_part(line, place) for place, line in enumerate(lines)),
        length=length,
        notices=tuple(notices),
    )


def _parse(data: bytes, name: str) -> object:
    import mido

    try:
        return mido.MidiFile(file=io.BytesIO(data), charset="latin-1", clip=True)
    except Exception as error:  # mido answers damage with whatever its parser trips over
        raise ScoreError(
            f"{name} is a damaged MIDI file ({error or type(error).__name__}).",
            "Export it again from the program that made it.",
        ) from error


def _tempo_map(events: MidiEvents, name: str, notices: list[str]) -> TempoMap:
    changes: dict[Fraction, float] = {}
    for tick, bpm in events.tempos:
        usable = usable_bpm(bpm, events.bar_at(tick), notices)
        if usable is not None:
            changes[events.quarters(tick)] = usable
    if not changes:
        if not events.fixed_clock:
            notices.append(f"{name} names no tempo; it is sung at {DEFAULT_BPM:g} quarter notes a minute.")
        return TempoMap()
    ordered = sorted(changes.items())
    if ordered[0][0] > 0:
        ordered.insert(0, (Fraction(0), DEFAULT_BPM))
    return TempoMap(tuple(ordered))


def _with_lyrics(events: MidiEvents, karaoke: Karaoke, notices: list[str]) -> list[MidiLine]:
    """The lines, the one to sing first: the one the lyrics fall on, else the most melodic."""
    lines = sorted(events.lines, key=lambda line: line.likeness, reverse=True)
    if not karaoke.syllables:
        return lines
    best = max(lines, key=lambda line: (line.fit(karaoke, events.ticks_per_quarter), line.likeness))
    left = attach_lyrics(best.notes, karaoke, events)
    if left:
        notices.append(f"{left} lyrics stand far from any note of {best.name} and are left out.")
    if len(lines) > 1:
        notices.append(f"The lyrics fall on {best.name}.")
    return [best] + [line for line in lines if line is not best]


def _part(line: MidiLine, place: int) -> Part:
    notes = [note for note in line.notes if note.duration > 0]
    closed: list[Note] = []
    for index, note in enumerate(notes):
        duration = note.duration
        if index + 1 < len(notes):
            gap = notes[index + 1].onset - note.end
            if 0 < gap <= min(_SMALL_GAP, note.duration / 2):
                duration += gap
        closed.append(Note(note.onset, duration, note.pitch, note.bar, dict(note.lyrics)))
    return Part(f"T{line.track + 1}C{line.channel + 1}", line.name or f"Part {place + 1}", tuple(closed))
