"""Who signs a log's heads: the present private key, and the public keys of the log from the first on.

Another process may renew the key at any time, so the folder of keys is looked at before each use. Its files
tell; while a renewal is under way two private keys are there, and the database tells which of them signs.
"""

from __future__ import annotations

import os
from itertools import pairwise

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from consent.database import Database
from consent.errors import KeyStoreError
from consent.key_files import UNSETTLED, settled_time
from consent.keys import KeyStore
from consent.ledger.log_keys import LogKeys
from consent.ledger.notes import ED25519, VerifierKey
from consent.records import KeyRow


class Signer:
    """The keys of one registry's log. `origin` is the name that they sign under."""

    def __init__(self, keys: KeyStore, database: Database, origin: str) -> None:
        self.origin = origin
        self._store = keys
        self._database = database
        self._key, self._keys, self._seen_ns = self._read()

    @property
    def key(self) -> Ed25519PrivateKey:
        """The key that signs now."""
        self._look()
        return self._key

    @property
    def keys(self) -> LogKeys:
        """Every public key of the log."""
        self._look()
        return self._keys

    def _look(self) -> None:
        if os.stat(self._store.folder).st_mtime_ns != self._seen_ns:
            self._key, self._keys, self._seen_ns = self._read()

    def _read(self) -> tuple[Ed25519PrivateKey, LogKeys, int]:
        seen_ns = settled_time(self._store.folder)  # before reading: a change meanwhile is seen next time
        there = {
            version: Ed25519PrivateKey.from_private_bytes(key)
            for version, key in self._store.registry_keys("ledger").items()
        }
        renewed = dict(self._store.renewed_ledger_keys())
        present = max(there)
        if len(there) > 1:
            with self._database.read() as session:
                rows = session.scalars(select(KeyRow).where(KeyRow.kind == "ledger")).all()
            known = {row.version: row for row in rows}
            present = max((version for version in there if version in known), default=min(there))
            for earlier, later in pairwise(sorted(known)):
                place = known[later].ledger_index
                if earlier in there and place is not None:  # its file may be half shredded: the record tells
                    renewed[earlier] = (bytes.fromhex(known[earlier].fingerprint), place + 1)
            seen_ns = UNSETTLED
        if sorted(renewed) != list(range(1, present)):
            raise KeyStoreError(
                "A public key that the ledger's heads were signed with is gone.",
                "Bring back the folder of keys that belongs to this registry.",
            )
        earlier_keys = tuple((self._named(public), last) for _, (public, last) in sorted(renewed.items()))
        key = there[present]
        return key, LogKeys(self._named(key.public_key().public_bytes_raw()), earlier_keys), seen_ns

    def _named(self, public: bytes) -> VerifierKey:
        return VerifierKey(self.origin, ED25519, public)
