"""Reads a corpus' recordings the way training has to hear them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.errors import AudioError

_RUMBLE_HZ = (30.0, 60.0)


def read_samples(path: Path) -> NDArray[np.float32]:
    """Mono samples at 44 100 Hz, (n,) in −1 … 1, without offset and rumble (below 60 Hz).

    The 8-bit recordings stand on a constant offset of up to a quarter of full scale. Raises AudioError when
    the file cannot be read or has another sample rate.
    """
    import soundfile

    try:
        samples, sample_rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, RuntimeError) as error:
        raise AudioError(f"{path}: the recording cannot be read ({error}).", "Use WAV or FLAC.") from error
    mono = samples.mean(axis=1)
    return without_rumble(mono if sample_rate == SAMPLE_RATE else resampled(mono, sample_rate))


def resampled(samples: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """Samples (n,) at `sample_rate`, band-limited, at 44 100 Hz."""
    import torch

    from singer.training.torchaudio_functional import functional

    wave = torch.from_numpy(np.ascontiguousarray(samples))
    made = functional().resample(wave, sample_rate, SAMPLE_RATE, lowpass_filter_width=64, rolloff=0.95)
    out: NDArray[np.float32] = made.numpy()
    return out


def without_rumble(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The samples, (n,) at 44 100 Hz, without anything below 30 Hz (and with all above 60 Hz), phase kept."""
    pad = SAMPLE_RATE // 4
    padded = np.pad(samples - samples.mean(), pad, mode="reflect" if len(samples) > pad else "constant")
    size = 1 << int(np.ceil(np.log2(len(padded))))
    spectrum = np.fft.rfft(padded, size)
    low, high = _RUMBLE_HZ
    spectrum *= np.clip((np.fft.rfftfreq(size, 1.0 / SAMPLE_RATE) - low) / (high - low), 0.0, 1.0)
    return np.fft.irfft(spectrum, size)[pad : pad + len(samples)].astype(np.float32)
