"""Recordings are listened to before they are used: fingerprints and screen vectors of sound files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sung_takes import ADA, BEN, RATE, sung

from consent.registry import Registry
from singer.cli import main
from singer.errors import AudioError
from singer.listening import listen


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("recordings")
    noise = np.random.default_rng(3).normal(0.0, 0.01, RATE * 20).astype(np.float32)
    ada = sung(1, ADA)
    soundfile.write(made / "ada.wav", ada, RATE)
    soundfile.write(made / "cut.mp3", ada[RATE * 5 : RATE * 25] + noise, RATE)
    soundfile.write(made / "other.flac", sung(2, ADA), RATE)
    soundfile.write(made / "ben.wav", sung(3, BEN), RATE)
    soundfile.write(made / "silent.wav", np.zeros(RATE * 15, np.float32), RATE)
    takes = made / "takes"
    takes.mkdir()
    for number in range(10):  # too short to be fingerprinted alone
        soundfile.write(takes / f"{number}.wav", ada[RATE * number * 3 : RATE * (number + 1) * 3], RATE)
    return made


def run(home: Path, *arguments: object) -> int:
    return main(["--home", str(home), *map(str, arguments)])


def test_a_recording_is_known_after_cutting_noise_and_mp3(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    about = ("--holder", "Eve Records", "--source", "https://example.org")
    assert run(home, "reserve", "recording", folder / "ada.wav", *about, "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert made["kind"] == "recording" and made["title"] == "ada" and made["uses"] == ["train", "enrol"]
    for name, status in (("cut.mp3", 3), ("takes", 3), ("other.flac", 0), ("ben.wav", 0)):
        assert run(home, "reservations", "check", folder / name) == status, name
    assert made["id"] in capsys.readouterr().out
    assert run(home, "reservations", "end", made["id"]) == 0
    assert run(home, "reservations", "check", folder / "ada.wav") == 0


def test_a_voice_is_screened(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    assert run(home, "reserve", "voice", folder / "ada.wav", "--holder", "Ada", "--source", "x") == 0
    assert run(home, "reservations", "check", folder / "other.flac", "--json") == 3
    (hit,) = json.loads(capsys.readouterr().out.partition("\n[")[2].join(("[", "")))
    assert hit["kind"] in ("voice", "voice-review")
    assert run(home, "reservations", "check", folder / "ben.wav") == 0
    with pytest.raises(AudioError, match="no voice"):
        listen(folder / "silent.wav", recordings=False)


def test_a_folder_is_heard_as_tapes_and_takes(folder: Path) -> None:
    heard = listen(folder / "takes")
    assert len(heard.fingerprints) == 1 and 150 < len(heard.fingerprints[0]) < 260
    assert 1 <= len(heard.screen_vectors) <= 2
    assert listen(folder / "takes", voices=False).screen_vectors == ()
    with pytest.raises(AudioError, match="no sound file"):
        listen(folder.parent / "empty-place")


def test_songs_are_reserved_and_asked_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, example = tmp_path / "home", Path(__file__).parents[2] / "examples" / "first-song.musicxml"
    (tmp_path / "verse.txt").write_text(
        "Over the silver river a lantern is drifting away and nobody knows it\n"
    )
    declared = tmp_path / "declared.toml"
    declared.write_text('holder = "Eve"\nworks = [{ title = "Night" }]\n', encoding="utf-8")
    assert run(home, "reserve", "melody", example, "--holder", "Eve", "--source", "x") == 0
    assert run(home, "reserve", "lyric", tmp_path / "verse.txt", "--language", "en", "--holder", "Eve",
               "--evidence", tmp_path / "verse.txt") == 0  # fmt: skip
    assert run(home, "reserve", "declaration", declared) == 0
    capsys.readouterr()
    assert run(home, "reservations", "list", "--json") == 0
    listed = {one["kind"]: one for one in json.loads(capsys.readouterr().out)}
    assert set(listed) == {"melody", "lyric", "declaration"}
    assert run(home, "reservations", "check", example) == 3
    assert listed["melody"]["id"] in capsys.readouterr().out
    assert run(home, "reservations", "check", tmp_path / "verse.txt") == 3
    assert run(home, "reservations", "check", example, "--title", "NIGHT") == 3
    assert listed["declaration"]["id"] in capsys.readouterr().out
    for one in listed.values():
        assert run(home, "reservations", "end", one["id"], "--reason", "mine again") == 0
    assert run(home, "reservations", "check", example) == 0
    assert run(home, "reserve", "melody", example, "--source", "x") == 2
    assert run(home, "reserve", "declaration", example, "--holder", "Eve") == 4
    assert run(home, "reservations", "show", "reservation-none") == 2
    opened = Registry.open(home)
    assert opened.reservations.faults() == () and opened.check_ledger().ok
    opened.close()
