"""Vibrato is measured as it was made, and where there is none, none is found."""

from __future__ import annotations

import numpy as np
import pytest

from singer import SAMPLE_RATE
from singer.evaluation.vibrato import measure_vibrato

pytest.importorskip("parselmouth")


def note(seconds: float, hz: float, cents: float, after_s: float, pitch: float = 60.0) -> np.ndarray:
    """Half a second of silence, a note of five harmonics whose vibrato sets in `after_s`, and silence."""
    times_s = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    depth = cents * np.clip((times_s - after_s) / 0.15, 0.0, 1.0)
    around = depth * np.sin(2.0 * np.pi * hz * (times_s - after_s))
    f0_hz = 440.0 * 2.0 ** ((pitch - 69.0 + around / 100.0) / 12.0)
    phase = 2.0 * np.pi * np.cumsum(f0_hz) / SAMPLE_RATE
    sung = sum(np.sin(harmonic * phase) / harmonic for harmonic in range(1, 6))
    rest = np.zeros(SAMPLE_RATE // 2)
    return np.concatenate([rest, 0.2 * sung, rest]).astype(np.float32)


@pytest.mark.parametrize(("hz", "cents"), [(4.6, 35.0), (5.5, 60.0), (6.4, 110.0)])
@pytest.mark.parametrize("pitch", [52.0, 72.0])
def test_rate_extent_and_onset_are_found(hz: float, cents: float, pitch: float) -> None:
    vibrato = measure_vibrato(note(2.0, hz, cents, 0.5, pitch), 0.5, 2.5, pitch)
    assert vibrato is not None
    assert vibrato.hz == pytest.approx(hz, abs=0.15)
    assert vibrato.cents == pytest.approx(cents, rel=0.12)
    assert vibrato.onset_s == pytest.approx(0.5, abs=0.13)
    assert vibrato.is_within()


@pytest.mark.parametrize(
    ("hz", "cents", "after_s"), [(7.5, 60.0, 0.5), (5.5, 20.0, 0.5), (5.5, 170.0, 0.5), (5.5, 60.0, 0.0)]
)
def test_too_fast_too_little_too_much_and_too_early_are_not_within(
    hz: float, cents: float, after_s: float
) -> None:
    vibrato = measure_vibrato(note(2.0, hz, cents, after_s), 0.5, 2.5, 60.0)
    assert vibrato is not None
    assert not vibrato.is_within()


@pytest.mark.parametrize(("hz", "cents"), [(5.5, 0.0), (1.0, 80.0), (5.5, 5.0)])
def test_straight_and_slowly_wandering_notes_have_none(hz: float, cents: float) -> None:
    assert measure_vibrato(note(2.0, hz, cents, 0.5), 0.5, 2.5, 60.0) is None
    noise = np.random.default_rng(1).standard_normal(3 * SAMPLE_RATE).astype(np.float32)
    assert measure_vibrato(0.1 * noise, 0.5, 2.5, 60.0) is None
