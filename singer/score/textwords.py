"""A lyric text laid under a part's notes: one syllable per note, or a report of where they part."""

from __future__ import annotations

from itertools import pairwise

from singer.errors import LyricsError
from singer.score.elision import draw_together, sing_mute_e
from singer.score.laying import Layout
from singer.score.lyrics import ParsedLyrics, ParsedWord, parse_lyrics
from singer.score.model import ELISION, Note, Part
from singer.score.sung import LyricSyllable

_VOWELS = frozenset("aeiouyáéíóúàèìòùäöüâêîôû")


def lay_text(part: Part, text: str, language: str, verse: int | None) -> Layout:
    """The lyric text `text` under the notes of `part`.

    Each note that is not slurred and no grace note takes one syllable or one hold; where the score has
    lyrics of its own, the notes that carry them do. If the text asks for exactly as many notes as there are
    with the slurred ones counted, it is laid under all of them.
    Raises LyricsError with both counts and the bar where they part.
    """
    slots_by_rule = _slot_choices(part, verse)
    known = _written_words(part)
    parsed = parse_lyrics(text, language, known=known)
    slots = (
        _fitting(parsed, slots_by_rule)
        or _shortened(parsed, slots_by_rule)
        or _as_sung(parsed, slots_by_rule, language)
    )
    if slots is None and "-" in text:
        finer = parse_lyrics(text, language, split_compounds=True, known=known)
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


def _written_words(part: Part) -> dict[str, tuple[str, ...]]:
    """How the score's own lyrics cut the words of several syllables, by the word in lower case."""
    cut: dict[str, tuple[str, ...]] = {}
    for verse in part.verses:
        texts: list[str] = []
        for note in part.notes:
            lyric = note.lyrics.get(verse)
            if lyric is None or not lyric.text or ELISION in lyric.text:
                continue
            texts = [lyric.text] if lyric.syllabic in ("single", "begin") else [*texts, lyric.text]
            if lyric.syllabic == "end" and len(texts) > 1:
                cut["".join(texts).casefold()] = tuple(texts)
    return cut


def _shortened(parsed: ParsedLyrics, choices: list[list[int]]) -> list[int] | None:
    """The slots for a text that fits once every word with touching vowels is sung shorter ("dia-mond",
    "fire").

    Only where that is one way and no choice; `parsed` is shortened in place then, and the notices name the
    words.
    """
    places = _touching_vowels(parsed)
    slots = next((slots for slots in choices if 0 < parsed.notes_needed - len(slots) == len(places)), None)
    if slots is None:
        return None
    for word, place in reversed(places):
        first, second = word.syllables[place : place + 2]
        word.syllables[place : place + 2] = [LyricSyllable(first.text + second.text)]
        del word.holds[place]
    names = ", ".join(dict.fromkeys(word.text for word, _ in places))
    parsed.notices.append(f"Sung with a syllable fewer, to fit the notes: {names}.")
    return slots


def _as_sung(parsed: ParsedLyrics, choices: list[list[int]], language: str) -> list[int] | None:
    """The slots for a text that fits once its language draws words together or sings its mute e."""
    for slots in choices:
        if draw_together(parsed, len(slots), language) or sing_mute_e(parsed, len(slots), language):
            return slots
    return None


def _touching_vowels(parsed: ParsedLyrics) -> list[tuple[ParsedWord, int]]:
    return [
        (word, place)
        for word in parsed.words
        for place, (first, second) in enumerate(pairwise(word.syllables))
        if not (word.by_hand or first.pronunciation or second.pronunciation or word.holds[place])
        and first.text[-1:].lower() in _VOWELS
        and second.text[:1].lower() in _VOWELS
    ]


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
    shorter = ", ".join(dict.fromkeys(word.text for word, _ in _touching_vowels(parsed)))
    hint = f" Words that can be sung shorter, if you hyphenate them so: {shorter}." if shorter else ""
    left = " ".join(texts[there : there + 6]) + (" …" if needed > there + 6 else "")
    return LyricsError(
        f"Too many syllables: {counts}. The last note, in bar {bar}, is taken before “{left}”.",
        "Take words out, or check that repeats and verses are as you think." + hint,
    )
