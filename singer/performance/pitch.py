"""The f0 curve: the score's notes as a singer's larynx moves between them.

Steps, overshoot, preparation, vibrato and fine fluctuation are the components of Saitou, Unoki & Akagi
(2005). A step is a minimum-jerk movement, which ends: the middle of every note is exactly the note. How far a
step is overshot and prepared, as a share of it, follows from the damping of their second-order systems.
"""

from __future__ import annotations

import numpy as np

from singer import HOP, SAMPLE_RATE
from singer.performance.chance import generator
from singer.performance.expression import F0_RANGE_HZ
from singer.performance.model import PerformedNote
from singer.performance.shapes import frame_centres_s, hill, minimum_jerk, window
from singer.performance.styles import Style
from singer.performance.timing import TimedPhrase
from singer.performance.vibrato import Vibrato
from singer.score.sung import SungNote

_TRANSITION_PER_SEMITONE_S = 0.004  # larger steps take longer (Xu & Sun 2002), up to an octave
_TRANSITION_SHARE_OF_NOTE = 0.5
_BUMP_S = 0.1  # overshoot and preparation
_OVERSHOOT_SHARE = 0.13  # of the step: damping 0.5422, exp(−πζ / √(1 − ζ²))
_PREPARATION_SHARE = 0.06  # damping 0.6681
_SCOOP_S = 0.12
_SCOOP_LEAD_S = 0.05
_FLUCTUATION_WINDOW_S = 0.12
_SHORTEST_TURNED_S = 0.4
_TURN = (
    (0.05, 0.13, 1.0),
    (0.16, 0.11, -0.4),
)  # seconds after the note's onset, seconds wide, share of depth


def draw_f0(phrase: TimedPhrase, style: Style, vibrato: Vibrato) -> np.ndarray:
    """F0 in Hz of each frame of the phrase, (frames,), never zero, through consonants and silence too."""
    times_s = frame_centres_s(phrase.start_frame, phrase.end_frame)
    notes = phrase.notes
    entries_s = entries(phrase)
    pitch = np.full(len(times_s), notes[0].pitch)
    cents = vibrato.cents + _fluctuation(len(times_s), style, generator(phrase.key, "fluctuation"))
    begun = {syllable.first_note for syllable in phrase.syllables}
    for index, note in enumerate(notes):
        before = notes[index - 1] if index else None
        if before is not None:
            slurred = phrase.written[index].slurred or phrase.written[index].melisma
            slide_s = style.slur_s if slurred else 0.0
            _add_step(times_s, pitch, cents, before, note, entries_s[index], style, slide_s)
        if before is None or before.end_s < note.onset_s:
            _add_scoop(times_s, cents, before, note, style)
        heavy = before is None or before.bar != note.bar or has_accent(phrase.written[index])
        if heavy and index in begun:
            _add_turn(times_s, cents, note, style)
    f0_hz = 440.0 * 2.0 ** ((pitch - 69.0 + cents / 100.0) / 12.0)
    return np.clip(f0_hz, *F0_RANGE_HZ)


def entries(phrase: TimedPhrase) -> list[float]:
    """Seconds at which each note's syllable begins to sound: its first consonant, or the note itself."""
    entries_s = [note.onset_s for note in phrase.notes]
    for span in phrase.phones:
        if span.note is not None and span.start_s < entries_s[span.note]:
            entries_s[span.note] = span.start_s
    return entries_s


def held_until(phrase: TimedPhrase) -> list[float]:
    """Seconds at which each note's vowel ends: where the next note or its consonants enter, or where it is
    cut."""
    entries_s = entries(phrase)
    until_s = [note.end_s for note in phrase.notes]
    for index, note in enumerate(phrase.notes[:-1]):
        if phrase.notes[index + 1].onset_s == note.end_s:
            until_s[index] = min(entries_s[index + 1], note.end_s)
    for syllable in phrase.syllables:
        last = syllable.end_note - 1
        until_s[last] = min(until_s[last], syllable.end_s(phrase.notes))
    return until_s


def has_accent(note: SungNote) -> bool:
    """Whether the score puts an accent on the note."""
    return "accent" in note.marks or "strong-accent" in note.marks


def _add_step(
    times_s: np.ndarray,
    pitch: np.ndarray,
    cents: np.ndarray,
    before: PerformedNote,
    note: PerformedNote,
    entry_s: float,
    style: Style,
    slide_s: float,
) -> None:
    """Move from one note to the next, as far as there is one in the consonants before the vowel."""
    step = note.pitch - before.pitch
    if step == 0.0:
        return
    room_s = _TRANSITION_SHARE_OF_NOTE * min(before.end_s - before.onset_s, note.end_s - note.onset_s)
    width_s = style.transition_s + slide_s + _TRANSITION_PER_SEMITONE_S * min(abs(step), 12.0)
    width_s = min(width_s, room_s)
    start_s = note.onset_s - max(min(note.onset_s - entry_s, 0.85 * width_s), 0.5 * width_s)
    end_s = start_s + width_s
    near = window(times_s, start_s, end_s)
    pitch[near] += step * minimum_jerk((times_s[near] - start_s) / width_s)
    pitch[near.stop :] += step
    bump_s = min(_BUMP_S, room_s)
    for centre_s, share, sign, most_cents in (
        (end_s, _OVERSHOOT_SHARE, 1.0, style.overshoot_cents),
        (start_s, _PREPARATION_SHARE, -1.0, style.preparation_cents),
    ):
        depth_cents = sign * np.sign(step) * min(share * abs(step) * 100.0, most_cents)
        near = window(times_s, centre_s - bump_s / 2, centre_s + bump_s / 2)
        cents[near] += depth_cents * hill((times_s[near] - centre_s) / bump_s + 0.5)


def _add_scoop(
    times_s: np.ndarray, cents: np.ndarray, before: PerformedNote | None, note: PerformedNote, style: Style
) -> None:
    """Come to a note after a rest from below."""
    since_s = before.end_s if before is not None else -np.inf
    near = window(times_s, since_s, note.onset_s + _SCOOP_S)
    lowered = 1.0 - minimum_jerk((times_s[near] - note.onset_s) / _SCOOP_S)
    if before is not None:
        lowered *= minimum_jerk((times_s[near] - since_s) / _SCOOP_LEAD_S)
    cents[near] -= style.scoop_cents * lowered


def _add_turn(times_s: np.ndarray, cents: np.ndarray, note: PerformedNote, style: Style) -> None:
    """Turn quickly above the note and a little below it, where the note is too short for vibrato."""
    note_s = note.end_s - note.onset_s
    swings = style.vibrato_cents > 0.0 and note_s >= style.vibrato_minimum_s
    if style.turn_cents == 0.0 or note_s < _SHORTEST_TURNED_S or swings:
        return
    for after_s, width_s, share in _TURN:
        start_s = note.onset_s + after_s
        near = window(times_s, start_s, start_s + width_s)
        cents[near] += share * style.turn_cents * hill((times_s[near] - start_s) / width_s)


def _fluctuation(frames: int, style: Style, random: np.random.Generator) -> np.ndarray:
    """Slow drift in cents, (frames,): noise through a Hann window, at most three times its size."""
    shape = np.hanning(max(3, round(_FLUCTUATION_WINDOW_S * SAMPLE_RATE / HOP)))
    noise = random.standard_normal(frames + len(shape) - 1)
    drift = np.convolve(noise, shape / np.sqrt(np.sum(shape**2)), mode="valid")
    return style.fluctuation_cents * np.clip(drift, -3.0, 3.0)
