"""A melody's fingerprint: what stays of a tune in another key, at another tempo, with other ornaments.

Repeated notes are merged, so that it does not matter how many syllables a note is parted into. What is left
is compared as intervals between notes and ratios between their lengths, in the manner of Mongeau and Sankoff
(1990): a local alignment finds the longest stretch that two tunes share. Its length is counted in bits, by
how rare each interval is among tunes, so that a scale says little and a leap says much.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

THRESHOLD_BITS = 48.0
"""A stretch that two melodies share is a hit from here on; docs/reference/reservations.md has the figures."""

LONGEST_NOTES = 20_000
_LONGEST_NOTE_S, _SHORTEST_NOTE_S = 3_600.0, 0.001
_ORNAMENT = 0.35  # a note shorter than this share of the usual length may be an ornament
_RHYTHM_STEPS = 4  # lengths are kept in quarters of an octave

_INTERVAL_BITS = (0.5, 2.3, 2.1, 3.4, 3.8, 3.6, 6.0, 4.0, 5.0, 5.5, 6.0, 6.5, 5.0)
"""−log2 of how often an interval of 0 … 12 semitones follows another in the tunes that were measured."""
_WIDE_BITS = 6.5
_SHINGLE_BITS, _SHINGLE_LEAST, _SHINGLE_MOST = 18.0, 5, 14
_HEARD_BEFORE = 0.35  # what three intervals say again, for each time that the melody has said them
_MOVES = ((1, 1, 0.0), (1, 2, 3.0), (2, 1, 3.0), (2, 2, 4.5), (1, 3, 4.5), (3, 1, 4.5))
"""From one matched pair to the next: notes passed in either melody, and what the notes left out cost."""
_BAND = 12
_SAME_RHYTHM, _OTHER_RHYTHM = 0.5, 1.0
_MOST_BITS = _WIDE_BITS + _SAME_RHYTHM


@dataclass(frozen=True)
class Sketch:
    """`pitches` in semitones above the first note, `lengths` in quarter octaves of its length; no repeats."""

    pitches: tuple[int, ...]
    lengths: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        return {"pitches": list(self.pitches), "lengths": list(self.lengths)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Sketch:
        return cls(tuple(data["pitches"]), tuple(data["lengths"]))


def sketch(melody: Sequence[tuple[float, float]]) -> Sketch:
    """Sketch a melody given as (MIDI note number, seconds) in time order; notes without a length fall out."""
    notes = _merged(
        (round(pitch), min(seconds, _LONGEST_NOTE_S))
        for pitch, seconds in melody[:LONGEST_NOTES]
        if math.isfinite(pitch) and math.isfinite(seconds) and seconds >= _SHORTEST_NOTE_S
    )
    if not notes:
        return Sketch((), ())
    first_pitch, first_s = notes[0]
    return Sketch(
        tuple(pitch - first_pitch for pitch, _ in notes),
        tuple(round(_RHYTHM_STEPS * math.log2(seconds / first_s)) for _, seconds in notes),
    )


@lru_cache(maxsize=64)
def plain(full: Sketch) -> Sketch:
    """The sketch without its shortest notes, which may be ornaments."""
    if not full.lengths:
        return full
    limit = _usual_length(full.lengths) + _RHYTHM_STEPS * math.log2(_ORNAMENT)
    notes = _merged(
        (pitch, 2.0 ** (length / _RHYTHM_STEPS))
        for pitch, length in zip(full.pitches, full.lengths, strict=True)
        if length > limit
    )
    return Sketch(
        tuple(pitch for pitch, _ in notes),
        tuple(round(_RHYTHM_STEPS * math.log2(length)) for _, length in notes),
    )


def shingles(melody: Sketch) -> Iterator[tuple[int, bytes]]:
    """(place, intervals) of every stretch that is long enough to say something; octaves are folded."""
    steps = [after - before for before, after in pairwise(melody.pitches)]
    folded = bytes(step % 12 for step in steps)
    said = list(accumulate(map(interval_bits, steps), initial=0.0))
    for place in range(len(steps) - _SHINGLE_LEAST + 1):
        enough = bisect_left(said, said[place] + _SHINGLE_BITS, place)
        end = max(enough, place + _SHINGLE_LEAST)
        if end <= min(len(steps), place + _SHINGLE_MOST):
            yield place, folded[place:end]


def interval_bits(semitones: int) -> float:
    """How much an interval says."""
    size = abs(semitones)
    return _INTERVAL_BITS[size] if size < len(_INTERVAL_BITS) else _WIDE_BITS


def says_bits(melody: Sketch) -> tuple[float, float]:
    """How much a melody says on its own, in bits: in all, and without what it says again."""
    steps = [after - before for before, after in pairwise(melody.pitches)]
    news = _news(melody)[1:]
    once = sum(interval_bits(step) for step, new in zip(steps, news, strict=True) if new == 1.0)
    return shared_bits(melody, melody, 0, 0), once


def shared_bits(
    reserved: Sketch, asked: Sketch, shift: int, diagonal: int, enough: float = math.inf
) -> float:
    """How much of two melodies is the same, in bits: the best stretch near a diagonal of the table.

    `shift`: by how many semitones, mod 12, `asked` lies above `reserved`; `diagonal`: by how many notes it
    comes later. Stops at `enough`. Time is linear in the shorter melody.
    """
    news = _news(asked)
    places: list[list[int]] = [[] for _ in range(12)]
    for j, pitch in enumerate(asked.pitches):
        places[pitch % 12].append(j)
    best = 0.0
    scores: dict[tuple[int, int], float] = {}
    for i, pitch in enumerate(reserved.pitches):
        same = places[(pitch + shift) % 12]
        first = bisect_left(same, i + diagonal - _BAND)
        for j in same[first : bisect_right(same, i + diagonal + _BAND)]:
            score = 0.0
            for back, forth, cost in _MOVES:
                before = scores.get((i - back, j - forth))
                if before is not None and before + _MOST_BITS - cost > score:
                    says = _step_bits(reserved, asked, i - back, i, j - forth, j)
                    score = max(score, before + says * (news[j] if says > 0 else 1.0) - cost)
            scores[i, j] = score
            if score > best:
                best = score
                if best >= enough:
                    return best
    return best


def _usual_length(lengths: Sequence[int]) -> int:
    """The length of the note that sounds halfway through all the time there is: short notes hardly count."""
    left = sum(2.0 ** (length / _RHYTHM_STEPS) for length in lengths) / 2.0
    for length in sorted(lengths):
        left -= 2.0 ** (length / _RHYTHM_STEPS)
        if left <= 0.0:
            return length
    return max(lengths)


def _step_bits(reserved: Sketch, asked: Sketch, i: int, to_i: int, j: int, to_j: int) -> float:
    """What it says that both melodies go on by the same interval, and in which rhythm."""
    interval = min(
        abs(reserved.pitches[to_i] - reserved.pitches[i]), abs(asked.pitches[to_j] - asked.pitches[j])
    )
    bits = interval_bits(interval)
    apart = abs((reserved.lengths[to_i] - reserved.lengths[i]) - (asked.lengths[to_j] - asked.lengths[j]))
    if apart <= 1:
        return bits + _SAME_RHYTHM
    return bits - _OTHER_RHYTHM if apart > _RHYTHM_STEPS else bits


@lru_cache(maxsize=16)
def _news(melody: Sketch) -> tuple[float, ...]:
    """For each note what its last three intervals are worth: ever less, the oftener the melody says them."""
    steps = [after - before for before, after in pairwise(melody.pitches)]
    heard: Counter[tuple[int, ...]] = Counter()
    worth = []
    for place in range(len(melody.pitches)):
        last = tuple(steps[max(0, place - 3) : place])
        worth.append(_HEARD_BEFORE ** heard[last] if len(last) == 3 else 1.0)
        heard[last] += 1
    return tuple(worth)


def _merged(notes: Any) -> list[tuple[int, float]]:
    """Notes of the same pitch in a row as one."""
    merged: list[tuple[int, float]] = []
    for pitch, seconds in notes:
        if merged and merged[-1][0] == pitch:
            merged[-1] = pitch, merged[-1][1] + seconds
        else:
            merged.append((pitch, seconds))
    return merged
