"""Audio files: finished songs out with their marks in place, any uploaded sound in within limits.

Written: what `audio_encoding.py` encodes; the same samples and tags give the same bytes. A file appears under
its name only when it is whole. Where each container keeps its tags stands in `audio_tags.py`.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.audio_decoding import MAX_CHANNELS, MAX_SAMPLES, MAX_SECONDS, decode, resampled
from singer.audio_encoding import FORMATS, encode
from singer.audio_stream import Rest, check_header, without_id3
from singer.audio_tags import Tags, write_tags
from singer.errors import AudioError
from singer.tags.fields import TagDamage

__all__ = [
    "FORMATS",
    "MAX_BYTES",
    "MAX_CHANNELS",
    "MAX_SAMPLES",
    "MAX_SECONDS",
    "Audio",
    "Tags",
    "hear",
    "read",
    "sniff",
    "write",
]

MAX_BYTES = 200 * 1024 * 1024
_MOST_KEPT = MAX_SECONDS * 96_000  # mono samples, 660 MB
_HEAD_BYTES = 64


@dataclass(frozen=True)
class Audio:
    """A decoded file. `samples`: float32 (n,), mono (mean of the channels), full scale ±1."""

    samples: NDArray[np.float32]
    sample_rate: int
    format: str
    """`wav`, `flac`, `mp3`, `m4a`, `ogg`, `opus`, `webm`, `aiff`, `au`, `caf` or `aac`: by content, not by
    name."""

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.sample_rate


def write(path: Path, samples: NDArray[np.float32], tags: Tags, audio_format: str | None = None) -> None:
    """Write a mono song at 44 100 Hz, `samples` (n,) in ±1, with its tags; the format is the suffix unless
    given.

    The file is made beside `path` under a temporary name and moved there when it is whole, so nobody sees a
    part of it. Raises `AudioError` for a format that we do not write, samples that are none or not finite, or
    a place that cannot be written.
    """
    audio_format = audio_format or path.suffix.lower().lstrip(".")
    if audio_format not in FORMATS:
        raise AudioError(
            f"{path.name}: {audio_format or 'no suffix'} is not a format that songs are written in.",
            f"Use one of {', '.join(FORMATS)}.",
        )
    if samples.ndim != 1 or not np.isfinite(samples).all():
        raise AudioError(f"{path.name}: the samples are not one channel of finite numbers.")
    if not len(samples):
        raise AudioError(f"{path.name}: there is no sound to write.")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        encode(part, np.clip(samples, -1.0, 1.0), audio_format)
        write_tags(part, audio_format, tags)
        os.replace(part, path)
    except OSError as error:
        raise AudioError(f"{path.name} cannot be written: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)


def read(source: Path | bytes, sample_rate: int | None = None, name: str = "") -> Audio:
    """Decode a sound file of any usual format, judged by its content, to mono.

    `sample_rate`: resample to it while reading; None keeps the file's own. `name`: what errors call it when
    `source` is bytes. Raises `AudioError` for a file that is no audio, is damaged, or is over the limits (200
    MB, 30 minutes, 8 channels): a file cut short gives what is whole.
    """
    with _opened(source, name) as (sound, audio_format, name):
        pieces: list[NDArray[np.float32]] = []
        frames, rate = 0, sample_rate or SAMPLE_RATE
        native = decode(sound, audio_format, name)
        for block_rate, block in native if sample_rate is None else resampled(native, sample_rate):
            rate, frames = block_rate, frames + len(block)
            if frames > _MOST_KEPT:
                raise AudioError(
                    f"{name} holds more samples than are read.", "Give it at 48 kHz, or an excerpt."
                )
            pieces.append(block)
        samples = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
        return Audio(samples, rate, audio_format)


def hear(source: Path, sample_rate: int) -> Iterator[NDArray[np.float32]]:
    """The sound of a file as `read` decodes it, a block of float32 (n,) at a time, at `sample_rate`.

    For sounds that are heard and not kept. Raises `AudioError` as `read` does, at any block.
    """
    with _opened(source, "") as (sound, audio_format, name):
        for _, block in resampled(decode(sound, audio_format, name), sample_rate):
            yield block


@contextmanager
def _opened(source: Path | bytes, name: str) -> Iterator[tuple[IO[bytes] | Rest, str, str]]:
    """The stream that the decoders read, its format, and what errors call it."""
    name = name or (source.name if isinstance(source, Path) else "The file")
    try:
        size = source.stat().st_size if isinstance(source, Path) else len(source)
        if size > MAX_BYTES:
            raise AudioError(f"{name} is {size >> 20} MB large.", f"At most {MAX_BYTES >> 20} MB are read.")
        with source.open("rb") if isinstance(source, Path) else io.BytesIO(source) as stream:
            sound = without_id3(stream)
            audio_format = sniff(sound.read(_HEAD_BYTES)) or ("mp3" if sound is not stream else None)
            if audio_format is None:
                raise AudioError(
                    f"{name} is not an audio file that we can read.", "Give WAV, FLAC, MP3, M4A or Ogg."
                )
            check_header(sound, audio_format)
            yield sound, audio_format, name
    except TagDamage as damage:
        raise AudioError(f"{name} cannot be read: {damage}.") from damage
    except OSError as error:
        raise AudioError(f"{name} cannot be read: {error.strerror or error}.") from error


def sniff(head: bytes) -> str | None:
    """The format that the first bytes of a file announce (16; 64 to tell Opus from other Ogg), or None.
    Playlists and scripts are not among them.
    """
    if head[:4] == b"OggS":
        return "opus" if b"OpusHead" in head else "ogg"
    if head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    if head[4:8] == b"ftyp":
        return "m4a"
    for magic, audio_format in _MAGIC.items():
        if head.startswith(magic):
            return audio_format
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "aac" if head[1] & 0x06 == 0 else "mp3"
    return None


_MAGIC = {
    b"fLaC": "flac",
    b"ID3": "mp3",
    b"\x1a\x45\xdf\xa3": "webm",
    b".snd": "au",
    b"caff": "caf",
}
