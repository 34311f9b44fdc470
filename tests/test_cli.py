"""The command line as a user meets it: a process of its own, a registry of its own, what it prints and leaves
with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from singer import studio
from singer.performance.model import Performance

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"

Run = subprocess.CompletedProcess[str]


class Machine:
    """A user's machine: an empty HOME with a registry that holds the tiny voices, and a folder to work in."""

    def __init__(self, folder: Path, tiny_voices: Path, performance: Performance) -> None:
        self.folder = folder
        self.home = folder / "registry"
        self.performance = folder / "song.json"
        self.performance.write_text(performance.to_json(), encoding="utf-8")
        studio.open_registry(self.home, tiny_voices).close()

    def run(self, *arguments: object, stdin: str = "") -> Run:
        """Run `consonance --home … ARGUMENTS` in the folder."""
        environment = {**os.environ, "HOME": str(self.folder / "empty"), "OMP_NUM_THREADS": "1"}
        return subprocess.run(
            [sys.executable, "-m", "singer", "--home", str(self.home), *map(str, arguments)],
            cwd=self.folder,
            env={**environment, "PYTHONPATH": str(ROOT)},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def json(self, *arguments: object, status: int = 0) -> Any:
        """Run with --json, hold it to an exit status, and read what it printed."""
        done = self.run(*arguments, "--json")
        assert done.returncode == status, done.stderr
        return json.loads(done.stdout)

    def sing(self, name: str = "song.wav", *more: object, status: int = 0) -> Any:
        """Render the performance into a file."""
        return self.json("render", self.performance, "-v", "tiny-open", "-o", name, *more, status=status)


@pytest.fixture
def machine(tmp_path: Path, tiny_voices: Path, performance: Performance) -> Machine:
    folder = tmp_path / "my songs"
    folder.mkdir()
    return Machine(folder, tiny_voices, performance)


def sentence(done: Run) -> str:
    """The one or two sentences of an error: no traceback, a full stop at the end."""
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().endswith((".", ")")), done.stderr
    return done.stderr.strip()


def test_a_song_is_sung_verified_and_on_the_ledger(machine: Machine) -> None:
    song = machine.sing("song.wav", "-o", "song.mp3")
    assert (song["voice"], song["owner"]) == ("tiny-open", "Nobody In Particular")
    assert song["seconds"] == 6.0 and song["cpu_seconds_per_second"] > 0
    for name in ("song.wav", "song.mp3"):
        verdict = machine.json("verify", name)
        assert {key: verdict[key] for key in ("render_id", "voice", "grant")} == {
            key: song[key] for key in ("render_id", "voice", "grant")
        }
        assert verdict["state"] == "made-here"
    rows = machine.json("ledger", "show", "--kind", "render")["rows"]
    assert [row["body"]["render"] for row in rows] == [song["render_id"]]
    assert machine.json("ledger", "fsck")["ok"] is True


@pytest.mark.parametrize(
    ("example", "words", "language"),
    [
        ("twinkle", "Row row row your boat gent-ly\ndown the wide blue stream we go", "en"),
        ("sakura", None, "ja"),
        ("molihua", None, "cmn"),
    ],
)
def test_a_score_is_sung_with_its_own_words_or_others(
    machine: Machine, example: str, words: str | None, language: str
) -> None:
    more: list[object] = []
    if words:
        lyrics = machine.folder / "words.txt"
        lyrics.write_text("[Verse]\n" + "\n".join([words] * 3), encoding="utf-8")
        more = ["--lyrics", lyrics, "--language", language]
    planned = machine.json("plan", EXAMPLES / f"{example}.musicxml", *more, "-o", "plan.json")
    assert planned["language"] == language
    song = machine.json("sing", EXAMPLES / f"{example}.musicxml", *more, "-v", "tiny-open", "-o", "song.flac")
    assert abs(song["seconds"] - planned["seconds"]) < 1e-3
    again = machine.json("render", "plan.json", "-v", "tiny-open", "-o", "again.flac")
    assert again["render_id"] == song["render_id"]
    assert (machine.folder / "again.flac").read_bytes() == (machine.folder / "song.flac").read_bytes()
    assert machine.json("verify", "song.flac")["render_id"] == song["render_id"]


def test_lyrics_that_do_not_fit_are_reported_with_the_bar(machine: Machine) -> None:
    (machine.folder / "few.txt").write_text("Too few", encoding="utf-8")
    done = machine.run("sing", EXAMPLES / "twinkle.musicxml", "--lyrics", "few.txt", "-o", "song.wav")
    assert done.returncode == 4
    assert "bar" in sentence(done)


def test_python_sings_in_one_call(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    import singer

    monkeypatch.delenv("USER", raising=False)
    target = machine.folder / "python.m4a"
    song = singer.sing(EXAMPLES / "twinkle.musicxml", target, voice="tiny-open", home=machine.home)
    assert song.files == (target,) and song.samples.dtype.name == "float32"
    assert machine.json("verify", target)["render_id"] == song.render_id


def test_the_card_names_what_a_newcomer_has_to_know(machine: Machine) -> None:
    done = machine.run("render", machine.performance, "-v", "tiny-open", "-o", "a.wav", "--picture", "a.png")
    assert done.returncode == 0, done.stderr
    for word in (
        "Tiny Open",
        "Nobody In Particular",
        "grant-",
        "6.0 s",
        "CPU seconds per second",
        "Render id",
        "verify",
    ):
        assert word in done.stdout
    assert (machine.folder / "a.png").read_bytes().startswith(b"\x89PNG")


def test_an_edited_plan_is_sung_as_edited(machine: Machine) -> None:
    first = machine.sing("first.wav")
    document = json.loads(machine.performance.read_text("utf-8"))
    document["phrases"][0]["curves"]["f0_hz"] = [hz * 1.1 for hz in document["phrases"][0]["curves"]["f0_hz"]]
    machine.performance.write_text(json.dumps(document), encoding="utf-8")
    assert machine.sing("second.wav")["render_id"] != first["render_id"]


def test_voices_are_listed_and_shown_with_their_terms(machine: Machine) -> None:
    listed = {voice["id"]: voice for voice in machine.json("voices")}
    assert listed["tiny-open"]["may_sing"] and listed["tiny-open"]["languages"] == ["en", "ja", "zh"]
    shown = machine.json("voice", "show", "tiny-closed")
    assert "for any purpose" in shown["evidence"][0]["text"]
    assert shown["grants"][0]["in_words"][1] == "For alice only."
    assert "For alice only." in machine.run("voice", "show", "tiny-closed").stdout


def test_a_refusal_says_why_and_leaves_with_3(machine: Machine) -> None:
    done = machine.run("render", machine.performance, "-v", "tiny-closed", "--user", "bob", "-o", "song.wav")
    assert done.returncode == 3
    assert "bob" in sentence(done)
    assert not (machine.folder / "song.wav").exists()
    refusal = machine.sing("song.wav", "--purpose", "nonsense", status=3)
    assert refusal["error"]["code"] == "refused"


def test_a_grant_opens_and_its_withdrawal_closes(machine: Machine) -> None:
    arguments = ("render", machine.performance, "-v", "tiny-closed", "--user", "bob", "-o", "bob.wav")
    grant = machine.json(
        "grant", "tiny-closed", "--to", "bob", "--purpose", "private", "--until", "2100-01-01"
    )
    assert machine.json(*arguments)["grant"] == grant["id"]
    asked = machine.run("withdraw", "tiny-closed", "--grant", grant["id"], stdin="n\n")
    assert asked.returncode == 130 and "nothing was changed" in sentence(asked)
    done = machine.json("withdraw", "tiny-closed", "--grant", grant["id"], "--yes")
    assert done["grants"] == [grant["id"]] and len(done["songs_out"]) == 1
    assert "withdrawn" in machine.json(*arguments, status=3)["error"]["sentence"]
    assert machine.json("verify", "bob.wav")["state"] == "withdrawn"


def test_terms_come_from_a_file(machine: Machine) -> None:
    terms = machine.folder / "terms.toml"
    terms.write_text(
        'actions = ["sing"]\n[[constraints]]\ntype = "purpose"\nallowed = ["private"]\n'
        '[[constraints]]\ntype = "renders"\nat_most = 1\n',
        encoding="utf-8",
    )
    assert machine.json("grant", "tiny-closed", terms, "--to", "carol")["state"] == "active"
    use = ("render", machine.performance, "-v", "tiny-closed", "--user", "carol", "-o", "c.wav")
    machine.json(*use)
    assert "have been released" in machine.json(*use, status=3)["error"]["sentence"]
    terms.write_text("actions = sing", encoding="utf-8")
    broken = machine.run("grant", "tiny-closed", terms)
    assert broken.returncode == 4 and "terms.toml" in sentence(broken)


def test_a_file_that_we_did_not_make_is_said_to_be_so(machine: Machine) -> None:
    import numpy as np
    import soundfile

    soundfile.write(machine.folder / "hum.flac", 0.2 * np.sin(np.arange(200_000) / 40), 44_100)
    done = machine.run("verify", "hum.flac")
    assert done.returncode == 1
    assert "Not made here" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("sing",), 2),
        (("sing", "missing.musicxml", "-o", "a.wav"), 2),
        (("no-such-command",), 2),
        (("voice", "show", "nobody"), 2),
        (("withdraw", "tiny-open", "--grant", "grant-none", "--yes"), 2),
        (("render", "song.json", "-v", "tiny-open", "-o", "song.aiff"), 4),
        (("render", "song.json", "-v", "tiny-open", "-o", "nowhere/song.wav"), 4),
        (("render", "broken.json", "-v", "tiny-open", "-o", "song.wav"), 4),
        (("verify", "broken.json"), 4),
        (("sing", "broken.json", "-o", "song.wav"), 4),
    ],
)
def test_what_a_user_does_wrong_is_said_without_a_traceback(
    machine: Machine, arguments: tuple[str, ...], status: int
) -> None:
    (machine.folder / "broken.json").write_text('{"format": "consonance-perf', encoding="utf-8")
    done = machine.run(*arguments)
    assert done.returncode == status, done.stderr
    assert sentence(done)
    assert not list(machine.folder.glob("song.wav"))


def test_doctor_looks_at_everything_and_gives_remedies(machine: Machine) -> None:
    done = machine.run("doctor", "--json")
    report = json.loads(done.stdout)
    states = {finding["subject"]: finding["state"] for finding in report["findings"]}
    looked_at = {"python", "packages", "torch", "espeak-ng", "registry", "ledger", "credentials"}
    assert looked_at <= set(states) and states["credentials"] == "ok"
    assert states["registry"] == states["ledger"] == states["packages"] == "ok", report
    assert done.returncode == (1 if "fail" in states.values() else 0)
    assert all(finding["remedy"] for finding in report["findings"] if finding["state"] != "ok")


def test_doctor_names_a_package_that_shadows_ours(machine: Machine) -> None:
    (machine.folder / "web").mkdir()
    (machine.folder / "web" / "__init__.py").write_text(
        "", encoding="utf-8"
    )  # found first: the folder it runs in
    findings = json.loads(machine.run("doctor", "--json").stdout)["findings"]
    packages = next(finding for finding in findings if finding["subject"] == "packages")
    assert packages["state"] == "fail"
    assert "web" in packages["sentence"] and packages["remedy"]


def test_help_needs_no_registry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from singer.cli import COMMANDS, main

    for name in ((), *((command,) for command in COMMANDS)):
        assert main(["--home", str(tmp_path / "none"), *name, "--help"]) == 0
        assert capsys.readouterr().out.startswith("Usage: consonance")
    assert not (tmp_path / "none").exists()
