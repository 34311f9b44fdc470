"""The songs we ship: as `examples/songs.py` writes them, singable by every voice, in three languages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from singer.score import read_score
from singer.score.underlay import underlay

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = sorted(EXAMPLES.glob("*.musicxml"))


def test_there_are_songs_in_three_languages() -> None:
    languages = [read_score(path).language for path in FILES]
    assert len(FILES) >= 6 and set(languages) == {"en", "ja", "zh"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_song_is_whole_and_within_every_voice(path: Path) -> None:
    score = read_score(path)
    result = underlay(score, language=score.language or "")
    assert score.title and score.composer
    assert "Public Domain" in path.read_text(encoding="utf-8")
    assert 20 <= result.duration_s <= 61
    assert all(57 <= row.pitch <= 74 for row in result.notes)
    assert not any("not sung" in notice for notice in result.notices)


def test_amazing_grace_and_its_words() -> None:
    score = read_score(EXAMPLES / "first-song.musicxml")
    result = underlay(score, language="en")
    assert (
        " ".join(word.text for word in result.words[:12])
        == "Amazing grace How sweet the sound That saved a wretch like me"
    )
    assert [int(row.pitch) for row in result.notes[:9]] == [62, 67, 71, 67, 71, 69, 67, 64, 62]
    assert score.length == 49 and result.notes[0].bar == 0


def test_silent_night_sings_its_two_verses_in_a_minute() -> None:
    result = underlay(read_score(EXAMPLES / "silent-night.musicxml"), language="en")
    text = " ".join(word.text for word in result.words)
    assert result.duration_s == pytest.approx(60.0)
    assert "Round yon virgin" in text and "hosts sing alleluia" in text
    assert len({row.pitch for row in result.notes[:46]} ^ {row.pitch for row in result.notes[46:]}) == 0


def test_the_files_are_what_the_songs_say(tmp_path: Path) -> None:
    for source in ("songs.py", "write.py"):
        (tmp_path / source).write_bytes((EXAMPLES / source).read_bytes())
    subprocess.run([sys.executable, "write.py"], cwd=tmp_path, check=True, capture_output=True)
    for path in FILES:
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name
