"""What of an Ogg file is its sound: the codec's headers but the comments, and the pages behind them (RFC
3533, 7845).

Editing a comment numbers all pages anew, which changes their checksums. So of each page it is digested
whether its checksum fits, since players leave out a page whose does not.
"""

from __future__ import annotations

import struct
import zlib
from typing import IO

from singer.sound_bytes.pieces import MOST_PARTS, Pieces, Unclear, at

_HEAD = 27
_NO_PACKET_ENDS = 0xFFFF_FFFF_FFFF_FFFF
_MOST_HEADERS = 16 << 20
_COMMENTS = (b"\x03vorbis", b"OpusTags", b"\x04", b"\x84")
"""How the packet of comments begins: of Vorbis, of Opus, of FLAC."""

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def sound(file: IO[bytes]) -> Pieces:
    """Headers first, packet by packet; then pages. Raises Unclear for headers without end."""
    place, headers = 0, bytearray()
    lacing: list[int] = []
    sounding = False
    for _ in range(MOST_PARTS):
        head = at(file, place, _HEAD)
        if len(head) < _HEAD or head[:4] != b"OggS":
            return
        segments = at(file, place + _HEAD, head[26])
        body = at(file, place + _HEAD + head[26], sum(segments))
        place += _HEAD + head[26] + sum(segments)
        granule = int.from_bytes(head[6:14], "little")
        if not sounding and not 0 < granule < _NO_PACKET_ENDS:
            headers += body
            lacing += segments
            if len(headers) > _MOST_HEADERS:
                raise Unclear
            continue
        if not sounding:
            sounding = True
            yield from _headers(bytes(headers), lacing)
        whole = _checksum(head, segments, body) == head[22:26]
        yield b"page" if whole else b"torn", head[5:14] + segments
        yield b"data", body


def _headers(content: bytes, lacing: list[int]) -> Pieces:
    """The header packets, but that of comments: a packet ends with a segment of less than 255 bytes."""
    start = stop = 0
    for length in lacing:
        stop += length
        if length < 255:
            packet = content[start:stop]
            if not packet.startswith(_COMMENTS):
                yield b"head", packet
            start = stop


def _checksum(head: bytes, segments: bytes, body: bytes) -> bytes:
    """CRC-32 of a page whose checksum is zero: the polynomial of zlib's, with all bits the other way round,
    and without the inversions at its ends."""
    page = head[:22] + b"\0\0\0\0" + head[26:] + segments + body
    crc = zlib.crc32(page.translate(_REVERSED), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return struct.pack(">I", crc).translate(_REVERSED)
