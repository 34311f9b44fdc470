"""When each phone is sung: vowels on the beat, consonants before it, rests silent, note totals exact.

A vowel is heard exactly on its note's onset: its boundary with the consonant lies there, or as much later
as the consonant turns into it. The consonants take their time from the end of the note before, or from the
rest, as in sung speech (Sundberg 1987) and in the time-lag models of NNSVS (Yamamoto et al. 2023).
Nothing ever moves a note: where there is no room, consonants are squeezed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from singer import HOP, SAMPLE_RATE
from singer.performance.durations import (
    coda_durations_s,
    count_vowels,
    heard_early_s,
    nucleus_durations_s,
    onset_durations_s,
)
from singer.performance.model import BREATH, SILENCE, PerformedNote, PhoneSpan, frame_time_s
from singer.performance.syllables import SungSyllable

PHRASE_REST_S = 0.25
"""A rest of this length parts phrases."""

LONGEST_ENTRY_S = 0.12
"""Consonants reach at most this far into the rest before their note."""

FIRST_ENTRY_S = 0.025
"""A consonant on a note at time 0 takes this; its vowel is late by so much, and nothing else."""

_ENTRY_SHARE_OF_REST = 0.6
_FIRST_ENTRY_SHARE_OF_NOTE = 0.25
_CONSONANT_SHARE_OF_NOTE = 0.5
_TURNING_SHARE_OF_NOTE = 0.15
_LEAD_MARGIN_S = 0.05
_TAIL_MARGIN_S = 0.1
_BREATH_ROOM_S = 0.15  # that a rest must have beside the breath


@dataclass(frozen=True)
class TimedPhrase:
    """A phrase on the frame grid whose phones have their times; `syllables` index `notes` from 0."""

    start_frame: int
    end_frame: int
    phones: tuple[PhoneSpan, ...]
    notes: tuple[PerformedNote, ...]
    syllables: tuple[SungSyllable, ...]


@dataclass
class _Place:
    """Where one syllable's parts lie: seconds of each consonant, and the nucleus between them."""

    onset_s: list[float]
    coda_s: list[float]
    vowel_start_s: float
    vowel_end_s: float


def time_phrases(
    notes: Sequence[PerformedNote],
    syllables: Sequence[SungSyllable],
    duration_s: float,
    breath_s: float = 0.0,
) -> tuple[TimedPhrase, ...]:
    """Cut the song at its rests and give each phone of each phrase its time.

    `notes` are the sung notes in time order; `breath_s` is how long a breath lasts before a phrase, 0
    for none. The same phrase gets the same times whatever is sung in the others.
    """
    phrases = []
    first = 0
    sung_until_s, taken_frames = 0.0, 0
    for index in range(1, len(syllables) + 1):
        end_s = notes[syllables[index - 1].end_note - 1].end_s
        rest_s = math.inf
        if index < len(syllables):
            rest_s = notes[syllables[index].first_note].onset_s - end_s
            if rest_s < PHRASE_REST_S:
                continue
        phrase = _time_phrase(notes, syllables[first:index], sung_until_s, taken_frames, breath_s)
        tail_s = min(_TAIL_MARGIN_S, rest_s - LONGEST_ENTRY_S - _LEAD_MARGIN_S)
        last_frame = min(math.floor((end_s + tail_s) * SAMPLE_RATE / HOP), _frames(duration_s))
        phrases.append(_close(phrase, max(last_frame, _frames(end_s))))
        first, sung_until_s, taken_frames = index, end_s, phrases[-1].end_frame
    return tuple(phrases)


def _frames(seconds: float) -> int:
    """Whole frames that cover `seconds`."""
    return math.ceil(seconds * SAMPLE_RATE / HOP - 1e-6)


def _time_phrase(
    notes: Sequence[PerformedNote],
    syllables: Sequence[SungSyllable],
    sung_until_s: float,
    taken_frames: int,
    breath_s: float,
) -> TimedPhrase:
    """One phrase up to its last sound; `end_frame` is still open (0)."""
    places = _place_syllables(notes, syllables, sung_until_s)
    offset = syllables[0].first_note
    entry_s = places[0].vowel_start_s - sum(places[0].onset_s)
    lead: list[tuple[str, float]] = []
    if breath_s > 0.0 and entry_s - sung_until_s >= breath_s + _BREATH_ROOM_S:
        lead = [(BREATH, breath_s)]
    start_s = entry_s - sum(seconds for _, seconds in lead)
    start_frame = max(math.floor((start_s - _LEAD_MARGIN_S) * SAMPLE_RATE / HOP), taken_frames, 0)
    spans: list[PhoneSpan] = []
    _append(spans, SILENCE, frame_time_s(start_frame), start_s, None)
    for phone, seconds in lead:
        _append(spans, phone, start_s, start_s + seconds, None)
    for syllable, place in zip(syllables, places, strict=True):
        _append_syllable(spans, syllable, place, syllable.first_note - offset)
    return TimedPhrase(
        start_frame=start_frame,
        end_frame=0,
        phones=tuple(spans),
        notes=tuple(notes[offset : syllables[-1].end_note]),
        syllables=tuple(syllable.shifted(-offset) for syllable in syllables),
    )


def _place_syllables(
    notes: Sequence[PerformedNote], syllables: Sequence[SungSyllable], sung_until_s: float
) -> list[_Place]:
    places: list[_Place] = []
    for index, syllable in enumerate(syllables):
        beat_s = notes[syllable.first_note].onset_s
        before = syllables[index - 1] if index else None
        before_s = notes[before.end_note - 1].end_s if before else sung_until_s
        onset_s = onset_durations_s(syllable.onset)
        boundary_s = beat_s + _turning_s(syllable, notes)
        if before and beat_s == before_s:
            note_s = _held_s(places[-1], before, notes)
            coda_s = coda_durations_s(before.coda, note_s, neighbours=len(syllable.onset))
            onset_s = onset_durations_s(syllable.onset, neighbours=len(before.coda))
            scale = _squeeze(coda_s + onset_s, _closing_share(before) * note_s)
            places[-1].coda_s = [scale * seconds for seconds in coda_s]
            places[-1].vowel_end_s = boundary_s - scale * (sum(coda_s) + sum(onset_s))
        else:
            note_s = notes[syllable.first_note].end_s - beat_s
            scale = _squeeze(onset_s, _entry_room_s(beat_s, before_s, note_s))
            if before:
                _end_before_rest(places[-1], before, notes)
        onset_s = [scale * seconds for seconds in onset_s]
        vowel_start_s = max(boundary_s, sum(onset_s)) if before_s == 0.0 else boundary_s
        places.append(_Place(onset_s, [], vowel_start_s, 0.0))
    _end_before_rest(places[-1], syllables[-1], notes)
    return places


def _turning_s(syllable: SungSyllable, notes: Sequence[PerformedNote]) -> float:
    """How far behind the beat the vowel's boundary lies, so that the vowel is heard on it."""
    if not syllable.onset:
        return 0.0
    note = notes[syllable.first_note]
    return min(heard_early_s(syllable.onset[-1]), _TURNING_SHARE_OF_NOTE * (note.end_s - note.onset_s))


def _closing_share(syllable: SungSyllable) -> float:
    """How much of its last note may go to what follows the held vowel: joined syllables get their even
    parts."""
    return 1.0 - _CONSONANT_SHARE_OF_NOTE / (1 + count_vowels(syllable.coda))


def _squeeze(durations_s: Sequence[float], room_s: float) -> float:
    """The factor that fits `durations_s` into `room_s`: 1 where they fit."""
    total_s = sum(durations_s)
    return min(1.0, room_s / total_s) if total_s > 0.0 else 1.0


def _entry_room_s(beat_s: float, before_s: float, note_s: float) -> float:
    """How much time the consonants after a rest have; the song's first note gives a bit of itself."""
    if before_s == 0.0:
        return min(LONGEST_ENTRY_S, max(beat_s, min(FIRST_ENTRY_S, _FIRST_ENTRY_SHARE_OF_NOTE * note_s)))
    return min(LONGEST_ENTRY_S, _ENTRY_SHARE_OF_REST * (beat_s - before_s))


def _end_before_rest(place: _Place, syllable: SungSyllable, notes: Sequence[PerformedNote]) -> None:
    """Let the syllable's closing consonants end with its last note, so that the rest is silent."""
    note_s = _held_s(place, syllable, notes)
    coda_s = coda_durations_s(syllable.coda, note_s)
    scale = _squeeze(coda_s, _closing_share(syllable) * note_s)
    place.coda_s = [scale * seconds for seconds in coda_s]
    place.vowel_end_s = notes[syllable.end_note - 1].end_s - sum(place.coda_s)


def _held_s(place: _Place, syllable: SungSyllable, notes: Sequence[PerformedNote]) -> float:
    """Seconds that vowel and coda share on the syllable's last note, which a late vowel shortens."""
    last_note = notes[syllable.end_note - 1]
    return last_note.end_s - max(last_note.onset_s, place.vowel_start_s)


def _append_syllable(spans: list[PhoneSpan], syllable: SungSyllable, place: _Place, note: int) -> None:
    start_s = place.vowel_start_s - sum(place.onset_s)
    if spans:
        _append(spans, SILENCE, spans[-1].end_s, start_s, None)
    for phone, seconds in zip(syllable.onset, place.onset_s, strict=True):
        _append(spans, phone, start_s, start_s + seconds, note)
        start_s += seconds
    nucleus_s = nucleus_durations_s(syllable.nucleus, place.vowel_end_s - place.vowel_start_s)
    start_s = place.vowel_start_s
    for phone, seconds in zip(syllable.nucleus, nucleus_s, strict=True):
        _append(spans, phone, start_s, start_s + seconds, note)
        start_s += seconds
    start_s = place.vowel_end_s
    for phone, seconds in zip(syllable.coda, place.coda_s, strict=True):
        _append(spans, phone, start_s, start_s + seconds, note)
        start_s += seconds


def _append(spans: list[PhoneSpan], phone: str, start_s: float, end_s: float, note: int | None) -> None:
    """Add one phone, in whole microseconds and without a gap; silence only where there is some."""
    start_s = spans[-1].end_s if spans else round(start_s, 6)
    end_s = round(end_s, 6)
    if phone == SILENCE and end_s - start_s < 2e-6:
        return
    spans.append(PhoneSpan(phone, start_s, end_s, note))


def _close(phrase: TimedPhrase, end_frame: int) -> TimedPhrase:
    """The phrase with silence from its last sound to `end_frame`."""
    spans = list(phrase.phones)
    _append(spans, SILENCE, spans[-1].end_s, frame_time_s(end_frame), None)
    return TimedPhrase(phrase.start_frame, end_frame, tuple(spans), phrase.notes, phrase.syllables)
