"""The text under one note → a `Lyric`: hyphens, elisions, verse numbers, punctuation, bracketed
pronunciations."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import lru_cache

from singer.errors import LyricsError
from singer.score.model import ELISION, Lyric

APOSTROPHES = "'’ʼ＇`´"
HOLDS = frozenset("-_+~‐‑–—ー〜～")
"""Texts that consist of these only hold the syllable before them."""

_BREAK = "-"
_LONGEST = 1_000
"""Characters of one lyric that are looked at; far fewer are already too many syllables for a note."""
_HYPHENS = str.maketrans({"‐": "-", "‑": "-", "−": "-", "\u00ad": "-"})
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]")
_VERSE_NUMBER = re.compile(r"^\s*\(?\d{1,2}\s*[.):]+\s*(?=\S)")
_PRONOUNCED = re.compile(r"^(.*\S)\s*\[([^\[\]]+)\]([\s.,;:!?…]*)$", re.DOTALL)
_PHRASE_END = re.compile(r"[.!?;:…。．！？；：|][\s\"'”’»)\]」』*]*$")
_CODE = "[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}"
_OPENS = re.compile(rf"^\s*\[({_CODE})\]\s*(?=\S)")
_CLOSES = re.compile(rf"\[/{_CODE}\](?=[\s.,;:!?…。，、！？-]*$)")
_SPLIT = re.compile(rf"[\s{ELISION}\u035c\u203f_]+")


def clean_letters(text: str) -> str:
    """`text` with only what is sung or spoken: letters, marks, digits, `&` and apostrophes.

    Quotation marks around a word go, apostrophes of the word itself ("'tis", "singin'", "o'er") stay.
    """
    text = unicodedata.normalize("NFC", text)
    kept = "".join(
        char
        for char in text
        if char == "&" or char in APOSTROPHES + "‘" or unicodedata.category(char)[0] in "LMN"
    )
    if kept[:1] in ("‘", "'", "’") and kept[-1:] in ("’", "'") and len(kept) > 2:
        kept = kept[1:-1]
    kept = kept.translate({ord(mark): "'" for mark in APOSTROPHES + "‘"})
    return kept if kept.strip("'") else ""


def ends_phrase(text: str) -> bool:
    """Whether `text` closes with the punctuation of a sentence or with `|`."""
    return bool(_PHRASE_END.search(text.strip()))


@lru_cache(maxsize=4_096)
def read_syllable(raw: str, syllabic: str = "single", *, extend: bool = False) -> Lyric | None:
    """The text under one note as a `Lyric`; None where nothing in it is sung or held.

    Blanks and elision marks part syllables that share the note; hyphens inside part syllables of one word; a
    hyphen at an end says that the word goes on there, whatever `syllabic` says.
    """
    text = _INVISIBLE.sub("", raw[:_LONGEST]).translate(_HYPHENS).strip()
    if text and all(char in HOLDS for char in text):
        return Lyric("", "single", extend=True)
    text, opens, closes = _without_language(_VERSE_NUMBER.sub("", text))
    phrase_end = ends_phrase(text)
    pronounced = _PRONOUNCED.match(text)
    pronunciation = None
    if pronounced:
        text, pronunciation = pronounced.group(1), " ".join(pronounced.group(2).split())
    pieces = _pieces(text)
    if not pieces:
        return Lyric("", "single", extend=True) if extend else None
    before = syllabic in ("middle", "end") or text.startswith("-")
    after = syllabic in ("begin", "middle") or text.rstrip(".,;:!?").endswith(("-", "_-"))
    return Lyric(
        text=ELISION.join(pieces),
        syllabic=_place(before, after),
        extend=extend,
        pronunciation=pronunciation,
        phrase_end=phrase_end and not after,
        opens_language=opens,
        closes_language=closes,
    )


def _without_language(text: str) -> tuple[str, str | None, bool]:
    """A text without its `[en]` and `[/en]`, the language that it opens, and whether it closes one."""
    opens = _OPENS.match(text)
    code = _known_language(opens.group(1)) if opens else None
    if opens and code:
        text = text[opens.end() :]
    text, closed = _CLOSES.subn("", text)
    return text, code, bool(closed)


def _known_language(code: str) -> str | None:
    from singer.language import normalise_language

    try:
        return normalise_language(code)
    except LyricsError:
        return None


def join_elided(pieces: list[tuple[str, str]], *, extend: bool = False) -> Lyric | None:
    """One `Lyric` from the (syllabic, text) pairs that a MusicXML `<lyric>` parts by `<elision>`."""
    read = [lyric for syllabic, text in pieces if (lyric := read_syllable(text, syllabic)) and lyric.text]
    if not read:
        return read_syllable("", extend=extend)
    if len(read) == 1:
        return replace(read[0], extend=extend)
    texts = [
        lyric.text + _BREAK if lyric.syllabic in ("begin", "middle") and place < len(read) - 1 else lyric.text
        for place, lyric in enumerate(read)
    ]
    before = read[0].syllabic in ("middle", "end")
    after = read[-1].syllabic in ("begin", "middle")
    return Lyric(
        text=ELISION.join(texts),
        syllabic=_place(before, after),
        extend=extend,
        phrase_end=read[-1].phrase_end,
        opens_language=next((lyric.opens_language for lyric in read if lyric.opens_language), None),
        closes_language=any(lyric.closes_language for lyric in read),
    )


def _place(before: bool, after: bool) -> str:
    if before:
        return "middle" if after else "end"
    return "begin" if after else "single"


def _pieces(text: str) -> list[str]:
    """The syllables of one note's text; all but the last of a hyphenated word keep a hyphen at their end."""
    pieces: list[str] = []
    for word in _SPLIT.split(text):
        syllables = [clean for part in word.split("-") if (clean := clean_letters(part))]
        pieces += [syllable + _BREAK for syllable in syllables[:-1]] + syllables[-1:]
    return pieces
