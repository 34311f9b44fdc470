"""The destruction schedule and housekeeping: what is due goes, nothing else does, and a killed run harms
nothing."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from killed_destruction import run_schedule
from made_registries import Place, a_request, database, grant_terms, processes
from sqlalchemy import text

from consent.clock import now_utc, to_ms
from consent.destruction import BIOMETRIC_RETENTION, hasten, schedule
from consent.errors import UnknownName
from consent.jobs import ROWS_KEPT, WORDS_KEPT
from consent.registry import Registry
from consent.song import Song

SOON = timedelta(days=1)


def plan(registry: Registry, path: Path | None, *, due: timedelta = -SOON, **more: Any) -> int:
    """Schedule something, a day overdue unless said."""
    facts: dict[str, Any] = {"what": "takes", "voice": "ada", "person": None, "reason": "tried here", **more}
    with registry._store.write() as unit:
        return schedule(unit, path=path, due_at=unit.now + due, **facts)


def a_file(registry: Registry, name: str = "takes/ada/1.wav", content: bytes = b"sung by Ada") -> Path:
    path = registry._store.home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.fixture
def folder(registry: Registry) -> Iterator[Path]:
    yield a_file(registry).parent


def test_what_is_due_is_destroyed_and_logged(registry: Registry, folder: Path) -> None:
    (folder / "2.wav").write_bytes(b"sung again")
    whole, single = plan(registry, folder), plan(registry, a_file(registry, "screens/ada.bin", b"vector"))
    plan(registry, a_file(registry, "takes/later.wav"), due=SOON)
    assert [item.id for item in registry.destruction.due()] == [whole, single]
    done = registry.destruction.run_due()
    assert [item.id for item in done] == [whole, single] and all(item.done_at for item in done)
    assert not folder.exists() and (registry._store.home / "takes" / "later.wav").exists()
    entry = registry.ledger_rows()[-1]
    assert entry.kind == "destruction"
    assert [item["sha256"] for item in entry.body["items"]] == [item.sha256 for item in done]
    assert "takes/ada" not in str(entry.body)
    assert registry.destruction.run_due() == []
    assert len(registry.destruction.upcoming(voice="ada")) == 1
    assert registry.check_ledger().ok


def test_only_folders_of_the_home_are_touched(registry: Registry, tmp_path: Path) -> None:
    home = registry._store.home
    outside = tmp_path / "letters.txt"
    outside.write_text("not the registry's")
    (home / "takes").mkdir()
    link = home / "takes" / "link"
    link.symlink_to(outside)
    spared = [outside, home / "keys" / "ledger.ed25519", home / "takes" / ".." / "keys", home, tmp_path]
    for path in (*spared, home / "founding.lock", home / "takes"):
        plan(registry, path)
    assert registry.destruction.run_due() == []
    assert all(item.blocked for item in registry.destruction.due())
    plan(registry, link)
    registry.destruction.run_due()
    assert outside.read_text() == "not the registry's" and all(path.exists() for path in spared)
    with pytest.raises(ValueError, match="written in full"):
        plan(registry, Path("takes/1.wav"))


def test_what_rests_elsewhere_waits_for_somebody(registry: Registry) -> None:
    number = plan(registry, None, what="spoken statement")
    assert registry.destruction.run_due() == []
    assert registry.destruction.done(number).done_at is not None
    with pytest.raises(UnknownName):
        registry.destruction.done(number)
    with pytest.raises(UnknownName):
        registry.destruction.done(number + 1)


def test_a_withdrawal_hastens_and_use_postpones(registry: Registry, folder: Path) -> None:
    number = plan(registry, folder, due=SOON)
    before = now_utc()
    registry.grant("ada", grant_terms(), to="ben@example.org")
    (item,) = registry.destruction.upcoming(voice="ada")
    assert before + BIOMETRIC_RETENTION <= item.due_at <= now_utc() + BIOMETRIC_RETENTION
    with registry._store.write() as unit:
        assert hasten(unit) == 0
    registry.withdraw("ada")
    assert not folder.exists()
    assert number not in {item.id for item in registry.destruction.upcoming()}


def test_a_killed_run_leaves_it_due_and_harms_nothing(place: Place, voices: Path) -> None:
    registry = place.open()
    registry.seed(voices)
    outcomes = set()
    for touches in (0, 3, 6, 9, 12, 20, 400):
        path = a_file(registry)
        number = plan(registry, path)
        process = processes().Process(target=run_schedule, args=(touches, place))
        process.start()
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL)
        still_due = number in {item.id for item in registry.destruction.due()}
        assert path.exists() <= still_due, "marked as destroyed, and there"
        outcomes.add((process.exitcode == 0, path.exists(), still_due))
        registry.destruction.run_due()
        assert not path.exists() and registry.destruction.due() == []
    assert {(False, True, True), (True, False, False)} <= outcomes
    assert registry.check_ledger().ok
    registry.close()


def test_housekeeping_does_what_is_due(place: Place, voices: Path) -> None:
    registry = place.open()
    registry.seed(voices)
    path = a_file(registry)
    plan(registry, path)
    song = Song("Words nobody should keep", ((60.0, 1.0),))
    ended = registry.jobs.enqueue(a_request(song=song), {"title": "One"})
    forgotten = registry.jobs.enqueue(a_request(song=song, work_digest="6" * 64), {})
    waiting = registry.jobs.enqueue(a_request(song=song, work_digest="7" * 64), {})
    registry.jobs.cancel(ended.id)
    registry.jobs.cancel(forgotten.id)
    first = registry.housekeeping()
    assert [item.what for item in first.destroyed] == ["takes"] and not path.exists()
    assert (first.jobs_emptied, first.jobs_removed) == (0, 0)
    with database(place).begin() as connection:
        for job, kept in ((ended, WORDS_KEPT), (forgotten, ROWS_KEPT), (waiting, ROWS_KEPT)):
            connection.execute(
                text("UPDATE jobs SET changed_at_ms = :at WHERE id = :id"),
                {"at": to_ms(now_utc() - kept), "id": job.id},
            )
    second = registry.housekeeping()
    assert (second.jobs_emptied, second.jobs_removed) == (1, 1)
    assert registry.jobs.get(ended.id).request.song is None
    assert registry.jobs.get(ended.id).payload == {"title": "One"}
    assert registry.jobs.get(waiting.id).request.song == song
    with pytest.raises(UnknownName):
        registry.jobs.get(forgotten.id)
    third = registry.housekeeping()
    assert (third.destroyed, third.jobs_emptied, third.jobs_removed, third.clean) == ((), 0, 0, True)
    registry.close()


def test_housekeeping_ends_what_ran_out(registry: Registry) -> None:
    ends_at = now_utc() + timedelta(milliseconds=1)
    period = {"type": "period", "not_after": ends_at.isoformat()}
    grant = registry.grant("ada", grant_terms(period), to="ben@example.org")
    while now_utc() < ends_at:  # a millisecond at most
        pass
    assert registry.housekeeping().grants_expired == (grant.id,)
