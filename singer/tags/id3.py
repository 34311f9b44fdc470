"""MP3: ID3v2.4, UTF-8, written by mutagen; ID3v2.2 to 2.4 are read within limits.

We read by ourselves, because a frame may be packed a thousandfold, and a library unpacks it whole.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from singer.tags.fields import ID3, MAX_BLOCK_BYTES, MAX_PIECES, MAX_TAG_BYTES, Found, TagDamage, Tags, add

HEADER_BYTES = 10
_MOST_TAGS = 4
_FIELDS = {frame: field for field, frame in ID3.items()}
_OF_SECOND = {"TT2": "TIT2", "TP1": "TPE1", "COM": "COMM", "TXX": "TXXX", "TRC": "TSRC", "TCR": "TCOP"}
_ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")


def write(path: Path, tags: Tags) -> None:
    """Put an ID3v2.4 tag in front of a file that has none."""
    _tag(tags).save(path, v1=0)


def as_bytes(tags: Tags) -> bytes:
    """A whole ID3v2.4 tag, as a WAV's chunk holds it."""
    buffer = io.BytesIO()
    _tag(tags).save(buffer, v1=0, padding=lambda _: 0)
    return buffer.getvalue()


def _tag(tags: Tags) -> Any:
    from mutagen import id3

    frames: Any = id3
    tag = frames.ID3()
    for field, text in tags.given().items():
        name, _, said = ID3[field].partition(":")
        frame = getattr(frames, name)
        if name == "COMM":
            tag.add(frame(encoding=3, lang="und", desc="", text=[text]))
        elif name == "TXXX":
            tag.add(frame(encoding=3, desc=said, text=[text]))
        else:
            tag.add(frame(encoding=3, text=[text]))
    return tag


def read(file: IO[bytes]) -> tuple[Found, int]:
    """The tags at the start of a file, and where they end: 0 where it has none. Raises TagDamage."""
    found: Found = {}
    end = 0
    for _ in range(_MOST_TAGS):
        file.seek(end)
        size = _size(file.read(HEADER_BYTES))
        if size is None:
            break
        if size > MAX_BLOCK_BYTES:
            raise TagDamage(f"its ID3 tag says that it is {size >> 20} MB long")
        file.seek(end)
        for field, values in read_bytes(file.read(HEADER_BYTES + size)).items():
            found.setdefault(field, []).extend(values)
        end += HEADER_BYTES + size
    return found, end


def end_of(file: IO[bytes]) -> int:
    """Where the ID3 tags at the start of a file end, unread; 0 where there is none. Raises TagDamage."""
    end = 0
    for _ in range(MAX_PIECES):
        file.seek(end)
        size = _size(file.read(HEADER_BYTES))
        if size is None:
            return end
        end += HEADER_BYTES + size
    raise TagDamage(f"it has more than {MAX_PIECES} ID3 tags")


def read_bytes(tag: bytes) -> Found:
    """The fields of one ID3v2 tag; none where the bytes are no such tag. Raises TagDamage."""
    found: Found = {}
    if _size(tag[:HEADER_BYTES]) is None:
        return found
    version, flags = tag[3], tag[5]
    body = tag[HEADER_BYTES:]
    if flags & 0x80 and version < 4:
        body = body.replace(b"\xff\x00", b"\xff")
    if flags & 0x40 and version > 2:
        body = body[_synchsafe(body[:4]) if version == 4 else 4 + int.from_bytes(body[:4], "big") :]
    for name, data in _frames(body, version):
        _take(found, name, data)
    return found


def _size(header: bytes) -> int | None:
    """How many bytes follow the header of an ID3v2 tag; None where it is none."""
    if len(header) < HEADER_BYTES or header[:3] != b"ID3" or header[3] not in (2, 3, 4):
        return None
    if max(header[6:10]) > 0x7F:
        raise TagDamage("its ID3 tag does not say how long it is")
    return _synchsafe(header[6:10])


def _synchsafe(raw: bytes) -> int:
    """Four bytes of seven bits each; plain 32 bits where an old program wrote them so."""
    if raw and max(raw) > 0x7F:
        return int.from_bytes(raw, "big")
    return sum(byte << 7 * place for place, byte in enumerate(reversed(raw)))


def _frames(body: bytes, version: int) -> Iterator[tuple[str, bytes]]:
    """(name, content) of each frame that we know, unpacked, at most MAX_TAG_BYTES of it."""
    at, pieces = 0, 0
    head = 6 if version == 2 else 10
    while at + head <= len(body) and body[at]:
        pieces += 1
        if pieces > MAX_PIECES:
            raise TagDamage(f"its ID3 tag has more than {MAX_PIECES} frames")
        if version == 2:
            name = _OF_SECOND.get(body[at : at + 3].decode("latin-1"), "")
            size, packing = int.from_bytes(body[at + 3 : at + 6], "big"), 0
        else:
            name = body[at : at + 4].decode("latin-1")
            raw = body[at + 4 : at + 8]
            size = _synchsafe(raw) if version == 4 else int.from_bytes(raw, "big")
            packing = body[at + 9]
        data = body[at + head : at + head + min(size, MAX_TAG_BYTES)]
        at += head + size
        if name == "TXXX" or name in _FIELDS:
            content = _unpacked(data, version, packing)
            if content is not None:
                yield name, content


def _unpacked(data: bytes, version: int, packing: int) -> bytes | None:
    """A frame's content without what stands before it, unpacked; None where it is locked or damaged."""
    if version == 3:
        packed, locked, grouped = packing & 0x80, packing & 0x40, packing & 0x20
        skip = (4 if packed else 0) + (1 if grouped else 0)
    else:
        packed, locked, grouped = packing & 0x08, packing & 0x04, packing & 0x40
        skip = (1 if grouped else 0) + (4 if packing & 0x01 else 0)
    if locked:
        return None
    data = data[skip:]
    if version == 4 and packing & 0x02:
        data = data.replace(b"\xff\x00", b"\xff")
    if not packed:
        return data
    try:
        return zlib.decompressobj().decompress(data, MAX_TAG_BYTES)
    except zlib.error:
        return None


def _take(found: Found, name: str, data: bytes) -> None:
    """Read one frame's text into the field that it is for."""
    if not data or data[0] >= len(_ENCODINGS):
        return
    encoding, rest = _ENCODINGS[data[0]], data[1:]
    if name == "COMM":
        rest = rest[3:]  # the language
    texts = _texts(rest, encoding)
    if name in ("COMM", "TXXX"):
        said, texts = texts[0].upper(), texts[1:]
        if name == "TXXX":
            name = f"TXXX:{said}"
    if name in _FIELDS:
        for text in texts:
            add(found, _FIELDS[name], text)


def _texts(raw: bytes, encoding: str) -> list[str]:
    """Texts parted by NUL; each UTF-16 text may have its own byte order mark."""
    if not encoding.startswith("utf-16"):
        return [part.decode(encoding, "replace") for part in raw.split(b"\0")]
    parts, start = [], 0
    for at in range(0, len(raw) - 1, 2):
        if raw[at : at + 2] == b"\0\0":
            parts.append(raw[start:at])
            start = at + 2
    parts.append(raw[start:])
    return [part.decode(encoding, "replace") for part in parts]
