"""Lyrics as the score hands them over, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Sequence

from singer.language import Syllable, phonemise, phones, split_lyrics
from singer.score.underlay import LyricSyllable, LyricWord


def notated(text: str) -> tuple[LyricWord, ...]:
    """Words parted by spaces, syllables by hyphens; "," ends a phrase."""
    return tuple(
        LyricWord(tuple(LyricSyllable(piece) for piece in word.rstrip(",").split("-")), word.endswith(","))
        for word in text.split()
    )


def sung(text: str, language: str) -> str:
    """Notated words as phones: syllables parted by ".", words by " | "; the nucleus stands in <>."""
    return " | ".join(shown(word) for word in phonemise(notated(text), language))


def read(text: str, language: str) -> str:
    """A lyric text as phones, in the same writing."""
    return " | ".join(shown(word) for word in phonemise(split_lyrics(text, language), language))


def shown(syllables: Sequence[Syllable]) -> str:
    return " . ".join(
        " ".join([*syllable.onset, "<" + " ".join(syllable.nucleus) + ">", *syllable.coda])
        for syllable in syllables
    )


def check_law(words: Sequence[LyricWord], spoken: Sequence[Sequence[Syllable]]) -> None:
    """One syllable per notated syllable, each with a nucleus, all phones in the inventory."""
    assert [len(word.syllables) for word in words] == [len(syllables) for syllables in spoken]
    for syllable in (syllable for word in spoken for syllable in word):
        assert syllable.nucleus
        assert all(phones.is_known(phone) for phone in syllable.phones)
