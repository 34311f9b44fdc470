"""What the ear cannot hear beside something louder: psychoacoustic model 1 of ISO/IEC 11172-3, annex D.

A frame of 1024 samples at 44 100 Hz gives tonal and noise maskers; each raises the threshold around it on the
Bark scale; together with the threshold in quiet they give, for each spectral line, the level under which
nothing is heard. Levels are in dB of sound pressure, where a full-scale sine has 96.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE

FRAME, STEP = 1024, 512
LINES = FRAME // 2
FULL_SCALE_DB = 96.0
CRITICAL_BANDS = 25

Levels = NDArray[np.float64]


def power(samples: NDArray[np.float32]) -> Levels:
    """(frames, 513): power of every line of every frame, on the scale of sound pressure."""
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float64), FRAME)[::STEP]
    spectrum = np.fft.rfft(frames * np.hanning(FRAME + 1)[:-1])
    # A full-scale sine under a Hann window has a peak of FRAME / 4.
    return np.abs(spectrum / (FRAME / 4)) ** 2 * 10 ** (FULL_SCALE_DB / 10)


def masking_threshold(powers: Levels) -> Levels:
    """(frames, 513): the power under which nothing is heard beside the sound whose powers are given."""
    return np.stack([_of_frame(frame) for frame in powers]) if len(powers) else np.zeros((0, LINES + 1))


def critical_band() -> NDArray[np.int64]:
    """(513,): the critical band, from 0, in which a line lies."""
    return np.minimum(_bark().astype(np.int64), CRITICAL_BANDS - 1)


def in_quiet() -> Levels:
    """(513,): the threshold in quiet as a power (Terhardt 1979)."""
    kilohertz = np.maximum(_hz(), 20.0) / 1000
    level = (
        3.64 * kilohertz**-0.8
        - 6.5 * np.exp(-0.6 * (kilohertz - 3.3) ** 2)
        + 1e-3 * np.minimum(kilohertz, 20) ** 4
    )
    return np.asarray(10 ** (level / 10))


def _of_frame(powers: Levels) -> Levels:
    lines, levels, offsets = _maskers(powers)
    bark = _bark()
    apart = bark[:, None] - bark[lines]
    # The spreading function of annex D.1, step 6, and the masking index of each masker.
    slope = np.select(
        [apart < -1, apart < 0, apart < 1],
        [17 * (apart + 1) - (0.4 * levels + 6), (0.4 * levels + 6) * apart, -17 * apart],
        -(apart - 1) * (17 - 0.15 * levels) - 17,
    )
    raised = 10 ** ((levels + offsets + slope) / 10)
    near = (apart >= -3) & (apart < 8)
    return in_quiet() + np.where(near, raised, 0).sum(axis=1)


def _maskers(powers: Levels) -> tuple[NDArray[np.int64], Levels, Levels]:
    """Lines, levels in dB and masking indices of the maskers of a frame (annex D.1, steps 4 and 5)."""
    levels = 10 * np.log10(powers + 1e-10)
    inner = np.arange(3, LINES - 13)
    peak = (levels[inner] > levels[inner - 1]) & (levels[inner] >= levels[inner + 1])
    for beyond in range(2, 13):
        # Over 7 dB above lines 2 away; 2 and 3 from line 63 on; 2 to 6 from 127; 2 to 12 from 255.
        matters = inner >= {2: 0, 3: 63}.get(beyond, 127 if beyond <= 6 else 255)
        below = levels[np.maximum(inner - beyond, 0)]
        above = levels[inner + beyond]
        peak &= ~matters | ((levels[inner] - below >= 7) & (levels[inner] - above >= 7))
    tonal = inner[peak]
    tonal_powers = powers[tonal - 1] + powers[tonal] + powers[tonal + 1]
    left = powers.copy()
    for line in tonal:
        reach = 2 if line < 63 else 3 if line < 127 else 6 if line < 255 else 12
        left[max(0, line - reach) : line + reach + 1] = 0
    bands = critical_band()
    noise_powers = np.bincount(bands, left, CRITICAL_BANDS)
    middle = np.bincount(bands, np.arange(LINES + 1), CRITICAL_BANDS) / np.maximum(
        np.bincount(bands, minlength=CRITICAL_BANDS), 1
    )
    noise = np.round(middle).astype(np.int64)
    lines = np.concatenate([tonal, noise])
    strengths = np.concatenate([tonal_powers, noise_powers])
    bark = _bark()[lines]
    offsets = np.concatenate(
        [-1.525 - 0.275 * bark[: len(tonal)] - 4.5, -1.525 - 0.175 * bark[len(tonal) :] - 0.5]
    )
    heard = strengths > in_quiet()[lines]
    return lines[heard], 10 * np.log10(strengths[heard]), offsets[heard]


def _hz() -> Levels:
    return np.arange(LINES + 1, dtype=np.float64) * (SAMPLE_RATE / FRAME)


@cache
def _bark() -> Levels:
    """Zwicker and Terhardt 1980."""
    return np.asarray(13 * np.arctan(0.00076 * _hz()) + 3.5 * np.arctan((_hz() / 7500) ** 2), np.float64)
