"""Loudness as the standard measures it, and a ceiling that leaves what is under it alone."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from singer import SAMPLE_RATE
from singer.loudness import PEAK_CEILING_DB, limit_peaks, measure_lufs, true_peak_db


def sine(level_db: float, hz: float = 997.0, seconds: float = 5.0, rate: int = SAMPLE_RATE):
    phase = 2 * np.pi * hz * np.arange(round(seconds * rate)) / rate
    return (10 ** (level_db / 20) * np.sin(phase)).astype(np.float32)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("level_db", [0.0, -20.0, -40.0])
def test_a_sine_reads_as_the_standard_says(level_db, rate):
    assert measure_lufs(sine(level_db, rate=rate), rate) == pytest.approx(level_db - 3.01, abs=0.02)


@pytest.mark.parametrize(("hz", "gain_db"), [(38, -5.9), (100, -1.1), (2_000, 3.07), (10_000, 4.0)])
def test_frequencies_are_weighted(hz, gain_db):
    assert measure_lufs(sine(-20, hz)) == pytest.approx(-20 - 3.01 - 0.69 + gain_db, abs=0.25)


def test_silence_between_phrases_does_not_count():
    phrase, rest = sine(-20, seconds=4), np.zeros(10 * SAMPLE_RATE, np.float32)
    assert measure_lufs(np.concatenate([phrase, rest, phrase])) == pytest.approx(-23.0, abs=0.2)


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(SAMPLE_RATE), sine(0, seconds=0.2)])
def test_nothing_to_measure_is_minus_infinity(samples):
    assert measure_lufs(samples.astype(np.float32)) == float("-inf")


def test_a_true_peak_between_samples_is_seen():
    quarter = 0.5 * np.sin(np.pi / 2 * np.arange(4_000) + np.pi / 4).astype(np.float32) * np.hanning(4_000)
    assert true_peak_db(quarter.astype(np.float32)) == pytest.approx(-6.02, abs=0.1)
    assert true_peak_db(np.zeros(100, np.float32)) == float("-inf")


def test_a_song_under_the_ceiling_is_the_same_array():
    song = sine(-6)
    assert limit_peaks(song) is song


@settings(max_examples=25, deadline=None)
@given(gain=st.floats(0.05, 3.0), seed=st.integers(0, 99), width=st.integers(2, 30))
def test_no_true_peak_is_over_the_ceiling(gain, seed, width):
    noise = np.random.default_rng(seed).standard_normal(20_000)
    song = (gain * np.convolve(noise, np.hanning(width + 2), "same")).astype(np.float32)
    assert true_peak_db(limit_peaks(song)) <= max(PEAK_CEILING_DB, -100) + 0.1


def test_only_the_neighbourhood_of_a_peak_changes():
    song = sine(-12, 220)
    song[100_000:100_400] *= 6
    limited = limit_peaks(song)
    assert true_peak_db(limited) <= PEAK_CEILING_DB + 0.1
    changed = np.flatnonzero(limited != song)
    reach = SAMPLE_RATE // 100
    assert 100_000 - reach <= changed[0]
    assert changed[-1] <= 100_400 + reach


def test_a_minute_costs_little():
    song = sine(-1, 300, 60)
    started = time.process_time()
    limit_peaks(song)
    measure_lufs(song)
    assert time.process_time() - started < 0.05 * 60
