"""FLAC, Ogg Vorbis, Opus and Ogg FLAC: Vorbis comments, written by mutagen, read within limits.

We read by ourselves, because a library looks through a damaged Ogg file page by page to its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from singer.tags import id3
from singer.tags.fields import MAX_BLOCK_BYTES, MAX_PIECES, MAX_TAG_BYTES, VORBIS, Found, TagDamage, Tags, add

_FIELDS = {name: field for field, name in VORBIS.items()}
_COMMENTS = 4  # the type of FLAC's metadata block
_PAGE_HEAD = 27
_STREAMS = {b"\x01vorbis": b"\x03vorbis", b"OpusHead": b"OpusTags", b"\x7fFLAC": b""}
"""What a stream's first packet begins with, and what its comment packet does."""


def write(path: Path, audio_format: str, tags: Tags) -> None:
    """Put the comments into a FLAC, Ogg Vorbis or Opus file, in the place of whatever its encoder wrote."""
    from mutagen import flac, oggopus, oggvorbis

    kind = {"flac": flac.FLAC, "ogg": oggvorbis.OggVorbis, "opus": oggopus.OggOpus}[audio_format]
    file: Any = kind(path)
    if file.tags is None:
        file.add_tags()
    file.tags.clear()
    for field, text in tags.given().items():
        file.tags[VORBIS[field]] = [text]
    file.save()


def read_flac(file: IO[bytes]) -> Found:
    """The comments of a FLAC file, which an ID3 tag may precede. Raises TagDamage."""
    found, start = id3.read(file)
    file.seek(start)
    if file.read(4) != b"fLaC":
        raise TagDamage("no FLAC stream follows its ID3 tag")
    for _ in range(MAX_PIECES):
        head = file.read(4)
        if len(head) < 4:
            return found
        size = int.from_bytes(head[1:], "big")
        if head[0] & 0x7F == _COMMENTS:
            _read_comments(file.read(size), found)
        else:
            file.seek(size, 1)
        if head[0] & 0x80:
            return found
    raise TagDamage(f"it has more than {MAX_PIECES} blocks before its sound")


def read_ogg(file: IO[bytes]) -> Found:
    """The comments of the first sound in an Ogg file. Raises TagDamage."""
    found: Found = {}
    file.seek(0)
    packets = _packets(file)
    first = next(packets, b"")
    opening = next((magic for magic in _STREAMS if first.startswith(magic)), None)
    comments = next(packets, b"")
    if opening is None:
        return found
    lead = _STREAMS[opening]
    if opening == b"\x7fFLAC":
        if len(comments) < 4 or comments[0] & 0x7F != _COMMENTS:
            raise TagDamage("its comments do not follow its first packet")
        _read_comments(comments[4:], found)
    elif comments.startswith(lead):
        _read_comments(comments[len(lead) :], found)
    else:
        raise TagDamage("its comments do not follow its first packet")
    return found


def _packets(file: IO[bytes]) -> Iterator[bytes]:
    """The packets of the first stream of sound that we know, one after another."""
    serial, packet, bytes_read = None, bytearray(), 0
    for _ in range(MAX_PIECES):
        head = file.read(_PAGE_HEAD)
        if len(head) < _PAGE_HEAD:
            return
        if head[:4] != b"OggS":
            raise TagDamage("what stands after its first pages is no Ogg page")
        lacing = file.read(head[26])
        body = file.read(sum(lacing))
        own = head[14:18]
        if serial is None and any(body.startswith(magic) for magic in _STREAMS):
            serial = own
        if own != serial:
            continue
        bytes_read += len(body)
        if bytes_read > MAX_BLOCK_BYTES:
            raise TagDamage(f"its comments are longer than {MAX_BLOCK_BYTES >> 20} MB")
        at = 0
        for size in lacing:
            packet += body[at : at + size]
            at += size
            if size < 255:
                yield bytes(packet)
                packet.clear()
    raise TagDamage(f"its comments are not within its first {MAX_PIECES} pages")


def _read_comments(raw: bytes, found: Found) -> None:
    """Vendor and comments, each with its length before it. Raises TagDamage where a length does not fit."""
    at = 4 + int.from_bytes(raw[:4], "little")
    count = int.from_bytes(raw[at : at + 4], "little")
    at += 4
    if at > len(raw):
        raise TagDamage("its comments end too early")
    for _ in range(min(count, MAX_PIECES)):
        size = int.from_bytes(raw[at : at + 4], "little")
        text = raw[at + 4 : at + 4 + size]
        if len(text) < size or at + 4 > len(raw):
            raise TagDamage("its comments end too early")
        at += 4 + size
        name, equals, value = text[:MAX_TAG_BYTES].partition(b"=")
        field = _FIELDS.get(name.decode("latin-1").upper())
        if equals and field:
            add(found, field, value.decode("utf-8", "replace"))
    if count > MAX_PIECES:
        raise TagDamage(f"it has more than {MAX_PIECES} comments")
