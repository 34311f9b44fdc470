"""What a trace comes to: who is suspected, and what may be said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from singer.tracing.likelihood import in_words

MARKED, IDENTIFIED, ONE_OF, MELODY, UNKNOWN = "marked", "identified", "one-of", "melody", "unknown"
"""What a trace can come to: its marks name it; it was sung again and fits; several fit alike; only the melody
is known, as the song cannot be sung again or too little is left of its sound; nothing."""

SURE_NATS = 3.0
"""A ratio from which on something is said: twenty to one."""

MELODY_RATIO = 1.45
"""From where on a melody is said to be the song's: how much better it fits than the same tune backwards."""

NOTHING = "It fits no song that was released here, or too little of it is left to tell."


@dataclass(frozen=True)
class Suspected:
    """A render that the recording may be, most likely first.

    Ratios are natural logarithms: `song_nats` this song against another, `render_nats` this render against
    another of the song that the registry does not know, `ahead_nats` this render against the next one here.
    None where the song could not be sung again; `why_not` says why. `start_s` is where in the song the
    recording begins, `tempo` how much faster it is, `semitones` how much higher, `melody` how much better the
    melody fits than the same tune backwards.
    """

    render_id: str
    voice: str
    voice_name: str
    grant: str
    released_at: str
    allowed_now: bool
    start_s: float
    tempo: float
    semitones: float
    melody: float
    song_nats: float | None = None
    render_nats: float | None = None
    ahead_nats: float | None = None
    why_not: str = ""


def concluded(suspected: Sequence[Suspected]) -> tuple[str, str]:
    """The answer in a word and in a sentence, from what is suspected, the likeliest first."""
    first = next((one for one in suspected if one.song_nats is not None), None)
    silent = [one for one in suspected if one.song_nats is None and one.melody >= MELODY_RATIO]
    unheard = f"{_names(silent)}, which cannot be sung again"
    if first is None or first.song_nats is None or first.song_nats < SURE_NATS:
        if first is not None and first.melody >= MELODY_RATIO:
            also = f" It is also that of {unheard}." if silent else ""
            return MELODY, (
                f"It has the melody of {_names([first])}, which fits best of what was sung again"
                f"{_ahead(first)}, but not so well that it could be no other recording of this tune.{also}"
            )
        if silent:
            return MELODY, (
                f"It has the melody of {unheard}: the melody alone does not prove that it is this recording."
            )
        return UNKNOWN, NOTHING
    also = f" The same melody is that of {unheard}: that is not ruled out." if silent else ""
    likely = f"{in_words(first.song_nats)} as another song"
    alike = _alike(suspected)
    if len(alike) > 1:
        return ONE_OF, f"It is one of the renders {_names(alike)}, which fit alike: {likely}.{also}"
    said = f"It is render {first.render_id}, with the voice of {first.voice_name}: {likely}{_ahead(first)}"
    if first.render_nats is not None and first.render_nats < SURE_NATS:
        said += ". Another render of this song that the registry does not know is not ruled out"
    return IDENTIFIED, f"{said}.{also}"


def _alike(suspected: Sequence[Suspected]) -> list[Suspected]:
    """The likeliest, and those that lie too near behind it to be told from it."""
    sung = [one for one in suspected if one.song_nats is not None]
    alike, behind = sung[:1], 0.0
    for one in sung[1:]:
        behind += alike[-1].ahead_nats or 0.0
        if behind >= SURE_NATS:
            break
        alike.append(one)
    return alike


def _ahead(one: Suspected) -> str:
    return "" if one.ahead_nats is None else f", {in_words(one.ahead_nats)} as the next best render"


def _names(suspected: Sequence[Suspected]) -> str:
    return ", ".join(f"{one.render_id} ({one.voice_name})" for one in suspected)
