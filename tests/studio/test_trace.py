"""A recording whose marks are gone leads back to its render, or to nothing; whatever is sung for it is
logged."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from singer import SAMPLE_RATE, studio
from singer.cli import main
from singer.errors import AudioError, BadInput
from singer.fingerprint.words import sung_to, words_of_lyrics
from singer.performance.model import Performance
from singer.studio.tracing import known_melodies, trace
from singer.tracing.answer import IDENTIFIED, MARKED, MELODY, MELODY_RATIO, ONE_OF, UNKNOWN
from singer.voice import Voice

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ME = studio.Use("me")
NOBODY = "0" * 64


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, tiny_voices: Path) -> Path:
    """A registry with three songs: two by one seed each, and one of them again from another seed."""
    folder = tmp_path_factory.mktemp("traced")
    registry = studio.open_registry(folder / "home", tiny_voices)
    for name, seed in (("first-song", 0), ("first-song", 1), ("twinkle", 0)):
        performance = studio.plan(EXAMPLES / f"{name}.musicxml", seed=seed).performance
        target = folder / f"{name}.{seed}.flac"
        studio.render(registry, performance, [target], voice="tiny-open", use=ME)
    registry.close()
    return folder


@pytest.fixture
def registry(home: Path, tiny_voices: Path) -> studio.Registry:
    return studio.open_registry(home / "home", tiny_voices)


def render_of(registry: studio.Registry, file: Path) -> str:
    """The render id (16 hex digits) of a released file."""
    record = registry.find_by_sha256(hashlib.sha256(file.read_bytes()).hexdigest())
    assert record is not None
    return f"{record.render_id:016x}"


def worn(file: Path, target: Path, start_s: float = 8.0, end_s: float = 19.0) -> Path:
    """An excerpt without any of its marks: every third of a second its phases are drawn anew, it is played
    four percent faster, cut at 3 kHz, and covered with noise."""
    samples, rate = soundfile.read(file, dtype="float32")
    clip = samples[round(start_s * rate) : round(end_s * rate)]
    quicker = soxr.resample(clip, rate * 1.04, rate)
    random = np.random.default_rng(0)
    spectrum = np.fft.rfft(quicker)
    spectrum[round(3_000 * len(quicker) / rate) :] = 0.0
    dull = without_phases(np.fft.irfft(spectrum, len(quicker)), random)
    noisy = dull + random.standard_normal(len(dull)) * dull.std() * 0.5
    soundfile.write(target, (noisy / np.abs(noisy).max()).astype(np.float32), rate)
    return target


def without_phases(samples: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    """The magnitudes of a short-time spectrum with phases drawn by chance, twice projected back."""
    window, hop = np.hanning(2048), 512
    padded = np.pad(samples, (2048, 2048))
    frames = np.lib.stride_tricks.sliding_window_view(padded, 2048)[::hop] * window
    magnitude = np.abs(np.fft.rfft(frames))
    phase = np.exp(2j * np.pi * random.random(magnitude.shape))
    for _ in range(3):
        sound = np.zeros(len(padded))
        for number, frame in enumerate(np.fft.irfft(magnitude * phase, 2048) * window):
            sound[number * hop : number * hop + 2048] += frame
        again = np.fft.rfft(np.lib.stride_tricks.sliding_window_view(sound, 2048)[::hop] * window)
        phase = np.exp(1j * np.angle(again))
    return sound[2048:-2048]


def test_a_song_is_sung_again_as_it_was(tmp_path: Path, tiny_voices: Path, performance: Performance) -> None:
    registry = studio.open_registry(tmp_path / "home", tiny_voices)
    song = studio.render(registry, performance, [tmp_path / "song.flac"], voice="tiny-open", use=ME)
    registry.keyring.rotate_watermark()
    render_id, asked = int(song.render_id, 16), {"by": "me", "suspect_sha256": NOBODY}
    opened = registry.tracing.reopen(render_id, **asked)
    assert Performance.from_json(opened.recipe.performance) == performance
    again = Voice.sing_again(registry, render_id, 0.0, performance.duration_s, **asked)
    assert np.abs(again - song.samples).max() < 1e-6, "its own mark, by its own key"
    part = Voice.sing_again(registry, render_id, 3.5, 5.0, **asked)
    first, second = (
        slice(round(phrase.start_s * SAMPLE_RATE), round(phrase.end_s * SAMPLE_RATE))
        for phrase in performance.phrases
    )
    assert song.samples[first].any() and not part[first].any(), "phrases elsewhere are not sung"
    sung = song.samples[second][: len(part[second])]
    assert np.corrcoef(part[second], sung)[0, 1] > 0.99


def test_a_marked_file_is_named_by_its_marks_and_nothing_is_sung(
    registry: studio.Registry, home: Path
) -> None:
    before = len(registry.ledger_rows(kind="trace"))
    found = trace(registry, home / "twinkle.0.flac", by="me")
    assert found.state == MARKED and found.verdict.identified and found.suspected == ()
    assert len(registry.ledger_rows(kind="trace")) == before


def test_a_worn_recording_leads_to_its_very_render(
    registry: studio.Registry, home: Path, tmp_path: Path
) -> None:
    for name in ("first-song.1", "twinkle.0"):
        released = home / f"{name}.flac"
        suspect = worn(released, tmp_path / f"{name}.wav")
        before = len(registry.ledger_rows(kind="trace"))
        found = trace(registry, suspect, by="me", deep=True, scaled_s=0.0)
        first = found.suspected[0]
        assert first.render_id == render_of(registry, released), name
        assert found.state in (IDENTIFIED, ONE_OF, MELODY), name
        assert first.song_nats is not None and first.song_nats > 0.0
        assert first.start_s == pytest.approx(8.0, abs=0.15)
        assert first.tempo == pytest.approx(1.04, abs=0.005)
        logged = registry.ledger_rows(kind="trace")[before:]
        assert {row.body["render"] for row in logged} == {one.render_id for one in found.suspected}
        assert {row.body["suspect"] for row in logged} == {found.verdict.sha256}
    assert registry.check_ledger().findings == ()
    assert list(tmp_path.glob("*.flac")) == [], "what is sung again leaves nothing behind"


def test_noise_and_a_strangers_tune_are_nobodys(registry: studio.Registry, tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    noise = random.standard_normal(12 * SAMPLE_RATE).astype(np.float32) * 0.1
    notes = np.repeat(random.integers(50, 74, 24), SAMPLE_RATE // 2)
    tune = np.sin(2 * np.pi * np.cumsum(440.0 * 2.0 ** ((notes - 69) / 12)) / SAMPLE_RATE)
    for name, sound in (("noise", noise), ("tune", tune.astype(np.float32) * 0.3)):
        soundfile.write(tmp_path / f"{name}.wav", sound, SAMPLE_RATE)
        found = trace(registry, tmp_path / f"{name}.wav", by="me", scaled_s=0.0)
        assert found.state == UNKNOWN, (name, found.sentence)


def test_a_score_is_a_hint(registry: studio.Registry, home: Path, tmp_path: Path) -> None:
    suspect = worn(home / "twinkle.0.flac", tmp_path / "suspect.wav")
    hint = studio.plan(EXAMPLES / "first-song.musicxml").performance
    found = trace(registry, suspect, by="me", hint=hint, deep=True, scaled_s=0.0)
    assert {one.render_id for one in found.suspected} >= {
        render_of(registry, home / f"first-song.{seed}.flac") for seed in (0, 1)
    }, "whatever the melody says, the hinted songs are looked at"
    assert found.suspected[0].render_id == render_of(registry, home / "twinkle.0.flac")


def test_words_that_are_heard_are_a_hint(registry: studio.Registry, home: Path, tmp_path: Path) -> None:
    suspect = worn(home / "twinkle.0.flac", tmp_path / "suspect.wav")
    songs = dict(registry.tracing.words())
    asked = words_of_lyrics("Twinkle TWINKLE, little star", "en")
    assert sung_to(asked, songs.items(), 5) == [int(render_of(registry, home / "twinkle.0.flac"), 16)]
    assert sung_to(words_of_lyrics("Baa baa black sheep, have you any wool", "en"), songs.items(), 5) == []
    words = studio.plan(EXAMPLES / "first-song.musicxml").underlay.words
    lyrics = " ".join(word.text for word in words)
    found = trace(registry, suspect, by="me", lyrics=lyrics, deep=True, scaled_s=0.0)
    assert {one.render_id for one in found.suspected} >= {
        render_of(registry, home / f"first-song.{seed}.flac") for seed in (0, 1)
    }, "whatever the melody says, the songs with these words are looked at"


def test_words_are_the_same_in_either_script() -> None:
    assert words_of_lyrics("うさぎおいし かのやま", "ja") == words_of_lyrics("兎追いし かの山", "ja")
    with pytest.raises(BadInput, match="too few words"):
        words_of_lyrics("o", "en")


def test_a_melody_is_recognised_without_singing(
    registry: studio.Registry, home: Path, tmp_path: Path
) -> None:
    before = len(registry.ledger_rows(kind="trace"))
    suspect = worn(home / "twinkle.0.flac", tmp_path / "suspect.wav")
    (first, score), *_ = known_melodies(registry, suspect)
    assert f"{first:016x}" == render_of(registry, home / "twinkle.0.flac") and score > MELODY_RATIO
    assert len(registry.ledger_rows(kind="trace")) == before


def test_of_a_withdrawn_voice_only_the_melody_speaks(tmp_path: Path, tiny_voices: Path, home: Path) -> None:
    registry = studio.open_registry(tmp_path / "home", tiny_voices)
    performance = studio.plan(EXAMPLES / "twinkle.musicxml").performance
    song = studio.render(registry, performance, [tmp_path / "song.flac"], voice="tiny-open", use=ME)
    suspect = worn(tmp_path / "song.flac", tmp_path / "suspect.wav")
    registry.withdraw("tiny-open")
    found = trace(registry, suspect, by="me", deep=True, scaled_s=0.0)
    assert found.state == MELODY and song.render_id in found.sentence
    (only,) = found.suspected
    assert (only.song_nats, only.allowed_now) == (None, False) and "withdrawn" in only.why_not
    assert registry.ledger_rows(kind="trace") == []
    assert registry.ledger_rows(kind="refusal")[-1].body["stage"] == "trace"


def test_too_little_and_no_audio_are_said(registry: studio.Registry, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "short.wav", np.zeros(SAMPLE_RATE, np.float32), SAMPLE_RATE)
    with pytest.raises(BadInput, match="lasts less than 3 s"):
        trace(registry, tmp_path / "short.wav", by="me", scaled_s=0.0)
    (tmp_path / "text.wav").write_text("no audio")
    with pytest.raises(AudioError):
        trace(registry, tmp_path / "text.wav", by="me")


def test_the_command_says_it_in_words_and_in_json(
    home: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tiny_voices: Path,
) -> None:
    monkeypatch.setenv("CONSONANCE_VOICES", str(tiny_voices))
    suspect = worn(home / "twinkle.0.flac", tmp_path / "suspect.wav")
    status = main(["--home", str(home / "home"), "trace", str(suspect), "--deep", "--by", "op"])
    said = capsys.readouterr().out
    assert status in (0, 1) and "tiny-open" in said and "natural logarithms" in said
    score = str(EXAMPLES / "twinkle.musicxml")
    main(["--home", str(home / "home"), "trace", str(suspect), "--deep", "--json", "--score", score])
    printed = json.loads(capsys.readouterr().out)
    assert printed["suspected"][0]["voice"] == "tiny-open" and printed["verdict"]["sha256"]
    assert main(["--home", str(home / "home"), "trace", str(suspect), "--language", "en"]) == 2
    assert main(["--home", str(home / "home"), "trace", str(suspect), "--deep", "--lyrics", "la"]) == 4
    assert "too few words" in capsys.readouterr().err
    assert main(["--home", str(home / "home"), "trace", str(home / "twinkle.0.flac")]) == 0


def test_a_deployment_may_keep_no_recipes(
    tmp_path: Path, tiny_voices: Path, performance: Performance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONSONANCE_RECIPES", "off")
    registry = studio.open_registry(tmp_path / "home", tiny_voices)
    song = studio.render(registry, performance, [tmp_path / "song.flac"], voice="tiny-open", use=ME)
    assert [reason.code for reason in registry.tracing.objections(int(song.render_id, 16))] == ["no-recipe"]
    assert [render_id for render_id, _ in registry.tracing.contours()] == [int(song.render_id, 16)]
