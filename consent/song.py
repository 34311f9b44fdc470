"""A song as consent sees it: what will be sung, apart from who sings it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from consent.canonical import canonical


@dataclass(frozen=True)
class Song:
    """What will be sung. `lyrics` is the text; `sounds` the IPA phones in the order in which they are sung,
    with `|` where one word ends and another begins.

    `melody` is the notes as (MIDI note number, seconds) in time order. `title`, `iswc` and `isrc` are what
    the person who asks says of the work, "" where nothing is said.
    """

    lyrics: str
    melody: tuple[tuple[float, float], ...]
    sounds: tuple[str, ...] = ()
    title: str = ""
    iswc: str = ""
    isrc: str = ""

    def to_json(self) -> dict[str, Any]:
        """The song as JSON values."""
        return {field: getattr(self, field) for field in _FIELDS}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Song:
        """The reverse of `to_json`, also after a round trip through JSON. Raises TypeError or ValueError."""
        melody = tuple((float(pitch), float(seconds)) for pitch, seconds in data["melody"])
        return cls(**{**data, "melody": melody, "sounds": tuple(data.get("sounds", ()))})

    def sha256(self) -> str:
        """Hex SHA-256 of everything that is said of the song, as canonical JSON (RFC 8785)."""
        return hashlib.sha256(canonical(self.to_json())).hexdigest()

    def sung_sha256(self) -> str:
        """Hex SHA-256 of what is heard (lyrics, melody, sounds), as canonical JSON (RFC 8785)."""
        heard = {"lyrics": self.lyrics, "melody": self.melody, "sounds": self.sounds}
        return hashlib.sha256(canonical(heard)).hexdigest()


_FIELDS = tuple(field.name for field in fields(Song))
