"""`consonance receipts`, `personal-data`, `destruction` and `housekeeping`, as whoever runs a registry calls
them."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from singer import studio
from singer.cli import main

Call = Callable[..., Any]


@pytest.fixture
def call(tmp_path: Path, tiny_voices: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command on a registry of its own; returns what it prints as JSON, or its lines with `plain`."""
    studio.open_registry(tmp_path / "home", tiny_voices).close()

    def run(*arguments: str, status: int = 0, plain: bool = False) -> Any:
        words = ["--home", str(tmp_path / "home"), *arguments, *([] if plain else ["--json"])]
        assert main(words) == status
        out = capsys.readouterr().out
        return out if plain else json.loads(out)

    return run


def test_a_receipt_is_kept_and_checked_without_the_registry(call: Call, tmp_path: Path) -> None:
    call("receipts", "operator", "The Choir", "choir@example.org", plain=True)
    call("grant", "tiny-closed", "--to", "cleo", "--purpose", "private")
    newest = call("receipts", "list", "--voice", "tiny-closed")[-1]
    assert (newest["event"], newest["state"]) == ("grant-activated", "intact")
    assert newest["id"] in call("receipts", "list", "--person", newest["person"], plain=True)
    said = call("receipts", "show", newest["id"], plain=True)
    assert "For: Nobody In Particular" in said and "From: The Choir choir@example.org" in said
    assert "For cleo only." in said
    receipt, key = tmp_path / "receipt.json", tmp_path / "registry.key"
    receipt.write_text(call("receipts", "show", newest["id"], "--json", plain=True), "utf-8")
    key.write_text(call("ledger", "key", plain=True), "utf-8")
    for place in ([], ["--public-key", str(key)]):
        assert call("receipts", "check", str(receipt), *place)["receipt"]["receipt_id"] == newest["id"]
        assert "The signature holds" in call("receipts", "check", str(receipt), *place, plain=True)
    receipt.write_text(receipt.read_text("utf-8").replace("cleo", "clea"), "utf-8")
    refused = call("receipts", "check", str(receipt), "--public-key", str(key), status=1)
    assert refused["error"]["code"] == "bad-receipt"


def test_somebody_sees_what_is_held_and_is_erased(call: Call, tmp_path: Path) -> None:
    call("grant", "tiny-closed", "--to", "cleo@example.org", "--purpose", "private")
    held = tmp_path / "held.json"
    owner = call("receipts", "list", "--voice", "tiny-closed")[-1]["person"]
    call("personal-data", "export", owner, "-o", str(held), plain=True)
    assert stat.S_IMODE(held.stat().st_mode) == 0o600
    assert json.loads(held.read_text("utf-8"))["held"]["people"][0]["name"] == "Nobody In Particular"
    call("personal-data", "export", owner, "-o", str(held), plain=True, status=4)
    call("personal-data", "export", "stranger", plain=True, status=2)
    refused = call("personal-data", "erase", owner, "--yes", status=3)
    assert "tiny-closed" in refused["error"]["sentence"]
    done = call("personal-data", "erase", owner, "--yes", "--withdraw-voices")
    assert "tiny-closed" in done["ended"]["voices"] and done["rows"]["people"] == 1
    assert call("voice", "show", "tiny-closed")["state"] == "withdrawn"
    receipt = call("receipts", "list", "--person", owner)[0]
    assert receipt["state"] == "erased"
    assert call("receipts", "show", receipt["id"], status=4)["error"]["code"] == "bad-input"
    assert call("ledger", "fsck")["ok"] is True


def test_the_schedule_and_the_house_are_kept(call: Call) -> None:
    assert call("destruction", "list") == [] and call("destruction", "run") == []
    assert (
        call("destruction", "list", "--voice", "tiny-open", plain=True) == "Nothing waits to be destroyed.\n"
    )
    call("destruction", "list", "--voice", "nobody", plain=True, status=2)
    call("destruction", "done", "1", plain=True, status=2)
    assert call("housekeeping")["clean"] is True
    assert "Jobs removed" in call("housekeeping", plain=True)
