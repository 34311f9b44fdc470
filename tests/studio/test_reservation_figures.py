"""The figures of the reference page come from commands that do what they say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sung_takes import ADA, BEN, RATE, sung

from singer.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"
VERSE = "Over the silver river a lantern is drifting away and nobody knows the name of the boatman\n"


def rows_of(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[dict[str, object]]:
    assert main([*map(str, arguments), "--json"]) == 0
    rows: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return rows


def test_songs_are_found_again_and_doubles_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(EXAMPLES / "first-song.musicxml", tmp_path / "one.musicxml")
    shutil.copy(EXAMPLES / "first-song.musicxml", tmp_path / "two.musicxml")
    (tmp_path / "verse.txt").write_text(VERSE * 2, encoding="utf-8")
    (tmp_path / "long.txt").write_text("Another beginning altogether, " + VERSE, encoding="utf-8")
    rows = rows_of(capsys, "evaluate", "reservations", tmp_path, "--asked", 2)
    others = {row["kind"]: row for row in rows if "pairs" in row}
    assert (others["melody"]["songs"], others["melody"]["hits_same_title"]) == (2, 2)
    assert (others["lyric"]["songs"], others["lyric"]["hits_same_stretch"]) == (4, 2)
    assert others["melody"]["hits_other"] == others["lyric"]["hits_other"] == 0
    found = {(row["kind"], row["guise"]): row["found"] for row in rows if "guise" in row}
    assert found["melody", "up a fourth, a third slower"] == found["lyric", "as it stands"] == 1.0
    assert found["lyric", "Cyrillic letters among the Latin"] == 1.0


def test_recordings_and_voices_are_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for bank, formants, seed in (("ada", ADA, 1), ("ben", BEN, 9)):
        (tmp_path / bank).mkdir()
        song = sung(seed, formants, 110.0)
        for number, part in enumerate(np.split(song, 11)):
            soundfile.write(tmp_path / bank / f"{number}.wav", part, RATE)
    rows = rows_of(capsys, "evaluate", "listening", tmp_path, "--asked", 2)
    taken = {row["recording"]: row["taken_for_it"] for row in rows if "recording" in row}
    assert taken["itself"] == taken["as MP3"] == taken["fifteen seconds of it"] == 1.0
    assert taken["another of the same singer and pitch"] == taken["another singer or pitch"] == 0.0
    judged = {row["voice"]: row for row in rows if "voice" in row}
    assert judged["another singer"]["different"] == 1.0
    assert judged["the same bank"]["different"] == 0.0
