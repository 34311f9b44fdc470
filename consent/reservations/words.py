"""A lyric's fingerprint: overlapping runs of its words, or of its characters where a script parts no words.

Broder's shingles (1997) over normalised text: case, punctuation, width, kana, lookalike letters and hyphens
between syllables make no difference. Runs that say nothing (“la la la la”) are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from consent.content.characters import is_unparted
from consent.content.normalise import normalise
from consent.content.sounds import WORD_EDGE

WORDS, SIGNS, SOUNDS = "words", "signs", "sounds"


@dataclass(frozen=True)
class Measure:
    """How runs of one kind of token are told: `length` tokens each, of which `distinct` must differ.

    `enough` shared runs are a hit; so are `few`, where they are at least `most` of all there is on a side.
    """

    length: int
    distinct: int
    enough: int
    few: int
    most: float


MEASURES = {
    WORDS: Measure(length=4, distinct=3, enough=10, few=6, most=0.5),
    SIGNS: Measure(length=5, distinct=4, enough=12, few=8, most=0.5),
    SOUNDS: Measure(length=12, distinct=7, enough=40, few=24, most=0.5),
}
"""Chosen from measured lyrics; docs/reference/reservations.md has the figures."""


@lru_cache(maxsize=64)  # a song is asked about when it is filed, begun and released
def lyric_tokens(lyrics: str) -> dict[str, list[str]]:
    """The words of a text, and the characters of the scripts that part no words (Hangul among them)."""
    language = "ja" if any("\u3041" <= char <= "\u30ff" for char in lyrics) else "zh"
    words: list[str] = []
    signs: list[str] = []
    for word in normalise(lyrics, language if any(map(_is_han, lyrics)) else "").words:
        if is_unparted(word.text[0]) or _is_hangul(word.text[0]):
            signs.extend(word.text)
        else:
            words.append(word.text)
    return {WORDS: words, SIGNS: signs}


def sound_tokens(sounds: Iterable[str]) -> list[str]:
    """The phones of a lyric: where words end is left out, because spelling decides it."""
    return [sound for sound in sounds if sound != WORD_EDGE]


def shingles(kind: str, tokens: Sequence[str]) -> list[str]:
    """The distinct runs of a text, in order."""
    measure = MEASURES[kind]
    runs = (tokens[place : place + measure.length] for place in range(len(tokens) - measure.length + 1))
    return list(dict.fromkeys("\x1f".join(run) for run in runs if len(set(run)) >= measure.distinct))


def is_quoted(kind: str, shared: int, asked: int, reserved: int) -> bool:
    """Whether so many shared runs are more than a common phrase; `asked`, `reserved`: runs on either side."""
    measure = MEASURES[kind]
    if shared >= measure.enough:
        return True
    least = min(size for size in (asked, reserved))
    return shared >= measure.few and least > 0 and shared / least >= measure.most


def is_tellable(sizes: Iterable[tuple[str, int]]) -> bool:
    """Whether a lyric with so many runs of each kind is long enough to be known again."""
    return any(size >= MEASURES[kind].few for kind, size in sizes)


def _is_hangul(char: str) -> bool:
    return "\uac00" <= char <= "\ud7a3" or "\u1100" <= char <= "\u11ff"


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003134f"
