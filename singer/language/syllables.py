"""Syllables, and how phones fall into them: sonority, the maximal onset, joining."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from singer.language import phones


@dataclass(frozen=True)
class Syllable:
    """One sung syllable: what comes before the held sound, the held sound, and what closes it.

    Phones are strings of `phones`. `nucleus` is never empty: a vowel and its glides, or a syllabic consonant.
    """

    onset: tuple[str, ...]
    nucleus: tuple[str, ...]
    coda: tuple[str, ...] = ()

    @property
    def phones(self) -> tuple[str, ...]:
        """All phones in the order they are sung."""
        return self.onset + self.nucleus + self.coda


def join(parts: Sequence[Syllable], main: int = 0) -> Syllable:
    """Sing several syllables on one note: the nucleus of `parts[main]` is held, nothing is dropped.

    Vowels that touch the held one become its glides (equal ones fall together); the rest goes around it.
    """
    before = tuple(phone for part in parts[:main] for phone in part.phones)
    onset, nucleus, coda = before + parts[main].onset, parts[main].nucleus, parts[main].coda
    for part in parts[main + 1 :]:
        if not coda and not part.onset and all(phones.is_vowel(phone) for phone in part.nucleus):
            nucleus += part.nucleus[1:] if part.nucleus[0] == nucleus[-1] else part.nucleus
            coda = part.coda
        else:
            coda += part.phones
    return Syllable(onset, nucleus, coda)
