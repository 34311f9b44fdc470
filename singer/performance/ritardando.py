"""The end of a song that slows: final ritardandi as runners stop (Friberg & Sundberg 1999)."""

from __future__ import annotations

from dataclasses import replace

from singer.score.sung import Underlay

_CURVE = 3.0  # the exponent of Friberg & Sundberg's model for musicians
_LONGEST_S, _SHARE_OF_SONG = 5.0, 0.2


def slow_the_end(underlay: Underlay, final_tempo: float) -> Underlay:
    """The underlay with its last seconds slowed down to the share `final_tempo` of its tempo.

    The tempo falls as v(x) = (1 + (w^3 − 1) x)^(1/3), where x goes from 0 where the slowing begins to 1 where
    the last note ends, and w is `final_tempo`. What comes before keeps its time.
    """
    if final_tempo >= 1.0 or not underlay.notes:
        return underlay
    end_s = max(note.onset_s + note.duration_s for note in underlay.notes)
    first_s = underlay.notes[0].onset_s
    span_s = min(_LONGEST_S, _SHARE_OF_SONG * (end_s - first_s))
    start_s = end_s - span_s

    def slowed(now_s: float) -> float:
        """Seconds of the slowed song at which `now_s` of the score is reached: the integral of 1 / v."""
        if now_s <= start_s or span_s <= 0.0:
            return now_s
        x = min((now_s - start_s) / span_s, 1.0)
        fall = 1.0 - final_tempo**_CURVE
        power = 1.0 - 1.0 / _CURVE
        passed = (1.0 - (1.0 - fall * x) ** power) / (fall * power)
        return start_s + span_s * passed + max(now_s - end_s, 0.0) / final_tempo

    notes = tuple(
        replace(
            note,
            onset_s=slowed(note.onset_s),
            duration_s=slowed(note.onset_s + note.duration_s) - slowed(note.onset_s),
        )
        for note in underlay.notes
    )
    return replace(underlay, notes=notes, duration_s=slowed(underlay.duration_s))
