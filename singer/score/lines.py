"""One singer's line out of a written part: the voice that carries the lyrics, or the melody where none
does."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from singer.score.written import VoiceKey, WrittenNote, WrittenPart

Line = list[list[WrittenNote]]
"""One list of notes per written bar, in time order, one note at a time."""


@dataclass(frozen=True)
class WrittenLine:
    """A monophonic line of a part, still with its repeats."""

    id: str
    name: str
    bars: Line


@dataclass
class _Voice:
    key: VoiceKey
    lyrics: int = 0
    quarters: Fraction = Fraction(0)
    notes: int = 0
    pitch_sum: float = 0.0

    @property
    def height(self) -> float:
        return self.pitch_sum / max(self.notes, 1)


def pick_lines(part: WrittenPart) -> list[WrittenLine]:
    """The lines of `part` that can be sung, the main one first; none where it has no pitched notes.

    The main line is the highest of the voices that carry many lyrics, with what other voices sing while it
    rests. A second voice with lyrics of its own is a line of its own. Without lyrics it is the busiest voice
    of the top staff.
    """
    voices = _survey(part)
    if not voices:
        return []
    singing = [voice for voice in voices if voice.lyrics]
    if not singing:
        staff = min(voice.key[0] for voice in voices)
        top = [voice for voice in voices if voice.key[0] == staff]
        base = max(top, key=lambda voice: (voice.quarters, voice.height))
        return [WrittenLine(part.id, part.name, _line(part, base.key, {voice.key for voice in top}, False))]
    most = max(voice.lyrics for voice in singing)
    base = max((voice for voice in singing if voice.lyrics * 2 >= most), key=lambda voice: voice.height)
    keys = {voice.key for voice in singing}
    if len(keys) > 1:
        part.notices.append(
            f"{part.name} has {len(keys)} voices with lyrics; its highest is taken for the melody."
        )
    lines = [WrittenLine(part.id, part.name, _line(part, base.key, keys, True))]
    for voice in sorted(singing, key=lambda voice: -voice.height):
        if voice is not base and voice.lyrics * 4 >= most:
            staff, number = voice.key
            lines.append(
                WrittenLine(
                    f"{part.id}-{staff}.{number}",
                    f"{part.name}, voice {number}",
                    _line(part, voice.key, {voice.key}, True),
                )
            )
    return lines


def _survey(part: WrittenPart) -> list[_Voice]:
    voices: dict[VoiceKey, _Voice] = {}
    for bar in part.bars:
        for note in bar.notes:
            voice = voices.setdefault(note.voice, _Voice(note.voice))
            voice.lyrics += any(lyric.text for lyric in note.lyrics.values())
            voice.quarters += note.duration
            voice.notes += 1
            voice.pitch_sum += note.pitch
    return list(voices.values())


def _line(part: WrittenPart, base: VoiceKey, others: set[VoiceKey], only_lyrics: bool) -> Line:
    """The notes of voice `base`, and in its rests those of `others` (where `only_lyrics`, the ones with
    lyrics)."""
    line: Line = []
    for bar in part.bars:
        chosen = _one_at_a_time([note for note in bar.notes if note.voice == base])
        if len(chosen) < len(bar.notes) and len(others) > 1:
            guests = [
                note
                for note in bar.notes
                if note.voice != base and note.voice in others and (note.lyrics or not only_lyrics)
            ]
            guests.sort(key=lambda note: (note.onset, -note.pitch))
            chosen = _fill_rests(chosen, guests)
        line.append(chosen)
    return line


def _one_at_a_time(notes: list[WrittenNote]) -> list[WrittenNote]:
    """In time order, grace notes before their beat; of notes that begin together the highest, with all
    lyrics."""
    if all(first.onset < second.onset for first, second in pairwise(notes)):
        return notes
    ordered = sorted(enumerate(notes), key=lambda item: (item[1].onset, not item[1].grace, item[0]))
    kept: list[WrittenNote] = []
    for _, note in ordered:
        if kept and not note.grace and not kept[-1].grace and kept[-1].onset == note.onset:
            if note.pitch > kept[-1].pitch:
                note.lyrics = {**kept[-1].lyrics, **note.lyrics}
                kept[-1] = note
            else:
                kept[-1].lyrics = {**note.lyrics, **kept[-1].lyrics}
            continue
        kept.append(note)
    return kept


def _fill_rests(chosen: list[WrittenNote], guests: list[WrittenNote]) -> list[WrittenNote]:
    taken = [(note.onset, note.onset + note.duration) for note in chosen if not note.grace]
    added = list(chosen)
    for guest in guests:
        end = guest.onset + guest.duration
        if not guest.grace and all(end <= start or guest.onset >= stop for start, stop in taken):
            taken.append((guest.onset, end))
            added.append(guest)
    return _one_at_a_time(added)
