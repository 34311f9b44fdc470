"""Ways of singing, each a row of numbers."""

from __future__ import annotations

from dataclasses import dataclass

from singer.errors import PerformanceError


@dataclass(frozen=True)
class Style:
    """How a singer treats the notes of a score. Depths are peak values; zero switches a thing off.

    Vibrato of `vibrato_cents` at `vibrato_hz` sets in `vibrato_after_s` after the onset of notes that
    last `vibrato_minimum_s` or longer. Notes are joined in `transition_s` and a little more for each
    semitone, with `overshoot_cents` and `preparation_cents` at most. A note after a rest is approached
    from `scoop_cents` below. `fluctuation_cents` is the root mean square of the slow drift. `arc_db` is
    the swell of a phrase, `accent_db` the weight of a bar's first note, `release_s` the fade at a
    note's end before a rest, `breath_s` the breath before a phrase.
    """

    vibrato_cents: float = 8.0
    vibrato_hz: float = 5.5
    vibrato_after_s: float = 0.5
    vibrato_minimum_s: float = 1.0
    transition_s: float = 0.07
    overshoot_cents: float = 6.0
    preparation_cents: float = 4.0
    scoop_cents: float = 0.0
    fluctuation_cents: float = 1.0
    arc_db: float = 1.5
    accent_db: float = 0.8
    release_s: float = 0.07
    breathiness_db: float = 0.0
    tension: float = 0.0
    breath_s: float = 0.0


STYLES: dict[str, Style] = {
    "plain": Style(),
    "straight": Style(
        vibrato_cents=0.0,
        overshoot_cents=0.0,
        preparation_cents=0.0,
        fluctuation_cents=0.0,
        arc_db=0.0,
        accent_db=0.0,
    ),
    "pop": Style(
        vibrato_cents=25.0,
        vibrato_after_s=0.3,
        vibrato_minimum_s=0.6,
        overshoot_cents=15.0,
        preparation_cents=10.0,
        scoop_cents=40.0,
        fluctuation_cents=3.0,
        accent_db=1.2,
        tension=0.5,
        breath_s=0.25,
    ),
    "choral": Style(
        vibrato_cents=8.0, vibrato_hz=5.3, transition_s=0.09, fluctuation_cents=2.0, arc_db=2.5, accent_db=0.5
    ),
    "ballad": Style(
        vibrato_cents=35.0,
        vibrato_after_s=0.3,
        vibrato_hz=5.3,
        vibrato_minimum_s=0.5,
        transition_s=0.11,
        overshoot_cents=10.0,
        scoop_cents=25.0,
        fluctuation_cents=3.0,
        arc_db=2.5,
        release_s=0.12,
        breathiness_db=2.0,
        breath_s=0.3,
    ),
}
"""The ways of singing by name; "plain" stays closest to the score and is the default."""


def style_named(name: str) -> Style:
    """The style `name`. Raises `PerformanceError` listing the styles where there is none."""
    if name not in STYLES:
        raise PerformanceError(
            f"There is no style {name[:40]!r}.", "The styles are " + ", ".join(STYLES) + "."
        )
    return STYLES[name]
