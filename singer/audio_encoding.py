"""Samples into the containers that songs are written in, without tags: the same samples, the same bytes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.errors import AudioError

if TYPE_CHECKING:
    from av.container import OutputContainer

FORMATS = ("wav", "flac", "mp3", "m4a", "ogg", "opus")
"""Formats that we write, by suffix: each carries every tag, and is read back before a song is released."""

OPUS_RATE = 48_000
"""Sample rate of Opus, which knows no other of ours: a song is resampled to it."""

_BLOCK_FRAMES = 1 << 16
_MP3_COMPRESSION = 128 / 288  # libsndfile's scale from 320 (0.0) down to 32 kbit/s (1.0): 192
_VORBIS_COMPRESSION = 0.3  # libsndfile's scale from the best (0.0) down: Vorbis quality 7
_M4A_BIT_RATE, _OPUS_BIT_RATE = 160_000, 128_000
_AAC_FRAME, _OPUS_FRAME = 1024, 960
_SERIAL = int.from_bytes(b"cnsn", "little")  # of our one logical stream in an Ogg file


def encode(path: Path, samples: NDArray[np.float32], audio_format: str) -> None:
    """Write samples (n,) at 44 100 Hz in ±1 as WAV or FLAC (24 bit), MP3 (192 kbit/s), M4A (AAC, 160 kbit/s),
    Ogg Vorbis (quality 7) or Opus (128 kbit/s, 48 kHz).

    Raises AudioError, or OSError where the place cannot be written.
    """
    if audio_format == "m4a":
        _encode_with_ffmpeg(path, samples, "ipod", "aac", SAMPLE_RATE, _M4A_BIT_RATE, _AAC_FRAME)
    elif audio_format == "opus":
        import soxr

        fitting = soxr.resample(samples, SAMPLE_RATE, OPUS_RATE, "VHQ").astype(np.float32)
        _encode_with_ffmpeg(path, fitting, "opus", "libopus", OPUS_RATE, _OPUS_BIT_RATE, _OPUS_FRAME)
    else:
        _encode_with_libsndfile(path, samples, audio_format)
        if audio_format == "ogg":
            _number_stream(path)


def _encode_with_libsndfile(path: Path, samples: NDArray[np.float32], audio_format: str) -> None:
    import soundfile

    kinds: dict[str, tuple[str, str, dict[str, Any]]] = {
        "wav": ("WAV", "PCM_24", {}),
        "flac": ("FLAC", "PCM_24", {}),
        "mp3": (
            "MP3",
            "MPEG_LAYER_III",
            {"compression_level": _MP3_COMPRESSION, "bitrate_mode": "CONSTANT"},
        ),
        "ogg": ("OGG", "VORBIS", {"compression_level": _VORBIS_COMPRESSION}),
    }
    container, subtype, options = kinds[audio_format]
    try:
        with soundfile.SoundFile(path, "w", SAMPLE_RATE, 1, subtype, format=container, **options) as file:
            for start in range(0, len(samples), _BLOCK_FRAMES):
                file.write(samples[start : start + _BLOCK_FRAMES])
    except soundfile.LibsndfileError as error:
        raise AudioError(f"{path.name.strip('.')} cannot be written: {error}.") from error


def _encode_with_ffmpeg(
    path: Path, samples: NDArray[np.float32], container: str, codec: str, rate: int, bit_rate: int, frame: int
) -> None:
    import av

    # "bitexact" keeps the encoder's version and a random stream number out of the file
    with av.open(str(path), "w", format=container, options={"fflags": "bitexact"}) as opened:
        stream: Any = opened.add_stream(codec, rate=rate, layout="mono", bit_rate=bit_rate)
        _feed(opened, stream, samples, rate, frame)


def _feed(
    container: OutputContainer, stream: Any, samples: NDArray[np.float32], rate: int, frame: int
) -> None:
    """Frames of the encoder's length, in the kind of samples that it takes; the last may be shorter."""
    import av

    kind = stream.codec_context.format.name  # "fltp", or "flt", "s16": one channel is the same in both orders
    for start in range(0, len(samples), frame):
        block = samples[None, start : start + frame]
        if kind.startswith("s16"):
            block = np.round(np.clip(block, -1, 1) * 32_767).astype(np.int16)
        made = av.AudioFrame.from_ndarray(block, format=kind, layout="mono")
        made.sample_rate, made.pts = rate, start
        container.mux(stream.encode(made))
    container.mux(stream.encode(None))


def _number_stream(path: Path) -> None:
    """Give every page of an Ogg file our stream number in the place of a random one."""
    with path.open("r+b") as file:
        while page := _next_page(file):
            file.seek(-len(page), io.SEEK_CUR)
            file.write(_numbered(page))


def _next_page(file: IO[bytes]) -> bytes:
    head = file.read(27)
    if not head:
        return b""
    lacing = file.read(head[26])
    return head + lacing + file.read(sum(lacing))


def _numbered(page: bytes) -> bytes:
    from mutagen.ogg import OggPage

    parsed: Any = OggPage(io.BytesIO(page))
    parsed.serial = _SERIAL
    numbered: bytes = parsed.write()
    return numbered
