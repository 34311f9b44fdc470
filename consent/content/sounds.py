"""Rules held against sounds: the phones that will be sung, whatever letters they were written with."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

EDGE = "#"
"""In a rule: the edge of a word (of a syllable where words are not parted)."""

WORD_EDGE = "|"
"""In a song's sounds: here one word ends and another begins."""

_UNHEARD = str.maketrans({"ː": "", "ˑ": "", "\u0361": "", "\u035c": "", "\u0329": "", "\u031a": "", "g": "ɡ"})
_REPEATED = re.compile(r"(.)\1+", re.DOTALL)
_MOST_WAYS = 512
_FIRST = 0x100


@dataclass(frozen=True)
class SoundPattern:
    """One way to say a rule's sounds, as IPA: a letter for each phone, and whether word edges are needed."""

    phones: str
    needle: str
    edge_before: bool
    edge_after: bool


class SungSounds:
    """The sounds of a song, a letter for each phone; `edges` says whether word edges are known.

    A phone that is sung on several notes in a row counts once.
    """

    def __init__(self, sounds: Sequence[str]) -> None:
        written = "".join([letter_of(phone) for phone in sounds])
        parts = [_REPEATED.sub(r"\1", part) for part in written.split(letter_of(WORD_EDGE))]
        self.text = "".join(parts)
        self.edges = len(parts) > 1
        self._parts = parts

    @cached_property
    def _edge_places(self) -> frozenset[int]:
        return frozenset({0, *itertools.accumulate(map(len, self._parts))})

    def find(self, pattern: SoundPattern) -> Iterator[tuple[int, int]]:
        """Where a pattern is heard: first and last phone. Word edges count where they are known."""
        at = self.text.find(pattern.needle)
        while at >= 0:
            end = at + len(pattern.needle)
            if not self.edges or (
                (not pattern.edge_before or at in self._edge_places)
                and (not pattern.edge_after or end in self._edge_places)
            ):
                yield at, end
            at = self.text.find(pattern.needle, at + 1)


_letters: dict[str, str] = {}


def letter_of(phone: str) -> str:
    """The letter that stands for a phone. Length, ties and releases make no difference.

    Phones beyond the first ten thousand that anybody ever named share a letter that no rule has.
    """
    known = _letters.get(phone)
    if known is not None:
        return known
    plain = phone.translate(_UNHEARD)
    letter = _letters.get(plain)
    if letter is None:
        if len(_letters) > 10_000:
            return chr(_FIRST - 1)
        letter = chr(_FIRST + len(_letters))
        _letters[plain] = letter
    _letters[phone] = letter
    return letter


def sound_patterns(written: str) -> tuple[SoundPattern, ...]:
    """Every way to say what a rule writes as IPA phones parted by spaces, `a/ʌ` for either.

    At most 512 ways are made; more are cut off.
    """
    places = written.split()
    before, after = places[0] == EDGE, places[-1] == EDGE
    choices = [place.split("/") for place in places if place != EDGE]
    patterns = {}
    for way in itertools.islice(itertools.product(*choices), _MOST_WAYS):
        needle = _REPEATED.sub(r"\1", "".join(map(letter_of, way)))
        patterns[needle] = SoundPattern(" ".join(way), needle, before, after)
    return tuple(patterns.values())
