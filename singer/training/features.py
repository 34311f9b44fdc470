"""Recordings → what the models learn from: f0, voicing, harmonic and noise levels on the frame grid.

F0 is Praat's autocorrelation, searched only around the pitch that the recording is known to be sung at, and
Harvest's (Morise 2017) where Praat hears no voice in a sound of low frequencies: soft and creaky ends of
vowels, which would otherwise be learned as whispered. The envelope is CheapTrick (Morise 2015), the
aperiodicity D4C (Morise 2016).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from singer import HOP, SAMPLE_RATE
from singer.vocoder.controls import FLOOR_DB, bands_from_bins

UNVOICED_HARMONIC_DB = -40.0
"""Harmonic level below the noise where nothing is voiced: inaudible, and a finite thing to learn."""


@dataclass(frozen=True)
class Features:
    """Features of one recording; `frames` = samples // HOP.

    `samples` (frames * HOP,) float32; `f0_hz` (frames,) in Hz, interpolated through unvoiced frames; `voiced`
    (frames,) bool; `harmonic_db`, `noise_db` (frames, BANDS) in dB.
    """

    samples: np.ndarray
    f0_hz: np.ndarray
    voiced: np.ndarray
    harmonic_db: np.ndarray
    noise_db: np.ndarray


LOW_HZ = 1000.0
"""A frame with more power below it than above is no hiss."""


def track_f0(samples: np.ndarray, around_hz: float | None) -> tuple[np.ndarray, np.ndarray]:
    """F0 in Hz and voicing, both (frames,), frame i at sample i * HOP + HOP / 2.

    `around_hz` limits the search to 0.6–1.7 times the sung pitch, which rules out octave errors; None
    searches 75–900.
    """
    import parselmouth

    frames = len(samples) // HOP
    low, high = (75.0, 900.0) if around_hz is None else (0.6 * around_hz, 1.7 * around_hz)
    pad = int(3.0 / low * SAMPLE_RATE)
    sound = parselmouth.Sound(np.pad(samples, (pad, pad)), sampling_frequency=SAMPLE_RATE)
    pitch = sound.to_pitch_ac(
        time_step=HOP / SAMPLE_RATE,
        pitch_floor=low,
        pitch_ceiling=high,
        voicing_threshold=0.4,
        silence_threshold=0.02,
    )
    found = pitch.selected_array["frequency"]
    times = pitch.xs() - pad / SAMPLE_RATE
    wanted = (np.arange(frames) + 0.5) * HOP / SAMPLE_RATE
    nearest = np.clip(np.searchsorted(times, wanted), 0, len(times) - 1)
    f0 = found[nearest]
    missed = np.where(is_low(samples), harvested(samples, low, high), 0.0)
    f0 = np.where(f0 > 0, f0, missed)
    voiced = f0 > 0
    if not voiced.any():
        return np.full(frames, around_hz or 200.0), voiced
    good = np.flatnonzero(voiced)
    return np.interp(np.arange(frames), good, f0[good]), voiced


def harvested(samples: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
    """Harvest's f0 in Hz, (frames,), 0 where it hears no voice; frame i at sample i * HOP + HOP / 2."""
    import pyworld

    frames = len(samples) // HOP
    centred = np.pad(samples, (0, HOP))[HOP // 2 :].astype(np.float64)
    f0, _ = pyworld.harvest(centred, SAMPLE_RATE, low_hz, high_hz, 1000.0 * HOP / SAMPLE_RATE)
    found: np.ndarray = np.pad(f0[:frames], (0, max(0, frames - len(f0))))
    return found


def is_low(samples: np.ndarray) -> np.ndarray:
    """Whether each frame has more power below LOW_HZ than above, (frames,) bool; digital silence has not."""
    frames, size = len(samples) // HOP, 4 * HOP
    reach = (size - HOP) // 2
    pieces = np.lib.stride_tricks.sliding_window_view(np.pad(samples, (reach, size)), size)[::HOP][:frames]
    power = np.abs(np.fft.rfft(pieces * np.hanning(size), axis=1)) ** 2
    edge = round(LOW_HZ * size / SAMPLE_RATE)
    return power[:, 1:edge].sum(axis=1) > power[:, edge:].sum(axis=1) + 1e-9


def extract(samples: np.ndarray, around_hz: float | None = None) -> Features:
    """Features of mono samples (n,) at 44 100 Hz."""
    import pyworld

    frames = len(samples) // HOP
    samples = np.ascontiguousarray(samples[: frames * HOP], dtype=np.float64)
    f0, voiced = track_f0(samples, around_hz)
    times = (np.arange(frames) + 0.5) * HOP / SAMPLE_RATE
    # A tiny dither keeps CheapTrick away from log(0) in digital silence.
    dithered = samples + np.random.default_rng(0).standard_normal(len(samples)) * 1e-6
    # CheapTrick follows f0 where there is one and a fixed window elsewhere (f0 = 0 means 500 Hz to WORLD).
    world_f0 = np.where(voiced, f0, 0.0)
    envelope = pyworld.cheaptrick(dithered, world_f0, times, SAMPLE_RATE)
    aperiodicity = pyworld.d4c(
        dithered, world_f0, times, SAMPLE_RATE, threshold=0.0, fft_size=2 * (envelope.shape[1] - 1)
    )
    level = 10.0 * np.log10(np.maximum(envelope, 1e-12))
    noise_share = np.clip(aperiodicity, 1e-3, 1.0) ** 2
    noise = level + 10.0 * np.log10(noise_share)
    harmonic = level + 10.0 * np.log10(np.maximum(1.0 - noise_share, 1e-4))
    bands = bands_from_bins(envelope.shape[1])
    noise_bands = (noise @ bands).astype(np.float32)
    harmonic_bands = np.where(voiced[:, None], harmonic @ bands, noise_bands + UNVOICED_HARMONIC_DB).astype(
        np.float32
    )
    return Features(
        samples=samples.astype(np.float32),
        f0_hz=f0.astype(np.float32),
        voiced=voiced,
        harmonic_db=np.maximum(harmonic_bands, FLOOR_DB),
        noise_db=np.maximum(noise_bands, FLOOR_DB),
    )
