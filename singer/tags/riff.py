"""WAV: the label in its own chunk `AIGC`, the credits in `LIST`/`INFO`, and all credits again in `id3 `.

Windows and editors read `INFO`; most players read `id3 `, which alone has places for ISRC and ISWC.
"""

from __future__ import annotations

import os
import struct
from dataclasses import replace
from pathlib import Path
from typing import IO

from singer.tags import id3
from singer.tags.fields import INFO, MAX_BLOCK_BYTES, MAX_PIECES, MAX_TAG_BYTES, Found, TagDamage, Tags, add

_LARGEST = (1 << 32) - 1  # the sizes of a RIFF file are 32 bit


def write(path: Path, tags: Tags) -> None:
    """Append the chunks to a WAV file that has none of them."""
    given = tags.given()
    info = b"".join(
        _chunk(fourcc, given[field].encode() + b"\0") for field, fourcc in INFO.items() if field in given
    )
    credits = replace(tags, aigc="")
    chunks = (_chunk(b"LIST", b"INFO" + info) if info else b"") + (
        _chunk(b"id3 ", id3.as_bytes(credits)) if credits.given() else b""
    )
    if tags.aigc:
        chunks += _chunk(b"AIGC", tags.aigc.encode())
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.write(b"\0" * (size % 2) + chunks)
        total = file.tell()
        file.seek(4)
        file.write(struct.pack("<I", total - 8))


def read(file: IO[bytes]) -> Found:
    """Walk the chunks of a RIFF, RIFX or RF64 file. Raises TagDamage for one with endless chunks.

    Every chunk is looked at, so that a second label behind the first does not go unseen.
    """
    file.seek(0)
    order = ">" if file.read(4) == b"RIFX" else "<"
    found: Found = {}
    end = file.seek(0, os.SEEK_END)
    at, long_size, pieces = 12, 0, 0
    while at + 8 <= end:
        pieces += 1
        if pieces > MAX_PIECES:
            raise TagDamage(f"it has more than {MAX_PIECES} chunks")
        file.seek(at)
        fourcc, size = struct.unpack(f"{order}4sI", file.read(8))
        if fourcc == b"ds64":
            long_size = int.from_bytes(file.read(16)[8:16], "little")
        elif fourcc == b"data" and size == _LARGEST and long_size:
            size = long_size
        elif fourcc == b"AIGC":
            add(found, "aigc", _text(file.read(min(size, MAX_TAG_BYTES))))
        elif fourcc == b"LIST":
            _read_info(file.read(min(size, MAX_TAG_BYTES)), order, found)
        elif fourcc in (b"id3 ", b"ID3 ") and size <= MAX_BLOCK_BYTES:
            _merge(found, id3.read_bytes(file.read(size)))
        at += 8 + size + size % 2
    return found


def _chunk(fourcc: bytes, body: bytes) -> bytes:
    return fourcc + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _read_info(body: bytes, order: str, found: Found) -> None:
    at = 4
    while body[:4] == b"INFO" and at + 8 <= len(body):
        fourcc, size = struct.unpack_from(f"{order}4sI", body, at)
        for field, name in INFO.items():
            if fourcc == name:
                add(found, field, _text(body[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2


def _merge(found: Found, more: Found) -> None:
    """Take in what another place of the same file says, where it says something else."""
    for field, values in more.items():
        found.setdefault(field, []).extend(text for text in values if text not in found.get(field, ()))


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("utf-8", "replace")
