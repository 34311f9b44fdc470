"""The append-only log: an RFC 6962 Merkle tree over canonical JSON entries, with a signed head after every
entry.

Hashing: leaf = SHA-256(0x00 ‖ entry), node = SHA-256(0x01 ‖ left ‖ right) (RFC 6962 §2.1). Entries are RFC
8785 JSON. Heads are C2SP tlog-checkpoints in signed notes (Ed25519), with the instant in an extension line.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.clock import from_ms, to_ms
from consent.records import CheckpointRow, LedgerRow

KINDS = frozenset(
    {
        "approval",
        "authorisation",
        "base",
        "destruction",
        "erasure",
        "grant",
        "grant-state",
        "key-rotation",
        "mandate",
        "person",
        "recordings",
        "refusal",
        "render",
        "reservation",
        "resumption",
        "right",
        "sealing",
        "suspension",
        "voice",
        "withdrawal",
        "witness",
    }
)
"""What an entry can be of."""
_HASH_BYTES = 32


@dataclass(frozen=True)
class Entry:
    """One entry as it was logged: place, kind, instant, content (pseudonyms and hashes, nothing personal)."""

    position: int
    kind: str
    at: datetime
    body: Mapping[str, Any]
    leaf_hash: bytes


@dataclass(frozen=True)
class Checkpoint:
    """A signed head: `size` entries have the Merkle root `root`; `note` is the whole signed text."""

    origin: str
    size: int
    root: bytes
    at: datetime
    note: str


class Ledger:
    """Writes one registry's log. `origin` names the log in its heads."""

    def __init__(self, key: Ed25519PrivateKey, origin: str) -> None:
        self._key = key
        self._public = key.public_key().public_bytes_raw()
        self.origin = origin

    def append(
        self, session: Session, head: CheckpointRow | None, kind: str, at: datetime, body: Mapping[str, Any]
    ) -> CheckpointRow:
        """Add an entry after `head` in the session's write transaction; returns the new head, signed."""
        if kind not in KINDS:
            raise ValueError(f"unknown ledger kind {kind!r}")
        size = head.size if head else 0
        at_ms = to_ms(at)
        entry = rfc8785.dumps({"n": size, "kind": kind, "at_ms": at_ms, "body": dict(body)})
        leaf = leaf_hash(entry)
        frontier = grow(_split(head.frontier) if head else [], size, leaf)
        root = fold(frontier)
        row = CheckpointRow(
            size=size + 1,
            root=root,
            frontier=b"".join(frontier),
            at_ms=at_ms,
            signature=self._key.sign(checkpoint_body(self.origin, size + 1, root, at_ms)),
        )
        session.add_all([LedgerRow(position=size, entry=entry, leaf_hash=leaf), row])
        session.flush()
        return row

    def checkpoint(self, row: CheckpointRow) -> Checkpoint:
        """A stored head as a value, with its signed note."""
        body = checkpoint_body(self.origin, row.size, row.root, row.at_ms)
        return Checkpoint(
            self.origin, row.size, row.root, from_ms(row.at_ms), self._note(body, row.signature)
        )

    def _note(self, body: bytes, signature: bytes) -> str:
        key_hash = hashlib.sha256(self.origin.encode() + b"\n\x01" + self._public).digest()[:4]
        return f"{body.decode()}\n— {self.origin} {base64.b64encode(key_hash + signature).decode()}\n"


def entries(session: Session) -> list[Entry]:
    """The whole log, oldest first."""
    found = []
    for row in session.scalars(select(LedgerRow).order_by(LedgerRow.position)):
        data = json.loads(row.entry)
        found.append(Entry(row.position, data["kind"], from_ms(data["at_ms"]), data["body"], row.leaf_hash))
    return found


def last_checkpoint(session: Session) -> CheckpointRow | None:
    """The row of the newest head."""
    return session.scalars(select(CheckpointRow).order_by(CheckpointRow.size.desc()).limit(1)).first()


def checkpoint_body(origin: str, size: int, root: bytes, at_ms: int) -> bytes:
    """What a head signs: origin, size, base64 root and the instant, a line each (C2SP tlog-checkpoint)."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\nat {at_ms}\n".encode()


def leaf_hash(entry: bytes) -> bytes:
    """RFC 6962 hash of an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def grow(frontier: Sequence[bytes], size: int, leaf: bytes) -> list[bytes]:
    """The frontier (roots of the complete subtrees, largest first) of `size` leaves after one more leaf."""
    grown = list(frontier)
    while size & 1:
        leaf = hashlib.sha256(b"\x01" + grown.pop() + leaf).digest()
        size >>= 1
    return [*grown, leaf]


def fold(frontier: Sequence[bytes]) -> bytes:
    """The Merkle root that a frontier stands for."""
    root = frontier[-1]
    for peak in reversed(frontier[:-1]):
        root = hashlib.sha256(b"\x01" + peak + root).digest()
    return root


def _split(frontier: bytes) -> list[bytes]:
    return [frontier[i : i + _HASH_BYTES] for i in range(0, len(frontier), _HASH_BYTES)]
