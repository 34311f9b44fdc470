"""The part of a file that sounds, apart from its tags: its digest tells an edited tag from an edited sound.

| file | what is digested |
|---|---|
| WAV | the body of every chunk `data` |
| FLAC | everything after the last metadata block |
| MP3 | everything between ID3v2 and ID3v1 or APE tags |
| M4A | the bodies of every box `mdat` |
| Ogg | the bodies of pages after the headers, in their order |

Nothing is decoded, and a file is read in blocks of a megabyte.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_BLOCK = 1 << 20
_MOST_PARTS = 1 << 20
_MOST_TAGS = 64
_ID3V2, _ID3V1, _APE = 10, 128, 32
_LARGEST = 1 << 62
_NO_PACKET_ENDS = 0xFFFF_FFFF_FFFF_FFFF


def sound_sha256(path: Path) -> str | None:
    """Hex SHA-256 of the bytes of a file that are its sound; None for a container that is none of ours, or
    damaged.

    Raises OSError when the file cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        start = _after_id3(file)
        head = _at(file, start, 12)
        if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
            spans = _riff(file, size)
        elif head[:4] == b"fLaC":
            spans = _flac(file, start + 4, size)
        elif head[4:8] == b"ftyp":
            spans = _boxes(file, size)
        elif head[:4] == b"OggS":
            spans = _pages(file, size)
        elif len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
            spans = _before_tags(file, start, size)
        else:
            return None
        digest, length = hashlib.sha256(), 0
        for start, stop in spans:
            length += max(0, stop - start)
            _digest(file, start, stop, digest)
    return digest.hexdigest() if length else None


def _digest(file: IO[bytes], start: int, stop: int, digest: hashlib._Hash) -> None:
    file.seek(start)
    while start < stop and (block := file.read(min(_BLOCK, stop - start))):
        digest.update(block)
        start += len(block)


def _riff(file: IO[bytes], size: int) -> Iterator[tuple[int, int]]:
    at = 12
    for _ in range(_MOST_PARTS):
        head = _at(file, at, 8)
        if len(head) < 8:
            return
        name, length = struct.unpack("<4sI", head)
        if name == b"data":
            yield at + 8, min(size, at + 8 + length)
        at += 8 + length + length % 2


def _flac(file: IO[bytes], at: int, size: int) -> Iterator[tuple[int, int]]:
    for _ in range(_MOST_PARTS):
        head = _at(file, at, 4)
        if len(head) < 4:
            return
        at += 4 + int.from_bytes(head[1:4])
        if head[0] & 0x80:
            yield at, size
            return


def _boxes(file: IO[bytes], size: int) -> Iterator[tuple[int, int]]:
    at = 0
    for _ in range(_MOST_PARTS):
        head = _at(file, at, 16)
        if len(head) < 8:
            return
        length, name = struct.unpack(">I4s", head[:8])
        body = 8
        if length == 1 and len(head) == 16:
            length, body = int.from_bytes(head[8:]), 16
        stop = size if length == 0 else at + length
        if stop < at + body or at >= size:
            return
        if name == b"mdat":
            yield at + body, min(size, stop)
        at = stop


def _pages(file: IO[bytes], size: int) -> Iterator[tuple[int, int]]:
    """Header pages have the granule position zero, and the sound begins on a page of its own (RFC 3533,
    7845)."""
    at, sounding = 0, False
    while len(head := _at(file, at, 27)) == 27 and head[:4] == b"OggS":
        segments = head[26]
        body = at + 27 + segments
        stop = body + sum(_at(file, at + 27, segments))
        granule = int.from_bytes(head[6:14], "little")
        sounding = sounding or 0 < granule < _NO_PACKET_ENDS
        if sounding:
            yield body, min(size, stop)
        at = stop


def _before_tags(file: IO[bytes], start: int, stop: int) -> Iterator[tuple[int, int]]:
    if _at(file, stop - _ID3V1, 3) == b"TAG":
        stop -= _ID3V1
    footer = _at(file, stop - _APE, _APE)
    if footer[:8] == b"APETAGEX" and len(footer) == _APE:
        with_header = bool(int.from_bytes(footer[20:24], "little") & 1 << 31)
        stop -= int.from_bytes(footer[12:16], "little") + (_APE if with_header else 0)
    if start < stop:
        yield start, stop


def _after_id3(file: IO[bytes]) -> int:
    """Where what stands behind the ID3v2 tags begins: they stand before MP3, and before FLAC that is
    signed."""
    start = 0
    for _ in range(_MOST_TAGS):
        head = _at(file, start, _ID3V2)
        if len(head) < _ID3V2 or head[:3] != b"ID3":
            break
        length = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        start += _ID3V2 + length + (_ID3V2 if head[5] & 0x10 else 0)
    return start


def _at(file: IO[bytes], place: int, length: int) -> bytes:
    if not 0 <= place <= _LARGEST:
        return b""
    file.seek(place)
    return file.read(length)
