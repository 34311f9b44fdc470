"""From a score and lyrics to a performance, and the files that people write in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from singer.errors import BadInput, PerformanceError
from singer.performance.model import Performance
from singer.planning import MAX_LYRICS_BYTES, plan, read_lyrics, read_performance

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lyrics_are_read_in_usual_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes("さくら さくら\nやよいの空は".encode(encoding))
    assert read_lyrics(path) == "さくら さくら\nやよいの空は"


def test_what_is_no_lyrics_is_said_to_be_none(tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    large.write_bytes(b"la " * MAX_LYRICS_BYTES)
    with pytest.raises(BadInput, match=r"large\.txt is too large"):
        read_lyrics(large)
    binary = tmp_path / "binary.txt"
    binary.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(BadInput, match=r"binary\.txt is not a text file"):
        read_lyrics(binary)


def test_a_performance_file_is_read_back_and_a_broken_one_named(
    tmp_path: Path, performance: Performance
) -> None:
    path = tmp_path / "song.json"
    path.write_text(performance.to_json(), encoding="utf-8")
    assert read_performance(path) == performance
    path.write_text(performance.to_json()[:-200], encoding="utf-8")
    with pytest.raises(PerformanceError, match=r"^song\.json: "):
        read_performance(path)


def test_transposing_moves_every_pitch_and_nothing_else() -> None:
    score = EXAMPLES / "twinkle.musicxml"
    plain, higher = plan(score), plan(score, transpose=3)
    assert [note.pitch + 3 for note in plain.underlay.notes] == [note.pitch for note in higher.underlay.notes]
    pairs = list(zip(plain.performance.phrases, higher.performance.phrases, strict=True))
    assert all(before.phones == after.phones for before, after in pairs)
    with pytest.raises(BadInput, match="too far"):
        plan(score, transpose=60)


def test_the_language_is_the_callers_else_the_scores_else_the_scripts() -> None:
    score = EXAMPLES / "twinkle.musicxml"
    assert plan(score).performance.language == "en"
    assert plan(score, language="de").performance.language == "de"
    with pytest.raises(BadInput, match="klingon"):
        plan(score, language="klingon")
