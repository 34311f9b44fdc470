"""The f0 curve: the score's notes as a singer's larynx moves between them.

Steps, overshoot, preparation, vibrato and fine fluctuation are the components of Saitou, Unoki & Akagi
(2005). A step is a minimum-jerk movement, which ends: the middle of every note is exactly the note.
"""

from __future__ import annotations

import numpy as np

from singer import HOP, SAMPLE_RATE
from singer.performance.expression import F0_RANGE_HZ
from singer.performance.model import PerformedNote
from singer.performance.shapes import frame_centres_s, hill, minimum_jerk, window
from singer.performance.styles import Style
from singer.performance.timing import TimedPhrase

_TRANSITION_PER_SEMITONE_S = 0.004  # larger steps take longer (Xu & Sun 2002), up to an octave
_TRANSITION_SHARE_OF_NOTE = 0.5
_BUMP_S = 0.1  # overshoot and preparation
_BUMP_SHARE_OF_STEP = 0.08
_VIBRATO_RISE_S = 0.3
_VIBRATO_FALL_S = 0.08
_VIBRATO_SPREAD_HZ = 0.15
_SCOOP_S = 0.12
_SCOOP_LEAD_S = 0.05
_FLUCTUATION_WINDOW_S = 0.12


def draw_f0(phrase: TimedPhrase, style: Style, random: np.random.Generator) -> np.ndarray:
    """F0 in Hz of each frame of the phrase, (frames,), never zero, through consonants and silence too."""
    times_s = frame_centres_s(phrase.start_frame, phrase.end_frame)
    notes = phrase.notes
    entries_s = _entries_s(phrase)
    pitch = np.full(len(times_s), notes[0].pitch)
    cents = _fluctuation(len(times_s), style.fluctuation_cents, random)
    for index, note in enumerate(notes):
        before = notes[index - 1] if index else None
        after = notes[index + 1] if index + 1 < len(notes) else None
        if before is not None:
            _add_step(times_s, pitch, cents, before, note, entries_s[index], style)
        if before is None or before.end_s < note.onset_s:
            _add_scoop(times_s, cents, before, note, style)
        connected = after is not None and after.onset_s == note.end_s
        _add_vibrato(times_s, cents, note, entries_s[index + 1] if connected else note.end_s, style, random)
    f0_hz = 440.0 * 2.0 ** ((pitch - 69.0 + cents / 100.0) / 12.0)
    return np.clip(f0_hz, *F0_RANGE_HZ)


def _entries_s(phrase: TimedPhrase) -> list[float]:
    """Seconds at which each note's syllable begins to sound: its first consonant, or the note itself."""
    entries_s = [note.onset_s for note in phrase.notes]
    for span in phrase.phones:
        if span.note is not None and span.start_s < entries_s[span.note]:
            entries_s[span.note] = span.start_s
    return entries_s


def _add_step(
    times_s: np.ndarray,
    pitch: np.ndarray,
    cents: np.ndarray,
    before: PerformedNote,
    note: PerformedNote,
    entry_s: float,
    style: Style,
) -> None:
    """Move from one note to the next, as far as there is one in the consonants before the vowel."""
    step = note.pitch - before.pitch
    if step == 0.0:
        return
    room_s = _TRANSITION_SHARE_OF_NOTE * min(before.end_s - before.onset_s, note.end_s - note.onset_s)
    width_s = min(style.transition_s + _TRANSITION_PER_SEMITONE_S * min(abs(step), 12.0), room_s)
    start_s = note.onset_s - max(min(note.onset_s - entry_s, 0.85 * width_s), 0.5 * width_s)
    end_s = start_s + width_s
    near = window(times_s, start_s, end_s)
    pitch[near] += step * minimum_jerk((times_s[near] - start_s) / width_s)
    pitch[near.stop :] += step
    bump_s = min(_BUMP_S, room_s)
    size_cents = _BUMP_SHARE_OF_STEP * abs(step) * 100.0
    for centre_s, depth_cents in (
        (end_s, np.sign(step) * min(size_cents, style.overshoot_cents)),
        (start_s, -np.sign(step) * min(size_cents, style.preparation_cents)),
    ):
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


def _add_vibrato(
    times_s: np.ndarray,
    cents: np.ndarray,
    note: PerformedNote,
    until_s: float,
    style: Style,
    random: np.random.Generator,
) -> None:
    """Add vibrato around the note's pitch, at a rate that is drawn for each note, with vibrato or not."""
    rate_hz = style.vibrato_hz + random.uniform(-_VIBRATO_SPREAD_HZ, _VIBRATO_SPREAD_HZ)
    if note.end_s - note.onset_s < style.vibrato_minimum_s or style.vibrato_cents == 0.0:
        return
    start_s = note.onset_s + style.vibrato_after_s
    near = window(times_s, start_s, until_s)
    since_s = times_s[near] - start_s
    rise = minimum_jerk(since_s / _VIBRATO_RISE_S)
    fall = minimum_jerk((until_s - times_s[near]) / _VIBRATO_FALL_S)
    cents[near] += style.vibrato_cents * rise * fall * np.sin(2.0 * np.pi * rate_hz * since_s)


def _fluctuation(frames: int, root_mean_square: float, random: np.random.Generator) -> np.ndarray:
    """Slow drift in cents, (frames,): noise through a Hann window, at most three times its size."""
    shape = np.hanning(max(3, round(_FLUCTUATION_WINDOW_S * SAMPLE_RATE / HOP)))
    noise = random.standard_normal(frames + len(shape) - 1)
    drift = np.convolve(noise, shape / np.sqrt(np.sum(shape**2)), mode="valid")
    return root_mean_square * np.clip(drift, -3.0, 3.0)
