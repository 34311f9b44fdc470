"""A registry that the first version made opens in this one, with everything that was allowed and logged."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from made_registries import Place, a_release, a_request, database, voice_folder

from consent import migrations
from consent.errors import KeyStoreError, StoreError
from consent.records import Base
from consent.registry import Refused

FIRST_VERSION = Path(__file__).parent / "first_version" / "registry.json"
"""A registry as the first version left it: every row, and every file of its home."""


def value(stored: Any) -> Any:
    return base64.b64decode(stored["base64"]) if isinstance(stored, dict) else stored


def lay_out(place: Place) -> None:
    """Put the first version's registry in its place."""
    kept = json.loads(FIRST_VERSION.read_text(encoding="utf-8"))
    for name, content in kept["files"].items():
        file = place.home / name
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_bytes(base64.b64decode(content))
        file.chmod(0o600)
    with database(place).begin() as connection:
        migrations.upgrade(connection, None, "0001")
        connection.execute(sa.text("DROP TABLE alembic_version"))  # the first version kept no history
        tables = sa.MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            for row in kept["tables"].get(table.name, []):
                stored = {name: value(content) for name, content in row.items()}
                for column in table.columns:
                    if isinstance(column.type, sa.JSON):
                        stored[column.name] = json.loads(stored[column.name])
                connection.execute(table.insert().values(stored))


def test_the_first_versions_registry_goes_on(place: Place, tmp_path: Path) -> None:
    lay_out(place)
    registry = place.open()
    registry.seed(voice_folder(tmp_path / "voices"))
    assert registry.check_ledger().findings == ()
    standing, carls, doras = sorted(registry.voice("ada").grants, key=lambda grant: grant.made_at)
    assert (standing.state, standing.kind, standing.renders_used, standing.seconds_used) == (
        "active",
        "standing",
        3,
        180.0,
    )
    assert (carls.state, carls.renders_used, doras.state) == ("active", 1, "withdrawn")
    assert registry.may(a_request(user="carl", purpose="commercial")).grant_id == carls.id
    authorization = registry.authorise(a_request(work_digest="7" * 64))
    assert registry.unseal(authorization)
    registry.commit(authorization, a_release(tmp_path))
    with pytest.raises(Refused, match="was not issued"):
        registry.commit(_with_old_mac(authorization), a_release(tmp_path, "forged"))
    job = registry.jobs.claim("worker", 30)
    assert job is not None and job.request.user == "ben@example.org"
    assert registry.check_ledger().findings == ()
    proof = registry.proofs.of_render(int(_first_render(), 16))
    assert proof.index < 15


def _first_render() -> str:
    kept = json.loads(FIRST_VERSION.read_text(encoding="utf-8"))
    return str(kept["tables"]["renders"][0]["render_id"])


def _with_old_mac(authorization: Any) -> Any:
    from dataclasses import replace

    return replace(authorization, mac=authorization.mac.partition(":")[2])


def test_a_grant_that_was_altered_before_the_upgrade_stays_damaged(place: Place, tmp_path: Path) -> None:
    lay_out(place)
    with database(place).begin() as connection:
        connection.execute(sa.text("UPDATE grants SET state = 'active' WHERE state = 'withdrawn'"))
    registry = place.open()
    registry.seed(voice_folder(tmp_path / "voices"))
    grants = sorted(registry.voice("ada").grants, key=lambda grant: grant.made_at)
    assert [grant.state for grant in grants] == ["active", "active", "damaged"]
    with pytest.raises(Refused, match="is not what the registry wrote"):
        registry.authorise(a_request(user="dora", purpose="advertising"))


def test_the_tables_are_those_that_the_revisions_make(place: Place) -> None:
    lay_out(place)
    place.open().close()
    with database(place).connect() as connection:
        assert migrations.revision_of(connection) == migrations.HEAD
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = [
            change
            for change in compare_metadata(context, Base.metadata)
            if "alembic_version" not in str(change)
        ]
    assert found == []


def test_another_registrys_keys_upgrade_nothing(place: Place) -> None:
    lay_out(place)
    (place.home / "keys" / "ledger.ed25519").write_bytes(b"another registry's ledger key 32")
    with pytest.raises(KeyStoreError, match="not those of this registry"):
        place.open()
    with database(place).connect() as connection:
        assert migrations.revision_of(connection) == "0001"


def test_a_newer_programs_registry_is_left_alone(place: Place) -> None:
    place.open().close()
    with database(place).begin() as connection:
        migrations.stamp(connection, "9999")
    with pytest.raises(StoreError, match="revision 9999"):
        place.open()


def test_a_registry_of_the_revision_before_is_brought_up_to_date(place: Place, tmp_path: Path) -> None:
    """One that has its triggers already, as every registry since the fourth revision does."""
    registry = place.open()
    registry.seed(voice_folder(tmp_path / "voices"))
    registry.close()
    with database(place).begin() as connection:
        for table in ("credentials", "fingerprints", "recipes"):
            connection.execute(sa.text(f"DROP TABLE {table}"))
        migrations.stamp(connection, "0006")
    again = place.open()
    authorization = again.authorise(a_request())
    again.unseal(authorization)
    again.commit(authorization, a_release(tmp_path))
    assert again.check_ledger().findings == ()
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), database(place).begin() as connection:
        connection.execute(sa.text("UPDATE ledger SET position = position"))
