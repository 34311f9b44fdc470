"""The picture of a song: it shows the notes and the curve, whatever the words are."""

from __future__ import annotations

import dataclasses
import warnings
from pathlib import Path

import numpy as np
import pytest
from made_underlays import Event, make_underlay
from matplotlib.image import imread

from singer import SAMPLE_RATE
from singer.performance import Performance, perform
from singer.picture import draw
from singer.picture_spectrogram import HIGHEST_HZ, LOWEST_HZ, spectrogram_db
from singer.vocoder.controls import hz_to_mel

CURVE = (0xD6, 0x33, 0x6C)
NOTE = (0xBF, 0xDC, 0xF5)


def song(seconds: int = 6) -> Performance:
    underlay, syllables = make_underlay([Event(0.0, 1.0, 60.0 + index % 5, "la") for index in range(seconds)])
    return perform(underlay, syllables, language="ja")


def pixels(path: Path, colour: tuple[int, int, int]) -> int:
    image = np.round(imread(path)[..., :3] * 255)
    return int(np.count_nonzero(np.all(np.abs(image - colour) <= 2, axis=-1)))


def test_a_picture_shows_notes_and_curve(tmp_path: Path) -> None:
    draw(song(), None, tmp_path / "song.png")
    assert pixels(tmp_path / "song.png", CURVE) > 1000
    assert pixels(tmp_path / "song.png", NOTE) > 5000


def test_samples_add_a_spectrogram_and_long_songs_take_rows(tmp_path: Path) -> None:
    sizes = {}
    for seconds in (6, 40):
        samples = np.sin(2 * np.pi * 440.0 * np.arange(seconds * SAMPLE_RATE) / SAMPLE_RATE)
        draw(song(seconds), None, tmp_path / "without.png")
        draw(song(seconds), samples, tmp_path / "with.png")
        sizes[seconds] = imread(tmp_path / "with.png").shape
        assert sizes[seconds][0] > imread(tmp_path / "without.png").shape[0]
    assert sizes[6][1] == sizes[40][1] == 1920
    assert sizes[40][0] > sizes[6][0]


@pytest.mark.parametrize("text", ["$\\frac{", "夜の歌", "\U0001f3b5 \U00012000", "a\nb\tc", "x" * 200, ""])
def test_any_text_can_be_drawn(tmp_path: Path, text: str) -> None:
    performance = song(2)
    phrase = performance.phrases[0]
    notes = tuple(dataclasses.replace(note, text=text) for note in phrase.notes)
    performance = dataclasses.replace(
        performance, title=text, phrases=(dataclasses.replace(phrase, notes=notes),)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw(performance, None, tmp_path / "song.png")
    assert pixels(tmp_path / "song.png", NOTE) > 5000


def test_silence_can_be_drawn(tmp_path: Path) -> None:
    draw(Performance("Nothing", "en", 0.0, 0, ()), np.zeros(0, dtype=np.float32), tmp_path / "nothing.png")
    assert imread(tmp_path / "nothing.png").shape[1] == 1920


@pytest.mark.parametrize("hz", [200.0, 1000.0, 8000.0])
def test_a_tone_stands_at_its_height_and_only_while_it_sounds(hz: float) -> None:
    samples = np.sin(2 * np.pi * hz * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
    level = spectrogram_db(samples, 0.0, 2.0, 200)
    low, high = hz_to_mel(np.array([LOWEST_HZ, HIGHEST_HZ]))
    expected = (hz_to_mel(np.array(hz)) - low) / (high - low) * len(level)
    assert abs(int(np.argmax(level[:, 50])) - expected) <= 1.5
    assert level[:, 150].max() < level[:, 50].max() - 90.0
