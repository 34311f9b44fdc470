"""Lyrics as a reader reads them: words in small letters, whatever was done to hide or to part them.

Every word knows where it stands in the original, so that a finding can quote the place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from consent.content.characters import fold, is_letter, is_unparted, primary_language, signs
from consent.errors import ConsentError

LONGEST = 1 << 20
"""Characters of lyrics that are looked at; longer ones are refused."""

_SIGNS_FOR_LETTERS = "@$!|+€£¥¢§*#%"
"""What stands for letters inside words; `*`, `#` and `%` for any letter."""

_JOINTS = "-\u2010\u2011\u00ad_~·•'’‘ʼ`´"
"""What parts the syllables of one word, or marks letters left out."""

_CHUNK = re.compile(r"\S+")
_ASCII_WORD = re.compile(r"[a-z0-9@$!|+*#%](?:[a-z0-9@$!|+*#%]|[-_~'`](?=[a-z0-9@$!|+*#%]))*")


class LyricsTooLong(ConsentError):
    """Lyrics are longer than anything that is sung (exit status 4)."""

    code = "lyrics-too-long"
    exit_status = 4


class Word(NamedTuple):
    """A word, or one character of a script that parts no words: normalised `text`, its place in the
    original, and whether only white space or a joint stands between it and the word before (`follows`)."""

    text: str
    start: int
    end: int
    follows: bool = False


@dataclass(frozen=True)
class NormalText:
    """Normalised lyrics. `text` is the words with one space between them, none between han or kana."""

    original: str
    language: str
    words: tuple[Word, ...] = field(repr=False)

    @cached_property
    def text(self) -> str:
        """All words; see the class."""
        return joined([word.text for word in self.words])

    def quote(self, start: int, end: int, longest: int = 60) -> str:
        """The original from index `start` to `end` on one line, cut where it is long."""
        said = " ".join(self.original[start:end].split())
        return said if len(said) <= longest else said[: longest - 1] + "…"

    def line_of(self, start: int) -> int:
        """The number of the line on which an index of the original stands, from 1."""
        return self.original.count("\n", 0, start) + 1


def normalise(lyrics: str, language: str = "") -> NormalText:
    """Normalise lyrics; `language` is their BCP 47 tag, "" where nobody said.

    NFKC, case folded, lookalikes (UTS 39) and decorated letters as the letters that they pass for, what
    nobody sees left out, syllables joined at their hyphens, katakana as hiragana, traditional characters as
    simplified ones in Chinese. Marks on letters stay in languages that have them. Signs and digits that stand
    for letters stay, too: `variants.readings` reads them. Takes time and memory linear in the text; raises
    LyricsTooLong beyond LONGEST characters.
    """
    if len(lyrics) > LONGEST:
        raise LyricsTooLong(f"The lyrics have {len(lyrics)} characters.", f"At most {LONGEST} are read.")
    tongue = primary_language(language)
    known: dict[str, tuple[tuple[str, int, int, bool], ...]] = {}
    words: list[Word] = []
    open_hyphen, unbroken = False, True
    for chunk in _CHUNK.finditer(lyrics):
        written, base = chunk.group(), chunk.start()
        parts = known.get(written)
        if parts is None:
            parts = known[written] = tuple(_parts(written, tongue))
        for number, (text, start, end, follows) in enumerate(parts):
            if number == 0 and open_hyphen and words and not is_unparted(text[0]):
                last = words.pop()  # "mo- ther": the word goes on
                words.append(Word(last.text + text, last.start, base + end, last.follows))
            else:
                near = not written[:start].strip(_JOINTS) and unbroken if number == 0 else follows
                words.append(Word(text, base + start, base + end, near))
        rest = written[parts[-1][2] :] if parts else written
        unbroken = not rest.strip(_JOINTS) and (bool(parts) or unbroken)
        if parts:
            open_hyphen = written[-1] in "-\u2010\u2011" and parts[-1][2] >= len(written) - 1
    return NormalText(lyrics, tongue, tuple(words))


def joined(texts: list[str]) -> str:
    """Words as one text: a space between two of them unless both are han or kana."""
    pieces: list[str] = []
    before = ""
    for text in texts:
        if pieces and not (is_unparted(before[-1]) and is_unparted(text[0])):
            pieces.append(" ")
        pieces.append(text)
        before = text
    return "".join(pieces)


def _parts(written: str, language: str) -> Iterator[tuple[str, int, int, bool]]:
    """The words of a run without white space: (normalised, start, end, follows)."""
    if written.isascii() and written.isprintable():
        found = _ascii_words(written)
    else:
        found = _any_words(written, language)
    before = 0
    for word, start, end in found:
        text = _bare(word)
        if text:
            yield text, start, end, start - before <= 1
            before = end


def _ascii_words(written: str) -> Iterator[tuple[str, int, int]]:
    small = written.lower()
    if small.isalpha():
        yield small, 0, len(small)
        return
    for match in _ASCII_WORD.finditer(small):
        yield match.group(), match.start(), match.end()


def _any_words(written: str, language: str) -> Iterator[tuple[str, int, int]]:
    """Sign by sign: letters grow a word, joints are passed over, everything else ends it."""
    beside_latin = any(char.isascii() and char.isalpha() for char in written)
    word, start, end = "", 0, 0
    for sign, begin, until in signs(written):
        folded, kind = _look(sign, language, beside_latin)
        if kind == _LETTER:
            start = start if word else begin
            word, end = word + folded, until
        elif kind == _NOTHING:
            end = until if word else end
        elif kind != _JOINT:
            if word:
                yield word, start, end
                word = ""
            if kind == _UNPARTED:
                yield from ((char, begin, until) for char in folded)
    if word:
        yield word, start, end


_NOTHING, _JOINT, _LETTER, _UNPARTED, _OTHER = range(5)


@lru_cache(maxsize=50_000)
def _look(sign: str, language: str, beside_latin: bool) -> tuple[str, int]:
    """A sign folded, and what it is in a word."""
    folded = fold(sign, language, beside_latin)
    if not folded:
        return folded, _NOTHING
    if all(char in _JOINTS for char in folded):
        return folded, _JOINT
    if not all(is_letter(char) or char in _SIGNS_FOR_LETTERS for char in folded):
        return folded, _OTHER
    return folded, _UNPARTED if is_unparted(folded[0]) else _LETTER


def _bare(word: str) -> str:
    """A word without joints, and without signs at its edges that end a sentence or stand for themselves."""
    if word.isalnum():
        return word
    text = "".join(char for char in word if char not in _JOINTS)
    text = text.rstrip("!").strip("|+#%")
    return text if any(char.isalnum() for char in text) else ""
