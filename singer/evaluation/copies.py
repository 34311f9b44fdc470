"""Recordings taken apart and put together again: by our vocoder and by WORLD, and what each of them loses.

The multi-resolution distance is that of Parallel WaveGAN (Yamamoto, Song and Kim 2020): spectral convergence
plus log magnitude distance, mean over three resolutions. PESQ-wb is ITU-T P.862.2.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch

from singer import SAMPLE_RATE
from singer.evaluation.resung import Sound
from singer.training.features import Features
from singer.vocoder.excitation import white_noise
from singer.vocoder.model import Vocoder

RESOLUTIONS = ((1024, 120, 600), (2048, 240, 1200), (512, 50, 240))
"""FFT size, step and window in samples of each resolution."""

_QUIETEST = 10.0**-3.5  # magnitudes below it count as it
_PESQ_RATE, _PAUSE_S = 16_000, 2.0


def by_vocoder(vocoder: Vocoder, features: Features) -> Sound:
    """What our vocoder makes of a recording's analysis, (n,) at 44 100 Hz."""
    levels = (features.f0_hz, features.harmonic_db, features.noise_db)
    with torch.no_grad():
        made = vocoder(
            *(torch.from_numpy(level)[None] for level in levels),
            white_noise(len(features.samples), 0)[None],
        )
    copied: Sound = made[0].numpy()
    return copied


def by_world(samples: Sound, pitch_hz: float | None) -> Sound:
    """What WORLD (Morise et al. 2016) makes of a recording, used as its authors do: Harvest and StoneMask
    around `pitch_hz` (None: speech), a frame every 5 ms, nothing coded."""
    import pyworld

    low, high = (71.0, 900.0) if pitch_hz is None else (0.6 * pitch_hz, 1.7 * pitch_hz)
    doubled = samples.astype(np.float64)
    f0, times = pyworld.harvest(doubled, SAMPLE_RATE, f0_floor=low, f0_ceil=high)
    f0 = pyworld.stonemask(doubled, f0, times, SAMPLE_RATE)
    envelope = pyworld.cheaptrick(doubled, f0, times, SAMPLE_RATE)
    aperiodicity = pyworld.d4c(doubled, f0, times, SAMPLE_RATE)
    made = pyworld.synthesize(f0, envelope, aperiodicity, SAMPLE_RATE)
    return np.pad(made, (0, len(samples)))[: len(samples)].astype(np.float32)


def distances(made: Sound, recorded: Sound) -> Mapping[str, float]:
    """`mr_stft` and `pesq_wb` of a sound against the recording that it copies, both (n,) at 44 100 Hz."""
    return {"mr_stft": multi_resolution_distance(made, recorded), "pesq_wb": pesq_wb(made, recorded)}


def multi_resolution_distance(made: Sound, recorded: Sound) -> float:
    """Spectral convergence plus mean distance of natural-log magnitudes, mean over RESOLUTIONS; 0 is the
    same."""
    pair = torch.from_numpy(np.stack([made, recorded]).astype(np.float32))
    total = 0.0
    for size, step, window in RESOLUTIONS:
        shape = torch.hann_window(window)
        spectra = torch.stft(pair, size, step, window, shape, return_complex=True).abs().clamp(min=_QUIETEST)
        one, other = spectra[0], spectra[1]
        convergence = torch.linalg.norm(other - one) / torch.linalg.norm(other)
        total += float(convergence + (one.log() - other.log()).abs().mean())
    return total / len(RESOLUTIONS)


def pesq_wb(made: Sound, recorded: Sound) -> float:
    """PESQ-wb of a whole recording, 1 to 4.64, with silence before and after, without which it loses its way
    in singing."""
    import pesq
    import soxr

    pair = [
        np.pad(soxr.resample(sound, SAMPLE_RATE, _PESQ_RATE), round(_PAUSE_S * _PESQ_RATE))
        for sound in (recorded, made)
    ]
    return float(pesq.pesq(_PESQ_RATE, *pair, "wb"))
