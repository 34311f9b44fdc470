"""The laws of a performance: what must hold before it can be sung."""

from __future__ import annotations

import math

import numpy as np

from singer import HOP, SAMPLE_RATE
from singer.errors import PerformanceError
from singer.language.phones import is_known
from singer.performance.expression import CURVES
from singer.performance.model import Performance, Phrase

MAXIMUM_DURATION_S = 1800.0
"""Longest song that is performed: half an hour."""

GAP_TOLERANCE_S = 1e-4
"""Two times closer than this are the same time: rounding to a tenth of a millisecond is no gap."""

LONGEST_TITLE, LONGEST_TEXT = 1000, 200
"""Characters of a song's title and of a note's text."""

_LONGEST_LANGUAGE = 35  # RFC 5646, section 4.4.1
_LARGEST_SEED = 2**63 - 1


def check(performance: Performance) -> None:
    """Check every law of `performance`; the first one that is broken is raised.

    Raises `PerformanceError` naming the phrase (counted from 1), the field and the remedy.
    """
    _check_header(performance)
    last_frame = math.ceil(performance.duration_s * SAMPLE_RATE / HOP - 1e-6)
    free_from = 0
    for number, phrase in enumerate(performance.phrases, start=1):
        place = phrase_place(number)
        if phrase.start_frame < free_from:
            raise PerformanceError(
                f"{place} starts at frame {phrase.start_frame}, but the frames before {free_from} are taken.",
                "Put phrases in time order and let none begin before the one before it ends.",
            )
        if phrase.frames < 1:
            raise PerformanceError(f"{place} has {phrase.frames} frames.", "Give it one or remove it.")
        if phrase.end_frame > last_frame:
            raise PerformanceError(
                f"{place} ends at frame {phrase.end_frame}, after the song's last frame {last_frame}.",
                "Make duration_s longer or the phrase shorter.",
            )
        free_from = phrase.end_frame
        _check_curves(place, phrase)
        _check_notes(place, phrase)
        _check_phones(place, phrase)


def phrase_place(number: int) -> str:
    """How messages name phrase `number`, counted from 1."""
    return f"Phrase {number}"


def _check_header(performance: Performance) -> None:
    duration_s = performance.duration_s
    if not (math.isfinite(duration_s) and 0.0 <= duration_s <= MAXIMUM_DURATION_S):
        raise PerformanceError(
            f"The performance's duration_s is {duration_s:g}.",
            f"A song lasts from 0 to {MAXIMUM_DURATION_S:g} s (half an hour).",
        )
    if not 0 <= performance.seed <= _LARGEST_SEED:
        raise PerformanceError(
            "The performance's seed is out of range.", "Use a whole number from 0 to 2^63 − 1."
        )
    _check_text("The performance's title", performance.title, LONGEST_TITLE)
    _check_text("The performance's language", performance.language, _LONGEST_LANGUAGE)


def _check_text(place: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise PerformanceError(f"{place} has {len(text)} characters.", f"At most {longest} are allowed.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise PerformanceError(
            f"{place} holds half a character (a lone surrogate).", "Write it again as UTF-8."
        )


def _check_curves(place: str, phrase: Phrase) -> None:
    for curve in CURVES:
        if curve.name not in phrase.curves:
            raise PerformanceError(f"{place} has no curve {curve.name}.", "Give it one value for each frame.")
        values = np.asarray(phrase.curves[curve.name], dtype=np.float64)
        if values.shape != (phrase.frames,):
            raise PerformanceError(
                f"{place}, curve {curve.name}: {len(values)} values for {phrase.frames} frames.",
                "Give one value for each frame.",
            )
        wrong = np.flatnonzero(~((values >= curve.minimum) & (values <= curve.maximum)))
        if wrong.size:
            raise PerformanceError(
                f"{place}, curve {curve.name}, frame {wrong[0]} is {values[wrong[0]]:g} {curve.unit}.",
                f"Keep it from {curve.minimum:g} to {curve.maximum:g} {curve.unit}.",
            )
    strange = sorted(set(phrase.curves) - {curve.name for curve in CURVES})
    if strange:
        raise PerformanceError(
            f"{place} has a curve {strange[0][:40]!r} that we do not know.",
            "The curves are " + ", ".join(curve.name for curve in CURVES) + ".",
        )


def _check_notes(place: str, phrase: Phrase) -> None:
    sung_until_s = phrase.start_s
    for number, note in enumerate(phrase.notes, start=1):
        name = f"{place}, note {number}"
        _check_text(name, note.text, LONGEST_TEXT)
        times = (note.onset_s, note.end_s)
        if not all(map(math.isfinite, times)) or note.onset_s >= note.end_s:
            raise PerformanceError(
                f"{name} lasts from {note.onset_s} to {note.end_s} s.", "Let it end after it begins."
            )
        if note.onset_s < sung_until_s - GAP_TOLERANCE_S:
            raise PerformanceError(
                f"{name} begins at {note.onset_s} s, before {sung_until_s:.4f} s, where it may.",
                "Notes lie inside their phrase, in time order, one at a time.",
            )
        if note.end_s > phrase.end_s + GAP_TOLERANCE_S:
            raise PerformanceError(
                f"{name} ends at {note.end_s} s, after its phrase's end at {phrase.end_s:.4f} s.",
                "Notes lie inside their phrase.",
            )
        if not 0.0 <= note.pitch <= 127.0:
            raise PerformanceError(f"{name} has pitch {note.pitch}.", "Use a MIDI note number from 0 to 127.")
        sung_until_s = note.end_s


def _check_phones(place: str, phrase: Phrase) -> None:
    if not phrase.phones:
        raise PerformanceError(f"{place} has no phones.", "A phrase without any sound is one phone SP.")
    before_s, before = phrase.start_s, "the phrase's first frame begins"
    for number, span in enumerate(phrase.phones, start=1):
        if not is_known(span.phone):
            raise PerformanceError(
                f"{place}, phone {number}: {span.phone[:40]!r} is not a phone that we know.",
                "Write one IPA phone, SP for silence or AP for a breath.",
            )
        name = f"{place}, phone {number} ({span.phone})"
        if not (math.isfinite(span.start_s) and math.isfinite(span.end_s)):
            raise PerformanceError(f"{name} has a time that is no finite number.", "Give seconds.")
        if abs(span.start_s - before_s) > GAP_TOLERANCE_S:
            raise PerformanceError(
                f"{name} has start_s {span.start_s}, but {before} at {before_s} s.",
                "Phones follow each other without a gap: write the same time in both places.",
            )
        if span.end_s <= span.start_s:
            raise PerformanceError(
                f"{name} has end_s {span.end_s}, not after its start_s {span.start_s}.",
                "Make it last, or remove it and move its neighbour's edge.",
            )
        if span.note is not None and not 0 <= span.note < len(phrase.notes):
            raise PerformanceError(
                f"{name} has note {span.note}, but its phrase has {len(phrase.notes)} notes.",
                "Use the note's index in the phrase, counted from 0, or null.",
            )
        before_s, before = span.end_s, "the phone before it ends"
    if abs(before_s - phrase.end_s) > GAP_TOLERANCE_S:
        raise PerformanceError(
            f"{place}: its last phone ends at {before_s} s, its last frame at {phrase.end_s:.6f} s.",
            "Let the last phone end where the phrase ends.",
        )
