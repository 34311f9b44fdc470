"""`consonance people`, `grants`, `approvals`, `notices`: a label's day, from its mandate to its end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consent.registry import Refused, Request
from consent.song import Song
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


def test_a_label_grants_an_artist_approves_and_everybody_hears_of_it(call: Call, tmp_path: Path) -> None:
    owner = call("people", "list")[0]["id"]
    call("people", "change", owner, "--handle", "ada")
    call("people", "add", "Nine Records", "--kind", "organisation", "--handle", "nine")
    assert "signs in as nine" in call("people", "list", plain=True)
    mandate = call("people", "appoint", "nine", "--for", "ada", "--as", "label", "--may", "grant")
    offer = ["tiny-closed", "--to", "cleo", "--purpose", "commercial", "--approval", "1", "--by", "nine"]
    drafted = call("grants", "draft", *offer)
    assert (drafted["state"], drafted["mandate"]) == ("draft", mandate["mandate"]["id"])
    refused = call("grants", "accept", drafted["id"], "--by", "cleo", status=3)
    assert "it cannot become accepted" in refused["error"]["sentence"]
    for step, by in (("offer", "nine"), ("accept", "cleo"), ("activate", "nine")):
        say = call("grants", step, drafted["id"], "--by", by, plain=True)
    assert say.startswith(f"{drafted['id']} over tiny-closed: active")
    assert "Each song is approved by one person first." in say
    request = Request(
        voice="tiny-closed",
        user="cleo",
        purpose="commercial",
        work_digest="5" * 64,
        seconds=9.0,
        language="en",
        song=Song("la la", ((60.0, 1.0),), ("l", "a"), "A try"),
    )
    registry = studio.open_registry(tmp_path / "home")
    with pytest.raises(Refused, match="waits as number 1"):
        registry.authorise(request)
    assert "A try, for commercial use, asked by cleo" in call("approvals", "list", plain=True)
    assert "| la la" in call("approvals", "show", "1", plain=True)
    call("approvals", "approve", "1", "--by", "nine", status=3)
    assert call("approvals", "approve", "1", "--by", "ada", "--note", "Go on")["state"] == "approved"
    assert registry.authorise(request).grant == drafted["id"]
    told = call("notices", "cleo", "--read")
    assert "may be sung now. Go on" in told[0]["text"] and told[0]["read_at"]
    assert call("notices", "cleo", "--unread", plain=True) == "No notices.\n"
    assert call("suspend", "tiny-closed", "--grant", drafted["id"], status=0)["grant"] == drafted["id"]
    assert call("grants", "list", "tiny-closed", "--state", "suspended")[0]["id"] == drafted["id"]
    assert "may be used again" in call("resume", "tiny-closed", "--grant", drafted["id"], plain=True)
    assert "ended" in call("people", "end-mandate", mandate["mandate"]["id"], "--by", "nine", plain=True)
    assert not registry.may(request).allow
    assert call("grants", "confirm", drafted["id"])["mandate"] is None
    assert registry.may(request).allow
    registry.close()


def test_a_permission_is_shown_withdrawn_and_given(call: Call, tmp_path: Path) -> None:
    assert "The performer's consent (active), for: sing" in call("voice", "show", "tiny-open", plain=True)
    letter = tmp_path / "letter.txt"
    letter.write_text("Sing and train.\n", encoding="utf-8")
    owner = call("people", "list")[0]["id"]
    words = [
        "give-right",
        "tiny-open",
        "performer",
        owner,
        str(letter),
        "--may",
        "sing",
        "--basis",
        "A letter.",
    ]
    assert call("people", *words)["right"]["state"] == "active"
    assert (
        call("people", *words[:4], str(letter), "--may", "sing", "--basis", " ", status=4)["error"]["code"]
        == "bad-record"
    )
    gone = call("withdraw", "tiny-open", "--right", "performer", "--yes")
    assert gone["keys_destroyed"] and gone["rights"]
    assert "withdrawn" in call("voices", plain=True)
    assert call("people", "mandates", plain=True) == "Nobody acts for anybody.\n"
    assert main(["withdraw", "tiny-open", "--right", "performer", "--grant", "x"]) == 2
