"""Recordings of any sample rate are heard alike, and torchaudio serves with and without its compiled
library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from singer.training.corpora.audio import read_samples, resampled
from singer.training.torchaudio_functional import functional


def tone(sample_rate: int, seconds: float = 1.0) -> np.ndarray:
    times = np.arange(round(seconds * sample_rate)) / sample_rate
    return (0.3 * np.sin(2 * np.pi * 440.0 * times) + 0.1 * np.sin(2 * np.pi * 5000.0 * times)).astype(
        np.float32
    )


@pytest.mark.parametrize("sample_rate", [16_000, 22_050, 32_000, 48_000, 96_000])
def test_a_tone_is_the_same_tone_at_44100(sample_rate: int) -> None:
    made, wanted = resampled(tone(sample_rate), sample_rate), tone(44_100)
    size = min(len(made), len(wanted))
    assert abs(len(made) - len(wanted)) <= 1
    inside = slice(2000, size - 2000)
    assert np.abs(made[inside] - wanted[inside]).max() < 2e-3


def test_torchaudio_and_soxr_agree() -> None:
    import soxr

    noise = np.random.default_rng(0).standard_normal(32_000).astype(np.float32)
    ours, theirs = resampled(noise, 32_000), soxr.resample(noise, 32_000, 44_100)
    spectra = [np.abs(np.fft.rfft(signal[2000:42_000])) for signal in (ours, theirs)]
    below = slice(0, round(14_000 / 44_100 * 40_000))
    difference = np.linalg.norm(spectra[0][below] - spectra[1][below])
    assert difference < 0.02 * np.linalg.norm(spectra[1][below])


def test_a_recording_of_another_rate_is_read(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "other.wav", tone(48_000), 48_000)
    soundfile.write(tmp_path / "ours.wav", tone(44_100), 44_100)
    other, ours = read_samples(tmp_path / "other.wav"), read_samples(tmp_path / "ours.wav")
    assert np.abs(other[2000:40_000] - ours[2000:40_000]).max() < 3e-3


def test_torchaudio_serves_in_a_process_that_never_saw_it() -> None:
    code = (
        "import torch; from singer.training.torchaudio_functional import functional;"
        "print(tuple(functional().resample(torch.zeros(320), 32000, 44100).shape))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "(441,)"
    assert functional().__name__ == "torchaudio.functional"
