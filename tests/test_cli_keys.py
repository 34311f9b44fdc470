"""`consonance keys`, and what a renewed ledger key asks of those who verify."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from consent.credentials import read_credentials
from consent.registry import Registry
from singer import studio
from singer.cli import main
from singer.performance.model import Performance
from singer.places import CREDENTIALS_CHAIN, CREDENTIALS_KEY
from tests.consent.made_chains import KEYS, bought_chain


@pytest.fixture
def home(tmp_path: Path, tiny_voices: Path) -> Path:
    studio.open_registry(tmp_path / "home", tiny_voices).close()
    return tmp_path / "home"


def said(capsys: pytest.CaptureFixture[str], home: Path, *arguments: str) -> str:
    """What a command prints; it has to succeed."""
    assert main(["--home", str(home), *arguments]) == 0
    return capsys.readouterr().out


def test_the_certificates_are_what_other_readers_trust(
    home: Path, performance: Performance, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = said(capsys, home, "keys", "certificates")
    song = tmp_path / "song.mp3"
    studio.render(Registry.open(home), performance, [song], use=studio.Use("me"), voice="tiny-open")
    found = read_credentials(song, None, [printed.encode()])
    assert found is not None and found.state == "trusted"
    assert "PRIVATE" not in printed


def test_the_signer_of_credentials_is_listed_and_renewed(
    home: Path, performance: Performance, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A song of each signer, and of one that was bought, stays one that was made here."""
    songs = [tmp_path / name for name in ("first.wav", "second.opus", "bought.m4a")]
    chain = bought_chain(tmp_path, KEYS["Es256"]())
    for song in songs:
        if song == songs[2]:
            monkeypatch.setenv(CREDENTIALS_CHAIN, str(chain.chain))
            monkeypatch.setenv(CREDENTIALS_KEY, str(chain.key))
        studio.render(Registry.open(home), performance, [song], use=studio.Use("me"), voice="tiny-open")
        if song == songs[0]:
            assert "signer 2" in said(capsys, home, "keys", "rotate", "--credentials")
    listed = json.loads(said(capsys, home, "keys", "list", "--json"))
    found = {(key["kind"], key["version"]): key for key in listed if key["kind"].startswith("credentials")}
    assert {name: key["state"] for name, key in found.items()} == {
        ("credentials-root", 1): "current", ("credentials", 1): "kept", ("credentials", 2): "kept",
        ("credentials-bought", 1): "current",
    }  # fmt: skip
    assert all(key["ends_at"] > key["made_at"] for key in found.values())
    shown = said(capsys, home, "keys", "list")
    assert shown.count("valid until") == 4
    for name in ("chain.pem", "key.pem"):
        (tmp_path / name).unlink()
    assert main(["--home", str(home), "keys", "list"]) == 0
    assert "cannot be read" in capsys.readouterr().err
    for song in songs:
        verdict = studio.verify(Registry.open(home), song)
        assert verdict.state == "made-here" and "credentials" in verdict.marks_found


def test_every_kind_of_key_is_listed_and_renewed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = json.loads(said(capsys, home, "keys", "list", "--json"))
    assert {key["kind"] for key in before} == {"ledger", "mac", "recipe", "voice", "watermark"}
    assert "under new keys" in said(capsys, home, "keys", "rotate", "--voice", "tiny-open")
    for kind in ("macs", "ledger", "watermark", "recipes"):
        assert said(capsys, home, "keys", "rotate", f"--{kind}")
    said(capsys, home, "keys", "rotate", "--macs", "--at-once", "--json")
    after = json.loads(said(capsys, home, "keys", "list", "--json"))
    current = {(key["kind"], key["voice"]): key["version"] for key in after if key["state"] == "current"}
    assert current["voice", "tiny-open"] == 2 and current["voice", "tiny-closed"] == 1
    assert (current["mac", None], current["ledger", None], current["watermark", None]) == (3, 2, 2)
    shown = said(capsys, home, "keys", "list")
    for path in (home / "keys").rglob("*"):
        if path.is_file() and path.suffix != ".pub":
            assert path.read_bytes().hex()[:12] not in shown + json.dumps(after)
    assert said(capsys, home, "ledger", "fsck")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--macs", "--ledger"],
        ["--credentials", "--recipes"],
        ["--voice", "tiny-open", "--macs"],
        ["--ledger", "--at-once"],
    ],
)
def test_one_key_has_to_be_named(home: Path, arguments: list[str]) -> None:
    assert main(["--home", str(home), "keys", "rotate", *arguments]) == 2


def test_a_voice_that_is_not_there_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(home), "keys", "rotate", "--voice", "nobody"]) == 2
    assert "knows no voice" in capsys.readouterr().err


def test_songs_of_both_times_verify_offline_and_online(
    home: Path, performance: Performance, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that was signed and marked before all keys were renewed, and one after."""
    registry = Registry.open(home)
    songs = [tmp_path / "before.wav", tmp_path / "after.wav"]
    for song in songs:
        studio.render(registry, performance, [song], voice="tiny-open", use=studio.Use("me"))
        if song == songs[0]:
            for arguments in (["--ledger"], ["--watermark"], ["--macs"], ["--voice", "tiny-open"]):
                said(capsys, home, "keys", "rotate", *arguments)
    keys = tmp_path / "keys.txt"
    keys.write_text(said(capsys, home, "ledger", "key"))
    assert len(keys.read_text().splitlines()) == 2
    for song in songs:
        proven = said(capsys, home, "verify", "--offline", str(song), "--public-key", str(keys), "--json")
        assert json.loads(proven)["voice"] == "tiny-open"
        verdict = studio.verify(registry, song)
        assert verdict.state == "made-here" and "watermark" in verdict.marks_found
    newest = keys.read_text().splitlines()[-1]
    assert main(["verify", "--offline", str(songs[0]), "--public-key", newest]) != 0
