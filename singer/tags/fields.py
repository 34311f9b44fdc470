"""What a song's tags hold, under which names each container keeps it, and how much of a foreign file is
read for them."""

from __future__ import annotations

from dataclasses import dataclass, fields

MAX_TAG_BYTES = 1 << 16
"""A tag that is longer is read no further: labels and credits are a few hundred bytes."""

MAX_BLOCK_BYTES = 16 << 20
"""An ID3 tag or a comment header that is longer is refused: with its covers, an honest one is a few MB."""

MAX_PIECES = 10_000
"""Chunks, atoms, frames, blocks or pages that are looked at before a file is called damaged."""


_CONTROL = {code: " " for code in (*range(9), *range(11, 32), 127)}


class TagDamage(Exception):
    """Why the tags of a file cannot be found, as the end of a sentence."""


@dataclass(frozen=True)
class Tags:
    """What a finished song says about itself: `aigc` is the label's JSON (`consent.labels`), the rest plain
    text.

    `credit` is the line that the voice's owner asks for; `isrc` and `iswc` name the recording and the work;
    `encoder` is the program.
    """

    title: str = ""
    artist: str = ""
    comment: str = ""
    aigc: str = ""
    credit: str = ""
    isrc: str = ""
    iswc: str = ""
    copyright: str = ""
    encoder: str = ""

    def given(self) -> dict[str, str]:
        """The tags that are not empty, by field; a space for every control character but line feed and tab:
        to a reader, NUL would part one value into two."""
        said = {field.name: getattr(self, field.name).translate(_CONTROL) for field in fields(self)}
        return {field: text for field, text in said.items() if text}


Found = dict[str, list[str]]
"""What a reader found: every value of a field, in the file's order."""

VORBIS = {
    "title": "TITLE",
    "artist": "ARTIST",
    "comment": "COMMENT",
    "aigc": "AIGC",
    "credit": "CREDITS",
    "isrc": "ISRC",
    "iswc": "ISWC",
    "copyright": "COPYRIGHT",
    "encoder": "ENCODER",
}
"""Comment fields of FLAC, Ogg Vorbis and Opus."""

ID3 = {
    "title": "TIT2",
    "artist": "TPE1",
    "comment": "COMM",
    "aigc": "TXXX:AIGC",
    "credit": "TXXX:CREDITS",
    "isrc": "TSRC",
    "iswc": "TXXX:ISWC",
    "copyright": "TCOP",
    "encoder": "TSSE",
}
"""Frames of ID3v2.4."""

MP4 = {
    "title": "\xa9nam",
    "artist": "\xa9ART",
    "comment": "\xa9cmt",
    "aigc": "----:com.apple.iTunes:AIGC",
    "credit": "----:com.apple.iTunes:CREDITS",
    "isrc": "----:com.apple.iTunes:ISRC",
    "iswc": "----:com.apple.iTunes:ISWC",
    "copyright": "cprt",
    "encoder": "\xa9too",
}
"""Items of `moov.udta.meta.ilst`."""

INFO = {"title": b"INAM", "artist": b"IART", "comment": b"ICMT", "copyright": b"ICOP", "encoder": b"ISFT"}
"""Chunks of RIFF `LIST`/`INFO`. Its own `ISRC` names a supplier, not a recording; codes stand in `id3 `."""


def add(found: Found, field: str, text: str) -> None:
    """Take in one value of a field, unless it is empty."""
    if text:
        found.setdefault(field, []).append(text)
