"""Bases and recordings on the command line, with the shipped voices in a registry of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from singer.cli import main


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Run a command on a registry; gives the exit status and what it printed."""

    def call(*arguments: str) -> tuple[int, str]:
        status = main(["--home", str(tmp_path / "home"), *arguments])
        return status, capsys.readouterr().out

    return call


def test_recordings_leave_and_the_base_is_due(run) -> None:
    status, told = run("recordings", "show")
    assert status == 0
    assert "SCOTTPOID say nothing of training a model, and silence is not a yes" in told
    status, told = run("bases", "--retraining-days", "30", "--json")
    (base,) = json.loads(told)["bases"]
    assert (base["state"], base["due_at"], base["documented"]) == ("current", None, True)
    assert base["voices"] == ["dorodoro-beta", "hitsune-kumi", "imagawa-yuki"]
    assert run("recordings", "withdraw", "nobody", "--yes")[0] == 2
    status, told = run("recordings", "withdraw", "english-teacher", "--yes", "--reason", "doubts", "--json")
    done = json.loads(told)
    assert (status, done["ended"], done["bases"][0]["because_of"]) == (0, True, ["english-teacher"])
    assert "had been withdrawn before" in run("recordings", "withdraw", "english-teacher", "--yes")[1]
    status, told = run("bases")
    assert "due in 30 days" in told and "marked" in told and "Withdrawn: english-teacher" in told
    shown = {row["name"]: row for row in json.loads(run("recordings", "show", "--json")[1])}
    assert not shown["english-teacher"]["may_be_trained"] and shown["kumi_zh"]["may_be_trained"]
    assert run("ledger", "fsck")[0] == 0


def test_withdrawing_a_voice_marks_the_base_for_all_its_recordings(run) -> None:
    assert run("withdraw", "hitsune-kumi", "--yes")[0] == 0
    (base,) = json.loads(run("bases", "--json")[1])["bases"]
    assert (base["state"], base["because_of"]) == ("marked", ["kumi_pastel_ja", "kumi_zh"])
    assert base["voices"] == ["dorodoro-beta", "imagawa-yuki"]
    assert "kumi_zh" in run("disclosure", "hitsune-kumi")[1]
