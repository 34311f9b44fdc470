"""M4A: items of `moov.udta.meta.ilst`, written by mutagen, read within limits.

The label of other makers stands there too, or under a key `AIGC` of `moov.udta.meta` (`keys` and `ilst`, as
ffmpeg's `use_metadata_tags` writes it): both are read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from singer.tags.fields import MAX_PIECES, MAX_TAG_BYTES, MP4, Found, TagDamage, Tags, add

_FIELDS = {name.rpartition(":")[2].encode("latin-1"): field for field, name in MP4.items()}
_FREEFORM = b"----"
_MOST_KEYS = 1000


def write(path: Path, tags: Tags) -> None:
    """Put the items into a file that has none."""
    from mutagen import mp4

    file: Any = mp4.Open(path)
    for field, text in tags.given().items():
        key = MP4[field]
        file[key] = [text.encode() if key.startswith("----") else text]
    file.save()


def read(file: IO[bytes]) -> Found:
    """The items of an MP4 file. Raises TagDamage for atoms that are endless or make no sense."""
    walk = _Walk(file)
    found: Found = {}
    end = file.seek(0, os.SEEK_END)
    for name, start, stop in walk.atoms(0, end):
        if name == b"moov":
            for inner, begin, finish in walk.atoms(start, stop):
                if inner == b"udta":
                    for kind, first, last in walk.atoms(begin, finish, lenient=True):
                        if kind == b"meta":
                            _read_meta(walk, first, last, found)
                elif inner == b"meta":
                    _read_meta(walk, begin, finish, found)
    return found


def is_packed(file: IO[bytes]) -> bool:
    """Whether the header of an MP4 file is compressed, as QuickTime once did. Raises TagDamage."""
    walk = _Walk(file)
    return any(
        inner == b"cmov"
        for name, start, stop in walk.atoms(0, file.seek(0, os.SEEK_END))
        if name == b"moov"
        for inner, _, _ in walk.atoms(start, stop)
    )


class _Walk:
    """Steps through the atoms of one file, and counts them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._left = MAX_PIECES

    def bytes_at(self, start: int, stop: int, most: int = MAX_TAG_BYTES) -> bytes:
        """What stands from `start` to `stop`, at most so much of it."""
        self._file.seek(start)
        return self._file.read(max(0, min(stop - start, most)))

    def atoms(self, start: int, end: int, lenient: bool = False) -> Iterator[tuple[bytes, int, int]]:
        """(name, start, end of its body) of each atom between two places. Raises TagDamage.

        `lenient`: four zero bytes may end the list, as QuickTime ends `udta`.
        """
        while start + 8 <= end:
            self._left -= 1
            if self._left < 0:
                raise TagDamage(f"it has more than {MAX_PIECES} atoms")
            head = self.bytes_at(start, start + 16)
            size, name, body = int.from_bytes(head[:4], "big"), head[4:8], start + 8
            if lenient and size == 0:
                return
            if size == 1:
                size, body = int.from_bytes(head[8:16], "big"), start + 16
            elif size == 0:
                size = end - start
            if size < body - start:
                raise TagDamage("an atom is shorter than its own head")
            yield name, body, min(start + size, end)
            start += size


def _read_meta(walk: _Walk, start: int, stop: int, found: Found) -> None:
    """The items of one `meta`, which QuickTime writes without the version that MPEG-4 puts first."""
    if walk.bytes_at(start + 4, start + 8) != b"hdlr":
        start += 4
    keys: list[bytes] = []
    for name, begin, end in walk.atoms(start, stop):
        if name == b"keys":
            keys = _keys(walk.bytes_at(begin + 8, end))
        elif name == b"ilst":
            for item, first, last in walk.atoms(begin, end):
                _read_item(walk, item, keys, first, last, found)


def _keys(raw: bytes) -> list[bytes]:
    """The names that items are numbered by, from 1."""
    names: list[bytes] = []
    at = 0
    while at + 8 <= len(raw) and len(names) < _MOST_KEYS:
        size = max(8, int.from_bytes(raw[at : at + 4], "big"))
        names.append(raw[at + 8 : at + size])
        at += size
    return names


def _read_item(walk: _Walk, item: bytes, keys: list[bytes], start: int, stop: int, found: Found) -> None:
    number = int.from_bytes(item, "big")
    name = keys[number - 1] if 0 < number <= len(keys) else item
    texts = []
    for part, begin, end in walk.atoms(start, stop):
        if part == b"name" and item == _FREEFORM:
            name = walk.bytes_at(begin + 4, end)
        elif part == b"data":
            texts.append(_text(walk.bytes_at(begin, end)))
    field = _FIELDS.get(name)
    if field:
        for text in texts:
            add(found, field, text)


def _text(data: bytes) -> str:
    """The value of a `data` atom: kind (2 is UTF-16), language, text."""
    encoding = "utf-16-be" if data[:4] == b"\0\0\0\2" else "utf-8"
    return data[8:].decode(encoding, "replace").rstrip("\0")
