"""Corrupted and hostile files for each container: real songs damaged by a seeded generator, and traps made by
hand."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile

from singer import SAMPLE_RATE
from singer.audio_file import FORMATS, Tags, write

__all__ = ["FORMATS", "hostile_files", "whole_file"]

LABEL = '{"Label":"1","ContentProducer":"Consonance","ProduceID":"0123456789abcdef"}'
OTHER_LABEL = '{"Label":"1","ContentProducer":"Somebody","ProduceID":"1"}'
_MANY = 20_000
_BOMB_BYTES = 300 << 20
_COVER_BYTES = 12 << 20
_MUTATIONS = 14


@cache
def whole_file(audio_format: str) -> bytes:
    """Half a second of sound as we write it, with tags."""
    time = np.arange(SAMPLE_RATE // 2) / SAMPLE_RATE
    samples = (0.4 * np.sin(2 * np.pi * 330 * time)).astype(np.float32)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"song.{audio_format}"
        write(path, samples, Tags("Title", "Artist", "Comment", LABEL))
        return path.read_bytes()


def hostile_files(audio_format: str, seed: int = 0) -> list[tuple[str, bytes]]:
    """(name, content) of at least twenty files; the same seed gives the same."""
    traps = _TRAPS[audio_format](whole_file(audio_format))
    return [*traps, *_mutations(audio_format, random.Random(f"{audio_format} {seed}"))]


def _mutations(audio_format: str, draw: random.Random) -> Iterator[tuple[str, bytes]]:
    """Bits flipped, sizes set to the largest, pieces cut, doubled, shuffled, or taken from elsewhere."""
    whole = whole_file(audio_format)
    for number in range(_MUTATIONS):
        content = bytearray(whole)
        kind = ("flip", "enlarge", "cut", "double", "shuffle", "splice", "head")[number % 7]
        near = min(len(whole), 2000) if number < _MUTATIONS // 2 else len(whole)
        start = draw.randrange(near - 64)
        stop = start + draw.randrange(16, 64)
        if kind == "flip":
            for _ in range(30):
                content[draw.randrange(near)] ^= 1 << draw.randrange(8)
        elif kind == "enlarge":
            content[start : start + 4] = b"\xff\xff\xff\xff"
        elif kind == "cut":
            del content[start:stop]
        elif kind == "double":
            content[start:start] = content[start:stop] * 50
        elif kind == "shuffle":
            piece = list(content[start:stop])
            draw.shuffle(piece)
            content[start:stop] = bytes(piece)
        elif kind == "splice":
            content[start:stop] = whole_file(draw.choice(FORMATS))[:3000]
        else:
            del content[draw.randrange(1, near) :]
        yield f"{kind}-{number}", bytes(content)


def _wav(whole: bytes) -> Iterator[tuple[str, bytes]]:
    head, data = whole[:12], whole[36:4000]
    form = _chunk(b"fmt ", _format())

    def of(*chunks: bytes) -> bytes:
        return head + b"".join(chunks)

    sound = _chunk(b"data", data)
    yield "no chunk", head
    yield "no sound", of(form, _chunk(b"data", b""))
    yield "sound without a format", of(sound)
    yield "format after the sound", of(sound, form)
    yield "endless label", of(form, sound, b"AIGC\xff\xff\xff\xff" + LABEL.encode())
    yield "label of a megabyte", of(form, sound, _chunk(b"AIGC", b"{" * (1 << 20)))
    yield (
        "two labels",
        of(form, sound, _chunk(b"AIGC", LABEL.encode()), _chunk(b"AIGC", OTHER_LABEL.encode())),
    )
    yield "label that is no text", of(form, sound, _chunk(b"AIGC", b"\xff\xfe\x00\x80" * 9))
    yield "many chunks", of(form, sound, _chunk(b"junk", b"") * _MANY)
    yield "endless sound", of(form, b"data\xff\xff\xff\xff" + data)
    yield "endless info", of(form, sound, _chunk(b"LIST", b"INFOINAM\xff\xff\xff\xffTitle"))
    yield "list longer than the file", of(form, sound, b"LIST\xf0\xff\xff\x7fINFO")
    yield "packed id3", of(form, sound, _chunk(b"id3 ", _id3(_bomb_frame(b"TXXX"))))
    yield "id3 longer than its chunk", of(form, sound, _chunk(b"id3 ", b"ID3\x04\0\0\x7f\x7f\x7f\x7f"))
    yield "many channels", of(_chunk(b"fmt ", _format(channels=65_535)), sound)
    yield "no channel", of(_chunk(b"fmt ", _format(channels=0)), sound)
    yield "no rate", of(_chunk(b"fmt ", _format(rate=0)), sound)
    yield "endless rate", of(_chunk(b"fmt ", _format(rate=0xFFFFFFFF)), sound)
    yield "no bits", of(_chunk(b"fmt ", _format(bits=0)), sound)
    yield "unknown coding", of(_chunk(b"fmt ", _format(coding=0x1234)), sound)
    yield "adpcm without blocks", of(_chunk(b"fmt ", _format(coding=2, bits=4) + b"\0\0"), sound)
    yield "rf64 without end", b"RF64" + b"\xff" * 4 + b"WAVE" + _chunk(b"ds64", b"\xff" * 28) + form + sound
    yield "rifx", b"RIFX" + of(form, sound)[4:]


def _mp3(whole: bytes) -> Iterator[tuple[str, bytes]]:
    sound = whole[10 + _synchsafe_value(whole[6:10]) :]
    frame = _frame(b"TXXX", b"\x03AIGC\0" + LABEL.encode())
    yield "tag longer than any file", b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + whole[10:]
    yield "tag that does not say its length", b"ID3\x04\0\0\xff\xff\xff\xff" + whole[10:]
    yield "many tags", _id3(frame) * _MANY + sound
    yield "packed label", _id3(_bomb_frame(b"TXXX")) + sound
    yield "packed cover", _id3(_bomb_frame(b"APIC")) + sound
    yield "many packed covers", _id3(_bomb_frame(b"APIC")) * 40 + sound
    yield "large cover", _id3(_frame(b"APIC", b"\0image/png\0\x03\0" + bytes(_COVER_BYTES))) + sound
    yield "many frames", _id3(_frame(b"TXXX", b"\x03a\0b") * _MANY) + sound
    yield "many empty frames", _id3(_frame(b"COMM", b"") * 9_000) + sound
    yield "frame longer than its tag", _id3(b"TXXX\x7f\x7f\x7f\x7f\0\0\x03AIGC\0{}") + sound
    yield "locked frame", _id3(_frame(b"TXXX", b"\x03AIGC\0{}", 0x04)) + sound
    yield "two labels", _id3(frame + _frame(b"TXXX", b"\x03aigc\0" + OTHER_LABEL.encode())) + sound
    yield "half a utf-16 letter", _id3(_frame(b"TXXX", b"\x01\xff\xfeA\0I\0G\0C\0\0\0{")) + sound
    yield "unknown encoding", _id3(_frame(b"TXXX", b"\x09AIGC\0{}")) + sound
    yield "comment without a language", _id3(_frame(b"COMM", b"\x03")) + sound
    yield "endless extended header", _id3(b"\x7f\x7f\x7f\x7f" + frame, flags=0x40) + sound
    yield "unsynchronised", _id3(b"\xff\0" * 9_999 + frame, flags=0x80, version=3) + sound
    yield "second version", _id3(b"TXX\0\0\x20\x03AIGC\0" + b"{" * 27, version=2) + sound
    yield "unknown version", _id3(frame, version=9) + sound
    yield "only a tag", _id3(frame)
    yield "tag and zeros", _id3(frame) + bytes(100_000)
    yield "tag and noise", _id3(frame) + random.Random(1).randbytes(100_000)
    yield "free bit rate", _id3(frame) + b"\xff\xfb\x00\x00" * 20_000
    yield "changing channels", _id3(frame) + sound + _stereo_mp3()
    yield "changing rates", _id3(frame) + sound[:2000] + b"\xff\xf3\x48\xc4" + bytes(300) + sound[2000:]


def _stereo_mp3() -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, np.zeros((SAMPLE_RATE, 2)), SAMPLE_RATE, format="MP3")
    return buffer.getvalue()


def _flac(whole: bytes) -> Iterator[tuple[str, bytes]]:
    info = whole[8:42]
    audio = whole[whole.index(b"\xff\xf8", 42) :]
    label = _comments([b"AIGC=" + LABEL.encode()])

    def of(*blocks: tuple[int, bytes], stream: bytes = info) -> bytes:
        every = [(0, stream), *blocks]
        return (
            b"fLaC"
            + b"".join(_block(*one, number == len(every) - 1) for number, one in enumerate(every))
            + audio
        )

    yield "nothing but the name", b"fLaC"
    yield "comments before all", b"fLaC" + _block(4, label, True) + audio
    yield "block longer than the file", b"fLaC" + _block(0, info, False) + b"\x84\xff\xff\xff" + label
    yield "endless vendor", of((4, b"\xff\xff\xff\xff"))
    yield "endless comment", of((4, struct.pack("<III", 0, 1, 0xFFFFFFFF) + b"AIGC={}"))
    yield "endless count", of((4, struct.pack("<II", 0, 0xFFFFFFFF)))
    yield "many comments", of((4, _comments([b"A=b"] * _MANY)))
    yield "many blocks", of(*[(1, b"")] * _MANY)
    yield "many comment blocks", of(*[(4, label)] * 500)
    yield "two labels", of((4, _comments([b"AIGC=" + LABEL.encode(), b"aigc=" + OTHER_LABEL.encode()])))
    yield "no equals sign", of((4, _comments([b"AIGC", b"=", b""])))
    yield "comment that is no text", of((4, _comments([b"\xff\xfe=\x80", b"AIGC=\xff\xfe"])))
    yield "large cover", of((6, struct.pack(">II", 3, 0xFFFFFFFF) + bytes(_COVER_BYTES)))
    yield "endless samples", of(stream=info[:13] + b"\xff" * 5 + info[18:])
    yield "no rate", of(stream=info[:10] + b"\0\0\0" + info[13:])
    yield "no block size", of(stream=b"\0\0\0\0" + info[4:])
    yield "eight channels", of(stream=info[:12] + bytes([info[12] | 0x0E]) + info[13:])
    yield "cue sheet of zeros", of((5, bytes(4000)))
    yield "seek table without end", of((3, b"\xff" * 18 * 1000))
    yield "id3 before it", _id3(_frame(b"TXXX", b"\x03AIGC\0{}")) + whole
    yield "id3 before nothing", _id3(_frame(b"TXXX", b"\x03AIGC\0{}")) + b"fLaC"
    yield "silence without end", whole[:42] + whole[42:].replace(audio, audio[:64] * 2000)


def _m4a(whole: bytes) -> Iterator[tuple[str, bytes]]:
    ftyp = whole[: int.from_bytes(whole[:4], "big")]
    rest = whole[len(ftyp) :]

    def tagged(*items: bytes) -> bytes:
        hdlr = _atom(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
        meta = _atom(b"meta", bytes(4) + hdlr + _atom(b"ilst", *items))
        return ftyp + _atom(b"moov", _atom(b"udta", meta)) + rest

    label = _freeform(b"AIGC", LABEL.encode())
    deep = b""
    for _ in range(3_000):
        deep = _atom(b"moov", deep)
    yield "nothing but the name", ftyp
    yield "deeply nested", ftyp + deep
    packed = struct.pack(">I", _BOMB_BYTES) + _packed_zeros()
    yield (
        "packed header",
        ftyp + _atom(b"moov", _atom(b"cmov", _atom(b"dcom", b"zlib"), _atom(b"cmvd", packed))) + rest,
    )
    yield "deeply nested tags", ftyp + _atom(b"moov", _nested(b"udta", 3_000)) + rest
    yield "many atoms", ftyp + _atom(b"free", b"") * _MANY + rest
    yield "many items", tagged(*[_freeform(b"A", b"b")] * _MANY)
    yield "shorter than its head", ftyp + b"\0\0\0\x07moov" + rest
    yield "longer than the file", ftyp + b"\x7f\xff\xff\xffmoov" + rest
    yield "64 bit without end", ftyp + b"\0\0\0\x01moov" + b"\x7f" + b"\xff" * 7 + rest
    yield "64 bit of nothing", ftyp + b"\0\0\0\x01moov" + bytes(8) + rest
    yield "to the end", ftyp + b"\0\0\0\0free" + rest
    yield "two labels", tagged(label, _freeform(b"AIGC", OTHER_LABEL.encode()))
    yield "label of a megabyte", tagged(_freeform(b"AIGC", b"{" * (1 << 20)))
    yield "label without a name", tagged(_atom(b"----", _atom(b"data", bytes(8) + LABEL.encode())))
    yield "label that is no text", tagged(_freeform(b"AIGC", b"\xff\xfe\x80"))
    yield "half a utf-16 letter", tagged(_atom(b"\xa9nam", _atom(b"data", b"\0\0\0\2" + bytes(4) + b"\0a\0")))
    yield "data shorter than its head", tagged(_atom(b"\xa9nam", _atom(b"data", b"\0")))
    yield "large cover", tagged(_atom(b"covr", _atom(b"data", bytes(8 + _COVER_BYTES))))
    yield (
        "keys without end",
        tagged()
        + _atom(
            b"moov",
            _atom(b"udta", _atom(b"meta", bytes(4) + _atom(b"keys", b"\xff" * 64) + _atom(b"ilst", b""))),
        ),
    )
    for name in (b"stsz", b"stts", b"stco", b"esds", b"mdhd"):
        at = whole.find(name)
        if at > 0:
            yield f"{name.decode()} without end", whole[: at + 8] + b"\xff" * 12 + whole[at + 20 :]


def _ogg(whole: bytes, opus: bool = False) -> Iterator[tuple[str, bytes]]:
    pages = _pages(whole)
    first, after = pages[0], b"".join(pages[2:])
    own = int.from_bytes(whole[14:18], "little")
    lead, end = (b"OpusTags", b"") if opus else (b"\x03vorbis", b"\x01")

    def commented(comments: bytes) -> bytes:
        return first + b"".join(_paged(lead + comments + end, 1, own)) + after

    opening = first[28:]
    yield "nothing but the name", b"OggS"
    yield "only its first page", first
    yield "no comments", first + after
    yield "no end", first + b"".join(_paged(lead + bytes(17 << 20), 1, own, last=False))
    yield "many empty pages", first + _page(b"", 1, serial=own) * _MANY + after
    yield "many other streams", first + _page(b"\x01vorbis", 1, serial=own + 1) * 5_000 + after
    yield "endless vendor", commented(b"\xff\xff\xff\xff")
    yield "endless comment", commented(struct.pack("<III", 0, 1, 0xFFFFFFFF) + b"AIGC={}")
    yield "endless count", commented(struct.pack("<II", 0, 0xFFFFFFFF))
    yield "many comments", commented(_comments([b"A=b"] * _MANY))
    yield "large cover", commented(_comments([b"METADATA_BLOCK_PICTURE=" + bytes(_COVER_BYTES)]))
    yield "two labels", commented(_comments([b"AIGC=" + LABEL.encode(), b"AIGC=" + OTHER_LABEL.encode()]))
    yield "label that is no text", commented(_comments([b"AIGC=\xff\xfe\x80"]))
    yield "wrong checksum", whole[:22] + b"\0\0\0\0" + whole[26:]
    yield (
        "channels without end",
        _page(opening[:9] + b"\xff" * 3 + opening[12:], 0, kind=2, serial=own) + after,
    )
    yield "rate of nothing", _page(opening[:12] + bytes(4) + opening[16:], 0, kind=2, serial=own) + after
    yield "zeros for an opening", _page(bytes(len(opening)), 0, kind=2, serial=own) + after
    yield "backwards in time", b"".join([pages[0], pages[1], *reversed(pages[2:])])
    yield "doubled", whole * 3
    yield "pages of nothing but their name", whole[:400] + b"OggS" * 1_000_000
    yield "time without end", whole[:6] + b"\xff" * 8 + whole[14:]


def _opus(whole: bytes) -> Iterator[tuple[str, bytes]]:
    yield from _ogg(whole, opus=True)
    first, *others = _pages(whole)
    rest, own = b"".join(others), int.from_bytes(whole[14:18], "little")
    opening = first[28:]
    yield (
        "skips more than there is",
        _page(opening[:10] + b"\xff\xff" + opening[12:], 0, kind=2, serial=own) + rest,
    )
    yield "mapping without end", _page(opening[:18] + b"\xff\xff\xff", 0, kind=2, serial=own) + rest


_TRAPS: dict[str, Callable[[bytes], Iterator[tuple[str, bytes]]]] = {
    "wav": _wav,
    "mp3": _mp3,
    "flac": _flac,
    "m4a": _m4a,
    "ogg": _ogg,
    "opus": _opus,
}


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _format(coding: int = 1, channels: int = 1, rate: int = SAMPLE_RATE, bits: int = 24) -> bytes:
    align = channels * bits // 8
    return struct.pack("<HHIIHH", coding, channels, rate, rate * align & 0xFFFFFFFF, align & 0xFFFF, bits)


def _synchsafe(value: int) -> bytes:
    return bytes(value >> shift & 0x7F for shift in (21, 14, 7, 0))


def _synchsafe_value(raw: bytes) -> int:
    return sum(byte << 7 * place for place, byte in enumerate(reversed(raw)))


def _id3(frames: bytes, flags: int = 0, version: int = 4) -> bytes:
    return b"ID3" + bytes([version, 0, flags]) + _synchsafe(len(frames)) + frames


def _frame(name: bytes, content: bytes, flags: int = 0) -> bytes:
    return name + _synchsafe(len(content)) + bytes([0, flags]) + content


@cache
def _bomb_frame(name: bytes) -> bytes:
    """A frame that unpacks to 300 MB."""
    packed = zlib.compress(b"\x03AIGC\0" + bytes(_BOMB_BYTES), 9)
    return _frame(name, _synchsafe((1 << 28) - 1) + packed, 0x09)


@cache
def _packed_zeros() -> bytes:
    return zlib.compress(bytes(_BOMB_BYTES), 9)


def _block(kind: int, body: bytes, last: bool) -> bytes:
    return bytes([kind | (0x80 if last else 0)]) + len(body).to_bytes(3, "big") + body


def _comments(texts: list[bytes]) -> bytes:
    listed = b"".join(struct.pack("<I", len(text)) + text for text in texts)
    return struct.pack("<II", 0, len(texts)) + listed


def _atom(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + name + body


def _nested(name: bytes, depth: int) -> bytes:
    made = b""
    for _ in range(depth):
        made = _atom(name, made)
    return made


def _freeform(name: bytes, value: bytes) -> bytes:
    mean = _atom(b"mean", bytes(4) + b"com.apple.iTunes")
    return _atom(
        b"----", mean, _atom(b"name", bytes(4) + name), _atom(b"data", b"\0\0\0\1" + bytes(4) + value)
    )


def _pages(whole: bytes) -> list[bytes]:
    pages, at = [], 0
    while at < len(whole):
        lacing = whole[at + 27 : at + 27 + whole[at + 26]]
        size = 27 + len(lacing) + sum(lacing)
        pages.append(whole[at : at + size])
        at += size
    return pages


def _page(body: bytes, number: int, kind: int = 0, serial: int = 0, last: bool = True) -> bytes:
    """One Ogg page with a right checksum; `last` ends its packet."""
    lacing = b"\xff" * (len(body) // 255) + (bytes([len(body) % 255]) if last else b"")
    head = b"OggS\0" + struct.pack("<BqIIIB", kind, 0, serial, number, 0, len(lacing)) + lacing
    return head[:22] + _checksum(head + body) + head[26:] + body


def _paged(packet: bytes, number: int, serial: int, last: bool = True) -> Iterator[bytes]:
    """A packet over as many pages as it needs."""
    step = 255 * 255
    starts = range(0, len(packet), step)
    for place, start in enumerate(starts):
        ends = last and start == starts[-1]
        piece = packet[start : start + step]
        yield _page(piece, number + place, kind=1 if place else 0, serial=serial, last=ends)


_SWAPPED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _checksum(page: bytes) -> bytes:
    """Ogg's CRC-32: the usual polynomial with its bits the other way round, from zero, without inversion."""
    crc = ~zlib.crc32(page.translate(_SWAPPED), -1) & 0xFFFFFFFF
    return struct.pack(">I", crc).translate(_SWAPPED)
