"""`consonance verify --offline`: a file, its proof and a key, and nothing of ours but this program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from made_registries import a_release, a_request, voice_folder

from consent.registry import Registry
from singer.cli import main

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Shop:
    """What a listener gets: a folder with a song, its proof and a key; and the registry that made it."""

    folder: Path
    home: Path
    grant: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("made")
    registry = Registry.open(folder / "home")
    registry.seed(voice_folder(folder / "voices"))
    (folder / "shop").mkdir()
    record = registry.commit(registry.authorise(a_request()), a_release(folder / "shop"))
    (folder / "shop" / "key.txt").write_text(f"{registry.proofs.public_key}\n", encoding="utf-8")
    registry.withdraw("ada")  # offline, nobody can know
    registry.close()
    shutil.rmtree(folder / "shop" / "staging")
    return Shop(folder / "shop", folder / "home", record.grant)


@pytest.fixture
def shop(made: Shop, tmp_path: Path) -> Iterator[Shop]:
    shutil.copytree(made.folder, tmp_path / "shop")
    yield Shop(tmp_path / "shop", made.home, made.grant)


def offline(shop: Shop, *more: object, key: object = "key.txt", file: str = "song.wav") -> list[str]:
    place = shop.folder / str(key) if isinstance(key, str) and "+" not in key else key
    return ["verify", "--offline", str(shop.folder / file), "--public-key", str(place), *map(str, more)]


def test_a_released_song_comes_with_a_proof_that_verifies_alone(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert {path.name for path in shop.folder.iterdir()} == {
        "song.wav", "song.wav.proof", "song.mp3", "song.mp3.proof", "key.txt",
    }  # fmt: skip
    for name in ("song.wav", "song.mp3"):
        assert main(offline(shop, file=name)) == 0
        said = capsys.readouterr().out
        proof = json.loads(json.loads((shop.folder / f"{name}.proof").read_bytes())["entry"])
        for fact in ("voice", "version", "grant", "render", "terms_sha256"):
            assert proof["body"][fact] in said
        assert "Released:" in said and shop.grant in said
        assert "whether the grant or the voice was withdrawn since" in said


def test_it_needs_neither_registry_nor_database_nor_sound(shop: Shop) -> None:
    """In a process of its own: no home is made, and nothing heavy is imported."""
    program = (
        "import sys\nfrom singer.cli import main\nstatus = main(sys.argv[1:])\n"
        "heavy = {'sqlalchemy', 'torch', 'numpy', 'flask', 'consent.store', 'consent.database'}\n"
        "print(*sorted(heavy & set(sys.modules)), file=sys.stderr)\nsys.exit(status)"
    )
    empty = shop.folder / "nobody"
    done = subprocess.run(
        [sys.executable, "-c", program, *offline(shop, "--json")],
        env={**os.environ, "HOME": str(empty), "XDG_DATA_HOME": str(empty), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr.strip()) == (0, "")
    said = json.loads(done.stdout)
    assert (said["state"], said["voice"], said["grant"]) == ("proven", "ada", shop.grant)
    assert "withdrawn since" in said["not_proven"]
    assert not empty.exists()


def test_the_key_can_be_given_itself(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    key = (shop.folder / "key.txt").read_text(encoding="utf-8").strip()
    assert main(offline(shop, key=key)) == 0
    assert (
        main(offline(shop, "--proof", shop.folder / "song.mp3.proof")) == 0
    )  # one proof for a release's files
    capsys.readouterr()


def change(shop: Shop, what: str) -> list[str]:
    """Spoil one thing, and say how the command is then called."""
    proof, song = shop.folder / "song.wav.proof", shop.folder / "song.wav"
    if what == "sound":
        song.write_bytes(song.read_bytes()[:-1] + b"?")
    elif what == "no proof":
        proof.unlink()
    elif what == "empty proof":
        proof.write_bytes(b"")
    elif what == "longer proof":
        proof.write_bytes(proof.read_bytes() + b" ")
    elif what == "huge proof":
        proof.write_bytes(b"[" * (2 << 20))
    elif what == "voice in the proof":
        data = json.loads(proof.read_bytes())
        data["entry"] = data["entry"].replace('"voice":"ada"', '"voice":"eva"')
        proof.write_text(json.dumps(data, separators=(",", ":"), sort_keys=True, ensure_ascii=False), "utf-8")
    elif what == "another key":
        return offline(shop, key="consonance/x+" + "0" * 8 + "+AQ==")
    elif what == "no key in the file":
        (shop.folder / "key.txt").write_bytes(b"\xff\xfe")
    elif what == "no key file":
        return offline(shop, key="nothing.txt")
    elif what == "a witness that never saw it":
        return offline(shop, "--witness", shop.folder / "key.txt")
    return offline(shop)


@pytest.mark.parametrize(
    ("what", "status", "words"),
    [
        ("sound", 1, "another file, or the file was changed"),
        ("no proof", 4, "There is no proof"),
        ("empty proof", 4, "not a proof"),
        ("longer proof", 4, "not a proof"),
        ("huge proof", 4, "longer than"),
        ("voice in the proof", 1, "does not lead to the head"),
        ("another key", 4, "not an Ed25519 key"),
        ("no key in the file", 4, "holds no verifier key"),
        ("no key file", 4, "nothing.txt"),
        ("a witness that never saw it", 4, "registry's key where a witness's"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    shop: Shop, capsys: pytest.CaptureFixture[str], what: str, status: int, words: str
) -> None:
    arguments = change(shop, what)
    assert main([*arguments, "--json"]) == status
    printed = capsys.readouterr()
    assert words in printed.err
    assert words in json.loads(printed.out)["error"]["sentence"]


@pytest.mark.parametrize("arguments", [["--offline"], ["--public-key", "k"], ["--witness", "w"]])
def test_options_that_do_not_go_together_are_a_usage_error(
    shop: Shop, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(["verify", str(shop.folder / "song.wav"), *arguments]) == 2
    assert "--offline" in capsys.readouterr().err


def test_a_ledger_is_witnessed_by_notes_and_files_alone(
    made: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole round on the command line: head, witness, cosignature, proof, verification by witness."""
    shutil.copytree(made.home, tmp_path / "home")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Any:
        status = main(["--home", "home", *map(str, arguments), "--json"])
        printed = capsys.readouterr()
        assert status == 0, printed.err
        return json.loads(printed.out)

    witness = run("witness", "--new", "witness.example", "--key", "w.key")["key"]
    registry_key = run("ledger", "key")["key"]
    first = run("ledger", "head", "-o", "first.note")["size"]
    seen = ("--key", "w.key", "--state", "w.json")
    run("witness", "first.note", *seen, "--public-key", registry_key, "-o", "first.cosigned")
    run("ledger", "cosign", "first.cosigned", "--witness", witness)
    second = run("ledger", "head", "-o", "second.note")["size"]
    proof = run("ledger", "consistency", first, second, "-o", "continues.json")
    assert (proof["first"], proof["second"]) == (first, second)
    run("witness", "second.note", *seen, "--proof", "continues.json", "-o", "second.cosigned")
    assert run("ledger", "check", "--against", "second.cosigned")["ok"] is True
    shutil.copy(made.folder / "song.wav", tmp_path / "song.wav")
    assert run("ledger", "prove", "song.wav")["proof"] == "song.wav.proof"
    said = run("verify", "--offline", "song.wav", "--public-key", registry_key, "--witness", witness)
    assert [name for name, _ in said["witnesses"]] == ["witness.example"]
    assert {row["kind"] for row in run("ledger", "rows")["rows"]} >= {"render", "withdrawal", "witness"}
    assert main(["--home", "home", "ledger", "prove", "w.json"]) == 2
    assert "No song was released" in capsys.readouterr().err
