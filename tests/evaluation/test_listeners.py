"""What listens to voices: identity, phones and words, on sounds of which the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from formants import said

from singer import SAMPLE_RATE
from singer.evaluation import words
from singer.evaluation.identity import enrol, nearest
from singer.evaluation.older_singers import festival_name, said_by_espeak
from singer.evaluation.phone_recogniser import PhoneRecogniser, edit_distance
from singer.performance.model import SILENCE
from singer.training.features import Features, extract

SAID = ("saisu", "usias", "iasui", "asusi", "suisa", "aiusi")


def test_a_recogniser_knows_what_it_has_learned() -> None:
    recogniser = PhoneRecogniser([said(phones, 200.0, seed) for seed, phones in enumerate(SAID)])
    assert recogniser.phones == ["SP", "a", "i", "s", "u"]
    for seed, phones in enumerate(("sausi", "isuas"), 20):
        assert recogniser.recognised(said(phones, 210.0, seed)) == list(phones)


def test_a_recogniser_hears_when_a_phone_is_another() -> None:
    recogniser = PhoneRecogniser([said(phones, 200.0, seed) for seed, phones in enumerate(SAID)])
    wrong = recogniser.recognised(said("sisi", 200.0, 30))
    assert edit_distance(list("sasa"), wrong) == 2


@pytest.mark.parametrize(
    ("one", "other", "errors"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "ac", 1), ("abc", "xbcd", 2), ("", "ab", 2)],
)
def test_errors_are_counted_as_levenshtein_did(one: str, other: str, errors: int) -> None:
    assert edit_distance(one, other) == edit_distance(other, one) == errors


def heard(phones: str, f0_hz: float, seed: int, size: float) -> Features:
    return extract(said(phones, f0_hz, seed, size).samples, f0_hz)


def test_a_voice_is_known_by_its_throat_and_not_by_its_note() -> None:
    sizes = {"short": 1.2, "long": 1.0}
    models = enrol(
        {name: [heard(p, 200.0, n, size) for n, p in enumerate(SAID)] for name, size in sizes.items()}
    )
    for name, size in sizes.items():
        for f0_hz in (190.0, 260.0):
            assert nearest(models, heard("sausi", f0_hz, 40, size)) == name
    silence = np.zeros(SAMPLE_RATE, np.float32)
    assert nearest(models, extract(silence, 200.0)) is None, "nobody is told from silence"


def test_the_list_of_words_is_sung_word_by_word() -> None:
    for tempo, beat_s in ((160, 0.375), (100, 0.6)):
        performance = words.sung_list(tempo)
        assert len(performance.phrases) == len(words.WORDS)
        for phrase, word, pitches in zip(performance.phrases, words.WORDS, words.pitches(), strict=True):
            sung = "".join(note.text.strip("-") for note in phrase.notes)
            assert sung == word
            assert [note.pitch for note in phrase.notes] == pitches
            assert phrase.notes[0].end_s - phrase.notes[0].onset_s == pytest.approx(beat_s, abs=1e-6)
            assert {span.phone for span in phrase.phones} - {SILENCE}


def test_a_formant_synthesiser_is_understood_and_noise_is_not() -> None:
    pytest.importorskip("pocketsphinx")
    chosen = [words.WORDS.index(word) for word in ("moon", "fire", "silver", "summer", "mountain", "dance")]
    spoken = said_by_espeak([words.WORDS[number] for number in chosen])
    heard = [words.recognised(sound) for sound in spoken]
    right = sum(words.WORDS[number] == word for number, word in zip(chosen, heard, strict=True))
    assert right >= 4, heard
    hiss = (0.1 * np.random.default_rng(0).standard_normal(SAMPLE_RATE)).astype(np.float32)
    assert words.understood([hiss] * len(words.WORDS)) <= 1 / len(words.WORDS)


def test_festival_calls_the_tuning_note_a5() -> None:
    assert [festival_name(pitch) for pitch in (69.0, 57.0, 60.0, 61.0)] == ["A5", "A4", "C5", "C#5"]
