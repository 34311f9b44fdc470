"""What of an M4A file is its sound: the coded frames, and the tables that say how to play them (ISO/IEC
14496-12).

Editing a tag moves everything behind it, so places of chunks are digested as places within their `mdat`; the
instants at which something was edited are left out.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from typing import IO

from singer.sound_bytes.pieces import MOST_PARTS, Pieces, Unclear, at

_DEEPEST = 8
_MOST_PLACES = 1 << 20
_WITHIN = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_BESIDE = (b"udta", b"meta", b"free", b"skip", b"wide", b"uuid")
_DATED = (b"mvhd", b"tkhd", b"mdhd")
_PLACES = {b"stco": ">I", b"co64": ">Q"}

Box = tuple[bytes, int, int]
"""(name, start and stop of its body)."""


def sound(file: IO[bytes], size: int) -> Pieces:
    """Every `mdat`, and the boxes of `moov` and `moof` that are no tags. Raises Unclear."""
    top = list(_boxes(file, 0, size))
    places = _Places(file, [start for name, start, _ in top if name == b"mdat"])
    for name, start, stop in top:
        if name in (b"mdat", b"moof"):
            yield name, (start, stop)
        elif name == b"moov":
            yield from _how_to_play(file, start, stop, places, _DEEPEST)


def _how_to_play(file: IO[bytes], start: int, stop: int, places: _Places, deepest: int) -> Pieces:
    if not deepest:
        raise Unclear
    for name, begin, end in _boxes(file, start, stop):
        if name in _WITHIN:
            yield from _how_to_play(file, begin, end, places, deepest - 1)
        elif name in _PLACES:
            yield name, places.within_frames(begin, end, _PLACES[name])
        elif name in _DATED:
            long = at(file, begin, 1) == b"\1"
            yield name, (min(end, begin + (20 if long else 12)), end)
        elif name not in _BESIDE:
            yield name, (begin, end)


class _Places:
    """Reads the tables of places, and counts what stands in them."""

    def __init__(self, file: IO[bytes], frames: list[int]) -> None:
        self._file, self._frames, self._left = file, frames, _MOST_PLACES

    def within_frames(self, start: int, stop: int, form: str) -> bytes:
        """The places of a table, each as the number of its `mdat` and the place within. Raises Unclear."""
        each = struct.calcsize(form)
        count = max(0, stop - start - 8) // each
        self._left -= count
        if self._left < 0:
            raise Unclear
        table = at(self._file, start + 8, count * each)
        said = bytearray()
        for (place,) in struct.iter_unpack(form, table[: len(table) // each * each]):
            number = bisect_right(self._frames, place)
            said += struct.pack(">QQ", number, place - (self._frames[number - 1] if number else 0))
        return bytes(said)


def _boxes(file: IO[bytes], start: int, stop: int) -> Iterator[Box]:
    """The boxes between two places; a damaged one ends them."""
    for _ in range(MOST_PARTS):
        head = at(file, start, 16)
        if len(head) < 8 or start + 8 > stop:
            return
        length, name = struct.unpack(">I4s", head[:8])
        body = 8
        if length == 1 and len(head) == 16:
            length, body = int.from_bytes(head[8:]), 16
        end = stop if length == 0 else start + length
        if end < start + body:
            return
        yield name, start + body, max(start + body, min(stop, end))
        start = end
