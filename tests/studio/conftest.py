"""Two songs in every format, sung once, for tests that spoil copies of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from shelf import Shelf

from consent.registry import Registry
from singer import studio
from singer.audio_file import FORMATS
from singer.performance.model import Performance


@pytest.fixture(scope="session")
def songs(
    tmp_path_factory: pytest.TempPathFactory, tiny_voices: Path, performance: Performance
) -> tuple[Registry, studio.Song, studio.Song]:
    folder = tmp_path_factory.mktemp("songs")
    registry = studio.open_registry(folder / "home", tiny_voices)
    made = []
    for number, title in enumerate(("Song one", "Song two")):
        place = folder / str(number)
        place.mkdir()
        outputs = [place / f"song.{suffix}" for suffix in FORMATS]
        sung = replace(performance, title=title, seed=number)
        made.append(studio.render(registry, sung, outputs, voice="tiny-open", use=studio.Use("me")))
    return registry, made[0], made[1]


@pytest.fixture
def shelf(songs: tuple[Registry, studio.Song, studio.Song], tmp_path: Path) -> Shelf:
    return Shelf(*songs, tmp_path)
