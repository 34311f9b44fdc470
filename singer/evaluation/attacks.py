"""What happens to songs out in the world, done here to see what their watermark survives."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE

Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Attack:
    """One thing that happens to a song.

    `apply`: (samples (n,) at 44 100 Hz, a random generator) → samples. `sample_rate`: what the result is then
    taken to be at. `full_search`: whether the detector must search speed and pitch. `seconds`: length of the
    excerpt.
    """

    name: str
    apply: Callable[[Sound, np.random.Generator], Sound]
    sample_rate: int = SAMPLE_RATE
    full_search: bool = False
    seconds: float = 10.0


def through_codec(
    samples: Sound, codec: str, container: str, bit_rate: int, rate: int = SAMPLE_RATE
) -> Sound:
    """Samples through a lossy codec of FFmpeg's and back at 44 100 Hz."""
    import av

    from singer.audio_file import read

    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream: Any = output.add_stream(codec, rate=rate, layout="mono", bit_rate=bit_rate)
        frame = av.AudioFrame.from_ndarray(_resampled(samples, SAMPLE_RATE, rate)[None, :], "fltp", "mono")
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
    return read(file.getvalue(), SAMPLE_RATE).samples


def through_vorbis(samples: Sound, compression: float) -> Sound:
    """Samples through Ogg Vorbis and back; `compression` from 0 (best) to 1 (smallest)."""
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, samples, SAMPLE_RATE, format="OGG", compression_level=compression)
    file.seek(0)
    return np.asarray(soundfile.read(file, dtype="float32")[0], np.float32)


def filtered(samples: Sound, low_hz: float, high_hz: float) -> Sound:
    """Only what lies between two frequencies, by a soft-edged mask over the spectrum."""
    spectrum = np.fft.rfft(samples)
    hz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    mask = 1 / (1 + (low_hz / np.maximum(hz, 1)) ** 12) / (1 + (hz / high_hz) ** 12)
    return np.asarray(np.fft.irfft(spectrum * mask, len(samples)), np.float32)


def with_noise(samples: Sound, random: np.random.Generator, snr_db: float, tilt: float = 0.0) -> Sound:
    """Noise added at a signal-to-noise ratio; `tilt` 0.5 makes it pink."""
    noise = np.fft.rfft(random.standard_normal(len(samples)))
    noise /= np.maximum(np.arange(len(noise)), 1) ** tilt
    wave = np.fft.irfft(noise, len(samples))
    scale = np.sqrt(np.mean(samples**2) / np.mean(wave**2)) * 10 ** (-snr_db / 20)
    return np.asarray(samples + scale * wave, np.float32)


def reverberated(samples: Sound, random: np.random.Generator, seconds: float) -> Sound:
    """In a room: exponentially decaying noise (−60 dB after `seconds`) as impulse response, as loud as the
    direct.
    """
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    tail = random.standard_normal(len(time)) * 10 ** (-3 * time / seconds)
    response = tail / np.sqrt(np.sum(tail**2))
    response[0] += 1
    size = len(samples) + len(response)
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)
    return np.asarray(wet[: len(samples)], np.float32)


def under_backing(samples: Sound, random: np.random.Generator, level_db: float) -> Sound:
    """Under a backing track that is `level_db` louder: chords of decaying strings over a noise beat."""
    time = np.arange(len(samples)) / SAMPLE_RATE
    track = np.zeros(len(samples))
    for start in np.arange(0, time[-1] if len(time) else 0, 0.5):
        since = np.maximum(time - start, 0)
        sounding = (time >= start) * np.exp(-3 * since)
        for hz in 110 * 2 ** (random.integers(0, 30, 4) / 12):
            track += sounding * sum(np.sin(2 * np.pi * hz * k * since) / k for k in range(1, 8))
        beat = (time >= start) * np.exp(-40 * since)
        track += 4 * beat * random.standard_normal(len(samples))
    scale = np.sqrt(np.mean(samples**2) / np.mean(track**2)) * 10 ** (level_db / 20)
    return np.asarray(samples + scale * track, np.float32)


def muted(samples: Sound, random: np.random.Generator, share: float) -> Sound:
    """A share of its tenths of seconds silenced."""
    tenths = np.arange(len(samples)) // (SAMPLE_RATE // 10)
    keep = random.random(tenths[-1] + 1) >= share
    return np.asarray(samples * keep[tenths], np.float32)


def _resampled(samples: Sound, rate: int, wanted: int) -> Sound:
    import soxr

    return np.asarray(soxr.resample(samples, rate, wanted), np.float32)


def _codec(name: str, codec: str, container: str, kilobits: int, rate: int = SAMPLE_RATE) -> Attack:
    return Attack(
        f"{name} {kilobits}", lambda x, _: through_codec(x, codec, container, 1000 * kilobits, rate)
    )


def _noise(snr_db: float, tilt: float, name: str) -> Attack:
    return Attack(f"{name} noise {snr_db:g} dB", lambda x, random: with_noise(x, random, snr_db, tilt))


def _backing(level_db: float) -> Attack:
    return Attack(f"backing {level_db:+g} dB", lambda x, random: under_backing(x, random, level_db))


def _speed(percent: float) -> Attack:
    played_at = round(SAMPLE_RATE * (1 + percent / 100))
    return Attack(f"speed {percent:+g} %", lambda x, _: x, played_at, full_search=True)


def _excerpt(seconds: float) -> Attack:
    return Attack(f"excerpt {seconds:g} s", lambda x, _: x, seconds=seconds)


ATTACKS = (
    Attack("none", lambda x, _: x),
    Attack("gain -26 dB", lambda x, _: 0.05 * x),
    Attack("polarity", lambda x, _: -x),
    Attack("offset", lambda x, _: x + np.float32(0.1)),
    Attack("8 bit", lambda x, _: np.round(127 * x) / np.float32(127)),
    Attack("to 16 kHz", lambda x, _: _resampled(x, SAMPLE_RATE, 16_000), 16_000),
    Attack("to 48 kHz", lambda x, _: _resampled(x, SAMPLE_RATE, 48_000), 48_000),
    Attack("44.1 played at 48", lambda x, _: x, 48_000, full_search=True),
    Attack("low-pass 8 kHz", lambda x, _: filtered(x, 1, 8_000)),
    Attack("low-pass 4 kHz", lambda x, _: filtered(x, 1, 4_000)),
    Attack("high-pass 500 Hz", lambda x, _: filtered(x, 500, 40_000)),
    Attack("band-pass 300-3400", lambda x, _: filtered(x, 300, 3_400)),
    Attack("clipping", lambda x, _: np.clip(x, -0.3 * np.abs(x).max(), 0.3 * np.abs(x).max())),
    Attack("compressor", lambda x, _: np.asarray(np.sign(x) * np.abs(x) ** 0.7, np.float32)),
    *(_codec("MP3", "libmp3lame", "mp3", kilobits) for kilobits in (128, 64, 32)),
    *(_codec("AAC", "aac", "adts", kilobits) for kilobits in (128, 64, 32)),
    *(_codec("Opus", "libopus", "ogg", kilobits, 48_000) for kilobits in (64, 32, 16)),
    Attack("Vorbis, lowest", lambda x, _: through_vorbis(x, 1.0)),
    *(_noise(snr_db, 0.0, "white") for snr_db in (30, 20, 10)),
    *(_noise(snr_db, 0.5, "pink") for snr_db in (20, 10)),
    Attack("echo", lambda x, _: x + np.float32(0.4) * np.pad(x, (5_292, 0))[: len(x)]),
    Attack("reverb 0.3 s", lambda x, random: reverberated(x, random, 0.3)),
    Attack("reverb 0.8 s", lambda x, random: reverberated(x, random, 0.8)),
    *(_excerpt(seconds) for seconds in (5, 3, 2, 1)),
    Attack("a fifth muted", lambda x, random: muted(x, random, 0.2)),
    *(_speed(percent) for percent in (-10, -5, -1, 1, 5, 10)),
    *(_backing(level_db) for level_db in (0, 6, 12)),
)
"""Every attack of the suite, in the order of its table."""
