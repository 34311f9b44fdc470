"""One database under the registry: SQLite in the home folder, or PostgreSQL; one writer at a time on both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from consent import migrations
from consent.errors import StoreError
from consent.keys import KeyStore
from consent.ledger.triggers import guard_ledger
from consent.records import Base, FactRow

_WRITER_LOCK = 0x436F6E73  # PostgreSQL advisory lock of whoever writes
_BUSY_TIMEOUT_S = 60


class Database:
    """Read and write transactions; writes come one at a time (BEGIN IMMEDIATE, or an advisory lock)."""

    def __init__(self, reading: Engine, writing: Engine) -> None:
        self.engine = reading
        self._writing = writing

    @classmethod
    def open(cls, home: Path, database_url: str | None) -> Database:
        """Open the database at `database_url`, or `home/registry.db`; the tables may not be there yet."""
        if database_url is None:
            engine = _sqlite(home / "registry.db")
            return cls(engine, engine.execution_options(consent_write=True))
        if database_url.startswith("postgresql://"):
            database_url = database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        if make_url(database_url).get_backend_name() != "postgresql":
            raise StoreError("The registry's database is neither SQLite in its home nor PostgreSQL.")
        writing = create_engine(database_url, isolation_level="AUTOCOMMIT")  # we say BEGIN ourselves
        event.listen(writing, "begin", _begin_writing_postgresql)
        return cls(create_engine(database_url, isolation_level="REPEATABLE READ"), writing)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one snapshot and writes nothing."""
        with Session(self.engine, autoflush=False, expire_on_commit=False) as session:
            yield session
            session.expunge_all()  # nothing that was changed on the way is written
            session.commit()  # psycopg forgets its prepared statements at a rollback

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that holds the writer's lock; commits at the end of the block, rolls back on an error."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def create(self, facts: dict[str, str]) -> None:
        """Make the tables, their append-only triggers and the founding facts, unless they are there."""
        with self.write() as session:
            connection = session.connection()
            if migrations.revision_of(connection) is None:
                Base.metadata.create_all(connection)
                guard_ledger(connection)
                session.add_all(FactRow(name=name, value=value) for name, value in facts.items())
                migrations.stamp(connection)

    def revision(self) -> str | None:
        """The revision of the tables, None where there are none yet. Raises StoreError for one not known."""
        with self.read() as session:
            revision = migrations.revision_of(session.connection())
        if revision is not None and revision > migrations.HEAD:
            raise StoreError(
                f"The registry's tables are of revision {revision}, this program's of {migrations.HEAD}.",
                "Use the program version that made the registry, or a newer one.",
            )
        return revision

    def upgrade(self, keys: KeyStore) -> None:
        """Bring the tables of an older version up to date, all or nothing; `keys` are the registry's."""
        with self._writing.connect() as connection:
            on_sqlite = self.engine.dialect.name == "sqlite"
            plain = connection.connection.cursor()
            if on_sqlite:
                plain.execute("PRAGMA foreign_keys=OFF")  # tables are made anew and take their old names
            try:
                with connection.begin():
                    migrations.upgrade(connection, keys)
                    guard_ledger(connection)
                    if (
                        on_sqlite
                        and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None
                    ):
                        raise StoreError("The registry's rows do not fit together; nothing was changed.")
            finally:
                if on_sqlite:
                    plain.execute("PRAGMA foreign_keys=ON")

    def facts(self) -> dict[str, str]:
        """What holds for the whole registry; empty before `create`."""
        with self.read() as session:
            if migrations.revision_of(session.connection()) is None:
                return {}
            return {row.name: row.value for row in session.scalars(select(FactRow))}

    def scrub(self) -> bool:
        """Let nothing that was just erased linger in SQLite's write-ahead log; False when a reader holds it
        open."""
        if self.engine.dialect.name != "sqlite":
            return True
        connection = self.engine.raw_connection()
        try:
            busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            connection.close()
        return not busy

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()
        self._writing.dispose()


def _sqlite(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _connect_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _connect_sqlite(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    # FULL: a commit that was reported survives a power cut. secure_delete: an erased key leaves no bytes.
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("consent_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _begin_writing_postgresql(connection: Connection) -> None:
    # In one round trip. The snapshot of each statement that follows is younger than the lock.
    connection.exec_driver_sql(f"BEGIN; SELECT pg_advisory_xact_lock({_WRITER_LOCK})")
