"""`consonance content` and `evaluate content`: what is told about rules, a text, and a folder of songs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from singer.cli import main

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """The exit status of a call, and what it printed on standard output."""
    status = main([str(argument) for argument in arguments])
    return status, capsys.readouterr().out


def test_a_text_is_held_against_the_rules_as_it_would_be_sung(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "words.txt"
    text.write_text("twinkle twinkle\nmy love [f ʌ k] star\n", encoding="utf-8")
    status, printed = said(capsys, "--home", tmp_path, "content", "check", text, "-l", "en")
    assert status == 3
    assert printed == "any-obscene (explicit, clear): It will be heard in what is sung: “f ʌ k”.\n"
    text.write_text("the ox and ass", encoding="utf-8")
    status, printed = said(capsys, "--home", tmp_path, "content", "check", text, "-l", "en", "--json")
    assert status == 0 and [row["borderline"] for row in json.loads(printed)] == [True]
    text.write_text("twinkle twinkle", encoding="utf-8")
    assert said(capsys, "--home", tmp_path, "content", "check", text, "-l", "en") == (0, "No rule fires.\n")


def test_rules_are_listed_with_what_was_switched_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "ours.toml").write_text('off = ["en-coarse"]', encoding="utf-8")
    status, printed = said(capsys, "--home", tmp_path, "content", "rules", "--language", "en", "--json")
    rows = {row["name"]: row for row in json.loads(printed)}
    assert status == 0 and {row["language"] for row in rows.values()} == {"en", "any"}
    assert rows["en-coarse"]["switched_off_by"] == "rules/ours.toml"
    assert rows["en-slur"]["switched_off_by"] is None
    assert "switched off by rules/ours.toml" in said(capsys, "--home", tmp_path, "content", "rules")[1]
    (tmp_path / "rules" / "ours.toml").write_text('off = ["nothing"]', encoding="utf-8")
    assert said(capsys, "--home", tmp_path, "content", "rules")[0] == 4


def test_songs_of_a_folder_are_counted_by_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scores = tmp_path / "scores"
    scores.mkdir()
    for name in ("twinkle", "molihua"):
        shutil.copy(EXAMPLES / f"{name}.musicxml", scores)
    twinkle = (EXAMPLES / "twinkle.musicxml").read_text("utf-8")
    (scores / "rude.musicxml").write_text(twinkle.replace("<text>star,</text>", "<text>fuсk</text>"), "utf-8")
    (scores / "broken.musicxml").write_text("<score", "utf-8")
    arguments = ("--home", tmp_path, "evaluate", "content", scores, "--json")
    status, printed = said(capsys, *arguments)
    counted = {(row["language"], row["rule"].strip()): row["fired"] for row in json.loads(printed)}
    assert status == 0 and counted[("en", "any-obscene")] == counted[("en", "(any clear rule)")] == 1
    assert {row["songs"] for row in json.loads(printed) if row["language"] == "en"} == {2}
    assert sum(fired for (language, _), fired in counted.items() if language != "en") == 0
