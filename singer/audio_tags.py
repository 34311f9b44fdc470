"""Where each container keeps a song's tags, the AIGC label among them.

| file | label (GB 45438-2025, TC260 practice guides) | credits that players show |
|---|---|---|
| WAV | RIFF chunk `AIGC` | RIFF `LIST`/`INFO` |
| MP3 | ID3v2 `TXXX:AIGC` | ID3v2.4 |
| FLAC, Ogg | Vorbis comment `AIGC` | Vorbis comments |
| M4A | `moov.udta.meta.ilst`, freeform item named `AIGC` | iTunes items |

M4A files of other producers keep the label under a key `AIGC` of `moov.udta.meta`: that is read, too.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from singer.errors import AudioError

MAX_TAG_BYTES = 1 << 16
_MP4_KEYS = ("\xa9nam", "\xa9ART", "\xa9cmt", "----:com.apple.iTunes:AIGC")
_DAMAGE = (IndexError, KeyError, ValueError, TypeError, OverflowError, struct.error)
"""What mutagen's parsers raise, beside its own errors, on files whose sizes do not fit."""

_INFO = {"title": b"INAM", "artist": b"IART", "comment": b"ICMT"}


@dataclass(frozen=True)
class Tags:
    """What a finished song says about itself: `aigc` is the label's JSON (`consent.labels`), the rest plain
    text.
    """

    title: str = ""
    artist: str = ""
    comment: str = ""
    aigc: str = ""


def write_tags(path: Path, audio_format: str, tags: Tags) -> None:
    """Put the tags of `tags` that are not empty into a file that has none. Raises `AudioError` if it is
    damaged.
    """
    if audio_format == "wav":
        _append_riff_chunks(path, tags)
        return
    import mutagen

    try:
        {"mp3": _write_id3, "flac": _write_vorbis, "m4a": _write_mp4}[audio_format](path, tags)
    except mutagen.MutagenError as error:
        raise AudioError(f"{path.name} cannot be tagged: {error}.") from error


def read_tags(path: Path) -> Tags:
    """The tags of a WAV, MP3, FLAC, Ogg (Vorbis, Opus, FLAC) or M4A file, by content; absent ones are empty.

    Raises `AudioError` when the container is damaged so that its tags cannot be found.
    """
    try:
        with path.open("rb") as file:
            head = file.read(12)
            if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
                return _read_riff(file)
        return _read_mutagen(path)
    except OSError as error:
        raise AudioError(f"{path.name} cannot be read: {error.strerror or error}.") from error


def read_label(path: Path) -> str | None:
    """A file's AIGC label as it stands there, or None. Raises `AudioError` as `read_tags` does."""
    return read_tags(path).aigc or None


def _append_riff_chunks(path: Path, tags: Tags) -> None:
    info = b"".join(
        _chunk(fourcc, getattr(tags, field).encode() + b"\0")
        for field, fourcc in _INFO.items()
        if getattr(tags, field)
    )
    chunks = (_chunk(b"LIST", b"INFO" + info) if info else b"") + (
        _chunk(b"AIGC", tags.aigc.encode()) if tags.aigc else b""
    )
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.write(b"\0" * (size % 2) + chunks)
        total = file.tell()
        file.seek(4)
        file.write(struct.pack("<I", total - 8))


def _chunk(fourcc: bytes, body: bytes) -> bytes:
    return fourcc + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _read_riff(file: IO[bytes]) -> Tags:
    """Walk the chunks of a RIFF file that stands at its first one."""
    found: dict[str, str] = {}
    end = file.seek(0, os.SEEK_END)
    at = 12
    while at + 8 <= end and len(found) < 4:
        file.seek(at)
        fourcc, size = struct.unpack("<4sI", file.read(8))
        if fourcc == b"AIGC":
            found["aigc"] = _text(file.read(min(size, MAX_TAG_BYTES)))
        elif fourcc == b"LIST" and size <= MAX_TAG_BYTES:
            found |= _read_info(file.read(size))
        at += 8 + size + size % 2
    return Tags(**found)


def _read_info(body: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 4
    while body[:4] == b"INFO" and at + 8 <= len(body):
        fourcc, size = struct.unpack_from("<4sI", body, at)
        for field, name in _INFO.items():
            if fourcc == name:
                found[field] = _text(body[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    return found


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("utf-8", "replace")


def _write_id3(path: Path, tags: Tags) -> None:
    from mutagen import id3

    frames: Any = id3
    tag = frames.ID3()
    if tags.title:
        tag.add(frames.TIT2(encoding=3, text=[tags.title]))
    if tags.artist:
        tag.add(frames.TPE1(encoding=3, text=[tags.artist]))
    if tags.comment:
        tag.add(frames.COMM(encoding=3, lang="und", desc="", text=[tags.comment]))
    if tags.aigc:
        tag.add(frames.TXXX(encoding=3, desc="AIGC", text=[tags.aigc]))
    tag.save(path, v1=0)


def _write_vorbis(path: Path, tags: Tags) -> None:
    from mutagen import flac

    file: Any = flac.Open(path)
    for field in ("title", "artist", "comment", "aigc"):
        if getattr(tags, field):
            file[field.upper()] = [getattr(tags, field)]
    file.save()


def _write_mp4(path: Path, tags: Tags) -> None:
    from mutagen import mp4

    file: Any = mp4.Open(path)
    for key, value in zip(
        _MP4_KEYS, (tags.title, tags.artist, tags.comment, tags.aigc.encode()), strict=True
    ):
        if value:
            file[key] = [value]
    file.save()


def _read_mutagen(path: Path) -> Tags:
    import mutagen
    from mutagen import id3, mp4

    try:
        file: Any = mutagen.File(path)
    except (mutagen.MutagenError, *_DAMAGE) as error:
        raise AudioError(f"{path.name}: its tags are damaged: {error}.") from error
    if file is None or file.tags is None:
        return Tags()
    if isinstance(file, mp4.MP4):
        title, artist, comment, aigc = (_first(file.tags, key) for key in _MP4_KEYS)
        return Tags(title, artist, comment, aigc or _mp4_key(path))
    if isinstance(file.tags, id3.ID3):
        comments = [str(frame) for frame in file.tags.getall("COMM")]
        labels = [str(frame) for frame in file.tags.getall("TXXX") if frame.desc.upper() == "AIGC"]
        title, artist = (_first(file.tags, key) for key in ("TIT2", "TPE1"))
        return Tags(title, artist, next(iter(comments), ""), next(iter(labels), ""))
    title, artist, comment, aigc = (_first(file.tags, key) for key in ("title", "artist", "comment", "aigc"))
    return Tags(title, artist, comment, aigc)


def _first(tags: Any, key: str) -> str:
    """The first value of a tag as text, empty where it is missing."""
    try:
        values = tags[key]
    except KeyError:
        return ""
    value = next(iter(values if isinstance(values, list) else values.text), "")
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _mp4_key(path: Path) -> str:
    """The label under a key of `moov.udta.meta`, where ffmpeg's `use_metadata_tags` puts it."""
    import av

    try:
        with path.open("rb") as file, av.open(file, "r", format="mov", metadata_errors="ignore") as container:
            return str(container.metadata.get("AIGC", ""))
    except av.FFmpegError as error:
        raise AudioError(f"{path.name} is a damaged M4A file: {error.strerror}.") from error
