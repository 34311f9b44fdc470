"""`consonance verify` as a user meets it: with the registry, without it, by credentials alone."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from singer import studio
from singer.cli import main
from singer.cli_output import print_card
from singer.performance.model import Performance

Captured = pytest.CaptureFixture[str]


@dataclass(frozen=True)
class Machine:
    """A registry with one song in two files, and what its operator gives to others: keys and certificates."""

    home: Path
    song: studio.Song
    keys: Path
    roots: Path

    @property
    def wave(self) -> Path:
        return self.song.files[0]

    @property
    def opus(self) -> Path:
        return self.song.files[1]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, tiny_voices: Path, performance: Performance) -> Machine:
    folder = tmp_path_factory.mktemp("machine")
    registry = studio.open_registry(folder / "home", tiny_voices)
    outputs = [folder / "song.wav", folder / "song.opus"]
    song = studio.render(registry, performance, outputs, voice="tiny-open", use=studio.Use("me"))
    keys, roots = folder / "keys", folder / "roots.pem"
    keys.write_text(str(registry.proofs.public_keys), encoding="utf-8")
    roots.write_bytes(b"".join(registry.credentials.trusted()))
    registry.close()
    return Machine(folder / "home", song, keys, roots)


def ask(capsys: Captured, *arguments: object, home: Path | None = None) -> tuple[int, str]:
    status = main([*(["--home", str(home)] if home else []), "verify", *map(str, arguments)])
    return status, capsys.readouterr().out


def ask_json(capsys: Captured, *arguments: object, home: Path | None = None) -> tuple[int, Any]:
    status, said = ask(capsys, *arguments, "--json", home=home)
    return status, json.loads(said)


def test_the_registry_says_what_every_layer_says(capsys: Captured, machine: Machine) -> None:
    status, said = ask(capsys, machine.wave, home=machine.home)
    assert status == 0 and said.startswith("Made here, with the voice of Tiny Open")
    for line in ("+ Watermark:", "+ Label:", "+ Credentials:", "+ Digest:"):
        assert line in said
    status, found = ask_json(capsys, machine.wave, home=machine.home)
    assert (status, found["state"], found["search"]["keys"]) == (0, "made-here", 1)
    assert {one["layer"]: one["found"] for one in found["evidence"]} == dict.fromkeys(
        ("watermark", "label", "credentials", "digest", "ledger"), "yes"
    )
    assert found["watermark"]["render_id"] == found["render_id"]
    assert found["watermark"]["false_positive_rate"] < 1e-6 and found["changes"] == []


def test_a_swapped_sidecar_is_said(capsys: Captured, machine: Machine, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.c2pa"
    wrong.write_bytes(machine.opus.with_name("song.opus.c2pa").read_bytes()[:-9])
    status, found = ask_json(capsys, machine.opus, "--credentials", wrong, home=machine.home)
    assert (status, found["state"]) == (0, "made-here")
    assert [change["code"] for change in found["changes"]] == ["credentials-broken"]


def test_full_searches_all_of_it(capsys: Captured, machine: Machine, tmp_path: Path) -> None:
    import numpy as np
    import soundfile

    noise = tmp_path / "noise.wav"
    soundfile.write(noise, np.random.default_rng(2).normal(0, 0.1, 3 * 44_100), 44_100)
    status, found = ask_json(capsys, noise, "--full", home=machine.home)
    assert (status, found["state"]) == (1, "not-ours")
    assert found["search"] == {"duration_s": 3.0, "scaled_s": 3.0, "keys": 1}


@pytest.mark.parametrize("which", ["wave", "opus"])
def test_credentials_alone_are_enough_to_know_who_signed(
    capsys: Captured, machine: Machine, which: str
) -> None:
    file = getattr(machine, which)
    status, found = ask_json(capsys, "--offline", file, "--roots", machine.roots)
    assert (status, found["state"]) == (0, "signed")
    assert found["credentials"]["render_id"] == int(machine.song.render_id, 16)
    assert "me" not in json.dumps(found["credentials"]).split('"')
    status, said = ask(capsys, "--offline", file, "--roots", machine.roots)
    assert status == 0 and "Only the registry knows" in said
    assert "Signed under a certificate that was given" in said


def test_proof_and_credentials_together(capsys: Captured, machine: Machine) -> None:
    more = ("--public-key", machine.keys, "--roots", machine.roots)
    status, found = ask_json(capsys, "--offline", machine.wave, *more)
    assert (status, found["state"], found["credentials"]["state"]) == (0, "proven", "trusted")
    status, said = ask(capsys, "--offline", machine.wave, *more)
    assert status == 0 and "its signed ledger holds this file" in said
    assert "Signed under a certificate that was given" in said


def test_what_was_asked_for_and_does_not_hold_is_the_state(
    capsys: Captured, machine: Machine, tmp_path: Path
) -> None:
    """The proof is this file's, the credentials are none: a program that reads the state is not misled."""
    wrong = tmp_path / "wrong.c2pa"
    wrong.write_bytes(machine.opus.with_name("song.opus.c2pa").read_bytes()[:-9])
    more = ("--public-key", machine.keys, "--roots", machine.roots, "--credentials", wrong)
    status, found = ask_json(capsys, "--offline", machine.opus, *more)
    assert (status, found["state"], found["voice"]) == (1, "altered", "tiny-open")


def test_nothing_of_a_strangers_file_steers_the_terminal(capsys: Captured) -> None:
    print_card([("Title", "A\x1b[2Jsong\nVerdict:   made here\u202e")])
    assert capsys.readouterr().out == "Title:     A\ufffd[2Jsong\ufffdVerdict:   made here\ufffd\n"


def test_what_was_altered_is_not_signed(capsys: Captured, machine: Machine, tmp_path: Path) -> None:
    file = tmp_path / "song.wav"
    content = bytearray(machine.wave.read_bytes())
    content[len(content) // 3] ^= 1
    file.write_bytes(content)
    status, found = ask_json(capsys, "--offline", file, "--roots", machine.roots)
    assert (status, found["state"]) == (1, "altered")
    assert "assertion.dataHash.mismatch" in found["credentials"]["problems"]
    assert "do not hold" in ask(capsys, "--offline", file, "--roots", machine.roots)[1]


def test_a_stranger_is_said_to_be_one(
    capsys: Captured, machine: Machine, tmp_path: Path, tiny_voices: Path
) -> None:
    other = studio.open_registry(tmp_path / "other", tiny_voices)
    roots = tmp_path / "roots.pem"
    roots.write_bytes(b"".join(other.credentials.trusted()))
    status, found = ask_json(capsys, "--offline", machine.wave, "--roots", roots)
    assert (status, found["state"]) == (1, "signed-by-a-stranger")
    verdict = studio.verify(other, machine.wave)
    assert (verdict.state, verdict.identified) == ("not-ours", False)
    assert "another maker's credentials" in verdict.sentence and "another maker's label" in verdict.sentence


def test_a_file_without_credentials_and_roots_that_are_none_are_said(
    capsys: Captured, machine: Machine, tmp_path: Path
) -> None:
    bare = tmp_path / "bare.opus"
    shutil.copy(machine.opus, bare)
    assert ask(capsys, "--offline", bare, "--roots", machine.roots)[0] == 4
    assert ask(capsys, "--offline", machine.wave, "--roots", machine.keys)[0] == 4


@pytest.mark.parametrize(
    "arguments",
    [
        ("--offline",),
        ("--roots", "ROOTS"),
        ("--public-key", "x+y+z"),
        ("--offline", "--roots", "ROOTS", "--witness", "x+y+z"),
    ],
)
def test_options_that_do_not_go_together_are_said(
    capsys: Captured, machine: Machine, arguments: tuple[str, ...]
) -> None:
    given = [str(machine.roots) if one == "ROOTS" else one for one in arguments]
    assert ask(capsys, machine.wave, *given, home=machine.home)[0] == 2
