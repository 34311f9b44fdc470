"""Ways of singing, each a TOML file of numbers: those of the house in `presets/`, or a file of one's own."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from singer.errors import PerformanceError

PRESETS = Path(__file__).parent / "presets"
LARGEST_STYLE_FILE = 64 * 1024
LONGEST_NAME = 40
DEFAULT_STYLE = "plain"


@dataclass(frozen=True)
class Style:
    """How a singer treats the notes of a score. Depths are peak values; zero switches a thing off.

    What each number means, and where its values come from, is docs/reference/performance.md.
    """

    name: str = DEFAULT_STYLE
    vibrato_cents: float = 0.0
    """Half of what the pitch swings from its highest to its lowest."""
    vibrato_hz: float = 5.5
    vibrato_hurry: float = 0.0
    """By which share the rate has risen at the end of a note."""
    vibrato_after_s: float = 0.5
    """Seconds of a note without vibrato; `vibrato_rise_s` later it has its whole depth."""
    vibrato_rise_s: float = 0.3
    vibrato_minimum_s: float = 1.0
    """Shorter notes have none."""
    vibrato_spread: float = 0.0
    """Standard deviation of rate (a third of it) and depth, as a share, from note to note and within one."""
    vibrato_db: float = 0.0
    """How much louder the upper half of each swing is."""
    transition_s: float = 0.07
    """Seconds from note to note, and a little more for each semitone."""
    slur_s: float = 0.0
    """So much longer where a slur joins them."""
    overshoot_cents: float = 0.0
    """At most so far beyond a note that is stepped to."""
    preparation_cents: float = 0.0
    """At most so far away from the next note before the step."""
    scoop_cents: float = 0.0
    """A note after a rest is come to from below."""
    turn_cents: float = 0.0
    """A quick turn above the note as it begins: on notes with weight, too short for vibrato (kobushi)."""
    fluctuation_cents: float = 0.0
    """Root mean square of the slow drift."""
    timing_s: float = 0.0
    """Standard deviation of a syllable's onset."""
    final_lengthening: float = 0.0
    """A phrase's last note is held over into the rest by this share of itself."""
    final_tempo: float = 1.0
    """Share of the tempo that is left where the song ends."""
    arc_db: float = 0.0
    """The swell of a phrase."""
    swell_db: float = 0.0
    """The swell of a long note."""
    accent_db: float = 0.0
    """The weight of a bar's first note; an accent in the score has three decibels and twice that."""
    release_s: float = 0.07
    """The fade at a note's end before a rest."""
    breathiness_db: float = 0.0
    tension: float = 0.0
    """Decibels per octave, positive is brighter."""
    breath_s: float = 0.0
    """The longest breath before a phrase."""


LIMITS: Mapping[str, tuple[float, float]] = {
    "vibrato_cents": (0.0, 200.0),
    "vibrato_hz": (3.0, 8.0),
    "vibrato_hurry": (0.0, 0.3),
    "vibrato_after_s": (0.0, 3.0),
    "vibrato_rise_s": (0.02, 2.0),
    "vibrato_minimum_s": (0.1, 10.0),
    "vibrato_spread": (0.0, 0.3),
    "vibrato_db": (0.0, 3.0),
    "transition_s": (0.01, 0.4),
    "slur_s": (0.0, 0.4),
    "overshoot_cents": (0.0, 100.0),
    "preparation_cents": (0.0, 100.0),
    "scoop_cents": (0.0, 300.0),
    "turn_cents": (0.0, 300.0),
    "fluctuation_cents": (0.0, 20.0),
    "timing_s": (0.0, 0.03),
    "final_lengthening": (0.0, 0.5),
    "final_tempo": (0.3, 1.0),
    "arc_db": (0.0, 9.0),
    "swell_db": (0.0, 6.0),
    "accent_db": (0.0, 4.0),
    "release_s": (0.02, 0.5),
    "breathiness_db": (-12.0, 12.0),
    "tension": (-4.0, 4.0),
    "breath_s": (0.0, 0.8),
}
"""Least and most of each number of a style: what a throat does, with room for taste."""


def read_style(path: Path) -> Style:
    """The style in a TOML file: `name`, the preset it starts from (`base`, "plain" without one), and numbers.

    Raises `PerformanceError` naming the file, the number and the remedy.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_STYLE_FILE + 1)
    except OSError as error:
        raise PerformanceError(
            f"{path.name} cannot be read ({error.strerror}).", "Name a style file."
        ) from error
    if len(raw) > LARGEST_STYLE_FILE:
        raise PerformanceError(f"{path.name} is too large to be a style.", "A style is a few lines of TOML.")
    try:
        data = tomllib.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PerformanceError(
            f"{path.name} is not TOML: {str(error)[:120]}.", "Write lines such as `vibrato_cents = 40`."
        ) from error
    return _style(data, path)


def style_named(name: str) -> Style:
    """The preset `name`. Raises `PerformanceError` listing the presets where there is none."""
    if name not in STYLES:
        raise PerformanceError(
            f"There is no style {name[:LONGEST_NAME]!r}.",
            "The styles are " + ", ".join(STYLES) + "; or give a file of your own, such as mine.toml.",
        )
    return STYLES[name]


def _style(data: dict[str, Any], path: Path) -> Style:
    base = data.pop("base", None)
    if base is not None and base not in STYLES:
        raise PerformanceError(
            f"{path.name}: base is {str(base)[:LONGEST_NAME]!r}, which is no style.",
            "Start from one of " + ", ".join(STYLES) + ".",
        )
    name = data.pop("name", path.stem[:LONGEST_NAME])
    if not isinstance(name, str) or not name.isprintable() or not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise PerformanceError(
            f"{path.name}: its name is not usable.", f"A name has 1 to {LONGEST_NAME} characters."
        )
    numbers = {field: _number(path, field, value) for field, value in data.items()}
    start = STYLES.get(base or DEFAULT_STYLE, Style())
    return replace(start, name=name.strip(), **numbers)


def _number(path: Path, field: str, value: Any) -> float:
    if field not in LIMITS:
        near = difflib.get_close_matches(field, LIMITS, n=1)
        remedy = f"Do you mean {near[0]}?" if near else "The numbers are " + ", ".join(LIMITS) + "."
        raise PerformanceError(f"{path.name}: a style has no {field[:LONGEST_NAME]!r}.", remedy)
    low, high = LIMITS[field]
    if type(value) not in (int, float) or not low <= value <= high:
        raise PerformanceError(
            f"{path.name}: {field} is {str(value)[:LONGEST_NAME]}.",
            f"Give a number from {low:g} to {high:g}.",
        )
    return float(value)


STYLES: dict[str, Style] = {}
"""The presets by name; "plain" stays closest to the score and is the default."""

for _name in ("plain", "straight", "pop", "choral", "enka", "ballad"):
    STYLES[_name] = read_style(PRESETS / f"{_name}.toml")
