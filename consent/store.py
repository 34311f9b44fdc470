"""Where a registry rests: home folder, keys, database, ledger, and the write transactions over them."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from consent.clock import from_ms, now_utc
from consent.database import Database
from consent.errors import KeyStoreError
from consent.keys import KeyStore
from consent.ledger import Ledger, last_checkpoint
from consent.records import CheckpointRow

HEAD_FILE = "ledger.head"


@dataclass
class Unit:
    """One write transaction: its session, its instant, and the ledger's head as the transaction moves it."""

    session: Session
    now: datetime
    ledger: Ledger
    head: CheckpointRow | None

    def append(self, kind: str, body: Mapping[str, Any]) -> int:
        """Log what this transaction does; returns the entry's place."""
        self.head = self.ledger.append(self.session, self.head, kind, self.now, body)
        return self.head.size - 1


class Store:
    """The parts of one registry, opened together."""

    def __init__(self, home: Path, keys: KeyStore, database: Database, registry_id: str) -> None:
        self.home = home
        self.keys = keys
        self.database = database
        self.ledger = Ledger(keys.ledger, f"consonance/{registry_id}")

    @classmethod
    def open(cls, home: Path, database_url: str | None) -> Store:
        """Open the registry at `home`, founding it where there is none; safe when several processes do so at
        once.

        Raises KeyStoreError when the keys in `home` are not those that the database was founded with.
        """
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(home / "founding.lock"):
            keys = KeyStore(home / "keys")
            database = Database.open(home, database_url)
            facts = database.facts()
            if not facts:
                database.create({"registry_id": secrets.token_hex(8), "keys": keys.fingerprint()})
                facts = database.facts()
        if facts["keys"] != keys.fingerprint():
            raise KeyStoreError(
                f"The keys in {home / 'keys'} are not those of this registry's database.",
                "Bring back the folder of keys that belongs to it.",
            )
        return cls(home, keys, database, facts["registry_id"])

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session over one snapshot."""
        with self.database.read() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Unit]:
        """The one write transaction at a time. Its instant never lies before the last one on the ledger."""
        with self.database.write() as session:
            before = last_checkpoint(session)
            unit = Unit(session, _not_before(before), self.ledger, before)
            yield unit
        if unit.head is not None and unit.head is not before:
            self._write_head(self.ledger.checkpoint(unit.head).note)

    def now(self, session: Session) -> datetime:
        """The present instant, never before the ledger's last: a clock set back revives nothing."""
        return _not_before(last_checkpoint(session))

    def _write_head(self, note: str) -> None:
        """Keep the newest head beside the database, where a database set back to an old copy is noticed."""
        path = self.home / HEAD_FILE
        draft = path.with_name(f".{HEAD_FILE}.{secrets.token_hex(8)}")
        draft.write_text(note, encoding="utf-8")
        os.replace(draft, path)


def _not_before(head: CheckpointRow | None) -> datetime:
    return now_utc() if head is None else max(now_utc(), from_ms(head.at_ms))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
