"""Measures of sounds find what was put into them."""

from __future__ import annotations

import numpy as np
import pytest

from singer import SAMPLE_RATE
from singer.evaluation.blemishes import clicks
from singer.evaluation.bursts import bursts_kept, hisses_kept
from singer.evaluation.copies import multi_resolution_distance, pesq_wb
from singer.evaluation.resung import Take
from singer.evaluation.third_octaves import CENTRES_HZ, apart, long_term_spectrum
from singer.training.corpora import LabelledPhone

SECONDS = 2.0


def noise(level: float = 0.1, seed: int = 0) -> np.ndarray:
    """White noise, (n,) float32."""
    size = round(SECONDS * SAMPLE_RATE)
    return (level * np.random.default_rng(seed).standard_normal(size)).astype(np.float32)


def sounding(samples: np.ndarray) -> Take:
    """A take that is one vowel from start to end."""
    return Take(samples, (LabelledPhone("a", 0.0, len(samples) / SAMPLE_RATE),))


def lifted(samples: np.ndarray, low_hz: float, high_hz: float, gain_db: float) -> np.ndarray:
    """The samples with a stretch of their spectrum louder."""
    spectrum = np.fft.rfft(samples)
    hz = np.fft.rfftfreq(len(samples), 1.0 / SAMPLE_RATE)
    spectrum[(hz >= low_hz) & (hz < high_hz)] *= 10.0 ** (gain_db / 20.0)
    return np.fft.irfft(spectrum, len(samples)).astype(np.float32)


def test_white_noise_rises_by_a_decibel_for_each_third_octave() -> None:
    levels = long_term_spectrum([sounding(noise())])
    assert np.diff(levels).mean() == pytest.approx(1.0, abs=0.1)
    assert CENTRES_HZ[0] == pytest.approx(100.0) and CENTRES_HZ[-1] == pytest.approx(15_849, abs=1)


def test_a_lifted_band_is_found_and_a_gain_is_none() -> None:
    owner = long_term_spectrum([sounding(noise())])
    louder = long_term_spectrum([sounding(4.0 * noise())])
    assert apart(louder, owner).mean_db < 0.01
    edge = 10.0**0.05
    bright = lifted(noise(), 4000 / edge, 4000 * edge, 8.0)
    found = apart(long_term_spectrum([sounding(bright)]), owner)
    assert found.worst_hz == pytest.approx(3981, abs=1) and found.worst_db == pytest.approx(8.0, abs=0.5)


def test_what_is_silent_and_what_lies_below_the_voice_is_not_compared() -> None:
    half = len(noise()) // 2
    broken = noise().copy()
    broken[half:] = lifted(noise(), 1000, 2000, 30.0)[half:]
    phones = (LabelledPhone("a", 0.0, half / SAMPLE_RATE), LabelledPhone("SP", half / SAMPLE_RATE, SECONDS))
    owner = long_term_spectrum([sounding(noise())])
    assert abs(apart(long_term_spectrum([Take(broken, phones)]), owner).worst_db) < 2.5
    rumbling = long_term_spectrum([sounding(lifted(noise(), 80, 140, 20.0))])
    assert apart(rumbling, owner).worst_db > 10.0
    assert abs(apart(rumbling, owner, least_hz=200.0).worst_db) < 0.5


def test_a_copy_is_as_far_as_it_is_spoilt() -> None:
    voice = lifted(noise(), 5000, 22_050, -40.0)
    assert multi_resolution_distance(voice, voice) == 0.0
    near, far = (multi_resolution_distance(lifted(voice, 0, 22_050, gain), voice) for gain in (-1.0, -6.0))
    assert 0.05 < near < far
    assert multi_resolution_distance(voice * np.float32(10.0 ** (-6.0 / 20.0)), voice) == pytest.approx(
        0.5 + 6.0 / 20.0 * np.log(10.0), abs=0.02
    ), "half the magnitude: convergence 0.5, and the log of two"


def test_pesq_tells_a_copy_from_noise() -> None:
    pytest.importorskip("pesq")
    times = np.arange(round(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    tone = sum(np.sin(2 * np.pi * 200 * k * times) / k for k in range(1, 12)) * (
        1 + np.sin(2 * np.pi * 3 * times)
    )
    voice = (0.05 * tone).astype(np.float32)
    assert pesq_wb(voice, voice) > 4.5
    assert pesq_wb(voice + noise(0.05), voice) < 2.5


def stops(level: float) -> Take:
    """Four closures of 80 ms in hum, each with a burst of noise of 5 ms at its end."""
    samples = 0.001 * noise(seed=1) / 0.1
    phones = [LabelledPhone("SP", 0.0, 0.1)]
    for number in range(4):
        end_s = 0.3 + 0.4 * number
        first = round((end_s - 0.005) * SAMPLE_RATE)
        samples[first : first + 220] += level * noise(1.0, number)[:220]
        phones += [LabelledPhone("t", end_s - 0.08, end_s), LabelledPhone("a", end_s, end_s + 0.2)]
    return Take(samples.astype(np.float32), tuple(phones))


def test_bursts_that_are_gone_are_missed() -> None:
    recorded = stops(0.1)
    same, weak, gone = (bursts_kept([stops(level)], [recorded]) for level in (0.1, 0.03, 0.0005))
    assert (same.count, same.share, same.level_db) == (4, 1.0, 0.0)
    assert weak.level_db == pytest.approx(20 * np.log10(0.3), abs=1.5) and weak.share == 0.0
    assert gone.share == 0.0 and gone.level_db < -20.0


def test_a_hiss_is_measured_against_its_take() -> None:
    def take(level: float) -> Take:
        samples = np.zeros(round(SECONDS * SAMPLE_RATE), np.float32)
        times = np.arange(len(samples)) / SAMPLE_RATE
        samples += (0.2 * np.sin(2 * np.pi * 300 * times)).astype(np.float32)
        samples[: SAMPLE_RATE // 4] = noise(level)[: SAMPLE_RATE // 4]
        return Take(samples, (LabelledPhone("s", 0.0, 0.25), LabelledPhone("a", 0.25, SECONDS)))

    recorded = take(0.05)
    assert hisses_kept([take(0.05)], [recorded]).level_db == pytest.approx(0.0, abs=0.01)
    lost = hisses_kept([take(0.005)], [recorded])
    assert (lost.count, lost.share) == (1, 0.0) and lost.level_db == pytest.approx(-20.0, abs=1.0)


def test_a_click_is_heard_where_it_is() -> None:
    times = np.arange(round(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    smooth = (0.1 * np.sin(2 * np.pi * 220 * times) + 1e-5 * noise(1.0)).astype(np.float32)
    assert clicks(smooth, [0.5, 1.0, 1.5]) == 0
    cut = smooth.copy()
    cut[round(1.0 * SAMPLE_RATE) + 40 :] = 0.0
    cut[round(1.0 * SAMPLE_RATE) + 40 :] += 0.08
    assert clicks(cut, [0.5, 1.0, 1.5]) == 1
    assert clicks(cut, [0.5, 1.5]) == 0
