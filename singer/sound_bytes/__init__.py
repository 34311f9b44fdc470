"""The part of a file that sounds, apart from its tags: its digest tells an edited tag from an edited sound.

| file | what is digested |
|---|---|
| WAV | the chunks `fmt ` and `data` |
| FLAC | STREAMINFO, and everything after the last metadata block |
| MP3 | everything between ID3v2 and ID3v1 or APE tags |
| M4A | every `mdat`, and of `moov` what says how to play it |
| Ogg | the codec's headers; each page that sounds, but its number and serial, and whether it is whole |

So whoever changes the rate that a file plays at changes its digest, too. Nothing is decoded, and a file is
read in blocks of a megabyte.
"""

from __future__ import annotations

import hashlib
import os
import struct
from pathlib import Path
from typing import IO

from singer.sound_bytes import flac, mp3, mp4, ogg, riff
from singer.sound_bytes.pieces import Pieces, Unclear, at

__all__ = ["sound_sha256"]

_BLOCK = 1 << 20


def sound_sha256(path: Path) -> str | None:
    """Hex SHA-256 of what of a file is its sound; None for a container that is none of ours, or damaged.

    Raises OSError when the file cannot be read.
    """
    with path.open("rb") as file:
        digest, length = hashlib.sha256(), 0
        try:
            for name, content in _pieces(file):
                start, stop = (0, len(content)) if isinstance(content, bytes) else content
                length += stop - start
                digest.update(struct.pack(">4sQ", name, stop - start))
                if isinstance(content, bytes):
                    digest.update(content)
                else:
                    _digest(file, start, stop, digest)
        except Unclear:
            return None
    return digest.hexdigest() if length else None


def _pieces(file: IO[bytes]) -> Pieces:
    """By the room of the file's format, told by its first bytes."""
    size = file.seek(0, os.SEEK_END)
    start = mp3.after_id3(file)
    head = at(file, start, 12)
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return riff.sound(file, size)
    if head[:4] == b"fLaC":
        return flac.sound(file, start + 4, size)
    if head[4:8] == b"ftyp":
        return mp4.sound(file, size)
    if head[:4] == b"OggS":
        return ogg.sound(file)
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return mp3.sound(file, start, size)
    raise Unclear


def _digest(file: IO[bytes], start: int, stop: int, digest: hashlib._Hash) -> None:
    file.seek(start)
    while start < stop and (block := file.read(min(_BLOCK, stop - start))):
        digest.update(block)
        start += len(block)
