"""What a score may ask of us at most, and the sentences that say so."""

from __future__ import annotations

import math
from fractions import Fraction

from singer.errors import ScoreError
from singer.score.model import TempoMap

MAX_FILE_BYTES = 32_000_000
"""A score file as it lies on disk; and what a compressed one may unpack to."""
MAX_MIDI_BYTES = 2_000_000
MAX_MARKUP = 2_000_000
"""Opening angle brackets in one MusicXML document, so that its tree stays within memory."""
MAX_WRITTEN_NOTES = 80_000
"""`<note>` elements in one document, over all parts: a symphony has about 60,000."""
MAX_NOTES = 20_000
"""Notes of one part after its repeats are unrolled."""
MAX_BARS = 6_000
"""Bars after repeats are unrolled."""
MAX_WRITTEN_BARS = 100_000
"""`<measure>` elements in one document, over all parts."""
MAX_DIVISIONS = 64
"""Different `<divisions>` in one part: each one makes exact time costlier."""
MAX_VERSES = 30
MAX_PARTS = 200
MAX_SONG_S = 30 * 60.0
MAX_NOTE_S = 60.0
MIN_BPM, MAX_BPM = 10.0, 400.0

_SMALLER = "Leave out parts or movements and save again."


def too_large(name: str, what: str, limit: str) -> ScoreError:
    """The error for a file that holds more than we read."""
    return ScoreError(f"{name} holds more than we read: {what} (at most {limit}).", _SMALLER)


def usable_bpm(bpm: float, bar: int, notices: list[str]) -> float | None:
    """`bpm` as it can be sung: None where it is no number, clamped to MIN_BPM..MAX_BPM; both with a
    notice."""
    if not math.isfinite(bpm) or bpm <= 0:
        notices.append(f"The tempo in bar {bar} is not a number that can be sung; it is left out.")
        return None
    clamped = min(max(bpm, MIN_BPM), MAX_BPM)
    if clamped != bpm:
        notices.append(f"The tempo in bar {bar} ({bpm:g} quarter notes a minute) is sung at {clamped:g}.")
    return clamped


def check_length(name: str, length: Fraction, tempo: TempoMap) -> None:
    """Raises ScoreError where the song lasts longer than MAX_SONG_S."""
    seconds = tempo.seconds(length)
    if seconds > MAX_SONG_S:
        raise ScoreError(
            f"{name} lasts {seconds / 60:.0f} minutes; we sing at most {MAX_SONG_S / 60:.0f}.",
            "Check its tempo and note lengths, or cut it into songs.",
        )
