"""Where a registry rests: home folder, keys, database, ledger, and the write transactions over them."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from consent import migrations
from consent.clock import from_ms, now_utc
from consent.database import Database
from consent.decide import Grant
from consent.errors import KeyStoreError
from consent.keys import KeyStore
from consent.ledger.log import Ledger, StoredHead, Writing, last_head
from consent.ledger.signer import Signer

HEAD_FILE = "ledger.head"


@dataclass
class Unit:
    """One write transaction: its session, its instant, and what it adds to the ledger."""

    session: Session
    now: datetime
    writing: Writing

    def append(self, kind: str, body: Mapping[str, Any]) -> int:
        """Log what this transaction does; returns the entry's place, where it is written at the end."""
        return self.writing.append(kind, self.now, body)


class Store:
    """The parts of one registry, opened together."""

    def __init__(self, home: Path, keys: KeyStore, database: Database, registry_id: str) -> None:
        self.home = home
        self.keys = keys
        self.database = database
        self.grants_seen: dict[str, tuple[Hashable, tuple[Grant, ...]]] = {}
        """Each voice's grants as they were last read, and how their rows looked (`consent.standing`)."""
        self.ledger = Ledger(Signer(keys, database, f"consonance/{registry_id}"), home / HEAD_FILE)

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
            revision = database.revision()
            if revision is None:
                database.create({"registry_id": secrets.token_hex(8), "keys": keys.fingerprint()})
            elif revision != migrations.HEAD:
                _require(home, database.facts()["keys"] in (keys.first_fingerprint(), keys.fingerprint()))
                database.upgrade(keys)
            facts = database.facts()
        _require(home, facts["keys"] == keys.fingerprint())
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
            writing = self.ledger.begin(session)
            yield Unit(session, _not_before(writing.before), writing)
            writing.seal()
        self.ledger.finished(writing)

    def now(self, session: Session) -> datetime:
        """The present instant, never before the ledger's last: a clock set back revives nothing."""
        return _not_before(last_head(session))


def _require(home: Path, keys_fit: bool) -> None:
    if not keys_fit:
        raise KeyStoreError(
            f"The keys in {home / 'keys'} are not those of this registry's database.",
            "Bring back the folder of keys that belongs to it.",
        )


def not_before(last_at_ms: int) -> datetime:
    """The present instant, never before the ledger's last (milliseconds since 1970)."""
    return max(now_utc(), from_ms(last_at_ms))


def _not_before(head: StoredHead | None) -> datetime:
    return not_before(0 if head is None else head.at_ms)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
