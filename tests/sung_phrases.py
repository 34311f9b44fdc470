"""Phrases that are sung in tests, made without a score."""

from __future__ import annotations

from singer import HOP, SAMPLE_RATE
from singer.performance.expression import CURVES
from singer.performance.model import PerformedNote, PhoneSpan, Phrase


def sung_phrase(start_frame: int, pitch: float, frames: int = 480) -> Phrase:
    """Silence, “la”, “mi” on two notes a third apart, silence; on the frame grid at `start_frame`."""
    marks_s = [start_frame * HOP / SAMPLE_RATE + at_s for at_s in (0.0, 0.2, 0.3, 1.2, 1.3, 2.4)]
    marks_s.append((start_frame + frames) * HOP / SAMPLE_RATE)
    phones = ("SP", "l", "a", "m", "i", "SP")
    notes = (None, 0, 0, 1, 1, None)
    spans = tuple(
        PhoneSpan(phone, start_s, end_s, note)
        for phone, start_s, end_s, note in zip(phones, marks_s, marks_s[1:], notes, strict=False)
    )
    sung = (
        PerformedNote(marks_s[1], marks_s[3], pitch, "la", 1),
        PerformedNote(marks_s[3], marks_s[5], pitch + 4.0, "mi", 1),
    )
    curves = {curve.name: (curve.default or 0.0,) * frames for curve in CURVES}
    half = frames // 2
    f0_hz = [440.0 * 2 ** ((note.pitch - 69.0) / 12) for note in sung]
    curves["f0_hz"] = (f0_hz[0],) * half + (f0_hz[1],) * (frames - half)
    return Phrase(start_frame, frames, spans, sung, curves)
