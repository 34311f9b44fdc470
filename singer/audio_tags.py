"""Where each container keeps a song's tags, the AIGC label among them.

| file | label (GB 45438-2025, TC260 practice guide) | credits that players show |
|---|---|---|
| WAV | RIFF chunk `AIGC` | RIFF `LIST`/`INFO`, and a chunk `id3 ` |
| MP3 | ID3v2 `TXXX:AIGC` | ID3v2.4 |
| FLAC, Ogg Vorbis, Opus | Vorbis comment `AIGC` | Vorbis comments |
| M4A | `moov.udta.meta.ilst`, freeform item named `AIGC` | iTunes items |

M4A files of other producers keep the label under a key `AIGC` of `moov.udta.meta`: that is read, too.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from singer.errors import AudioError
from singer.tags import id3, mp4, riff, vorbis
from singer.tags.fields import MAX_TAG_BYTES, Found, TagDamage, Tags

__all__ = ["MAX_TAG_BYTES", "Tags", "read_label", "read_labels", "read_tags", "write_tags"]

_MOST_LABELS = 16


def write_tags(path: Path, audio_format: str, tags: Tags) -> None:
    """Put the tags of `tags` that are not empty into a file that has none. Raises `AudioError` if it is
    damaged.
    """
    if audio_format == "wav":
        riff.write(path, tags)
        return
    import mutagen

    try:
        if audio_format == "mp3":
            id3.write(path, tags)
        elif audio_format == "m4a":
            mp4.write(path, tags)
        else:
            vorbis.write(path, audio_format, tags)
    except mutagen.MutagenError as error:
        raise AudioError(f"{path.name} cannot be tagged: {error}.") from error


def read_tags(path: Path) -> Tags:
    """The tags of a WAV, MP3, FLAC, Ogg (Vorbis, Opus, FLAC) or M4A file, by content; absent ones are empty.

    A field that stands there twice gives its first value. Time and memory are bounded whatever the file
    says of itself. Raises `AudioError` when the container is damaged so that its tags cannot be found.
    """
    return Tags(**{field: values[0] for field, values in _found(path).items()})


def read_label(path: Path) -> str | None:
    """A file's AIGC label as it stands there, or None. Raises `AudioError` as `read_tags` does."""
    return next(iter(read_labels(path)), None)


def read_labels(path: Path) -> tuple[str, ...]:
    """Every AIGC label of a file that differs from those before it: an honest file has at most one.

    Raises `AudioError` as `read_tags` does.
    """
    return tuple(dict.fromkeys(_found(path).get("aigc", [])))[:_MOST_LABELS]


def _found(path: Path) -> Found:
    try:
        with path.open("rb") as file:
            return _read(file)
    except TagDamage as damage:
        raise AudioError(f"{path.name}: its tags are damaged: {damage}.") from damage
    except OSError as error:
        raise AudioError(f"{path.name} cannot be read: {error.strerror or error}.") from error


def _read(file: IO[bytes]) -> Found:
    """Each kind of file by its own room, told by its first bytes."""
    head = file.read(12)
    file.seek(0, os.SEEK_SET)
    if head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:12] == b"WAVE":
        return riff.read(file)
    if head[:4] == b"fLaC":
        return vorbis.read_flac(file)
    if head[:4] == b"OggS":
        return vorbis.read_ogg(file)
    if head[4:8] == b"ftyp":
        return mp4.read(file)
    found, end = id3.read(file)
    file.seek(end)
    if end and file.read(4) == b"fLaC":
        return vorbis.read_flac(file)
    return found
