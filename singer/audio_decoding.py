"""Decoding within limits: any sound file, block by block, mono, so that what is only heard is never kept.

A frame that is damaged sounds as silence of its length; a file cut short gives what is whole.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import IO

import numpy as np
from numpy.typing import NDArray

from singer.audio_stream import Rest
from singer.errors import AudioError

MAX_SECONDS = 30 * 60
MAX_CHANNELS = 8
MAX_SAMPLES = MAX_SECONDS * 384_000
"""Samples of all channels that are decoded from one file: half an hour of stereo at 192 kHz."""

_LONGEST_DECODING_S = 60.0  # of CPU; half an hour of MP3 takes three
_MIN_RATE, _MAX_RATE = 4_000, 384_000
_BLOCK_FRAMES = 1 << 16
_MOST_GATHERED = 64
_MOST_DAMAGED = 1_000
_DEMUXERS = {
    "m4a": "mov",
    "webm": "matroska",
    "aac": "aac",
    "ogg": "ogg",
    "opus": "ogg",
    "mp3": "mp3",
    "flac": "flac",
}

Blocks = Iterator[tuple[int, NDArray[np.float32]]]
"""(sample rate in Hz, samples) one after another."""


def decode(stream: IO[bytes] | Rest, audio_format: str, name: str) -> Blocks:
    """(sample rate, (n,) mono: the mean of the channels) blocks of a sound file, as its content says.

    Raises `AudioError`, at any block, for a file that is damaged or over the limits.
    """
    frames, spent_s = 0, 0.0
    blocks = _decoded(stream, audio_format, name)
    while True:
        started_s = time.thread_time()
        rate, block = next(blocks, (0, None))
        spent_s += time.thread_time() - started_s
        if block is None:
            return
        _check(rate, block.shape[1], name)
        frames += len(block)
        if frames > MAX_SECONDS * rate:
            raise AudioError(f"{name} is longer than {MAX_SECONDS // 60} minutes.", "Give an excerpt.")
        if frames * block.shape[1] > MAX_SAMPLES:
            raise AudioError(f"{name} holds more samples than are read.", "Give it at 48 kHz, or an excerpt.")
        if spent_s > _LONGEST_DECODING_S:
            raise AudioError(f"{name} takes too long to decode.", "Give an excerpt, or another format.")
        mono = block.mean(axis=1, dtype=np.float32) if block.shape[1] > 1 else block[:, 0].copy()
        np.nan_to_num(mono, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)
        yield rate, mono


def resampled(blocks: Blocks, sample_rate: int) -> Blocks:
    """Mono blocks at another rate."""
    import soxr

    resampler, native = None, 0
    for rate, block in blocks:
        if rate == sample_rate:
            yield rate, block
            continue
        if resampler is None or rate != native:
            native = rate
            resampler = soxr.ResampleStream(rate, sample_rate, 1, dtype="float32", quality="HQ")
        yield sample_rate, resampler.resample_chunk(block)
    if resampler is not None:
        yield sample_rate, resampler.resample_chunk(np.zeros(0, np.float32), last=True)


def _decoded(stream: IO[bytes] | Rest, audio_format: str, name: str) -> Blocks:
    """By libsndfile where it can, by FFmpeg from where it cannot go on.

    MP3 goes to FFmpeg at once: libsndfile's decoder writes a line into the log for every damaged frame.
    """
    import soundfile

    given = 0
    if audio_format != "mp3":
        try:
            with soundfile.SoundFile(stream) as file:
                _check(file.samplerate, file.channels, name)
                while len(block := file.read(_BLOCK_FRAMES, dtype="float32", always_2d=True)):
                    yield file.samplerate, block
                    given += len(block)
                return
        except soundfile.LibsndfileError as unreadable:
            if audio_format not in _DEMUXERS:
                raise AudioError(_damaged(name, audio_format, unreadable.error_string)) from unreadable
        stream.seek(0)
    for rate, block in _gathered(_by_ffmpeg(stream, audio_format, name)):
        if len(block) > given:
            yield rate, block[given:]
        given = max(0, given - len(block))


def _gathered(blocks: Blocks) -> Blocks:
    """The same sound in larger blocks: a frame of MP3 holds a fortieth of a second, and whoever puts a window
    together pays for each."""
    kept: list[NDArray[np.float32]] = []
    frames, native = 0, (0, 0)
    for rate, block in blocks:
        if kept and (
            frames >= _BLOCK_FRAMES or len(kept) == _MOST_GATHERED or native != (rate, block.shape[1])
        ):
            yield native[0], np.concatenate(kept)
            kept, frames = [], 0
        native = rate, block.shape[1]
        kept.append(block)
        frames += len(block)
    if kept:
        yield native[0], np.concatenate(kept)


def _by_ffmpeg(stream: IO[bytes] | Rest, audio_format: str, name: str) -> Blocks:
    """Blocks of the first audio track, no more than it says (AAC pads its end)."""
    import av

    damaged, heard = 0, False
    try:
        # The demuxer is named, so that a playlist in disguise cannot make it open other files or addresses.
        with av.open(stream, "r", format=_DEMUXERS[audio_format], metadata_errors="ignore") as container:
            track = next(iter(container.streams.audio), None)
            if track is None or track.codec_context is None or not track.codec_context.sample_rate:
                raise AudioError(
                    f"{name} holds no sound that we can decode.", "Give WAV, FLAC, MP3, M4A or Ogg."
                )
            rate, channels = track.codec_context.sample_rate, track.codec_context.channels
            _check(rate, channels, name)
            left = (
                round(track.duration * track.time_base * rate) if track.duration and track.time_base else None
            )
            to_float = av.AudioResampler(format="fltp")
            for packet in container.demux(track):
                try:
                    frames = [plain for frame in packet.decode() for plain in to_float.resample(frame)]  # type: ignore[union-attr, arg-type]
                except (av.InvalidDataError, ValueError):  # the latter: of another rate, or other channels
                    damaged += 1
                    if damaged > _MOST_DAMAGED:
                        why = f"more than {_MOST_DAMAGED} of its frames are broken"
                        raise AudioError(_damaged(name, audio_format, why)) from None
                    lost = round(packet.duration * packet.time_base * rate) if packet.duration else 0
                    yield rate, np.zeros((min(lost, _BLOCK_FRAMES), max(channels, 1)), np.float32)[:left]
                    continue
                for plain in frames:
                    heard = True
                    yield rate, np.asarray(plain.to_ndarray().T, np.float32)[:left]
                    left = None if left is None else max(0, left - plain.samples)
    except av.EOFError:
        pass  # a file cut short: what was whole has been given
    except av.FFmpegError as error:
        raise AudioError(_damaged(name, audio_format, error.strerror)) from error
    if not heard:
        raise AudioError(_damaged(name, audio_format, "none of its frames is whole"))


def _damaged(name: str, audio_format: str, why: str | None) -> str:
    return f"{name} is a damaged {audio_format} file: {(why or 'unreadable').rstrip(' .')}."


def _check(rate: int, channels: int, name: str) -> None:
    """Refuse a rate or a number of channels over the limits, before anything is decoded."""
    if not _MIN_RATE <= rate <= _MAX_RATE:
        raise AudioError(f"{name} has a sample rate of {rate} Hz.", f"{_MIN_RATE}–{_MAX_RATE} Hz are read.")
    if channels > MAX_CHANNELS:
        raise AudioError(f"{name} has {channels} channels.", f"At most {MAX_CHANNELS} are read.")
