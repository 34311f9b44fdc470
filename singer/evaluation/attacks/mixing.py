"""Mixing: a voice under a band, and the whole way of a record."""

from __future__ import annotations

import numpy as np

from singer import SAMPLE_RATE
from singer.evaluation.attacks import bands
from singer.evaluation.attacks.codecs import through_codec
from singer.evaluation.attacks.rooms import reverberated
from singer.evaluation.attacks.sounds import Sound, rms, through_filters


def under_band(samples: Sound, random: np.random.Generator, voice_db: float) -> Sound:
    """With a band, over which the voice stands by `voice_db` (RMS of the whole clips; −12: far under it)."""
    band = bands.play(len(samples) / SAMPLE_RATE, random)
    mixed = samples + np.float32(rms(samples) / rms(band) * 10 ** (-voice_db / 20)) * band[: len(samples)]
    return np.asarray(mixed * (0.9 / max(float(np.abs(mixed).max()), 1e-9)), np.float32)


def produced(samples: Sound, random: np.random.Generator) -> Sound:
    """As a record is made: high-pass and equaliser, compressor, reverberation, a band as loud as the voice,
    a master limiter, AAC at 128 kbit/s.
    """
    voice = through_filters(
        samples * np.float32(0.7 / max(float(np.abs(samples).max()), 1e-9)),
        "highpass=frequency=90",
        "equalizer=frequency=300:width_type=q:width=1:gain=-3",
        "equalizer=frequency=4000:width_type=q:width=0.8:gain=4",
        "acompressor=threshold=0.0794:ratio=4:attack=8:release=120:makeup=2",
    )
    wet = reverberated(voice, random, 1.2)
    voice = np.asarray(voice + 0.25 * (wet - voice), np.float32)
    mixed = under_band(voice, random, 0.0)
    master = through_filters(mixed, "volume=4dB", "alimiter=limit=0.94:attack=5:release=60:level=0:latency=1")
    return through_codec(master, "aac", "mp4", 128)
