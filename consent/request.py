"""What somebody asks for: one use of one voice."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consent.song import Song

ACTIONS = ("sing", "train", "share-voice", "sell-voice")
"""What may be asked of a voice: to sing, to train a model from it, to pass it on, to sell it."""

PURPOSES = ("private", "non-commercial", "commercial", "advertising", "political")
"""What a song may be for."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Request:
    """One use of one voice, as it is asked for.

    `work_digest` is the hex SHA-256 of what will be sung; `seconds` its length; `language` a BCP 47 tag;
    `territory` an ISO 3166 code. `credit` and `presented_as` are what the song will say about its voice: left
    out, the registry puts in the voice's recorded credit line and name, which are what the labels carry.
    `song` is what conditions on content and works, and reservations, are held against: without it they deny.
    """

    voice: str
    user: str
    purpose: str
    work_digest: str
    seconds: float
    language: str
    territory: str | None = None
    project: str | None = None
    action: str = "sing"
    credit: str | None = None
    presented_as: str | None = None
    song: Song | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Request:
        """A request that was kept as JSON (`dataclasses.asdict`). Raises TypeError or ValueError."""
        song = data.get("song")
        return cls(**{**data, "song": None if song is None else Song.from_json(song)})


def request_faults(request: Request) -> list[tuple[str, str]]:
    """Say what in the request itself is missing or malformed: pairs of code and sentence."""
    faults = []
    for name in ("voice", "user", "language"):
        value = getattr(request, name)
        if not isinstance(value, str) or not value.strip():
            faults.append(("missing-fact", f"The request does not say its {name}."))
    for name in ("territory", "project", "credit", "presented_as"):
        value = getattr(request, name)
        if value is not None and not isinstance(value, str):
            faults.append(("malformed-fact", f"The request's {name} is not a text."))
    if request.song is not None and not isinstance(request.song, Song):
        faults.append(("malformed-fact", "The request's song is not a song."))
    if request.purpose not in PURPOSES:
        faults.append(
            ("unknown-purpose", f"The purpose {request.purpose!r} is not one of: {', '.join(PURPOSES)}.")
        )
    if request.action not in ACTIONS:
        faults.append(
            ("unknown-action", f"The action {request.action!r} is not one of: {', '.join(ACTIONS)}.")
        )
    if not isinstance(request.work_digest, str) or not _SHA256.fullmatch(request.work_digest):
        faults.append(("missing-fact", "The request does not name its work by a SHA-256 digest."))
    if not is_duration(request.seconds):
        faults.append(("missing-fact", "The request does not say how many seconds it will sing."))
    return faults


def is_duration(seconds: object) -> bool:
    """Whether a value is a length of time in seconds that a song can have (finite, above zero)."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return False
    return math.isfinite(seconds) and seconds > 0
