"""The label that is heard: what it is made of, that it is marked, and that a deployment can ask for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from consent.errors import Refused
from consent.registry import Registry
from singer import HOP, SAMPLE_RATE, studio
from singer.audible_label import CHOICES, ENVIRONMENT, AudibleLabel, announce, labelled
from singer.audible_label.rhythm import SHORT_S, rhythm
from singer.audible_label.sentences import SENTENCES, language_of, read_aloud, sentence
from singer.audible_label.speech import say
from singer.audio_file import read
from singer.errors import AudioError, BadInput
from singer.language import languages
from singer.loudness import TARGET_LUFS, measure_lufs, true_peak_db
from singer.performance.model import Performance
from singer.watermark import detect, embed

ME = studio.Use("me")
SYLLABLES = {"cmn": 12, "ja": 32, "en": 15}
"""Of three of the sentences, counted by hand (morae in Japanese)."""


@pytest.fixture
def registry(tmp_path: Path, tiny_voices: Path) -> Registry:
    return studio.open_registry(tmp_path / "home", tiny_voices)


def test_the_rhythm_is_short_long_short_short() -> None:
    loud = np.abs(rhythm()).reshape(-1, 45).max(axis=1) > 0.02  # about a millisecond each
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(int), [0]])))
    lengths = np.diff(edges) * 45 / SAMPLE_RATE / SHORT_S
    assert np.round(lengths).astype(int).tolist() == [1, 1, 3, 3, 1, 1, 1]  # tone, gap, tone …
    assert np.abs(lengths - np.round(lengths)).max() < 0.2


@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_every_sentence_can_be_said(language: str) -> None:
    said = announce(AudibleLabel(), language)
    assert 2.5 < said.seconds < 7
    assert len(said.samples) % HOP == 0
    assert measure_lufs(said.samples) == pytest.approx(TARGET_LUFS, abs=1.5)
    assert true_peak_db(said.samples) < -2.5
    assert language in languages() or language in ("fr",)


@pytest.mark.parametrize("language", sorted(SYLLABLES))
def test_it_is_said_at_an_ordinary_speed(language: str) -> None:
    spoken = say(*read_aloud(language), 130)
    sounding = np.abs(spoken) > 0.01
    seconds = (len(spoken) - sounding[::-1].argmax() - sounding.argmax()) / SAMPLE_RATE
    assert 120 < 60 * SYLLABLES[language] / seconds < 420
    if language == "cmn":
        assert 120 < 60 * SYLLABLES[language] / seconds < 175, "characters a minute"


def test_every_language_that_is_sung_has_its_sentence_or_the_english_one() -> None:
    for language in languages():
        assert sentence(language) in SENTENCES.values()
    assert language_of("fr-be") == "fr" and language_of("es-419") == "es" and language_of("pt-br") == "pt"
    assert language_of("sw") == "en"


def test_the_same_label_is_the_same_sound_whatever_was_said_before() -> None:
    first = say("Generated.", "en-us", 130).copy()
    say("Erzeugt.", "de", 150)
    say.cache_clear()
    assert np.array_equal(say("Generated.", "en-us", 130), first)


def test_what_cannot_be_said_is_said() -> None:
    with pytest.raises(AudioError, match="no voice"):
        say("Hello", "xx-nobody", 130)
    with pytest.raises(AudioError, match="too long"):
        say("A" * 501, "en-us", 130)
    with pytest.raises(AudioError, match="says nothing"):
        say("", "en-us", 130)
    with pytest.raises(BadInput, match="spoken-start"):
        AudibleLabel.parse("loud")
    assert [str(AudibleLabel.parse(choice)) for choice in CHOICES] == list(CHOICES)


def test_no_label_changes_nothing() -> None:
    song = np.ones(1000, np.float32)
    assert labelled(song, announce(None, "en"), lambda samples: samples) is song


@pytest.mark.parametrize("choice", CHOICES)
def test_song_and_label_carry_one_mark_and_the_song_is_untouched(choice: str) -> None:
    key, render_id = bytes(range(32)), 0x0123456789ABCDEF
    time = np.arange(12 * SAMPLE_RATE) / SAMPLE_RATE
    draw = np.random.default_rng(5)
    voice = sum(np.sin(2 * np.pi * 220 * n * time + np.sin(5 * time)) / n for n in range(1, 30))
    song = (0.05 * voice + 0.005 * draw.standard_normal(len(time))).astype(np.float32)
    marked = embed(song, render_id, key)
    said = announce(AudibleLabel.parse(choice), "en")
    whole = labelled(marked, said, lambda samples: embed(samples, render_id, key))
    before = round(said.before_s * SAMPLE_RATE)
    assert len(whole) == len(song) + len(said.samples)
    assert np.array_equal(whole[before : before + len(song)], marked)
    label = whole[:before] if before else whole[len(song) :]
    assert not np.array_equal(label, said.samples), "the label is marked"
    assert np.corrcoef(label, said.samples)[0, 1] > 0.9, "and hardly to be heard"
    assert np.std(label) == pytest.approx(np.std(said.samples), rel=0.1)
    for heard in (whole, whole[before : before + len(song)]):
        found = detect(heard, SAMPLE_RATE, key)
        assert found is not None and found.render_id == render_id


@pytest.mark.parametrize("choice", ["spoken-start", "rhythm-end"])
def test_a_song_with_a_label_is_longer_and_verifies(
    registry: Registry, performance: Performance, tmp_path: Path, choice: str
) -> None:
    label = studio.AudibleLabel.parse(choice)
    song = studio.render(registry, performance, [tmp_path / "a.flac"], voice="tiny-open", use=ME, label=label)
    said = announce(label, performance.language)
    assert song.duration_s == pytest.approx(performance.duration_s + said.seconds)
    assert len(song.samples) == len(song.sung) + len(said.samples)
    assert len(song.sung) == round(performance.duration_s * SAMPLE_RATE)
    written = read(tmp_path / "a.flac").samples
    assert len(written) == len(song.samples)
    verdict = studio.verify(registry, tmp_path / "a.flac")
    assert verdict.state == "made-here" and verdict.render_id == song.render_id
    record = registry.render(int(song.render_id, 16))
    assert record is not None and record.seconds == pytest.approx(song.duration_s, abs=0.001)
    again = studio.render(
        registry, performance, [tmp_path / "b.flac"], voice="tiny-open", use=ME, label=label
    )
    assert np.array_equal(song.samples, again.samples)


def test_a_deployment_can_require_a_label_of_every_song(
    registry: Registry, performance: Performance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT, "spoken-start")
    asked = studio.AudibleLabel("rhythm", "end")
    for number, label in enumerate((None, asked)):
        song = studio.render(
            registry, performance, [tmp_path / f"{number}.wav"], voice="tiny-open", use=ME, label=label
        )
        said = announce(AudibleLabel("spoken", "start"), performance.language)
        assert len(song.samples) - len(song.sung) == len(said.samples), "what is required comes first"
        assert np.abs(song.samples[: len(said.samples)]).max() > 0.1
    monkeypatch.setenv(ENVIRONMENT, "whistled")
    with pytest.raises(BadInput, match=ENVIRONMENT):
        studio.render(registry, performance, [tmp_path / "no.wav"], voice="tiny-open", use=ME)
    assert not (tmp_path / "no.wav").exists()


def test_the_label_counts_among_the_seconds_that_a_grant_allows(
    registry: Registry, performance: Performance, tmp_path: Path
) -> None:
    most = performance.duration_s + 1.0
    registry.grant(
        "tiny-closed",
        {
            "actions": ["sing"],
            "constraints": [
                {"type": "purpose", "anything": True},
                {"type": "song-seconds", "at_most": most},
            ],
        },
        to="carol",
    )
    carol = studio.Use("carol")
    label = studio.AudibleLabel()
    with pytest.raises(Refused):
        studio.render(
            registry, performance, [tmp_path / "a.wav"], voice="tiny-closed", use=carol, label=label
        )
    assert not (tmp_path / "a.wav").exists()
    studio.render(registry, performance, [tmp_path / "b.wav"], voice="tiny-closed", use=carol)
    assert (tmp_path / "b.wav").exists()
