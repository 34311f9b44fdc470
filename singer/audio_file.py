"""Audio files: finished songs out with their marks in place, any uploaded sound in within limits.

Written: what `audio_encoding.py` encodes; the same samples and tags give the same bytes. A file appears under
its name only when it is whole. Where each container keeps its tags stands in `audio_tags.py`.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from singer.audio_encoding import FORMATS, encode
from singer.audio_stream import Rest, check_header, without_id3
from singer.audio_tags import Tags, write_tags
from singer.errors import AudioError
from singer.tags.fields import TagDamage

if TYPE_CHECKING:
    import soundfile

__all__ = ["FORMATS", "Audio", "Tags", "read", "sniff", "write"]

MAX_BYTES = 200 * 1024 * 1024
MAX_SECONDS = 30 * 60
MAX_CHANNELS = 8
MAX_SAMPLES = MAX_SECONDS * 384_000
"""Samples of all channels that are decoded from one file: half an hour of stereo at 192 kHz."""
_MOST_KEPT = MAX_SECONDS * 96_000  # mono samples, 660 MB
_LONGEST_DECODING_S = 60.0  # of CPU; half an hour of MP3 takes three
_MIN_RATE, _MAX_RATE = 4_000, 384_000
_BLOCK_FRAMES = 1 << 16
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

    `sample_rate`: resample to it while reading, so that half an hour for the detector (16 000) takes 115 MB;
    None keeps the file's own. `name`: what errors call it when `source` is bytes. Raises `AudioError` for a
    file that is no audio, is damaged, or is over the limits (200 MB, 30 minutes, 8 channels): a file cut
    short gives what is whole.
    """
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
            return _decode(sound, audio_format, sample_rate, name)
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
_DEMUXERS = {"m4a": "mov", "webm": "matroska", "aac": "aac", "ogg": "ogg", "opus": "ogg", "mp3": "mp3"}


def _decode(stream: IO[bytes] | Rest, audio_format: str, sample_rate: int | None, name: str) -> Audio:
    """Blocks of the file through the resampler into one array.

    MP3 goes to FFmpeg at once: libsndfile's decoder writes a line into the log for every damaged frame.
    """
    import soundfile

    if audio_format == "mp3":
        return _decode_with_ffmpeg(stream, audio_format, sample_rate, name)
    try:
        with soundfile.SoundFile(stream) as file:
            _check(file.samplerate, file.channels, name)
            return _gather(_soundfile_blocks(file), file.samplerate, sample_rate, audio_format, name)
    except soundfile.LibsndfileError as unreadable:
        if audio_format not in _DEMUXERS:
            raise AudioError(_damaged(name, audio_format, unreadable.error_string)) from unreadable
    stream.seek(0)
    return _decode_with_ffmpeg(stream, audio_format, sample_rate, name)


def _decode_with_ffmpeg(
    stream: IO[bytes] | Rest, audio_format: str, sample_rate: int | None, name: str
) -> Audio:
    import av

    try:
        # The demuxer is named, so that a playlist in disguise cannot make it open other files or addresses.
        with av.open(stream, "r", format=_DEMUXERS[audio_format], metadata_errors="ignore") as container:
            track = next(iter(container.streams.audio), None)
            if track is None or track.codec_context is None or not track.codec_context.sample_rate:
                raise AudioError(
                    f"{name} holds no sound that we can decode.", "Give WAV, FLAC, MP3, M4A or Ogg."
                )
            rate = track.codec_context.sample_rate
            _check(rate, track.codec_context.channels, name)
            return _gather(_av_blocks(container), rate, sample_rate, audio_format, name)
    except av.FFmpegError as error:
        raise AudioError(_damaged(name, audio_format, error.strerror)) from error


def _damaged(name: str, audio_format: str, why: str | None) -> str:
    return f"{name} is a damaged {audio_format} file: {(why or 'unreadable').rstrip(' .')}."


def _check(rate: int, channels: int, name: str) -> None:
    """Refuse a rate or a number of channels over the limits, before anything is decoded."""
    if not _MIN_RATE <= rate <= _MAX_RATE:
        raise AudioError(f"{name} has a sample rate of {rate} Hz.", f"{_MIN_RATE}–{_MAX_RATE} Hz are read.")
    if channels > MAX_CHANNELS:
        raise AudioError(f"{name} has {channels} channels.", f"At most {MAX_CHANNELS} are read.")


def _soundfile_blocks(file: soundfile.SoundFile) -> Iterator[NDArray[np.float32]]:
    """(frames, channels) blocks until the file ends."""
    while len(block := file.read(_BLOCK_FRAMES, dtype="float32", always_2d=True)):
        yield block


def _av_blocks(container) -> Iterator[NDArray[np.float32]]:  # type: ignore[no-untyped-def]
    """(frames, channels) blocks of the first audio track, no more than it says (AAC pads its end)."""
    import av

    to_float = av.AudioResampler(format="fltp")
    track = container.streams.audio[0]
    rate = track.codec_context.sample_rate
    left = round(track.duration * track.time_base * rate) if track.duration else None
    try:
        for frame in container.decode(track):
            for plain in to_float.resample(frame):
                yield np.asarray(plain.to_ndarray().T, np.float32)[:left]
                left = None if left is None else max(0, left - plain.samples)
    except av.EOFError:
        return  # a file cut short: what was whole has been given


def _gather(
    blocks: Iterator[NDArray[np.float32]], rate: int, wanted_rate: int | None, audio_format: str, name: str
) -> Audio:
    """Mix to mono, resample and join, stopping at the limits."""
    resampler = None
    if wanted_rate and wanted_rate != rate:
        import soxr

        resampler = soxr.ResampleStream(rate, wanted_rate, 1, dtype="float32", quality="HQ")
    pieces: list[NDArray[np.float32]] = []
    frames, started_s = 0, time.thread_time()
    for block in blocks:
        _check(rate, block.shape[1], name)
        frames += len(block)
        if frames > MAX_SECONDS * rate:
            raise AudioError(f"{name} is longer than {MAX_SECONDS // 60} minutes.", "Give an excerpt.")
        if frames * block.shape[1] > MAX_SAMPLES or (resampler is None and frames > _MOST_KEPT):
            raise AudioError(f"{name} holds more samples than are read.", "Give it at 48 kHz, or an excerpt.")
        if time.thread_time() - started_s > _LONGEST_DECODING_S:
            raise AudioError(f"{name} takes too long to decode.", "Give an excerpt, or another format.")
        mono = block.mean(axis=1, dtype=np.float32) if block.shape[1] > 1 else block[:, 0].copy()
        np.nan_to_num(mono, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)
        pieces.append(resampler.resample_chunk(mono) if resampler else mono)
    if resampler and frames:
        pieces.append(resampler.resample_chunk(np.zeros(0, np.float32), last=True))
    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    return Audio(samples, wanted_rate or rate, audio_format)
