"""A score's tune without its words: what a melody is reserved by, and asked about."""

from __future__ import annotations

from singer.errors import ScoreError
from singer.score.model import Part, Score


def tune_of(score: Score, part: str | None = None) -> tuple[tuple[float, float], ...]:
    """The notes of a part as (MIDI note number, seconds), without grace notes.

    `part` is an id or a name; without it the first part that carries lyrics, else the first with notes.
    Raises ScoreError where there is none.
    """
    chosen = part_of(score, part)
    return tuple(
        (note.pitch, score.tempo.seconds(note.onset + note.duration) - score.tempo.seconds(note.onset))
        for note in chosen.notes
        if not note.grace
    )


def part_of(score: Score, part: str | None = None) -> Part:
    """The part that is meant; see `tune_of`."""
    sounding = [one for one in score.parts if one.notes]
    if part is not None:
        found = [one for one in sounding if part in (one.id, one.name)]
        if not found:
            names = ", ".join(one.name or one.id for one in sounding)
            raise ScoreError(f"There is no part {part!r} with notes.", f"There are: {names}.")
        return found[0]
    worded = [one for one in sounding if any(note.lyrics for note in one.notes)]
    if not sounding:
        raise ScoreError("The score has no notes.", "Give a score with a melody.")
    return (worded or sounding)[0]


def words_of(part: Part) -> str:
    """The lyrics of a part, verse by verse, with hyphenated syllables joined."""
    verses: dict[int, str] = {}
    for note in part.notes:
        for verse, lyric in note.lyrics.items():
            gap = "" if lyric.syllabic in ("begin", "middle") else " "
            verses[verse] = verses.get(verse, "") + lyric.text + gap
    return "\n".join(verses[verse].strip() for verse in sorted(verses))
