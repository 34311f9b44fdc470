"""A lyric text laid under a part's notes: one syllable per note, or a report of where they part."""

from __future__ import annotations

from singer.errors import LyricsError
from singer.score.laying import Layout
from singer.score.lyrics import ParsedLyrics, parse_lyrics
from singer.score.model import Note, Part


def lay_text(part: Part, text: str, language: str, verse: int | None) -> Layout:
    """The lyric text `text` under the notes of `part`.

    Each note that is not slurred and no grace note takes one syllable or one hold; where the score has
    lyrics of its own, the notes that carry them do. If the text asks for exactly as many notes as there are
    with the slurred ones counted, it is laid under all of them.
    Raises LyricsError with both counts and the bar where they part.
    """
    slots_by_rule = _slot_choices(part, verse)
    parsed = parse_lyrics(text, language)
    slots = _fitting(parsed, slots_by_rule)
    if slots is None and "-" in text:
        finer = parse_lyrics(text, language, split_compounds=True)
        slots = _fitting(finer, slots_by_rule)
        parsed = finer if slots is not None else parsed
    if slots is None:
        raise _mismatch(part, parsed, slots_by_rule[0])
    layout = Layout.of(part.notes)
    layout.words = list(parsed.lyric_words())
    layout.notices = list(parsed.notices)
    takers = iter(slots)
    for number, word in enumerate(parsed.words):
        for place, holds in enumerate(word.holds):
            layout.begins[next(takers)] = [(number, place)]
            for _ in range(holds):
                layout.holds[next(takers)] = True
    _hold_others(part, layout, set(slots))
    return layout


def _slot_choices(part: Part, verse: int | None) -> list[list[int]]:
    """The notes that may take a syllable, by each rule, the likeliest first."""
    notes = part.notes
    by_slur = [index for index, note in enumerate(notes) if not note.grace and not note.slurred]
    every = [index for index, note in enumerate(notes) if not note.grace]
    choices = [by_slur, every]
    verses = [verse] if verse is not None else list(part.verses)
    for number in reversed(verses):
        carried = [
            index for index, note in enumerate(notes) if number in note.lyrics and note.lyrics[number].text
        ]
        if len(carried) >= 2 and carried not in choices:
            choices.insert(0, _on_main_notes(notes, carried))
    return choices


def _on_main_notes(notes: tuple[Note, ...], indexes: list[int]) -> list[int]:
    """Move a grace note's syllable to the note it leads to, if that one has none."""
    moved: list[int] = []
    taken = set(indexes)
    for index in indexes:
        main = index
        while notes[main].grace and main + 1 < len(notes):
            main += 1
        if main == index or main not in taken:
            moved.append(main)
    return moved


def _fitting(parsed: ParsedLyrics, choices: list[list[int]]) -> list[int] | None:
    return next((slots for slots in choices if len(slots) == parsed.notes_needed), None)


def _hold_others(part: Part, layout: Layout, slots: set[int]) -> None:
    for index in range(1, len(part.notes)):
        if index not in slots and layout.sung(index - 1):
            layout.holds[index] = True


def _mismatch(part: Part, parsed: ParsedLyrics, slots: list[int]) -> LyricsError:
    """The report for a text that does not fit: both counts, and where syllables or notes run out."""
    needed, there = parsed.notes_needed, len(slots)
    asked = f"{parsed.syllables} syllables"
    if needed != parsed.syllables:
        asked += f" and {needed - parsed.syllables} holds"
    counts = f"the lyrics have {asked}, {part.name} has {there} notes to sing"
    texts: list[str] = []
    for word in parsed.words:
        for syllable, holds in zip(word.syllables, word.holds, strict=True):
            texts += [syllable.text] + ["-"] * holds
    if needed < there:
        bar = part.notes[slots[needed]].bar
        return LyricsError(
            f"Too few syllables: {counts}. After “{' '.join(texts[-3:])}” they run out in bar {bar}, "
            f"where {there - needed} notes are left.",
            "Add words, or hold a syllable over more notes with “-”.",
        )
    bar = part.notes[slots[-1]].bar if slots else 0
    left = " ".join(texts[there : there + 6]) + (" …" if needed > there + 6 else "")
    return LyricsError(
        f"Too many syllables: {counts}. The last note, in bar {bar}, is taken before “{left}”.",
        "Take words out, or check that repeats and verses are as you think.",
    )
