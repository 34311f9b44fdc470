"""Breaths: noise in the shape of the voice's own vowel, and nothing else of the phrase is touched."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from singer import HOP, SAMPLE_RATE
from singer.acoustic.breath import BELOW_VOWEL_DB, OPEN_VOWEL, as_vowels, breathed
from singer.acoustic.model import AcousticConfig, AcousticModel
from singer.acoustic.phrase import VoiceModel
from singer.acoustic.weights import VoiceWeights
from singer.performance.model import Performance, Phrase
from singer.vocoder.controls import BANDS, FLOOR_DB, band_centres_mel

SMALL = AcousticConfig(channels=24, layers=3, phone_channels=16, phone_layers=1, voices=1, conditions=1)


@pytest.fixture
def phrase(performance: Performance) -> Phrase:
    """The first phrase, with a breath in the place of its first silence."""
    phrase = performance.phrases[0]
    first, *others = phrase.phones
    return replace(phrase, phones=(replace(first, phone="AP"), *others))


def drawn(phrase: Phrase) -> np.ndarray:
    middles_s = (phrase.start_frame + np.arange(phrase.frames) + 0.5) * HOP / SAMPLE_RATE
    return middles_s < phrase.phones[0].end_s


def test_the_vowel_goes_to_the_noise_and_rises_against_it(phrase: Phrase) -> None:
    harmonic = np.tile(np.linspace(0.0, -60.0, BANDS), (phrase.frames, 1))
    noise = np.full((phrase.frames, BANDS), -50.0)
    breath = drawn(phrase)
    made_harmonic, made_noise = breathed(phrase, harmonic, noise)
    assert np.all(made_harmonic[breath] == FLOOR_DB)
    assert np.array_equal(made_harmonic[~breath], harmonic[~breath])
    assert np.array_equal(made_noise[~breath], noise[~breath])
    against = made_noise[breath][0] - harmonic[0]
    hz = 700.0 * (10.0 ** (band_centres_mel() / 2595.0) - 1.0)
    assert np.interp(1000.0, hz, against) == pytest.approx(-BELOW_VOWEL_DB, abs=0.2)
    assert np.all(np.diff(against) >= 0.0)
    assert against[hz < 200.0].max() < -BELOW_VOWEL_DB - 12.0


def test_a_breath_of_a_voice_has_no_pitch_and_follows_its_loudness(phrase: Phrase) -> None:
    torch.manual_seed(2)
    model = AcousticModel(SMALL).eval().requires_grad_(False)
    voice = VoiceModel(model, VoiceWeights("tiny", model.voice_film.weight[0].clone(), gain_db=0.0))
    breath = drawn(phrase)
    made = voice.controls(phrase)
    assert np.all(made.harmonic_db[breath] <= FLOOR_DB + 12.0)
    assert made.noise_db[breath].max() > FLOOR_DB + 30.0
    quieter = {**phrase.curves, "loudness_db": (-6.0,) * phrase.frames}
    again = voice.controls(replace(phrase, curves=quieter))
    assert np.allclose(again.noise_db[breath], made.noise_db[breath] - 6.0, atol=1e-3)
    assert as_vowels(phrase.phones)[0].phone == OPEN_VOWEL
    assert as_vowels(phrase.phones)[1:] == phrase.phones[1:]
