"""The score's own lyrics → a layout: words put together from syllables, melismas, notes that stay silent."""

from __future__ import annotations

from dataclasses import replace

from singer.errors import LyricsError
from singer.score.laying import Layout, connected
from singer.score.model import ELISION, Lyric, Note, Part
from singer.score.sung import LyricSyllable, LyricWord

_LONGEST_UNMARKED = 12
"""So many notes without lyric, slur or melisma line are an interlude, not a melisma."""
_MOST_ON_ONE_NOTE = 8
_UNSPLIT_SHARE = 0.06
_UNCUT = ("ja", "zh", "cmn", "yue", "ko")
"""Languages written syllable by syllable, so that a text under a note is never a whole word left uncut."""


class _WordBuilder:
    def __init__(self) -> None:
        self.words: list[LyricWord] = []
        self.syllables: list[LyricSyllable] = []
        self.phrase_end = False
        self.open = False
        self.language: str | None = None
        self.tongues: list[str] = []

    def add(self, text: str, pronunciation: str | None, *, continues: bool) -> tuple[int, int]:
        """Put one syllable behind the word before it, or begin a word; gives back its key."""
        if not continues:
            self.close()
            self.language = self.tongues[-1] if self.tongues else None
        self.syllables.append(LyricSyllable(text, pronunciation))
        return len(self.words), len(self.syllables) - 1

    def close(self) -> None:
        if self.syllables:
            self.words.append(LyricWord(tuple(self.syllables), self.phrase_end, self.language))
        self.syllables, self.phrase_end, self.open = [], False, False


def lay_score_lyrics(part: Part, verse: int, language: str) -> Layout:
    """The lyrics of `verse` as they stand under the notes of `part`.

    A note without a lyric continues the syllable before it where it follows without a rest; otherwise, and
    in long interludes, it is not sung. Both are said in the notices. Several syllables on one note share it.
    Raises LyricsError where more syllables stand under one note than can be sung.
    """
    layout = Layout.of(part.notes)
    builder = _WordBuilder()
    unsplit = _is_unsplit(part, verse, language)
    unmarked: list[int] = []
    goes_on = False
    for index, note in enumerate(part.notes):
        lyric = note.lyrics.get(verse)
        if lyric is not None and lyric.text:
            layout.begins[index] = _begin(builder, lyric, note, language)
            goes_on = lyric.extend or builder.open
        elif index and layout.sung(index - 1) and _held(part.notes[index - 1], note, lyric):
            layout.holds[index] = True
            if not (note.slurred or note.grace or goes_on or lyric is not None):
                unmarked.append(index)
    builder.close()
    layout.words = builder.words
    _silence_interludes(part, layout, unmarked)
    if unsplit:
        _split_whole_words(part, layout, language)
    return layout


def _held(before: Note, note: Note, lyric: Lyric | None) -> bool:
    return connected(before, note) or (lyric is not None and lyric.extend)


def _begin(builder: _WordBuilder, lyric: Lyric, note: Note, language: str) -> list[tuple[int, int]]:
    from singer.language import link_clitics, normalise_language

    if lyric.opens_language:
        builder.tongues.append(lyric.opens_language)
    tongue = builder.tongues[-1] if builder.tongues else normalise_language(language)
    pieces = link_clitics(lyric.text.split(ELISION), tongue)
    if len(pieces) > _MOST_ON_ONE_NOTE:
        raise LyricsError(
            f"Bar {note.bar}: {len(pieces)} syllables stand under one note (“{' '.join(pieces)}”).",
            "Give each its note, or give the lyrics as a text file (--lyrics).",
        )
    keys = []
    continues = builder.open and lyric.syllabic != "begin"
    for place, piece in enumerate(pieces):
        pronunciation = lyric.pronunciation if place == len(pieces) - 1 else None
        keys.append(builder.add(piece.removesuffix("-"), pronunciation, continues=continues))
        continues = piece.endswith("-")
    builder.open = lyric.syllabic in ("begin", "middle")
    builder.phrase_end = lyric.phrase_end
    if lyric.closes_language and builder.tongues:
        builder.tongues.pop()
    return keys


def _silence_interludes(part: Part, layout: Layout, unmarked: list[int]) -> None:
    """Turn long runs of notes without lyrics silent, and say what happens to all notes without lyrics."""
    runs: list[list[int]] = []
    for index in unmarked:
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    for run in runs:
        if len(run) > _LONGEST_UNMARKED:
            for index in range(run[0], len(part.notes)):
                if layout.begins[index]:
                    break
                layout.holds[index] = False
    held = [index for index in unmarked if layout.holds[index]]
    silent = [
        index for index in range(len(part.notes)) if not layout.sung(index) and not part.notes[index].grace
    ]
    if held:
        bars = _bars(part, held)
        layout.notices.append(f"{_notes(held)} without a lyric: the syllable before goes on ({bars}).")
    if silent:
        layout.notices.append(
            f"{_notes(silent)} without a lyric after a rest: not sung ({_bars(part, silent)})."
        )


def _notes(indexes: list[int]) -> str:
    return "One note" if len(indexes) == 1 else f"{len(indexes)} notes"


def _bars(part: Part, indexes: list[int]) -> str:
    bars = sorted({part.notes[index].bar for index in indexes})
    shown = ", ".join(map(str, bars[:8])) + (" …" if len(bars) > 8 else "")
    return f"bar {shown}" if len(bars) == 1 else f"bars {shown}"


def _is_unsplit(part: Part, verse: int, language: str) -> bool:
    """Whether whole words stand under single notes throughout, as in scores by people who never hyphenate."""
    if language.split("-")[0].lower() in _UNCUT:
        return False
    lyrics = [note.lyrics[verse] for note in part.notes if verse in note.lyrics and note.lyrics[verse].text]
    if any(lyric.syllabic != "single" or "-" in lyric.text for lyric in lyrics):
        return False
    long = sum(1 for lyric in lyrics if lyric.pronunciation is None and len(_cut(lyric.text, language)) > 1)
    return long > max(1, _UNSPLIT_SHARE * len(lyrics))


def _cut(word: str, language: str) -> tuple[str, ...]:
    from singer.language import syllable_texts

    if ELISION in word or len(word) < 4:
        return (word,)
    return tuple(text for text in syllable_texts(word, language) if text) or (word,)


def _split_whole_words(part: Part, layout: Layout, language: str) -> None:
    """Cut whole words into syllables and spread them over the notes that hold them; the rest share the last
    one."""
    cut_words = 0
    for index, begins in enumerate(layout.begins):
        if len(begins) != 1:
            continue
        word = begins[0][0]
        whole = layout.words[word]
        if len(whole.syllables) != 1 or whole.syllables[0].pronunciation:
            continue
        texts = _cut(whole.text, whole.language or language)
        if len(texts) < 2:
            continue
        cut_words += 1
        layout.words[word] = replace(whole, syllables=tuple(LyricSyllable(text) for text in texts))
        free = [index]
        while free[-1] + 1 < len(part.notes) and layout.holds[free[-1] + 1] and len(free) < len(texts):
            free.append(free[-1] + 1)
        for place in range(len(texts)):
            note = free[min(place, len(free) - 1)]
            if place and layout.holds[note]:
                layout.holds[note] = False
            layout.begins[note] = [*(layout.begins[note] if place else []), (word, place)]
    if cut_words:
        layout.notices.append(
            f"{cut_words} words of several syllables stand uncut under one note; they are cut for singing."
        )
