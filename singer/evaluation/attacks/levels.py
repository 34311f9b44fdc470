"""Levels: gain, offset, word length, clipping, compression, limiting, gating."""

from __future__ import annotations

import numpy as np

from singer.evaluation.attacks.sounds import Sound, through_filters


def offset(samples: Sound, amount: float = 0.1) -> Sound:
    """A direct voltage added."""
    return samples + np.float32(amount)


def in_bits(samples: Sound, bits: int = 8) -> Sound:
    """Rounded to words of so many bits, without dither."""
    steps = np.float32(2 ** (bits - 1) - 1)
    return np.asarray(np.round(np.clip(samples, -1, 1) * steps) / steps, np.float32)


def clipped(samples: Sound, share: float = 0.5) -> Sound:
    """Cut off at a share of the peak."""
    most = np.float32(share) * np.abs(samples).max()
    return np.clip(samples, -most, most)


def to_peak(samples: Sound, peak: float) -> Sound:
    """Scaled so that the loudest sample has this size."""
    return samples * np.float32(peak / max(float(np.abs(samples).max()), 1e-9))


def compressed(samples: Sound) -> Sound:
    """4:1 over −24 dBFS, attack 5 ms, release 80 ms, 6 dB of make-up (FFmpeg's acompressor)."""
    options = f"threshold={10 ** (-24 / 20):.5f}:ratio=4:attack=5:release=80:makeup=2"
    return through_filters(to_peak(samples, 0.9), f"acompressor={options}")


def limited(samples: Sound) -> Sound:
    """12 dB too loud into a limiter at −1 dBFS, attack 5 ms, release 50 ms (FFmpeg's alimiter)."""
    return through_filters(
        to_peak(samples, 0.9), "volume=12dB", "alimiter=limit=0.891:attack=5:release=50:level=0:latency=1"
    )


def gated(samples: Sound) -> Sound:
    """A denoise gate: FFmpeg's FFT denoiser by 24 dB at a floor of −40 dB, then a 4:1 gate under −34 dBFS."""
    return through_filters(
        to_peak(samples, 0.9), "afftdn=noise_reduction=24:noise_floor=-40", "agate=threshold=0.02:ratio=4"
    )
