"""The history of the tables: a registry that an older version made is brought up to date when it is opened.

New registries get their tables from `consent.records` and are stamped with `HEAD`; a test holds the two ways
together. Alembic is imported only where there is something to upgrade.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from consent.keys import KeyStore

HEAD = "0008"
"""The revision that this version's tables have."""

_FIRST = "0001"
_TABLE = "alembic_version"


def revision_of(connection: Connection) -> str | None:
    """The revision of the tables in a database; None where there are none."""
    tables = inspect(connection)
    if tables.has_table(_TABLE):
        return str(connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar_one())
    return _FIRST if tables.has_table("facts") else None  # the first version kept no history


def stamp(connection: Connection, revision: str = HEAD) -> None:
    """Write down which revision the tables have."""
    connection.execute(
        text(f"CREATE TABLE IF NOT EXISTS {_TABLE} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    )
    connection.execute(text(f"DELETE FROM {_TABLE}"))
    connection.execute(text(f"INSERT INTO {_TABLE} VALUES (:revision)"), {"revision": revision})


def upgrade(connection: Connection, keys: KeyStore | None, to: str = HEAD) -> None:
    """Bring the tables to a revision, in the connection's transaction; `keys` renew the MACs of rows that
    change."""
    from alembic import command
    from alembic.config import Config

    if revision_of(connection) == _FIRST:
        stamp(connection, _FIRST)
    config = Config(attributes={"connection": connection, "keys": keys})
    config.set_main_option("script_location", str(Path(__file__).parent))
    command.upgrade(config, to)
