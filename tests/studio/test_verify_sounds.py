"""What `verify` hears: played faster, cut, in another song's company, or known by its recording alone."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from sung_phrases import sung_phrase

from consent.registry import Registry
from singer import SAMPLE_RATE, studio
from singer.marks import Search, _loudest, read_watermarks
from singer.performance.model import Performance

MELODY = (57.0, 62.0, 55.0, 60.0, 64.0, 53.0)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory, tiny_voices: Path) -> Registry:
    return studio.open_registry(tmp_path_factory.mktemp("registry") / "home", tiny_voices)


@pytest.fixture(scope="module")
def song(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> studio.Song:
    """Six phrases, eighteen seconds."""
    phrases = tuple(sung_phrase(520 * number, pitch) for number, pitch in enumerate(MELODY))
    sung = Performance("Six phrases", "en", 18.2, 5, phrases)
    out = tmp_path_factory.mktemp("song") / "song.wav"
    return studio.render(registry, sung, [out], voice="tiny-open", use=studio.Use("me"))


def played(samples: np.ndarray, speed: float) -> np.ndarray:
    """Faster and higher, as a tape is."""
    return np.asarray(soxr.resample(samples, SAMPLE_RATE * speed, SAMPLE_RATE), np.float32)


def write(path: Path, samples: np.ndarray) -> Path:
    soundfile.write(path, samples, SAMPLE_RATE, subtype="PCM_16")
    return path


@pytest.mark.parametrize("speed", [0.94, 1.05])
def test_a_song_that_was_sped_up_is_found_and_its_speed_said(
    registry: Registry, song: studio.Song, tmp_path: Path, speed: float
) -> None:
    verdict = studio.verify(registry, write(tmp_path / "fast.wav", played(song.samples, speed)))
    assert (verdict.state, verdict.render_id) == ("stripped", song.render_id)
    mark = verdict.watermark
    assert mark is not None and mark.how == "scaled" and mark.false_positive_rate < 1e-5
    assert mark.time_scale == pytest.approx(1 / speed, abs=0.004)
    assert mark.pitch_scale == pytest.approx(speed, abs=0.03)
    assert f"about {speed:.0%} of the song's speed" in verdict.evidence[0].sentence


def test_without_that_search_it_is_not_and_that_is_said(
    registry: Registry, song: studio.Song, tmp_path: Path
) -> None:
    fast = write(tmp_path / "fast.wav", played(song.samples, 1.05))
    quick = studio.verify(registry, fast, scaled_s=0.0)
    assert quick.watermark is None and quick.search == Search(18.0, 0.0, 1)
    assert "speeds of" not in quick.evidence[0].sentence
    whole = studio.verify(registry, write(tmp_path / "noise.wav", noise(4.0)), scaled_s=3.0)
    assert (
        whole.search == Search(4.0, 3.0, 1) and "0:03 of it also at speeds of" in whole.evidence[0].sentence
    )


def test_an_excerpt_says_where_it_is_heard(registry: Registry, song: studio.Song, tmp_path: Path) -> None:
    quiet = 1e-3 * noise(30.0)
    file = write(tmp_path / "late.wav", np.concatenate([quiet, song.samples[: 10 * SAMPLE_RATE], quiet]))
    mark = studio.verify(registry, file).watermark
    assert mark is not None and f"{mark.render_id:016x}" == song.render_id
    assert 20 < mark.start_s < 33 and 37 < mark.end_s < 48


def test_a_song_that_begins_late_is_released_and_found(registry: Registry, tmp_path: Path) -> None:
    """A minute and a half of rest, in which nothing can be marked."""
    late = Performance("Late", "en", 98.5, 7, (sung_phrase(16_000, 57.0), sung_phrase(16_480, 60.0)))
    song = studio.render(registry, late, [tmp_path / "late.flac"], voice="tiny-open", use=studio.Use("me"))
    verdict = studio.verify(registry, song.files[0])
    assert (verdict.state, verdict.render_id) == ("made-here", song.render_id)
    assert verdict.watermark is not None and 85 < verdict.watermark.start_s < 96


def test_two_songs_in_one_file_are_both_named(registry: Registry, song: studio.Song, tmp_path: Path) -> None:
    phrases = tuple(sung_phrase(520 * number, pitch + 2) for number, pitch in enumerate(MELODY))
    other = studio.render(
        registry,
        Performance("Another", "en", 18.2, 6, phrases),
        [tmp_path / "other.wav"],
        voice="tiny-closed",
        use=studio.Use("alice"),
    )
    gap = 1e-3 * noise(60.0)
    medley = write(tmp_path / "medley.wav", np.concatenate([song.samples, gap, other.samples]))
    verdict = studio.verify(registry, medley)
    said = verdict.evidence[0].sentence
    assert song.render_id in said and other.render_id in said and "It also carries" in said
    assert "withdrawn" not in said + verdict.sentence
    registry.withdraw("tiny-closed")
    excerpt = other.samples[: 6 * SAMPLE_RATE]
    for order in ((excerpt, gap, song.samples), (song.samples, gap, excerpt)):
        verdict = studio.verify(registry, write(tmp_path / "medley.wav", np.concatenate(order)))
        assert (verdict.state, verdict.render_id) == ("withdrawn", other.render_id)
        assert f"It also carries that of render {song.render_id}" in verdict.evidence[0].sentence


def test_a_recording_without_any_mark_is_known_by_its_fingerprint(
    registry: Registry, song: studio.Song, tmp_path: Path
) -> None:
    """Half a per cent faster, which hides the watermark from the quick search, and nothing else looks."""
    file = write(tmp_path / "unmarked.wav", played(song.samples, 1.006))
    assert read_watermarks(file, registry.watermark_keys(), (), 0.0)[0] == []
    verdict = studio.verify(registry, file, scaled_s=0.0)
    assert (verdict.state, verdict.render_id) == ("stripped", song.render_id)
    assert verdict.marks_found == ("fingerprint",) and "known by its fingerprint alone" in verdict.sentence


def test_another_voice_with_the_same_melody_is_not_named(
    registry: Registry, song: studio.Song, tmp_path: Path
) -> None:
    seconds = np.arange(round(18.2 * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = np.interp(seconds, np.arange(len(MELODY)) * 520 * 256 / SAMPLE_RATE + 1.2, MELODY)
    hum = 0.2 * np.sin(2 * np.pi * np.cumsum(440 * 2 ** ((pitch - 69) / 12)) / SAMPLE_RATE)
    verdict = studio.verify(registry, write(tmp_path / "hum.wav", hum))
    assert (verdict.state, verdict.identified) == ("not-ours", False)


@pytest.mark.parametrize(
    ("loudness", "seconds", "place"),
    [
        ([], 10, (0, 0)),
        ([1, 2, 3], 0, (0, 0)),
        ([1, 2, 3], 10, (0, 3)),
        ([0, 0, 5, 5, 0], 2, (2, 4)),
        ([5, 5, 0, 0, 0], 2, (0, 2)),
        ([0, 0, 0, 0, 9], 2, (3, 5)),
    ],
)
def test_the_loudest_seconds_are_found(loudness: list[float], seconds: float, place: tuple[int, int]) -> None:
    assert _loudest(loudness, seconds) == place


def test_a_longer_file_is_heard_in_no_more_memory(registry: Registry, tmp_path: Path) -> None:
    minute, peaks = noise(60.0), []
    for minutes in (3, 6):
        file = tmp_path / f"{minutes}.flac"
        with soundfile.SoundFile(file, "w", SAMPLE_RATE, 1, "PCM_16", format="FLAC") as out:
            for _ in range(minutes):
                out.write(minute)
        tracemalloc.start()
        _, search = read_watermarks(file, registry.watermark_keys(), (), 0.0)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert search.duration_s == 60.0 * minutes
    assert peaks[1] - peaks[0] < 5e6  # three minutes more are 32 MB


def noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(7).normal(0, 0.1, round(seconds * SAMPLE_RATE)).astype(np.float32)
