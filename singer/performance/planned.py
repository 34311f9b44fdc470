"""What a performance was when it was planned, so that a person's edits can be told from what was planned."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from singer.performance.model import Performance

LYRICS_OF_SCORE, LYRICS_GIVEN = "score", "given"
_DIGEST_CHARACTERS = 16


@dataclass(frozen=True)
class Planned:
    """How a performance was planned, and digests of what the plan gave.

    `lyrics` says where they came from: "score", or "given" in its place. `transpose` is in semitones, `style`
    as it was named. `digests` holds 16 hex digits of a SHA-256 for `timing`, `notes`, `phones` and each
    curve.
    """

    lyrics: str
    transpose: float
    style: str
    digests: Mapping[str, str]


def digests_of(performance: Performance) -> dict[str, str]:
    """Digests of a performance's parts, over all of its phrases."""
    from singer.performance.expression import CURVES

    parts = {name: hashlib.sha256() for name in ("timing", "notes", "phones", *(c.name for c in CURVES))}
    for phrase in performance.phrases:
        parts["timing"].update(f"{phrase.start_frame} {phrase.frames}\n".encode())
        for note in phrase.notes:
            text = f"{float(note.onset_s)!r} {float(note.end_s)!r} {float(note.pitch)!r} {note.text}\n"
            parts["notes"].update(text.encode())
        for span in phrase.phones:
            text = f"{span.phone} {float(span.start_s)!r} {float(span.end_s)!r}\n"
            parts["phones"].update(text.encode())
        for name, curve in phrase.curves.items():
            if name in parts:
                parts[name].update(array("d", curve).tobytes())
    return {name: digest.hexdigest()[:_DIGEST_CHARACTERS] for name, digest in parts.items()}


def edited(performance: Performance) -> tuple[str, ...]:
    """The parts of a performance that are no longer what was planned; none where no plan is known."""
    if performance.planned is None:
        return ()
    now = digests_of(performance)
    return tuple(name for name, digest in performance.planned.digests.items() if now.get(name) != digest)
