"""Which keys a registry has, on disk and on record: by fingerprint, and never the keys themselves."""

from __future__ import annotations

import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.certificates import Certificates
from consent.clock import to_ms
from consent.errors import KeyStoreError
from consent.records import KeyRow
from consent.store import Store, Unit

KINDS = ("ledger", "mac", "watermark", "recipe")
"""The registry's own keys that come in versions and rest on disk under their number."""

SIGNER = "credentials"
"""The registry's own signers of content credentials, on record by their certificates. One may be gone: then
another signs."""


def certificates_of(store: Store) -> Certificates:
    """The certificates that a registry signs credentials under."""
    return Certificates(store.keys.folder, store.ledger.origin)


def fingerprint(kind: str, key: bytes) -> str:
    """What names a key in records and lists and gives nothing of it away; of the ledger's, its public key."""
    if kind == "ledger":
        return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw().hex()
    return hashlib.sha256(b"consonance key\n" + kind.encode() + b"\n" + key).hexdigest()[:32]


def take_in(store: Store) -> None:
    """Put on record the keys that are new on disk: the first ones, and one whose rotation was killed."""
    with store.read() as session:
        if _compare(store, session) == ([], []):
            return
    with store.write() as unit:  # a rotation holds this lock: none is half done here
        new, lost = _compare(store, unit.session)
        for kind, version in lost:
            raise KeyStoreError(
                f"The {kind} key {version} of this registry is gone, or is another.",
                "Bring back the folder of keys that belongs to it.",
            )
        for kind, version in new:
            # the rows that bear an older MAC key's MACs were not written anew: it is not retired
            place = unit.append("key-rotation", entry_of(store, kind, version)) if version > 1 else None
            record(store, unit, kind, version, retire=kind != "mac", place=place)


def _compare(store: Store, session: Session) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """The keys (kind, version) that are on disk and not on record, and those in use that are not on disk."""
    known = {(row.kind, row.version): row for row in session.scalars(select(KeyRow))}
    there = _fingerprints(store)
    lost = [
        name
        for name, row in known.items()
        if row.kind in KINDS and row.retired_at_ms is None and there.get(name) != row.fingerprint
    ]
    return sorted(there.keys() - known.keys()), lost


def record(
    store: Store, unit: Unit, kind: str, version: int, *, retire: bool, place: int | None = None
) -> None:
    """Put a new key on record, those of its kind before it as retired if that is so."""
    if retire:
        for row in unit.session.scalars(select(KeyRow).where(KeyRow.kind == kind)):
            row.retired_at_ms = row.retired_at_ms or to_ms(unit.now)
    unit.session.add(
        KeyRow(
            kind=kind,
            version=version,
            fingerprint=_fingerprints(store)[kind, version],
            made_at_ms=to_ms(unit.now),
            retired_at_ms=None,
            ledger_index=place,
        )
    )
    unit.session.flush()


def entry_of(store: Store, kind: str, version: int) -> dict[str, Any]:
    """What the ledger says of a key that is new: whoever reads it can tell what is signed with it."""
    said: dict[str, Any] = {"key": kind, "version": version}
    if kind == "ledger":
        said["public_key"] = _fingerprints(store)[kind, version]
    if kind == SIGNER:
        said["certificate"] = _fingerprints(store)[kind, version]
    return said


def _fingerprints(store: Store) -> dict[tuple[str, int], str]:
    """What names each key that is on disk, by kind and version."""
    own = {
        (kind, version): fingerprint(kind, key)
        for kind in KINDS
        for version, key in store.keys.registry_keys(kind).items()
    }
    signers = [one for one in certificates_of(store).kept(but_damaged=True) if one.kind == SIGNER]
    return own | {(SIGNER, one.number): one.fingerprint for one in signers}
