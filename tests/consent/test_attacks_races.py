"""Races: one authorisation gives one song and a quota of five gives five, however many run for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from made_registries import Place, a_release, a_request, grant_terms, processes

from consent.registry import Authorization, Refused, Registry, Release


def race(number: int, folder: Path, run: Callable[[], object]) -> None:
    """Run for it, and leave in `folder` how it ended."""
    try:
        run()
        (folder / "released").touch()
    except Refused as refused:
        (folder / "refused").write_text(" ".join(sorted({reason.code for reason in refused.reasons})))


def run_processes(place: Place, folder: Path, racers: int, task: Callable[..., None], *given: object) -> None:
    """Start so many processes, each with a folder of its own, and let them go at the same moment."""
    context = processes()
    start = context.Barrier(racers)
    running = []
    for number in range(racers):
        own = folder / f"racer {number}"
        own.mkdir()
        running.append(context.Process(target=task, args=(place, own, number, start, *given)))
        running[-1].start()
    for process in running:
        process.join()
    assert [process.exitcode for process in running] == [0] * racers


def outcomes(folder: Path) -> tuple[int, set[str]]:
    """How many released a song, and with which codes the others were refused."""
    refused = {path.read_text() for path in folder.glob("racer */refused")}
    released = len(list(folder.glob("racer */released")))
    assert (
        released == len(list(folder.glob("racer */song.wav"))) == len(list(folder.glob("racer */song.mp3")))
    )
    return released, refused


def _commit(place: Place, folder: Path, number: int, start: threading.Barrier, given: Authorization) -> None:
    registry = place.open()
    release = a_release(folder)
    start.wait()
    race(number, folder, lambda: registry.commit(given, release))


def test_one_authorisation_gives_one_song_to_eight_processes(
    registry: Registry, place: Place, tmp_path: Path
) -> None:
    authorization = registry.authorise(a_request())
    run_processes(place, tmp_path, 8, _commit, authorization)
    assert outcomes(tmp_path) == (1, {"used-up"})
    record = registry.render(authorization.render_id)
    assert record is not None and record.releases == 1
    assert registry.check_ledger().ok


def test_one_authorisation_gives_one_song_to_eight_threads(registry: Registry, tmp_path: Path) -> None:
    """Of one registry, each with its own unsealing before."""
    authorization = registry.authorise(a_request())
    start = threading.Barrier(8)

    def run(number: int) -> None:
        own = tmp_path / f"racer {number}"
        own.mkdir()
        release = a_release(own)
        start.wait()
        race(number, own, lambda: (registry.unseal(authorization), registry.commit(authorization, release)))

    racers = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert outcomes(tmp_path) == (1, {"used-up"})
    assert registry.check_ledger().ok


def _sing(place: Place, folder: Path, number: int, start: threading.Barrier, early: bool) -> None:
    """Authorise and commit a song of one's own; `early`: the yes is asked for before the start."""
    registry = place.open()
    request = a_request(purpose="commercial", work_digest=f"{number:064x}", seconds=60.0)
    release: Release = a_release(folder)
    authorization = registry.authorise(request) if early else None
    start.wait()
    race(number, folder, lambda: registry.commit(authorization or registry.authorise(request), release))


def test_sixteen_processes_with_a_yes_each_share_a_quota_of_five_songs(
    registry: Registry, place: Place, tmp_path: Path
) -> None:
    """All sixteen hold an authorisation: the quota is counted in the commit."""
    registry.grant("ada", grant_terms({"type": "renders", "at_most": 5}), to="ben@example.org")
    run_processes(place, tmp_path, 16, _sing, True)
    assert outcomes(tmp_path) == (5, {"renders"})
    assert registry.check_ledger().ok


def test_sixteen_processes_share_a_quota_of_three_hundred_seconds(
    registry: Registry, place: Place, tmp_path: Path
) -> None:
    """Five songs of a minute each; the sixth would be one minute too much."""
    registry.grant("ada", grant_terms({"type": "seconds", "at_most": 300}), to="ben@example.org")
    run_processes(place, tmp_path, 16, _sing, False)
    released, refused = outcomes(tmp_path)
    assert released == 5 and all("seconds" in codes.split() for codes in refused)
    assert sum(grant.seconds_used for grant in registry.voice("ada").grants) == 300.0
    assert registry.check_ledger().ok
