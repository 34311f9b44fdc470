"""When each phone is sung: vowels on the beat, consonants before it, rests silent, note totals exact.

A vowel is heard exactly on its note's onset: its boundary with the consonant lies there, or as much later
as the consonant turns into it. The consonants take their time from the end of the note before, or from the
rest, as in sung speech (Sundberg 1987) and in the time-lag models of NNSVS (Yamamoto et al. 2023).
Nothing ever moves a note: where there is no room, consonants are squeezed. A style's `timing_s` moves single
syllables against their notes, as far as a singer does without being heard as early or late.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from singer import HOP, SAMPLE_RATE
from singer.performance.chance import draws, generator, phrase_key
from singer.performance.durations import (
    coda_durations_s,
    count_vowels,
    heard_early_s,
    nucleus_durations_s,
    onset_durations_s,
)
from singer.performance.model import BREATH, SILENCE, PerformedNote, PhoneSpan, frame_time_s
from singer.performance.styles import Style
from singer.performance.syllables import SungSyllable
from singer.score.sung import SungNote

PHRASE_REST_S = 0.25
"""A rest of this length parts phrases."""

LONGEST_ENTRY_S = 0.12
"""Consonants reach at most this far into the rest before their note."""

SHORTEST_BREATH_S = 0.15
"""Air that is drawn quicker than this is hardly heard as a breath."""

FIRST_ENTRY_S = 0.025
"""A consonant on a note at time 0 takes this; its vowel is late by so much, and nothing else."""

_ENTRY_SHARE_OF_REST = 0.6
_FIRST_ENTRY_SHARE_OF_NOTE = 0.25
_CONSONANT_SHARE_OF_NOTE = 0.5
_TURNING_SHARE_OF_NOTE = 0.15
_LEAD_MARGIN_S = 0.05
_TAIL_MARGIN_S = 0.1
_BREATH_END_S = 0.03  # between a breath and the sound after it
_STRAY_SHARE_OF_NOTE = 0.05  # a syllable's onset strays at most by this share of its neighbours
_SOONEST_STRAY_S = 0.1


@dataclass(frozen=True)
class TimedPhrase:
    """A phrase on the frame grid whose phones have their times; `syllables` index `notes` from 0.

    `written` are the score's notes, one for each of `notes`; `key` is what the phrase's draws depend on.
    """

    start_frame: int
    end_frame: int
    phones: tuple[PhoneSpan, ...]
    notes: tuple[PerformedNote, ...]
    written: tuple[SungNote, ...]
    syllables: tuple[SungSyllable, ...]
    key: bytes


@dataclass
class _Place:
    """Where one syllable's parts lie: seconds of each consonant, and the nucleus between them."""

    onset_s: list[float]
    coda_s: list[float]
    vowel_start_s: float
    vowel_end_s: float


def time_phrases(
    notes: Sequence[PerformedNote],
    written: Sequence[SungNote],
    syllables: Sequence[SungSyllable],
    duration_s: float,
    style: Style,
    seed: int,
) -> tuple[TimedPhrase, ...]:
    """Cut the song at its rests and give each phone of each phrase its time.

    `notes` are the sung notes in time order, `written` the same ones in the score. The same phrase gets the
    same times whatever is sung in the others.
    """
    phrases = []
    first = 0
    sung_until_s, taken_frames = 0.0, 0
    for index in range(1, len(syllables) + 1):
        note_end_s = notes[syllables[index - 1].end_note - 1].end_s
        end_s, rest_s = syllables[index - 1].end_s(notes), math.inf
        if index < len(syllables):
            next_s = notes[syllables[index].first_note].onset_s
            rest_s = next_s - end_s
            if next_s - note_end_s < PHRASE_REST_S:
                continue
        mine = syllables[first:index]
        key = phrase_key(notes, mine, seed)
        phrase = _time_phrase(notes, written, mine, sung_until_s, taken_frames, style, key)
        tail_s = min(_TAIL_MARGIN_S, rest_s - LONGEST_ENTRY_S - _LEAD_MARGIN_S)
        last_frame = min(math.floor((end_s + tail_s) * SAMPLE_RATE / HOP), _frames(duration_s))
        phrases.append(_close(phrase, max(last_frame, _frames(max(end_s, note_end_s)))))
        first, sung_until_s, taken_frames = index, end_s, phrases[-1].end_frame
    return tuple(phrases)


def _frames(seconds: float) -> int:
    """Whole frames that cover `seconds`."""
    return math.ceil(seconds * SAMPLE_RATE / HOP - 1e-6)


def _time_phrase(
    notes: Sequence[PerformedNote],
    written: Sequence[SungNote],
    syllables: Sequence[SungSyllable],
    sung_until_s: float,
    taken_frames: int,
    style: Style,
    key: bytes,
) -> TimedPhrase:
    """One phrase up to its last sound; `end_frame` is still open (0)."""
    strays_s = _strays_s(notes, syllables, sung_until_s, style, key)
    places = _place_syllables(notes, syllables, sung_until_s, strays_s)
    offset = syllables[0].first_note
    start_s = places[0].vowel_start_s - sum(places[0].onset_s)
    if syllables[0].breath_s > 0.0:
        start_s -= syllables[0].breath_s + _BREATH_END_S
    start_frame = max(math.floor((start_s - _LEAD_MARGIN_S) * SAMPLE_RATE / HOP), taken_frames, 0)
    spans: list[PhoneSpan] = []
    sung_until_s = frame_time_s(start_frame)
    for syllable, place in zip(syllables, places, strict=True):
        _append_syllable(spans, syllable, place, syllable.first_note - offset, sung_until_s)
        sung_until_s = spans[-1].end_s
    return TimedPhrase(
        start_frame=start_frame,
        end_frame=0,
        phones=tuple(spans),
        notes=tuple(notes[offset : syllables[-1].end_note]),
        written=tuple(written[offset : syllables[-1].end_note]),
        syllables=tuple(syllable.shifted(-offset) for syllable in syllables),
        key=key,
    )


def _strays_s(
    notes: Sequence[PerformedNote],
    syllables: Sequence[SungSyllable],
    sung_until_s: float,
    style: Style,
    key: bytes,
) -> list[float]:
    """How much later (earlier: negative) than its note each syllable is sung."""
    drawn = style.timing_s * draws(generator(key, "timing"), len(syllables))
    strays_s = []
    before_s, joined = sung_until_s, 0
    for syllable, stray_s in zip(syllables, drawn.tolist(), strict=True):
        first, last = notes[syllable.first_note], notes[syllable.end_note - 1]
        room_s = min(first.end_s - first.onset_s, first.onset_s - before_s)
        room_s *= _STRAY_SHARE_OF_NOTE / (1 + joined)
        settled = first.onset_s < _SOONEST_STRAY_S or room_s <= 0.0
        strays_s.append(0.0 if settled else max(-room_s, min(room_s, stray_s)))
        before_s, joined = last.onset_s, count_vowels(syllable.coda)
    return strays_s


def _place_syllables(
    notes: Sequence[PerformedNote],
    syllables: Sequence[SungSyllable],
    sung_until_s: float,
    strays_s: Sequence[float],
) -> list[_Place]:
    places: list[_Place] = []
    for index, syllable in enumerate(syllables):
        beat_s = notes[syllable.first_note].onset_s
        before = syllables[index - 1] if index else None
        before_s = before.end_s(notes) if before else sung_until_s
        onset_s = onset_durations_s(syllable.onset)
        boundary_s = beat_s + _turning_s(syllable, notes) + strays_s[index]
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
    place.vowel_end_s = syllable.end_s(notes) - sum(place.coda_s)


def _held_s(place: _Place, syllable: SungSyllable, notes: Sequence[PerformedNote]) -> float:
    """Seconds that vowel and coda share on the syllable's last note, which a late vowel shortens."""
    return syllable.end_s(notes) - max(notes[syllable.end_note - 1].onset_s, place.vowel_start_s)


def _append_syllable(
    spans: list[PhoneSpan], syllable: SungSyllable, place: _Place, note: int, sung_until_s: float
) -> None:
    """Add a syllable, and before it the silence since `sung_until_s`, with a breath where it has one."""
    start_s = place.vowel_start_s - sum(place.onset_s)
    breath_end_s = start_s - _BREATH_END_S
    breath_start_s = max(breath_end_s - syllable.breath_s, sung_until_s)
    if syllable.breath_s > 0.0 and breath_end_s - breath_start_s >= SHORTEST_BREATH_S:
        _append(spans, SILENCE, sung_until_s, breath_start_s, None)
        _append(spans, BREATH, breath_start_s, breath_end_s, None)
    _append(spans, SILENCE, sung_until_s, start_s, None)
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
    return replace(phrase, end_frame=end_frame, phones=tuple(spans))
