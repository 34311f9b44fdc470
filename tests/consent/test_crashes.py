"""kill -9 at every step of a release and of a withdrawal: the next opening settles it by itself."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from killed_process import release_or_withdraw
from made_registries import Place, a_request, database, processes, voice_folder
from sqlalchemy import text

from consent.registry import Refused


def run_until_killed(what: str, touches: int, place: Place, folder: Path) -> bool:
    """Release or withdraw in a process of its own; says whether it was killed before it was done."""
    process = processes().Process(target=release_or_withdraw, args=(what, touches, place, folder))
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def steps(place: Place) -> range:
    """Every touch on SQLite; every seventh on PostgreSQL, where the same code runs."""
    return range(0, 400, 1 if place.url is None else 7)


@pytest.mark.timeout(900)
def test_a_release_that_is_killed_is_whole_or_gone(place: Place, tmp_path: Path) -> None:
    place.open().seed(voice_folder(tmp_path / "voices"))
    outcomes = set()
    for touches in steps(place):
        folder = tmp_path / f"killed after {touches}"
        folder.mkdir()
        killed = run_until_killed("commit", touches, place, folder)
        released_before_recovery = (folder / "song.wav").exists()
        registry = place.open()
        report = registry.check_ledger()
        assert report.ok, (touches, report.findings)
        on_record = {path for path in released_paths(place) if str(path).startswith(f"{folder}/")}
        there = {file for file in folder.glob("*.*") if file.suffix in (".wav", ".mp3")}
        assert there == on_record, touches
        assert not released_before_recovery or on_record, "a file was out before its commit"
        assert list(folder.glob(".consonance-*")) == [], touches
        assert not any("no longer where" in notice for notice in report.notices)
        outcomes.add((killed, bool(there)))
        registry.close()
        if not killed:
            break
    assert outcomes == {(True, False), (True, True), (False, True)}


@pytest.mark.timeout(900)
def test_a_withdrawal_that_is_killed_is_whole_or_gone(place: Place, tmp_path: Path) -> None:
    outcomes = set()
    voices = voice_folder(tmp_path / "voices")
    for touches in steps(place):
        if place.url is None:  # afresh at each step, so that every step of a withdrawal is tried
            place = Place(tmp_path / f"home {touches}", None)
        place.open().seed(voices)
        killed = run_until_killed("withdraw", touches, place, tmp_path)
        registry = place.open()
        keys = place.home / "keys" / "voices" / "ada.kek"
        withdrawn = registry.voice("ada").state == "withdrawn"
        assert registry.check_ledger().ok
        if withdrawn:
            assert not keys.exists() and not list((place.home / "voices" / "ada").glob("*.sealed"))
            with pytest.raises(Refused):
                registry.authorise(a_request())
        else:
            assert registry.unseal(registry.authorise(a_request()))
        registry.close()
        outcomes.add((killed, withdrawn))
        if not killed or (withdrawn and place.url):
            break
    assert {(True, False), (True, True)} <= outcomes or place.url
    assert withdrawn


def released_paths(place: Place) -> set[Path]:
    """Every path that any release was put at."""
    with database(place).connect() as connection:
        return {Path(path) for (path,) in connection.execute(text("SELECT path FROM released_files"))}
