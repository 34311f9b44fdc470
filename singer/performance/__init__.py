"""Underlay and phones in, a performance out: timing, pitch and expression, as data that a person can edit."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from singer.errors import PerformanceError
from singer.performance.model import Performance, PerformedNote, PhoneSpan, Phrase

if TYPE_CHECKING:
    import numpy as np

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
    style: str = "plain",
    transpose: float = 0.0,
) -> Performance:
    """Sing an underlay in the mind: give every phone its time and every frame its pitch and expression.

    `syllables` is what `singer.language.phonemise` gives for `underlay.words`: one for each syllable of
    each word. `style` is a row of `singer.performance.styles.STYLES`; `transpose` is in semitones. The
    same arguments give the same performance, and a phrase whose notes and words are unchanged keeps its
    curves.

    Raises `PerformanceError` with the bar where a note cannot be sung, and where no note carries
    lyrics.
    """
    from singer.performance.check import LONGEST_TITLE, check
    from singer.performance.styles import style_named
    from singer.performance.syllables import sung_notes, sung_syllables
    from singer.performance.timing import time_phrases

    chosen = style_named(style)
    carried, notes = sung_notes(underlay, transpose)
    if not notes:
        raise PerformanceError("No note carries lyrics.", "Put lyrics under the notes or give them as text.")
    sung = sung_syllables(underlay, carried, notes, syllables)
    duration_s = max(float(underlay.duration_s), notes[-1].end_s)
    phrases = time_phrases(notes, sung, duration_s, chosen.breath_s)
    performance = Performance(
        title=underlay.title[:LONGEST_TITLE],
        language=language,
        duration_s=duration_s,
        seed=seed,
        phrases=tuple(_draw(phrase, chosen, seed) for phrase in phrases),
    )
    check(performance)
    return performance


def _draw(phrase: TimedPhrase, style: Style, seed: int) -> Phrase:
    """The phrase with its curves."""
    from singer.performance.dynamics import draw_breathiness, draw_loudness, draw_tension
    from singer.performance.pitch import draw_f0

    loudness = draw_loudness(phrase, style)
    curves = {
        "f0_hz": draw_f0(phrase, style, _random_for(phrase, seed)),
        "loudness_db": loudness,
        "breathiness_db": draw_breathiness(loudness, style),
        "tension": draw_tension(loudness, style),
    }
    return Phrase(
        start_frame=phrase.start_frame,
        frames=phrase.end_frame - phrase.start_frame,
        phones=phrase.phones,
        notes=phrase.notes,
        curves={name: tuple(values.round(_DECIMALS).tolist()) for name, values in curves.items()},
    )


def _random_for(phrase: TimedPhrase, seed: int) -> np.random.Generator:
    """A generator that depends on the seed and on what the phrase sings, and on nothing outside it."""
    import numpy as np

    start_s = phrase.notes[0].onset_s
    sung = [
        (round(note.onset_s - start_s, 4), round(note.end_s - start_s, 4), note.pitch)
        for note in phrase.notes
    ]
    content = repr((seed, sung, [span.phone for span in phrase.phones]))
    digest = sha256(content.encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "little")))
