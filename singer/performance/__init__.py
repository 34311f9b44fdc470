"""Underlay and phones in, a performance out: timing, pitch and expression, as data that a person can edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from singer.errors import PerformanceError
from singer.performance.model import Performance, PerformedNote, PhoneSpan, Phrase

if TYPE_CHECKING:
    from singer.performance.styles import Style
    from singer.performance.syllables import Pronounced
    from singer.performance.timing import TimedPhrase
    from singer.score.sung import Underlay

__all__ = ["Performance", "PerformedNote", "PhoneSpan", "Phrase", "perform"]

_DECIMALS = 3  # of each curve's unit: a thousandth of a Hz is 0.02 cents at 80 Hz


def perform(
    underlay: Underlay,
    syllables: Sequence[Sequence[Pronounced]],
    *,
    language: str,
    seed: int = 0,
    style: str | Style = "plain",
    transpose: float = 0.0,
) -> Performance:
    """Sing an underlay in the mind: give every phone its time and every frame its pitch and expression.

    `syllables` is what `singer.language.phonemise` gives for `underlay.words`: one for each syllable of
    each word. `style` is one of `singer.performance.styles.STYLES`, by name, or what `read_style` reads
    from a file; `transpose` is in semitones. The same arguments give the same performance, and a phrase
    whose notes and words are unchanged keeps its curves.

    Raises `PerformanceError` with the bar where a note cannot be sung, and where no note carries
    lyrics.
    """
    from singer.performance.check import LONGEST_TITLE, check
    from singer.performance.phrasing import breathe
    from singer.performance.ritardando import slow_the_end
    from singer.performance.styles import style_named
    from singer.performance.syllables import sung_notes, sung_syllables
    from singer.performance.timing import time_phrases

    chosen = style_named(style) if isinstance(style, str) else style
    underlay = slow_the_end(underlay, chosen.final_tempo)
    carried, notes = sung_notes(underlay, transpose)
    if not notes:
        raise PerformanceError("No note carries lyrics.", "Put lyrics under the notes or give them as text.")
    sung = breathe(sung_syllables(underlay, carried, notes, syllables), notes, carried, chosen)
    duration_s = max(float(underlay.duration_s), notes[-1].end_s)
    phrases = time_phrases(notes, carried, sung, duration_s, chosen, seed)
    performance = Performance(
        title=underlay.title[:LONGEST_TITLE],
        language=language,
        duration_s=duration_s,
        seed=seed,
        phrases=tuple(_draw(phrase, chosen) for phrase in phrases),
    )
    check(performance)
    return performance


def _draw(phrase: TimedPhrase, style: Style) -> Phrase:
    """The phrase with its curves."""
    import numpy as np

    from singer.performance.chance import generator
    from singer.performance.dynamics import draw_breathiness, draw_loudness, draw_tension
    from singer.performance.expression import CURVES
    from singer.performance.pitch import draw_f0, held_until
    from singer.performance.shapes import frame_centres_s
    from singer.performance.vibrato import draw_vibrato

    times_s = frame_centres_s(phrase.start_frame, phrase.end_frame)
    random = generator(phrase.key, "vibrato")
    vibrato = draw_vibrato(times_s, phrase.notes, held_until(phrase), style, random)
    loudness = draw_loudness(phrase, style, vibrato)
    curves = {
        "f0_hz": draw_f0(phrase, style, vibrato),
        "loudness_db": loudness,
        "breathiness_db": draw_breathiness(loudness, style),
        "tension": draw_tension(phrase, loudness, style),
    }
    for curve in CURVES:  # what no style draws stands still
        curves.setdefault(curve.name, np.full(len(times_s), curve.default or 0.0))
    return Phrase(
        start_frame=phrase.start_frame,
        frames=phrase.end_frame - phrase.start_frame,
        phones=phrase.phones,
        notes=phrase.notes,
        curves={name: tuple(values.round(_DECIMALS).tolist()) for name, values in curves.items()},
    )
