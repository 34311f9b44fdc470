"""Which room reads the words of a language that is written with an alphabet, and where its syllables part.

English and eight others have rooms of their own; every other language is espeak-ng's alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from singer.errors import LyricsError
from singer.language import (
    english,
    espeak,
    french,
    german,
    italian,
    portuguese,
    russian,
    spanish,
    spelling,
    tokens,
)
from singer.language.codes import ENGLISH, espeak_voice
from singer.language.syllables import Pair, Sound, Syllable, join, syllabify

_FRENCH = ("fr-fr", "fr-be", "fr-ch")
LONGEST_WORD = 120
"""Letters of one word of an alphabet; the longest German and Turkish ones have about eighty."""

_READERS: dict[str, Callable[[str], tuple[Sound, ...]]] = {
    ENGLISH: english.spoken,
    "es": spanish.spoken,
    "es-419": partial(spanish.spoken, voice="es-419"),
    "fr-fr": french.spoken,
    "fr-be": partial(french.spoken, voice="fr-be"),
    "fr-ch": partial(french.spoken, voice="fr-ch"),
    "it": italian.spoken,
    "de": german.spoken,
    "pt": portuguese.spoken,
    "pt-br": partial(portuguese.spoken, voice="pt-br"),
    "ru": russian.spoken,
}
_ONSETS: dict[str, Pair] = {
    "es": spanish.begins,
    "es-419": spanish.begins,
    **dict.fromkeys(_FRENCH, french.begins),
    "it": italian.begins,
    "de": german.begins,
    "pt": portuguese.begins,
    "pt-br": portuguese.begins,
    "ru": russian.begins,
}
# letters that spell one sound (or a silent h and what it opens), not parted when a word is cut
_WHOLE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("es", "es-419"), ("ll", "rr", "ch", "qu", "gu")),
    **dict.fromkeys(("pt", "pt-br"), ("lh", "nh", "ch", "qu", "gu")),
    "it": ("gn", "gl", "ch", "gh", "qu", "sc"),
    **dict.fromkeys(_FRENCH, ("eau", "ou", "au", "ai", "ei", "eu", "oi", "ch", "gn", "ph", "th")),
    "de": ("sch", "ch", "ck", "ph", "th", "eu", "äu", "au", "ei", "ie"),
}


def onsets(language: str) -> Pair | None:
    """Which pairs of consonants begin a syllable in a language; None where the common rule holds."""
    return _ONSETS.get(language)


def linked(
    sounds: tuple[Sound, ...], word: str, following: tuple[Sound, ...], next_word: str, language: str
) -> tuple[Sound, ...]:
    """A word before its neighbour in the same phrase: "the apple", "les amis", "в саду"."""
    if language == ENGLISH:
        return english.linked(sounds, word, following)
    if language in _FRENCH:
        return french.linked(sounds, word, following, next_word)
    return russian.linked(sounds, following) if language == "ru" else sounds


def spoken(word: str, language: str) -> tuple[Sound, ...]:
    """The sounds of a written word, which may be several that share a note ("te_a").

    Raises LyricsError naming a word that cannot be read, or is longer than `LONGEST_WORD`.
    """
    if len(word) > LONGEST_WORD:
        raise LyricsError(
            f"“{word[:20]}…” is a word of {len(word):,} letters (at most {LONGEST_WORD}).",
            "Write the words apart.",
        )
    parts = tokens.parts(word)
    return tuple(sound for row in _linked_row(parts, language) for sound in row)


def pieces(word: str, language: str) -> tuple[str, ...]:
    """The word's spelling cut into as many pieces as it has syllables. Raises as `spoken`."""
    text = tokens.LINK.join(tokens.parts(word))
    return spelling.pieces(text, spoken(word, language), onsets(language), _WHOLE.get(language, ()))


def notated(word: str, texts: Sequence[str], language: str) -> tuple[Sound, ...]:
    """The sounds of a word, with the mute e that its notated pieces sing in French. Raises as `spoken`."""
    sounds = spoken(word, language)
    return french.with_mute_e(sounds, texts) if language in _FRENCH else sounds


def divided(texts: Sequence[str], sounds: tuple[Sound, ...], language: str) -> tuple[Syllable, ...]:
    """The syllables of a word for each of its notated pieces."""
    return spelling.divide(sounds, [tokens.letters(text) for text in texts], onsets(language))


def in_one(word: str, language: str) -> Syllable:
    """A whole word on one note. Raises as `spoken`."""
    return join(syllabify(spoken(word, language), onsets(language)))


def _linked_row(parts: Sequence[str], language: str) -> list[tuple[Sound, ...]]:
    read = _READERS.get(language)
    rows = [
        read(part) if read else espeak.spoken(part.lower().strip("'"), espeak_voice(language))
        for part in parts
    ]
    after = [*zip(rows[1:], parts[1:], strict=False), ((), "")]
    return [
        linked(row, part, following, text, language)
        for row, part, (following, text) in zip(rows, parts, after, strict=True)
    ]
