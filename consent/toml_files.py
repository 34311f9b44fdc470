"""TOML files that say whose voice it is, read strictly: every fault is named with its file and entry."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from consent.errors import VoiceFileError

_EXAMPLE = "docs/voices.md shows a complete example."


class Table:
    """A table of a TOML file, which says where it stands when a value is missing or wrong."""

    def __init__(self, path: Path, parent: Mapping[str, Any], name: str, place: str = "") -> None:
        self.place = f"{path}: [{place or name}]"
        values = parent.get(name)
        if not isinstance(values, Mapping):
            raise VoiceFileError(f"{self.place} is missing.", _EXAMPLE)
        self.values = values

    def text(self, key: str, default: str | None = None) -> str:
        """The text under `key`; without a default it must be there. Raises VoiceFileError."""
        value = self.values.get(key, default)
        if not isinstance(value, str) or (not value and default is None):
            raise VoiceFileError(f"{self.place} {key} is not a text.", _EXAMPLE)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """The non-empty list of texts under `key`; raises VoiceFileError where it is anything else."""
        value = self.values.get(key)
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(item, str) and item for item in value)
        ):
            raise VoiceFileError(f"{self.place} {key} is not a list of texts.", _EXAMPLE)
        return tuple(value)

    def only(self, known: Collection[str]) -> None:
        """Raise VoiceFileError for an entry that is none of `known`: what is not understood is not passed
        over."""
        strange = sorted(set(self.values) - set(known))
        if strange:
            raise VoiceFileError(
                f"{self.place} {strange[0]} is not understood; known are {', '.join(known)}.", _EXAMPLE
            )


def load_toml(path: Path) -> dict[str, Any]:
    """The whole file. Raises VoiceFileError where it is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise VoiceFileError(f"{path} is not TOML: {error}.") from None


def file_inside(path: Path, name: str, voices: Path) -> Path:
    """The file that `path` names, which must be there and inside the folder of voices. Raises
    VoiceFileError."""
    file = (path.parent / name).resolve()
    if not file.is_relative_to(voices.resolve()):
        raise VoiceFileError(f"{path}: {name} lies outside the folder of voices.")
    if not file.is_file():
        raise VoiceFileError(f"{path}: the file {name} is not there.")
    return file
