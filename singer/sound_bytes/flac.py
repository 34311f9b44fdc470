"""What of a FLAC file is its sound: STREAMINFO and the frames (RFC 9639)."""

from __future__ import annotations

from typing import IO

from singer.sound_bytes.pieces import MOST_PARTS, Pieces, at

_STREAMINFO = 0


def sound(file: IO[bytes], place: int, size: int) -> Pieces:
    """From the first metadata block on."""
    for _ in range(MOST_PARTS):
        head = at(file, place, 4)
        if len(head) < 4:
            return
        stop = place + 4 + int.from_bytes(head[1:4])
        if head[0] & 0x7F == _STREAMINFO and stop <= size:
            yield b"info", (place + 4, stop)
        place = stop
        if head[0] & 0x80:
            if place < size:
                yield b"data", (place, size)
            return
