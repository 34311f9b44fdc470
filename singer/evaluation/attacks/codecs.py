"""Lossy codecs: FFmpeg's through PyAV, Vorbis and GSM through libsndfile."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from singer import SAMPLE_RATE
from singer.evaluation.attacks.sounds import Sound, resampled

_VORBIS = {128: (0.16, SAMPLE_RATE), 64: (0.8, SAMPLE_RATE), 32: (1.0, 32_000)}
"""libsndfile's compression level (0 is best, 1 smallest) and the rate at which a sung voice takes about so
many kbit/s."""

_BLOCK = 1 << 16  # libsndfile's Vorbis encoder takes its working space from the stack, so never much at once


def through_codec(
    samples: Sound, codec: str, container: str, kilobits: float, rate: int = SAMPLE_RATE
) -> Sound:
    """Samples through a codec of FFmpeg's at a rate in kbit/s and a sample rate, and back at 44 100 Hz."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream: Any = output.add_stream(codec, rate=rate, layout="mono", bit_rate=round(1000 * kilobits))
        frame = av.AudioFrame.from_ndarray(resampled(samples, SAMPLE_RATE, rate)[None, :], "fltp", "mono")
        frame.sample_rate = rate
        stream.codec_context.open()
        blocks = av.AudioFifo()
        to_codec = av.AudioResampler(stream.codec_context.format, "mono", rate)
        for plain in to_codec.resample(frame):
            blocks.write(plain)
        size = stream.codec_context.frame_size or 1024
        while block := blocks.read(size) or blocks.read():
            output.mux(stream.encode(block))
        output.mux(stream.encode(None))
    file.seek(0)
    to_floats = av.AudioResampler("fltp", "mono", SAMPLE_RATE)
    with av.open(file, "r", format=container) as coded:
        frames = [part for frame in coded.decode(audio=0) for part in to_floats.resample(frame)]
    return np.concatenate([part.to_ndarray()[0] for part in (*frames, *to_floats.resample(None))])


def through_vorbis(samples: Sound, kilobits: int) -> Sound:
    """Samples through Ogg Vorbis (libvorbis, variable rate) at about 128, 64 or 32 kbit/s."""
    level, rate = _VORBIS[kilobits]
    heard = resampled(samples, SAMPLE_RATE, rate)
    return resampled(_through_file(heard, rate, "OGG", "VORBIS", compression_level=level), rate, SAMPLE_RATE)


def through_gsm(samples: Sound) -> Sound:
    """Samples through a mobile telephone: 8 kHz, GSM 06.10 full rate (13 kbit/s), and back at 44 100 Hz."""
    narrow = np.clip(resampled(samples, SAMPLE_RATE, 8000), -1, 1)
    return resampled(_through_file(narrow, 8000, "WAV", "GSM610"), 8000, SAMPLE_RATE)


def _through_file(samples: Sound, rate: int, container: str, subtype: str, **options: Any) -> Sound:
    import soundfile

    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", rate, 1, subtype, format=container, **options) as output:
        for start in range(0, len(samples), _BLOCK):
            output.write(samples[start : start + _BLOCK])
    file.seek(0)
    return np.asarray(soundfile.read(file, dtype="float32")[0], np.float32)
