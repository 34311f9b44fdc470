"""What of a sound file is handed to the decoders: all of it, or what follows its ID3 tags.

A tag may unpack to a thousand times its size, and FFmpeg unpacks every one before it decodes.
"""

from __future__ import annotations

import os
import re
from typing import IO

from singer.tags import id3, mp4
from singer.tags.fields import TagDamage


class Rest:
    """A file from some place on, as decoders read it."""

    def __init__(self, file: IO[bytes], start: int) -> None:
        self._file, self._start = file, start
        self.seek(0)

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes."""
        return self._file.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place, and say which it is."""
        start = self._start if whence == os.SEEK_SET else 0
        return max(0, self._file.seek(start + offset, whence) - self._start)

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._file.tell() - self._start


def without_id3(file: IO[bytes]) -> IO[bytes] | Rest:
    """The file from where its ID3 tags end. Raises TagDamage for tags that cannot be passed over."""
    start = id3.end_of(file)
    file.seek(0)
    return Rest(file, start) if start else file


def check_header(file: IO[bytes] | Rest, audio_format: str) -> None:
    """Raise TagDamage for a file that would keep FFmpeg at work without end.

    1. An M4A file whose header is packed is unpacked whole.
    2. Ogg pages without content, and ID3 tags within AAC, are gone through one by one.
    """
    if audio_format == "m4a":  # 1
        if isinstance(file, Rest):
            raise TagDamage("an ID3 tag stands before its header")
        if mp4.is_packed(file):
            raise TagDamage("its header is compressed")
    if audio_format in _MOST:  # 2
        mark, most, what = _MOST[audio_format]
        if _count(file, mark, most) > most:
            raise TagDamage(f"it has more than {most:,} {what}")
    file.seek(0)


_MOST = {
    "ogg": (re.compile(b"OggS"), 200_000, "pages"),  # half an hour of pages of 9 ms
    "opus": (re.compile(b"OggS"), 200_000, "pages"),
    "aac": (re.compile(b"ID3[\x02-\x04]\x00"), 20, "ID3 tags"),
}


def _count(file: IO[bytes] | Rest, mark: re.Pattern[bytes], most: int) -> int:
    """How often a mark stands in a file, counted no further than to know that it is too often."""
    count, last = 0, b""
    file.seek(0)
    while count <= most and (block := file.read(1 << 20)):
        count += len(mark.findall(last + block))
        last = block[-3:]  # a mark of four bytes may lie across; of five, one may be missed
    return count
