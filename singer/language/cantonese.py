"""Cantonese: one syllable for each character, read by espeak-ng in the context of its phrase, without tones.

espeak writes Jyutping's letters; `espeak` turns them into phones. Stops that close a syllable are not
released. A character that espeak does not know is reported.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from singer.errors import LyricsError
from singer.language import espeak
from singer.language.syllables import Syllable, join, syllabify

HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff〇々]")
VOICE = "yue"
_UNRELEASED = {"pʰ": "p̚", "tʰ": "t̚", "kʰ": "k̚", "p": "p̚", "t": "t̚", "k": "k̚"}


def syllable_texts(word: str) -> tuple[str, ...] | None:
    """The characters of a word; None where there is something else in it."""
    found = tuple(HAN.findall(word))
    return found if found and len(found) == len(word) else None


def phonemise(texts: Sequence[str]) -> tuple[Syllable, ...]:
    """The syllables of a phrase, one for each notated text; characters that share a note are joined.

    Raises LyricsError for a text without a character, or for one without a reading.
    """
    rows = [HAN.findall(text) for text in texts]
    spoken = iter(_read("".join(char for row in rows for char in row)))
    syllables: list[Syllable] = []
    for text, row in zip(texts, rows, strict=True):
        if not row:
            raise LyricsError(f"“{text}” has no character to sing.", "Write a character.")
        syllables.append(join([next(spoken) for _ in row]))
    return tuple(syllables)


@lru_cache(maxsize=4096)
def _read(phrase: str) -> tuple[Syllable, ...]:
    """The syllables of a run of characters: in context where espeak gives one for each, else each alone."""
    chunks = espeak.transcribe(phrase, VOICE).split()
    if len(chunks) != len(phrase):
        chunks = [espeak.transcribe(char, VOICE) for char in phrase]
    return tuple(_syllable(chunk, char) for chunk, char in zip(chunks, phrase, strict=True))


def _syllable(chunk: str, char: str) -> Syllable:
    """One syllable: what stands before the vowel opens it, what stands after closes it."""
    return join([_closed(part) for part in syllabify(espeak.sounds_of(chunk, VOICE, char))])


def _closed(syllable: Syllable) -> Syllable:
    coda = tuple(_UNRELEASED.get(phone, phone) for phone in syllable.coda)
    return Syllable(syllable.onset, syllable.nucleus, coda)
