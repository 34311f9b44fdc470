"""Titles that somebody wrote to do harm: each song comes out whole in every container, and says them as text.

What no song may be called (half a character, a whole book) is refused where performances are read.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from consent.registry import Registry
from singer import studio
from singer.audio_tags import read_labels, read_tags
from singer.performance.model import Performance

ME = studio.Use("me")
SUFFIXES = ("wav", "mp3", "flac", "m4a", "ogg", "opus")
TITLES = {
    "empty": "",
    "nul": "a\0b",
    "lines": "a\r\nTXXX:AIGC\n{}",
    "right to left": "\u202egnos",
    "quotes": '"}],"Label":"3',
    "markup": "<script>&#0;",
    "long": "ä" * 1000,
}


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory, tiny_voices: Path) -> Registry:
    return studio.open_registry(tmp_path_factory.mktemp("home"), tiny_voices)


@pytest.mark.parametrize("kind", TITLES)
def test_a_hostile_title_leaves_a_song_whole(
    kind: str, registry: Registry, performance: Performance, tmp_path: Path
) -> None:
    titled = replace(performance, title=TITLES[kind])
    places = [tmp_path / f"song.{suffix}" for suffix in SUFFIXES]
    studio.render(registry, titled, places, use=ME, voice="tiny-open")
    for place in places:
        verdict = studio.verify(registry, place)
        assert verdict.state == "made-here", (place.suffix, verdict)
        assert {"credentials", "label", "digest"} <= set(verdict.marks_found), place.suffix
        shown = TITLES[kind].replace("\0", " ").replace("\r", " ")
        assert read_tags(place).title == shown, place.suffix
        assert len(read_labels(place)) == 1
