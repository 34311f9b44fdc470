"""How syllables and notes are matched: a `Layout` says for each note which syllables it carries, holds, or
that it rests."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from singer.score.model import Note
from singer.score.sung import LyricWord

CONTIGUOUS = Fraction(1, 16)
"""Quarter notes of silence that still count as one breath."""
SyllableKey = tuple[int, int]
"""(word, syllable in the word)."""


@dataclass
class Layout:
    """For each note of a part: the syllables that begin on it, whether it holds the one before, or
    neither."""

    words: list[LyricWord]
    begins: list[list[SyllableKey]]
    holds: list[bool]
    notices: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, notes: tuple[Note, ...]) -> Layout:
        """A layout in which no note is sung yet."""
        return cls([], [[] for _ in notes], [False] * len(notes))

    def sung(self, index: int) -> bool:
        """Whether note `index` is sung at all."""
        return bool(self.begins[index]) or self.holds[index]


def connected(before: Note, note: Note) -> bool:
    """Whether `note` follows `before` without a rest."""
    return note.onset - before.end <= CONTIGUOUS


def give_graces_their_syllable(notes: tuple[Note, ...], layout: Layout) -> None:
    """Let a syllable begin on the grace notes before its main note, which then holds it.

    Grace notes that are slurred to the note before them, as closing turns are, hold that note's syllable
    instead.
    """
    index = 0
    while index < len(notes):
        if not notes[index].grace:
            index += 1
            continue
        first = index
        while index < len(notes) and notes[index].grace:
            index += 1
        before_sung = first > 0 and layout.sung(first - 1) and connected(notes[first - 1], notes[first])
        if any(layout.begins[place] for place in range(first, index)):
            start = next(place for place in range(first, index) if layout.begins[place])
            _hold_from(layout, start + 1, index)
        elif notes[first].slurred and before_sung:
            _hold_from(layout, first, index)
        elif index < len(notes) and layout.begins[index]:
            layout.begins[first], layout.begins[index] = layout.begins[index], []
            layout.holds[first] = False
            _hold_from(layout, first + 1, index + 1)
        elif index < len(notes) and layout.holds[index] and before_sung:
            _hold_from(layout, first, index)


def _hold_from(layout: Layout, first: int, stop: int) -> None:
    for place in range(first, stop):
        if not layout.begins[place]:
            layout.holds[place] = True
