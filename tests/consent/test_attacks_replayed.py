"""Authorisations used again: after their song, their hour or their grant, in an older database, in another
time."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from acting import turn_clock
from attempts import assert_opens_nothing
from made_registries import Place, a_release, a_request, database, grant_terms
from sqlalchemy import text

from consent.errors import KeyStoreError, StoreError
from consent.registry import Refused, Registry
from consent.worker import WorkerKey


def test_a_song_uses_its_authorisation_up(registry: Registry, place: Place, tmp_path: Path) -> None:
    """For every process, and after a restart."""
    authorization = registry.authorise(a_request())
    elsewhere = place.open()
    registry.commit(authorization, a_release(tmp_path))
    for opened in (registry, elsewhere, place.open()):
        assert assert_opens_nothing(opened, authorization, tmp_path / "attack") == {"used-up"}
    elsewhere.close()


def test_a_row_set_back_by_hand_opens_nothing(registry: Registry, place: Place, tmp_path: Path) -> None:
    """The song is out under it, whatever the authorisation's own row is made to say."""
    authorization = registry.authorise(a_request())
    registry.commit(authorization, a_release(tmp_path))
    with database(place).begin() as connection:
        connection.execute(text("UPDATE authorisations SET state = 'issued'"))
    for attempt in (
        lambda: registry.unseal(authorization),
        lambda: registry.seal_for(authorization, WorkerKey.generate().public_key),
    ):
        with pytest.raises(Refused, match="used for a release already"):
            attempt()
    with pytest.raises(Exception, match=r"(?i)unique"):
        registry.commit(authorization, a_release(tmp_path, "encore"))
    assert not (tmp_path / "encore.wav").exists()


def test_an_hour_is_all(
    registry: Registry, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused after it, and still refused when the clock is set back, in this process and the next."""
    authorization = registry.authorise(a_request())
    turn_clock(monkeypatch, timedelta(minutes=59, seconds=50))
    assert registry.unseal(authorization)
    turn_clock(monkeypatch, timedelta(minutes=60))
    assert assert_opens_nothing(registry, authorization, tmp_path / "attack") == {"expired"}
    for back in (timedelta(0), timedelta(days=-400)):
        turn_clock(monkeypatch, back)
        for opened in (registry, place.open()):
            assert assert_opens_nothing(opened, authorization, tmp_path / "attack") == {"expired"}


def test_a_clock_set_back_reopens_no_grant(
    registry: Registry, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one that ended, nor does one set forward and back begin one that has not."""
    ends = datetime.now(UTC) + timedelta(minutes=30)
    period = {"type": "period", "not_after": ends.isoformat()}
    registry.grant("ada", grant_terms(period), to="ben@example.org")
    request = a_request(purpose="commercial")
    authorization = registry.authorise(request)
    turn_clock(monkeypatch, timedelta(minutes=31))
    with pytest.raises(Refused, match="ended at"):
        registry.authorise(request)
    turn_clock(monkeypatch, timedelta(minutes=-31))
    for opened in (registry, place.open()):
        assert not opened.may(request).allow
        with pytest.raises(Refused, match="ended at"):
            opened.authorise(request)
        assert "expired" in assert_opens_nothing(opened, authorization, tmp_path / "attack")


def test_a_clock_set_back_lies_before_no_entry(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A grant that begins tomorrow is not reached by a clock that goes back; today's song bears today."""
    begins = datetime.now(UTC) + timedelta(days=1)
    period = {"type": "period", "not_before": begins.isoformat()}
    registry.grant("ada", grant_terms(period), to="ben@example.org")
    before = registry.ledger_rows()[-1].at
    turn_clock(monkeypatch, timedelta(days=-10_000))
    with pytest.raises(Refused, match="begins"):
        registry.authorise(a_request(purpose="commercial"))
    authorization = registry.authorise(a_request())
    assert authorization.issued_at >= before
    assert all(entry.at >= before for entry in registry.ledger_rows()[-2:])


def copy_of(place: Place) -> Any:
    """What a thief, or a restored backup, has of the database."""
    if place.url is None:
        folder = place.home.with_name("copied database")
        folder.mkdir()
        for file in place.home.glob("registry.db*"):
            shutil.copy2(file, folder / file.name)
        return folder
    with database(place).connect() as connection:
        tables = connection.execute(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        ).scalars()
        return {
            table: [dict(row) for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings()]
            for table in tables
        }


def put_back(place: Place, copy: Any) -> None:
    """Put an older state of the database in the place of the present one, triggers or not."""
    if place.url is None:
        for file in place.home.glob("registry.db*"):
            file.unlink()
        for file in copy.iterdir():
            shutil.copy2(file, place.home / file.name)
        return
    with database(place).begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        for table in ("authorisations", "releases", "released_files", "renders", "ledger", "checkpoints"):
            key = {"ledger": "position", "checkpoints": "size", "releases": "id", "renders": "render_id"}
            column = {"released_files": "release_id", "authorisations": "id"}.get(table) or key[table]
            kept = [row[column] for row in copy[table]]
            connection.execute(text(f"DELETE FROM {table} WHERE NOT ({column} = ANY(:kept))"), {"kept": kept})
        connection.execute(text("UPDATE authorisations SET state = 'issued'"))


def test_an_older_database_brings_no_authorisation_back(
    registry: Registry, place: Place, tmp_path: Path
) -> None:
    """The newest signed head is kept beside the database: one set back is noticed before anything opens."""
    authorization = registry.authorise(a_request())
    registry.unseal(authorization)
    registry.close()
    copy = copy_of(place)
    registry = place.open()
    registry.commit(authorization, a_release(tmp_path))
    registry.close()
    put_back(place, copy)
    restored = place.open()
    with pytest.raises(StoreError, match="set back or rewritten"):
        restored.unseal(authorization)
    assert assert_opens_nothing(restored, authorization, tmp_path / "attack") == {"bad-store"}
    with pytest.raises(StoreError, match="set back or rewritten"):
        restored.authorise(a_request())
    assert any("cut off" in finding.sentence for finding in restored.check_ledger().findings)


def test_an_older_database_brings_no_withdrawn_voice_back(
    registry: Registry, place: Place, tmp_path: Path
) -> None:
    """Not even with the sealed weights of then; and with the kept head gone the key is still destroyed."""
    authorization = registry.authorise(a_request())
    registry.close()
    copy = copy_of(place) if place.url is None else None
    sealed = next((place.home / "voices" / "ada").glob("*.sealed"))
    weights = sealed.read_bytes()
    wrapped = wrapped_keys(place)
    place.open().withdraw("ada")
    sealed.write_bytes(weights)
    if copy is not None:
        put_back(place, copy)
    else:
        with database(place).begin() as connection:
            connection.execute(text("UPDATE voice_versions SET wrapped_key = :key"), {"key": wrapped[0]})
            connection.execute(text("UPDATE voices SET state = 'active', withdrawn_at_ms = NULL"))
    restored = place.open()
    noticed = assert_opens_nothing(restored, authorization, tmp_path / "attack")
    assert noticed == {"bad-store"} or "damaged" in noticed
    (place.home / "ledger.head").unlink()
    for attempt in (
        lambda: restored.unseal(authorization),
        lambda: restored.seal_for(authorization, WorkerKey.generate().public_key),
    ):
        with pytest.raises((KeyStoreError, Refused)):
            attempt()
    with pytest.raises(KeyStoreError):
        restored.keyring.rotate_voice("ada")


def wrapped_keys(place: Place) -> list[bytes]:
    with database(place).connect() as connection:
        return list(connection.execute(text("SELECT wrapped_key FROM voice_versions")).scalars())
