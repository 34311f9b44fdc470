"""Where a singer stops and breathes: syllables are cut short, held over, and given breaths before them.

Short notes are short because the score says so (staccato), or because air is needed where the lyrics end a
phrase. In front of a rest a phrase's last note is held over into it, as far as the style asks (the
phrase-final lengthening of Friberg, Bresin & Sundberg 2006), without moving what comes after.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from singer.performance.durations import onset_durations_s
from singer.performance.model import PerformedNote
from singer.performance.styles import Style
from singer.performance.syllables import SungSyllable
from singer.performance.timing import LONGEST_ENTRY_S, PHRASE_REST_S, SHORTEST_BREATH_S
from singer.score.sung import SungNote

_CUT_SHARES = {"staccato": 0.5, "staccatissimo": 0.65}
_SHORTEST_SOUND_S = 0.09
_BREATH_SHARE_OF_NOTE = 0.4  # that a breath may take from the note before it
_AIR_S = 1.5  # so long a singer sings at least between two breaths
_BREATH_MARGIN_S = 0.08
_HELD_SHARE_OF_REST = 0.3


def breathe(
    syllables: Sequence[SungSyllable],
    notes: Sequence[PerformedNote],
    written: Sequence[SungNote],
    style: Style,
) -> tuple[SungSyllable, ...]:
    """The syllables with what is cut from them, what they are held over by, and the breaths before them."""
    result: list[SungSyllable] = []
    breath_s, drawn_s = _breath(style, notes[0].onset_s, syllables[0]), 0.0
    for index, syllable in enumerate(syllables):
        last = notes[syllable.end_note - 1]
        following = syllables[index + 1] if index + 1 < len(syllables) else None
        next_s = notes[following.first_note].onset_s if following else math.inf
        rest_s, note_s = next_s - last.end_s, last.end_s - last.onset_s
        joined = following is not None and rest_s <= 0.0 and written[following.first_note].slurred
        cut_s = 0.0 if joined else _cut_s(written[syllable.end_note - 1], note_s)
        next_breath_s = 0.0
        if following is not None and rest_s > 0.0:
            next_breath_s = _breath(style, rest_s, following)
        elif following is not None and syllable.phrase_end and not joined and last.end_s - drawn_s >= _AIR_S:
            next_breath_s = _breath(style, _BREATH_SHARE_OF_NOTE * note_s, following)
            if next_breath_s:
                cut_s = max(cut_s, next_breath_s + _entry_s(following) + _BREATH_MARGIN_S)
        if rest_s >= PHRASE_REST_S and not cut_s:
            cut_s = -_held_over_s(style, note_s, rest_s - next_breath_s)
        result.append(replace(syllable, cut_s=cut_s, breath_s=breath_s))
        if next_breath_s or rest_s >= PHRASE_REST_S:
            drawn_s = min(next_s, last.end_s + PHRASE_REST_S)
        breath_s = next_breath_s
    return tuple(result)


def _cut_s(note: SungNote, note_s: float) -> float:
    share = max((_CUT_SHARES.get(mark, 0.0) for mark in note.marks), default=0.0)
    return max(0.0, min(share * note_s, note_s - _SHORTEST_SOUND_S))


def _breath(style: Style, room_s: float, following: SungSyllable) -> float:
    """Seconds of the breath that has room between a sound and the consonants of what follows; 0 for none."""
    breath_s = min(style.breath_s, room_s - _entry_s(following) - _BREATH_MARGIN_S)
    return breath_s if breath_s >= SHORTEST_BREATH_S else 0.0


def _entry_s(syllable: SungSyllable) -> float:
    return min(LONGEST_ENTRY_S, sum(onset_durations_s(syllable.onset)))


def _held_over_s(style: Style, note_s: float, rest_s: float) -> float:
    """How far a note is held into the rest after it, which stays a rest."""
    room_s = min(_HELD_SHARE_OF_REST * rest_s, rest_s - PHRASE_REST_S)
    return max(0.0, min(style.final_lengthening * note_s, room_s)) if math.isfinite(rest_s) else 0.0
