"""Which phones are sung on which notes: an underlay and its pronunciation become syllables to be timed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from singer.errors import PerformanceError
from singer.performance.check import LONGEST_TEXT, MAXIMUM_DURATION_S
from singer.performance.content import is_spelled
from singer.performance.durations import main_vowel
from singer.performance.expression import F0_RANGE_HZ
from singer.performance.model import PerformedNote
from singer.score.sung import SungNote, Underlay

BRIDGED_REST_S = 0.06
"""A rest shorter than this between two notes is sung through."""

_SHORTEST_NOTE_S = 0.0005


class Pronounced(Protocol):
    """What `singer.language.phonemise` gives for one syllable."""

    @property
    def onset(self) -> tuple[str, ...]: ...
    @property
    def nucleus(self) -> tuple[str, ...]: ...
    @property
    def coda(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class SungSyllable:
    """One syllable on the notes from `first_note` up to `end_note` (exclusive), without a rest between them.

    `phrase_end`: the lyrics end a phrase after it. `cut_s`: it ends so much before its last note does, or,
    where that is negative, is held over into the rest by so much. `breath_s`: a breath before it.
    """

    onset: tuple[str, ...]
    nucleus: tuple[str, ...]
    coda: tuple[str, ...]
    first_note: int
    end_note: int
    phrase_end: bool = False
    cut_s: float = 0.0
    breath_s: float = 0.0

    def end_s(self, notes: Sequence[PerformedNote]) -> float:
        """Seconds at which its sound ends; its note indices count in `notes`."""
        return round(notes[self.end_note - 1].end_s - self.cut_s, 6)

    def shifted(self, notes: int) -> SungSyllable:
        """The same syllable, its notes counted from another place."""
        return replace(self, first_note=self.first_note + notes, end_note=self.end_note + notes)


def sung_notes(
    underlay: Underlay, transpose: float
) -> tuple[tuple[SungNote, ...], tuple[PerformedNote, ...]]:
    """The notes that carry lyrics, as the score has them and as they are sung; both in the same order.

    Tiny rests are bridged and overlaps cut, in time order. Notes without a syllable stay silent. Raises
    `PerformanceError` with the bar where a note cannot be sung.
    """
    carried = tuple(note for note in underlay.notes if note.word is not None and note.syllable is not None)
    performed = []
    for index, note in enumerate(carried):
        end_s = note.onset_s + note.duration_s
        if index + 1 < len(carried):
            next_s = carried[index + 1].onset_s
            if end_s > next_s - BRIDGED_REST_S:
                end_s = next_s
        _check_note(note, end_s, transpose)
        performed.append(
            PerformedNote(
                onset_s=round(float(note.onset_s), 6),
                end_s=round(float(end_s), 6),
                pitch=note.pitch + transpose,
                text="" if note.melisma else _text(underlay, note),
                bar=note.bar,
            )
        )
    return carried, tuple(performed)


def sung_syllables(
    underlay: Underlay,
    carried: Sequence[SungNote],
    performed: Sequence[PerformedNote],
    syllables: Sequence[Sequence[Pronounced]],
) -> tuple[SungSyllable, ...]:
    """The syllables in time order, each with the notes that it is sung on.

    A melisma that a rest interrupts goes on afterwards with its vowel; its closing consonants come at
    its end.
    """
    result: list[SungSyllable] = []
    for index, note in enumerate(carried):
        if note.word is None or note.syllable is None:
            raise ValueError(f"note {index} carries no syllable")
        connected = index > 0 and performed[index - 1].end_s == performed[index].onset_s
        if note.melisma and result and connected:
            result[-1] = replace(result[-1], end_note=index + 1)
        elif note.melisma and result:
            before = result[-1]
            held = main_vowel(before.nucleus)
            result[-1] = replace(before, nucleus=before.nucleus[: held + 1], coda=(), phrase_end=False)
            rest = replace(
                before, onset=(), nucleus=before.nucleus[held:], first_note=index, end_note=index + 1
            )
            result.append(rest)
        else:
            word = underlay.words[note.word]
            last = note.syllable == len(word.syllables) - 1
            result.append(
                _syllable(syllables[note.word][note.syllable], index, phrase_end=word.phrase_end and last)
            )
    return tuple(result)


def _syllable(pronounced: Pronounced, note: int, phrase_end: bool) -> SungSyllable:
    """A syllable on one note; where it has no nucleus, the last of its consonants is held ("psst")."""
    onset, nucleus, coda = pronounced.onset, pronounced.nucleus, pronounced.coda
    if not nucleus:
        consonants = onset + coda
        if not consonants:
            raise ValueError(f"the syllable on note {note} has no phones")
        onset, nucleus, coda = consonants[:-1], consonants[-1:], ()
    return SungSyllable(tuple(onset), tuple(nucleus), tuple(coda), note, note + 1, phrase_end)


def _text(underlay: Underlay, note: SungNote) -> str:
    if note.word is None or note.syllable is None:
        return ""
    syllables = underlay.words[note.word].syllables
    text = syllables[note.syllable].text
    goes_on = note.syllable < len(syllables) - 1 and is_spelled(text)
    return text[: LONGEST_TEXT - 1] + "-" if goes_on else text[:LONGEST_TEXT]


def _check_note(note: SungNote, end_s: float, transpose: float) -> None:
    if not (math.isfinite(note.onset_s) and math.isfinite(end_s) and note.onset_s >= 0.0):
        raise PerformanceError(
            f"Bar {note.bar}: a note has no finite time.", "Look at the score's tempo marks."
        )
    if end_s > MAXIMUM_DURATION_S:
        raise PerformanceError(
            f"Bar {note.bar}: a note ends after {end_s:.0f} s.",
            f"Songs of up to {MAXIMUM_DURATION_S / 60:.0f} minutes are sung; cut the score.",
        )
    if end_s - note.onset_s < _SHORTEST_NOTE_S:
        raise PerformanceError(
            f"Bar {note.bar}: a note at {note.onset_s:.3f} s lasts {max(end_s - note.onset_s, 0.0):.4f} s.",
            "Give it a length, or let no other note begin with it.",
        )
    pitch = note.pitch + transpose
    f0_hz = 440.0 * 2.0 ** ((pitch - 69.0) / 12.0) if abs(pitch) < 1000.0 else math.inf
    low, high = F0_RANGE_HZ
    if not low <= f0_hz <= high:
        raise PerformanceError(
            f"Bar {note.bar}: MIDI note {pitch:g} lies outside what can be sung ({low:g} to {high:g} Hz).",
            "Transpose the part.",
        )
