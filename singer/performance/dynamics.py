"""Loudness, breathiness and tension of a phrase, drawn from its notes and phones.

A phrase swells to its middle and ebbs (Sundberg, Friberg & Frydén 1991: phrase arch), higher notes are
a little louder, long notes swell, a bar's first note has weight, a syllable that begins with a vowel is
parted from the one before by a dip, and what ends before a rest fades inside its note. Dynamics, hairpins and
accents of the score come on top, and who sings louder presses more (Sundberg 1987).
"""

from __future__ import annotations

import numpy as np

from singer.performance.durations import is_sonorant
from singer.performance.model import BREATH, SILENCE, PerformedNote, PhoneSpan
from singer.performance.pitch import has_accent
from singer.performance.shapes import frame_centres_s, hill, minimum_jerk, window
from singer.performance.styles import Style
from singer.performance.timing import TimedPhrase
from singer.performance.vibrato import Vibrato

SILENT_DB = -60.0
"""Loudness where nothing is sung."""

SOFTEST_DB, LOUDEST_DB = -12.0, 6.0
"""Range of loudness where something is sung, fades apart."""

_PITCH_DB_PER_SEMITONE = 0.1
_PITCH_DB = 1.0
_ACCENT_S = 0.25
_DIP_DB, _SAME_VOWEL_DIP_DB = -3.0, -6.0
_DIP_S = 0.08  # from full loudness to full loudness; 40 ms of it are below half
_PHRASE_END_DIP_DB = -5.0
_BREATH_DB = -4.0
_BREATH_SWELL_DB = 14.0
_BREATH_LATE = 1.5  # air is drawn fastest behind the middle
_SHORTEST_SWOLLEN_S, _WHOLE_SWELL_S = 0.6, 1.6
_SWELL_LATE = 1.3
_ACCENTS_DB = {"accent": 3.0, "strong-accent": 4.5, "tenuto": 0.5}
_ACCENT_SHARE = 2.0  # of the style's weight, added to an accent of the score
_ATTACK_S = 0.02
_NOISE_RELEASE_S = 0.012  # a closing "t" or "s" is cut, not faded
_RELEASE_SHARE_OF_NOTE = 0.4
_TENSION_PER_DB = 0.1
_TURN_OF_LEVEL_S = 0.1  # between two notes of different dynamics


def draw_loudness(phrase: TimedPhrase, style: Style, vibrato: Vibrato) -> np.ndarray:
    """Loudness in dB of each frame, (frames,): `SILENT_DB` in rests, else around 0."""
    times_s = frame_centres_s(phrase.start_frame, phrase.end_frame)
    loudness = _arc(times_s, phrase.notes, style) + vibrato.level_db + draw_dynamics(phrase)
    _add_swells(loudness, times_s, phrase.notes, style)
    _add_accents(loudness, times_s, phrase, style)
    _add_dips(loudness, times_s, phrase)
    np.clip(loudness, SOFTEST_DB, LOUDEST_DB, out=loudness)
    for index, span in enumerate(phrase.phones):
        if span.phone == BREATH:
            near = window(times_s, span.start_s, span.end_s)
            drawn = (times_s[near] - span.start_s) / (span.end_s - span.start_s)
            loudness[near] = _BREATH_DB + _BREATH_SWELL_DB * (hill(drawn**_BREATH_LATE) - 1.0)
        elif span.phone == SILENCE:
            loudness[window(times_s, span.start_s, span.end_s)] = SILENT_DB
        else:
            _fade(loudness, times_s, phrase, index, style)
    return loudness


def draw_breathiness(loudness: np.ndarray, style: Style) -> np.ndarray:
    """Breathiness in dB of each frame, (frames,)."""
    return np.full(len(loudness), style.breathiness_db)


def draw_tension(phrase: TimedPhrase, loudness: np.ndarray, style: Style) -> np.ndarray:
    """Tension in dB per octave of each frame, (frames,): who presses, presses more where it is louder."""
    tension = _TENSION_PER_DB * draw_dynamics(phrase)
    if style.tension != 0.0:
        tension += style.tension + _TENSION_PER_DB * np.clip(loudness, -6.0, 6.0)
    return tension


def draw_dynamics(phrase: TimedPhrase) -> np.ndarray:
    """What the score's dynamics say of each frame in dB, (frames,): lines along the notes, quick turns
    between."""
    places_s: list[float] = []
    levels_db: list[float] = []
    for note, written in zip(phrase.notes, phrase.written, strict=True):
        turned_s = min(_TURN_OF_LEVEL_S, 0.5 * (note.end_s - note.onset_s))
        places_s += [note.onset_s, note.end_s - turned_s]
        levels_db += [written.loudness_db, written.loudness_db + written.swell_db]
    times_s = frame_centres_s(phrase.start_frame, phrase.end_frame)
    levels: np.ndarray = np.interp(times_s, places_s, levels_db)
    return levels


def _arc(times_s: np.ndarray, notes: tuple[PerformedNote, ...], style: Style) -> np.ndarray:
    """The phrase's swell, from −arc_db / 2 at its ends to +arc_db / 2, and the pitch's part, (frames,)."""
    start_s, end_s = notes[0].onset_s, notes[-1].end_s
    arc: np.ndarray = style.arc_db * (
        np.sin(np.pi * np.clip((times_s - start_s) / (end_s - start_s), 0.0, 1.0)) - 0.5
    )
    if style.arc_db == 0.0:
        return arc
    lengths_s = np.array([note.end_s - note.onset_s for note in notes])
    pitches = np.array([note.pitch for note in notes])
    height_db = _PITCH_DB_PER_SEMITONE * (pitches - np.average(pitches, weights=lengths_s))
    centres_s = np.array([(note.onset_s + note.end_s) / 2 for note in notes])
    arc += np.interp(times_s, centres_s, np.clip(height_db, -_PITCH_DB, _PITCH_DB))
    return arc


def _add_swells(
    loudness: np.ndarray, times_s: np.ndarray, notes: tuple[PerformedNote, ...], style: Style
) -> None:
    """Let long notes grow and ebb around their mean (messa di voce), the longer the more."""
    for note in notes:
        note_s = note.end_s - note.onset_s
        share = np.clip((note_s - _SHORTEST_SWOLLEN_S) / (_WHOLE_SWELL_S - _SHORTEST_SWOLLEN_S), 0.0, 1.0)
        if share > 0.0:
            near = window(times_s, note.onset_s, note.end_s)
            sung = ((times_s[near] - note.onset_s) / note_s) ** _SWELL_LATE
            loudness[near] += share * style.swell_db * (hill(sung) - 0.5)


def _add_accents(loudness: np.ndarray, times_s: np.ndarray, phrase: TimedPhrase, style: Style) -> None:
    notes = phrase.notes
    for before, note, written in zip((None, *notes), notes, phrase.written, strict=False):
        weight_db = max((_ACCENTS_DB.get(mark, 0.0) for mark in written.marks), default=0.0)
        if weight_db:
            weight_db += _ACCENT_SHARE * style.accent_db if has_accent(written) else 0.0
        elif before is None or before.bar != note.bar:
            weight_db = style.accent_db
        near = window(times_s, note.onset_s - _ACCENT_S / 2, note.onset_s + _ACCENT_S / 2)
        loudness[near] += weight_db * hill((times_s[near] - note.onset_s) / _ACCENT_S + 0.5)


def _add_dips(loudness: np.ndarray, times_s: np.ndarray, phrase: TimedPhrase) -> None:
    """Part syllables that no consonant parts, and phrases that no rest parts."""
    notes = phrase.notes
    for before, syllable in zip(phrase.syllables[:-1], phrase.syllables[1:], strict=True):
        note, last = notes[syllable.first_note], notes[before.end_note - 1]
        if last.end_s < note.onset_s or before.cut_s:
            continue
        dip_db = 0.0
        if not before.coda and not syllable.onset:
            dip_db = _SAME_VOWEL_DIP_DB if before.nucleus[-1] == syllable.nucleus[0] else _DIP_DB
        if before.phrase_end:
            dip_db = min(dip_db, _PHRASE_END_DIP_DB)
        width_s = min(_DIP_S, 0.5 * (last.end_s - last.onset_s))
        near = window(times_s, note.onset_s - width_s, note.onset_s)
        loudness[near] += dip_db * hill((times_s[near] - note.onset_s) / width_s + 1.0)


def _fade(loudness: np.ndarray, times_s: np.ndarray, phrase: TimedPhrase, index: int, style: Style) -> None:
    """Let a sounding phone beside silence come and go, inside its own time or, going, its syllable's."""
    phones = phrase.phones
    span = phones[index]
    if index == 0 or phones[index - 1].phone in (SILENCE, BREATH):
        attack_s = min(_ATTACK_S, (span.end_s - span.start_s) / 2) if is_sonorant(span.phone) else 0.0
        near = window(times_s, span.start_s, span.start_s + attack_s)
        loudness[near] += SILENT_DB * (
            1.0 - minimum_jerk((times_s[near] - span.start_s) / max(attack_s, 1e-6))
        )
    if index + 1 == len(phones) or phones[index + 1].phone in (SILENCE, BREATH):
        release_s = _release_s(phones, index, style)
        near = window(times_s, span.end_s - release_s, span.end_s)
        loudness[near] += SILENT_DB * (1.0 - minimum_jerk((span.end_s - times_s[near]) / release_s))
    np.maximum(loudness, SILENT_DB, out=loudness)


def _release_s(phones: tuple[PhoneSpan, ...], index: int, style: Style) -> float:
    """How long the sound that ends with phone `index` fades: over the sonorants that it ends with."""
    first = index
    while first > 0 and is_sonorant(phones[first].phone) and phones[first - 1].note == phones[index].note:
        first -= 1
    if not is_sonorant(phones[index].phone):
        return min(_NOISE_RELEASE_S, phones[index].end_s - phones[index].start_s)
    sonorant_s = phones[index].end_s - phones[first].start_s
    return min(style.release_s, _RELEASE_SHARE_OF_NOTE * sonorant_s)
