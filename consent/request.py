"""What somebody asks for: one use of one voice."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consent.song import Song

ACTIONS = ("sing", "train", "share-voice", "sell-voice", "edit-recordings", "port-voice")
"""What may be asked of a voice: to sing, to train a model from it, to pass it on, to sell it, to edit its
recordings, to bring it to another synthesizer."""

SONG_PURPOSES = ("private", "non-commercial", "commercial", "advertising", "political")
"""What a song may be for. None contains another."""

PURPOSES = (*SONG_PURPOSES, "model-training")
"""What a voice may be used for: a song's purposes, and training a model."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Request:
    """One use of one voice, as it is asked for.

    `work_digest` is the hex SHA-256 of what will be sung; `seconds` its length; `language` a BCP 47 tag;
    `territory` an ISO 3166 code. `credit` and `presented_as` are what the song will say about its voice: left
    out, the registry puts in the voice's recorded credit line and name, which are what the labels carry.
    `song` is what conditions on content and works, and reservations, are held against: without it they deny.
    `accepted_price` repeats a price in its own words (`constraints.Price.spoken`); `further_training` says
    that a model will be trained from the song; `enclosed` holds the hex SHA-256 of each file that goes along
    unaltered, and `changes_stated` says that changes are declared, where a voice is passed on or edited.
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
    accepted_price: str | None = None
    further_training: bool = False
    enclosed: tuple[str, ...] = ()
    changes_stated: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Request:
        """A request that was kept as JSON (`dataclasses.asdict`). Raises TypeError or ValueError."""
        song = data.get("song")
        return cls(
            **{
                **data,
                "song": None if song is None else Song.from_json(song),
                "enclosed": tuple(data.get("enclosed", ())),
            }
        )


def request_faults(request: Request) -> list[tuple[str, str]]:
    """Say what in the request itself is missing or malformed: pairs of code and sentence."""
    faults = []
    for name in ("voice", "user", "language"):
        value = getattr(request, name)
        if not isinstance(value, str) or not value.strip():
            faults.append(("missing-fact", f"The request does not say its {name}."))
    for name in ("territory", "project", "credit", "presented_as", "accepted_price"):
        value = getattr(request, name)
        if value is not None and not isinstance(value, str):
            faults.append(("malformed-fact", f"The request's {name} is not a text."))
    for name in ("further_training", "changes_stated"):
        if not isinstance(getattr(request, name), bool):
            faults.append(("malformed-fact", f"The request's {name} is neither true nor false."))
    if not isinstance(request.enclosed, tuple) or not all(isinstance(item, str) for item in request.enclosed):
        faults.append(("malformed-fact", "The files that go along are not a list of SHA-256 digests."))
    if request.song is not None and not is_song(request.song):
        faults.append(("malformed-fact", "The request's song is not a song."))
    if not isinstance(request.purpose, str) or request.purpose not in PURPOSES:
        faults.append(
            (
                "unknown-purpose",
                f"The purpose {_short(request.purpose)} is not one of: {', '.join(PURPOSES)}.",
            )
        )
    if not isinstance(request.action, str) or request.action not in ACTIONS:
        faults.append(
            ("unknown-action", f"The action {_short(request.action)} is not one of: {', '.join(ACTIONS)}.")
        )
    if not isinstance(request.work_digest, str) or not _SHA256.fullmatch(request.work_digest):
        faults.append(("missing-fact", "The request does not name its work by a SHA-256 digest."))
    if not is_duration(request.seconds):
        faults.append(("missing-fact", "The request does not say how many seconds it will sing."))
    return faults


def is_song(value: object) -> bool:
    """Whether a value is a song whose every field is of the type that it says."""
    return (
        isinstance(value, Song)
        and all(isinstance(text, str) for text in (value.lyrics, value.title, value.iswc, value.isrc))
        and isinstance(value.sounds, tuple)
        and all(isinstance(sound, str) for sound in value.sounds)
        and isinstance(value.melody, tuple)
        and _is_melody(value.melody)
    )


def _is_melody(melody: tuple[object, ...]) -> bool:
    """Whether every note is two finite numbers; thousands of notes are looked at in one go."""
    if not all(isinstance(note, tuple) and len(note) == 2 for note in melody):
        return False
    numbers = [number for note in melody for number in note]  # type: ignore[attr-defined]
    kinds = set(map(type, numbers))
    return all(issubclass(kind, (int, float)) and kind is not bool for kind in kinds) and all(
        map(math.isfinite, numbers)
    )


def is_duration(seconds: object) -> bool:
    """Whether a value is a length of time in seconds that a song can have (finite, above zero)."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return False
    return math.isfinite(seconds) and seconds > 0


def _short(value: object) -> str:
    """A value as it is quoted in a sentence, however long it is."""
    return repr(value)[:80] if isinstance(value, str) else f"of type {type(value).__name__}"
