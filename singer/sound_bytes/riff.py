"""What of a WAV file is its sound: the format of its samples, and the samples."""

from __future__ import annotations

import struct
from typing import IO

from singer.sound_bytes.pieces import MOST_PARTS, Pieces, at

_SOUNDS = (b"fmt ", b"data")


def sound(file: IO[bytes], size: int) -> Pieces:
    """The bodies of the chunks `fmt ` and `data`, in their order."""
    place = 12
    for _ in range(MOST_PARTS):
        head = at(file, place, 8)
        if len(head) < 8:
            return
        name, length = struct.unpack("<4sI", head)
        if name in _SOUNDS and place + 8 < size:
            yield name, (place + 8, min(size, place + 8 + length))
        place += 8 + length + length % 2
