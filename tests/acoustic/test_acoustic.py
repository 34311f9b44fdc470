"""The acoustic model on phrases: pieces that join, silences that are silent, curves that do what they
name."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from singer import HOP, SAMPLE_RATE
from singer.acoustic import phrase as phrase_room
from singer.acoustic.conditioning import POSITION_VALUES, phone_table, single, step_positions
from singer.acoustic.expression import brightened
from singer.acoustic.model import AcousticConfig, AcousticModel
from singer.acoustic.phrase import VoiceModel, silent_frames
from singer.acoustic.voicing import hold_noise, voicing
from singer.acoustic.weights import VoiceWeights, WeightsError
from singer.performance.model import Performance, Phrase
from singer.vocoder.controls import BANDS, FLOOR_DB, Controls, band_centres_mel

SMALL = AcousticConfig(channels=24, layers=3, phone_channels=16, phone_layers=1, voices=1, conditions=1)


@pytest.fixture(scope="module")
def voice() -> VoiceModel:
    torch.manual_seed(2)
    model = AcousticModel(SMALL).eval().requires_grad_(False)
    return VoiceModel(model, VoiceWeights("tiny", model.voice_film.weight[0].clone(), gain_db=0.0))


@pytest.fixture
def phrase(performance: Performance) -> Phrase:
    return performance.phrases[0]


BAND_HZ = 700.0 * (10.0 ** (band_centres_mel() / 2595.0) - 1.0)


def with_curve(phrase: Phrase, name: str, value: float) -> Phrase:
    return replace(phrase, curves={**phrase.curves, name: (value,) * phrase.frames})


def sounding(phrase: Phrase) -> np.ndarray:
    return ~silent_frames(phrase)


def test_controls_have_a_row_for_every_frame_and_silence_is_the_floor(
    voice: VoiceModel, phrase: Phrase
) -> None:
    controls = voice.controls(phrase)
    assert controls.harmonic_db.shape == controls.noise_db.shape == (phrase.frames, BANDS)
    silent = silent_frames(phrase)
    assert silent[0] and silent[-1] and not silent.all()
    assert (controls.harmonic_db[silent] == FLOOR_DB).all() and (controls.noise_db[silent] == FLOOR_DB).all()
    assert (controls.harmonic_db[~silent] > FLOOR_DB).all()
    np.testing.assert_allclose(controls.f0_hz, phrase.curves["f0_hz"], rtol=1e-6)


def test_pieces_join_without_a_trace(
    voice: VoiceModel, phrase: Phrase, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = voice.controls(phrase)
    monkeypatch.setattr(phrase_room, "PIECE_STEPS", 17)
    np.testing.assert_allclose(voice.controls(phrase).harmonic_db, whole.harmonic_db, atol=1e-3)


def test_an_odd_number_of_frames_is_sung_too(voice: VoiceModel, phrase: Phrase) -> None:
    shorter = replace(
        phrase,
        frames=phrase.frames - 1,
        curves={name: values[:-1] for name, values in phrase.curves.items()},
    )
    assert voice.controls(shorter).noise_db.shape == (phrase.frames - 1, BANDS)


def test_loudness_moves_everything_by_as_much(voice: VoiceModel, phrase: Phrase) -> None:
    plain, louder = (voice.controls(with_curve(phrase, "loudness_db", level)) for level in (0.0, 3.0))
    heard = sounding(phrase)
    for name in ("harmonic_db", "noise_db"):
        difference = getattr(louder, name)[heard] - getattr(plain, name)[heard]
        np.testing.assert_allclose(difference, 3.0, atol=1e-3)


def test_breathiness_moves_the_noise_alone(voice: VoiceModel, phrase: Phrase) -> None:
    plain, breathy = voice.controls(phrase), voice.controls(with_curve(phrase, "breathiness_db", 6.0))
    heard = sounding(phrase)
    np.testing.assert_array_equal(breathy.harmonic_db, plain.harmonic_db)
    raised = breathy.noise_db[heard] - plain.noise_db[heard]
    np.testing.assert_allclose(raised, 6.0 * np.tile(voicing(phrase)[heard, None], BANDS), atol=1e-3)


def test_breathiness_leaves_hisses_and_bursts_alone(voice: VoiceModel, phrase: Phrase) -> None:
    hissing = replace(
        phrase, phones=tuple(replace(s, phone="s") if s.phone == "a" else s for s in phrase.phones)
    )
    plain, breathy = voice.controls(hissing), voice.controls(with_curve(hissing, "breathiness_db", 6.0))
    middles = [
        round(((s.start_s + s.end_s) / 2 - hissing.start_s) * SAMPLE_RATE / HOP)
        for s in hissing.phones
        if s.phone == "s"
    ]
    assert middles
    np.testing.assert_array_equal(breathy.noise_db[middles], plain.noise_db[middles])


@pytest.mark.parametrize("semitones", [-4.0, -1.0, 2.0, 4.0])
def test_brightness_moves_a_formant_by_its_semitones(phrase: Phrase, semitones: float) -> None:
    formant = -40.0 - 30.0 * np.abs(np.log2(BAND_HZ / 1500.0))
    levels = np.tile(formant, (phrase.frames, 1))
    curves = {"brightness": np.full(phrase.frames, semitones)}
    for moved in brightened(levels, levels - 20.0, curves):
        centre = np.average(np.log2(BAND_HZ), weights=10.0 ** (moved[5] / 10.0))
        before = np.average(np.log2(BAND_HZ), weights=10.0 ** (formant / 10.0))
        assert 12.0 * (centre - before) == pytest.approx(semitones, abs=0.35)


def test_noise_over_the_ceiling_goes_back_to_the_harmonics() -> None:
    harmonic, noise = np.full((4, BANDS), -60.0), np.full((4, BANDS), -20.0)
    share = np.array([0.0, 0.5, 1.0, 1.0])
    held, left = hold_noise(harmonic, noise, np.full(BANDS, -30.0), share)
    np.testing.assert_allclose(left[[0, 2], 0], [-20.0, -50.0], atol=1e-2)
    total = 10.0 * np.log10(10.0 ** (held / 10.0) + 10.0 ** (left / 10.0))
    np.testing.assert_allclose(total, total[0, 0], atol=1e-6)
    for kept, before in zip(
        hold_noise(noise, harmonic, np.full(BANDS, -30.0), share), (noise, harmonic), strict=True
    ):
        np.testing.assert_allclose(kept, before, atol=1e-6)


def test_every_control_is_monotone(voice: VoiceModel, phrase: Phrase) -> None:
    heard = np.flatnonzero(sounding(phrase) & (voicing(phrase) == 1.0))

    def centroid(controls: Controls) -> float:
        power = 10.0 ** (controls.harmonic_db[heard] / 10.0)
        return float((power * np.log2(BAND_HZ)).sum() / power.sum())

    def share_of_noise(controls: Controls) -> float:
        noise = (10.0 ** (controls.noise_db[heard] / 10.0)).sum()
        return float(noise / (noise + (10.0 ** (controls.harmonic_db[heard] / 10.0)).sum()))

    def level(controls: Controls) -> float:
        return float(controls.harmonic_db[heard].mean())

    for name, measure, values in (
        ("breathiness_db", share_of_noise, (-12.0, -6.0, 0.0, 6.0, 12.0)),
        ("tension", centroid, (-4.0, -2.0, 0.0, 2.0, 4.0)),
        ("loudness_db", level, (-12.0, -6.0, 0.0, 6.0)),
    ):
        measured = [measure(voice.controls(with_curve(phrase, name, value))) for value in values]
        assert all(b > a for a, b in pairwise(measured)), (name, measured)


def test_tension_tilts_the_harmonics_about_1_khz(voice: VoiceModel, phrase: Phrase) -> None:
    plain, tense = voice.controls(phrase), voice.controls(with_curve(phrase, "tension", 2.0))
    heard = np.flatnonzero(sounding(phrase))[0]
    slope = tense.harmonic_db[heard] - plain.harmonic_db[heard]
    hz = 700.0 * (10.0 ** (band_centres_mel() / 2595.0) - 1.0)
    np.testing.assert_allclose(slope, 2.0 * np.log2(hz / 1000.0), atol=1e-2)
    np.testing.assert_array_equal(tense.noise_db, plain.noise_db)


def test_the_gain_of_a_voice_is_in_its_levels(phrase: Phrase) -> None:
    torch.manual_seed(2)
    model = AcousticModel(SMALL).eval().requires_grad_(False)
    film = model.voice_film.weight[0].clone()
    soft, loud = (VoiceModel(model, VoiceWeights("tiny", film, gain)) for gain in (0.0, 5.0))
    heard = sounding(phrase)
    difference = loud.controls(phrase).noise_db[heard] - soft.controls(phrase).noise_db[heard]
    np.testing.assert_allclose(difference, 5.0, atol=1e-3)


def test_a_voice_of_another_base_is_refused() -> None:
    with pytest.raises(WeightsError, match="another base"):
        VoiceModel(AcousticModel(SMALL), VoiceWeights("stranger", torch.zeros(7), 0.0))


def test_another_pitch_and_another_phone_change_the_levels(voice: VoiceModel, phrase: Phrase) -> None:
    heard = sounding(phrase)
    plain = voice.controls(phrase).harmonic_db[heard]
    higher = voice.controls(with_curve(phrase, "f0_hz", 500.0)).harmonic_db[heard]
    other = replace(
        phrase, phones=tuple(replace(s, phone="u") if s.phone == "a" else s for s in phrase.phones)
    )
    assert np.abs(higher - plain).max() > 0.01
    assert np.abs(voice.controls(other).harmonic_db[heard] - plain).max() > 0.01


def test_positions_tell_how_near_a_phones_edges_are(phrase: Phrase) -> None:
    f0 = np.array(phrase.curves["f0_hz"])
    index, position = step_positions(phrase.phones, phrase.start_s, f0)
    assert position.shape == (phrase.frames // 2, POSITION_VALUES)
    changes = np.flatnonzero(np.diff(index)) + 1
    assert len(changes) == len(phrase.phones) - 1
    for step in changes:
        assert position[step, 0] > 0.3  # just begun
        assert position[step - 1, 4] > 0.3  # about to end
    symbols, articulation = phone_table(phrase.phones)
    assert len(symbols) == len(articulation) == len(phrase.phones)
    assert single(phrase.phones, phrase.start_s, f0).symbols.shape == (1, len(phrase.phones))
