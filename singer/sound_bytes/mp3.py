"""What of an MP3 file is its sound: the frames between the tags."""

from __future__ import annotations

from typing import IO

from singer.sound_bytes.pieces import Pieces, at

_MOST_TAGS = 64
_ID3V2, _ID3V1, _APE = 10, 128, 32


def sound(file: IO[bytes], start: int, stop: int) -> Pieces:
    """What lies between `start` and the ID3v1 and APE tags at the end."""
    if at(file, stop - _ID3V1, 3) == b"TAG":
        stop -= _ID3V1
    footer = at(file, stop - _APE, _APE)
    if footer[:8] == b"APETAGEX" and len(footer) == _APE:
        with_header = bool(int.from_bytes(footer[20:24], "little") & 1 << 31)
        stop -= int.from_bytes(footer[12:16], "little") + (_APE if with_header else 0)
    if start < stop:
        yield b"data", (start, stop)


def after_id3(file: IO[bytes]) -> int:
    """Where what stands behind the ID3v2 tags begins: they stand before MP3, and before FLAC that is
    signed."""
    start = 0
    for _ in range(_MOST_TAGS):
        head = at(file, start, _ID3V2)
        if len(head) < _ID3V2 or head[:3] != b"ID3":
            break
        length = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        start += _ID3V2 + length + (_ID3V2 if head[5] & 0x10 else 0)
    return start
