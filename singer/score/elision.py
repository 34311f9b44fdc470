"""What a language may sing or swallow between words, so that a lyric text fits its notes.

Spanish, Italian and Portuguese draw a vowel that ends a word together with the one that begins the next
(synalepha: "che‿il"); French sings its mute e before a consonant, as its verse counts it ("u-ne plu-me").
Each is done all through a text or not at all, and only where that makes it fit.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from singer.score.lyrics import ParsedLyrics, ParsedWord
from singer.score.model import ELISION
from singer.score.sung import LyricSyllable

_SYNALEPHA = ("es", "es-419", "it", "pt", "pt-br")
_FRENCH = ("fr-fr", "fr-be", "fr-ch")
_VOWELS = frozenset("aeiouy")
# a vowel, then the consonants that stay before the mute e and go with it
_MUTE = re.compile(
    r"(.*[aeiouyàâéèêëîïôûùœ][^aeiouyàâéèêëîïôûùœ]*?)"
    r"((?:[bcdfgkpt][lr]|ch|gn|ph|qu|gu|[^aeiouyàâéèêëîïôûùœ])e(?:s|nt)?)"
)


def draw_together(parsed: ParsedLyrics, notes: int, language: str) -> bool:
    """Join the words of `parsed` whose vowels touch, if the text then asks for as many `notes`.

    The text is changed in place; gives back whether it was.
    """
    if _house_name(language) not in _SYNALEPHA:
        return False
    places = [at for at, pair in enumerate(pairwise(parsed.words)) if _touch(*pair)]
    if not places or parsed.notes_needed - len(places) != notes:
        return False
    names = [f"{parsed.words[at].text} {parsed.words[at + 1].text}" for at in places]
    for at in reversed(places):
        parsed.words[at : at + 2] = [_joined(*parsed.words[at : at + 2])]
    parsed.notices.append(f"Vowels are drawn together, to fit the notes: {', '.join(dict.fromkeys(names))}.")
    return True


def sing_mute_e(parsed: ParsedLyrics, notes: int, language: str) -> bool:
    """Give the mute e of French words a syllable, if the text then asks for as many `notes`.

    It is sung before consonants, and at the end of phrases all through or not at all.
    The text is changed in place; gives back whether it was.
    """
    if _house_name(language) not in _FRENCH:
        return False
    following: list[ParsedWord | None] = [*parsed.words[1:], None]
    cuts = [
        (word, cut, word.phrase_end or after is None)
        for word, after in zip(parsed.words, following, strict=True)
        if (cut := _mute_cut(word)) and (word.phrase_end or after is None or not _begins_with_vowel(after))
    ]
    for with_ends in (True, False):
        chosen = [(word, cut) for word, cut, ends in cuts if with_ends or not ends]
        if chosen and parsed.notes_needed + len(chosen) == notes:
            for word, (first, second) in chosen:
                word.syllables[-1:] = [LyricSyllable(first), LyricSyllable(second)]
                word.holds.insert(len(word.holds) - 1, 0)
            parsed.notices.append("The mute e is sung before consonants, to fit the notes.")
            return True
    return False


def _mute_cut(word: ParsedWord) -> tuple[str, str] | None:
    """The last syllable of a word parted before its mute e; None where it has none, or is cut by hand."""
    last = word.syllables[-1]
    if word.by_hand or last.pronunciation or word.language is not None:
        return None
    found = _MUTE.fullmatch(unicodedata.normalize("NFC", last.text.lower()))
    return (last.text[: found.end(1)], last.text[found.end(1) :]) if found else None


def _touch(first: ParsedWord, second: ParsedWord) -> bool:
    """Whether one word ends and the next begins in a vowel, with nothing written that keeps them apart."""
    if first.phrase_end or first.holds[-1] or first.language != second.language:
        return False
    if first.syllables[-1].pronunciation or second.syllables[0].pronunciation:
        return False
    return _plain(first.text)[-1:] in _VOWELS and _begins_with_vowel(second)


def _begins_with_vowel(word: ParsedWord) -> bool:
    text = _plain(word.text)
    return text.removeprefix("h")[:1] in _VOWELS and not re.match("y[aeo]|h?u[eio]|h?i[aeou]", text)


def _joined(first: ParsedWord, second: ParsedWord) -> ParsedWord:
    shared = LyricSyllable(first.syllables[-1].text + ELISION + second.syllables[0].text)
    return ParsedWord(
        [*first.syllables[:-1], shared, *second.syllables[1:]],
        [*first.holds[:-1], *second.holds],
        second.phrase_end,
        first.by_hand or second.by_hand,
        first.language,
    )


def _plain(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text.lower()) if char.isalpha())


def _house_name(language: str) -> str:
    from singer.language import normalise_language

    return normalise_language(language)
