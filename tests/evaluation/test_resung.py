"""Recordings sung again: through a registry of its own, in their own time, and with every control at work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from consent.errors import Refused
from singer import HOP, SAMPLE_RATE
from singer.evaluation.bars import BARS
from singer.evaluation.chain import chain, only, song
from singer.evaluation.responses import CONTROLS, response
from singer.evaluation.resung import GAP_FRAMES, Part, Sing, performance_of, sing_again, stage
from singer.evaluation.rival_nets import HOP as RIVAL_HOP
from singer.evaluation.rival_nets import MELS, DiffSingerAcoustic, HarmonicHifiGan
from singer.performance.check import check
from singer.performance.expression import CURVES
from singer.performance.model import Performance
from singer.training.corpora import LabelledPhone

PHONES = (
    LabelledPhone("SP", 0.0, 0.1),
    LabelledPhone("s", 0.1, 0.25),
    LabelledPhone("a", 0.25, 0.9),
    LabelledPhone("SP", 0.9, 1.0),
)


def part(f0_hz: float, frames: int = 170) -> Part:
    return Part(PHONES, np.full(frames, f0_hz, np.float32))


@pytest.fixture(scope="module")
def sing(tiny_voices: Path) -> Iterator[Sing]:
    with stage(tiny_voices) as sings:
        yield sings


def test_a_performance_of_recordings_keeps_every_law() -> None:
    made = performance_of([part(150.0), part(20.0, 173)], "en", {"tension": 1.0})
    check(made)
    first, second = made.phrases
    assert second.start_frame == first.end_frame + GAP_FRAMES and second.frames == 173
    assert set(second.curves["f0_hz"]) == {40.0}, "a pitch that nobody sings is held at the lowest one"
    assert set(first.curves["tension"]) == {1.0} and set(first.curves["breathiness_db"]) == {0.0}


def test_takes_are_as_long_as_their_pitch_and_sound_where_their_phones_do(sing: Sing) -> None:
    takes = sing_again(sing, "tiny-open", [part(150.0), part(220.0, 173)], "en")
    assert [len(take.samples) for take in takes] == [170 * HOP, 173 * HOP]
    for take in takes:
        loud = np.abs(take.samples[round(0.3 * SAMPLE_RATE) : round(0.8 * SAMPLE_RATE)])
        assert loud.max() > 0.001
        assert not take.samples[: round(0.05 * SAMPLE_RATE)].any(), "silence is silent"


def test_what_the_registry_refuses_is_not_measured(sing: Sing) -> None:
    with pytest.raises(Refused):
        sing_again(sing, "tiny-closed", [part(150.0)], "en")


def comb_and_noise(performance: Performance, voice: str) -> np.ndarray:
    """A singer of one buzz, who minds every control; the voice "deaf" minds none of them."""
    song = np.zeros(round(performance.duration_s * SAMPLE_RATE))
    random = np.random.default_rng(0)
    for phrase in performance.phrases:
        wanted = {name: values[0] if voice != "deaf" else 0.0 for name, values in phrase.curves.items()}
        times = np.arange(phrase.frames * HOP) / SAMPLE_RATE
        hz = phrase.curves["f0_hz"][0] * np.arange(1, 60)
        gains = 0.05 / (hz / 200.0) * 10.0 ** (wanted["tension"] * np.log2(hz / 1000.0) / 20.0)
        sound = sum(
            gain * np.sin(2 * np.pi * one * times + n**2)
            for n, (one, gain) in enumerate(zip(hz, gains, strict=True))
        )
        sound += 0.004 * 10.0 ** (wanted["breathiness_db"] / 20.0) * random.standard_normal(len(times))
        first = phrase.start_frame * HOP
        song[first : first + len(sound)] = sound * 10.0 ** (wanted["loudness_db"] / 20.0)
    return song.astype(np.float32)


@pytest.mark.parametrize(
    ("control", "per_unit"), [("breathiness_db", 0.65), ("loudness_db", 1.0), ("tension", 1.0)]
)
def test_a_control_is_measured_for_what_it_does(control: str, per_unit: float) -> None:
    one = response(comb_and_noise, "minding", [part(200.0)], "en", control, 200.0)
    assert one.rises > 0.0 and one.per_unit == pytest.approx(per_unit, abs=0.2)
    none = response(comb_and_noise, "deaf", [part(200.0)], "en", control, 200.0)
    assert none.rises <= 0.01 and abs(none.per_unit) < 0.01 and none.phones_moved_db < 0.01


def test_where_nothing_is_voiced_no_control_is_monotone() -> None:
    def hisses(performance: Performance, voice: str) -> np.ndarray:
        size = round(performance.duration_s * SAMPLE_RATE)
        return (0.1 * np.random.default_rng(0).standard_normal(size)).astype(np.float32)

    one = response(hisses, "hiss", [part(200.0)], "en", "tension", 200.0)
    assert np.isnan(one.rises) and not BARS["tension_rises"].met(one.rises)


def test_every_control_has_a_measure() -> None:
    assert {curve.name for curve in CURVES if curve.default is not None} <= set(CONTROLS)


def test_a_chain_costs_something_and_gives_processors_back(sing: Sing) -> None:
    before = os.sched_getaffinity(0)
    with only(1):
        assert len(os.sched_getaffinity(0)) == 1
    cost = chain(sing, "tiny-open", 1)
    assert os.sched_getaffinity(0) == before
    assert 0.0 < cost.cpu_s < 1.0 and cost.wall_s > 0.0
    assert len(song().phrases) == 8


def test_the_others_have_their_published_sizes() -> None:
    acoustic, vocoder = DiffSingerAcoustic().eval(), HarmonicHifiGan().eval()
    millions = [sum(value.numel() for value in net.parameters()) / 1e6 for net in (acoustic, vocoder)]
    assert 20.0 < millions[0] < 30.0 and 13.5 < millions[1] < 14.5
    with torch.inference_mode():
        mel = acoustic(torch.randn(1, 3, 256), torch.arange(6) // 2)
        assert mel.shape == (1, MELS, 6)
        assert vocoder(mel, torch.full((1, 6), 220.0)).shape == (1, 6 * RIVAL_HOP)
