"""What the rooms of the formats give: named pieces of a sound, each bytes or a place in the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

Pieces = Iterator[tuple[bytes, bytes | tuple[int, int]]]
"""(name of four bytes, the bytes themselves or where in the file they start and stop), one after another."""

MOST_PARTS = 1 << 20
_LARGEST = 1 << 62


class Unclear(Exception):
    """The file is damaged so that nobody can say what of it is its sound."""


def at(file: IO[bytes], place: int, length: int) -> bytes:
    """At most so many bytes from a place of the file; none from a place that no file has."""
    if not 0 <= place <= _LARGEST:
        return b""
    file.seek(place)
    return file.read(length)
