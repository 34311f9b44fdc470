"""The log's writer: canonical JSON entries in a Merkle tree, with a signed head after every one.

Entries are RFC 8785 JSON. The writer goes on only from a head that it signed itself, that the stored hashes
lead to, and that continues the newest head kept beside the database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from consent.canonical import canonical
from consent.clock import from_ms, to_ms
from consent.errors import StoreError
from consent.ledger.checkpoint import Checkpoint, Head
from consent.ledger.errors import BadSignature
from consent.ledger.kept_head import KeptHead
from consent.ledger.kinds import KINDS
from consent.ledger.log_keys import LogKeys
from consent.ledger.notes import Signature, SignedNote, sign
from consent.ledger.paths import read_frontier, read_root
from consent.ledger.signer import Signer
from consent.ledger.tree import fold, grow, leaf_hash
from consent.records import CheckpointRow, LedgerRow, table_of
from consent.statement_group import StatementGroup

_REMEDY = "Run: consonance ledger fsck"
_HEADS = select(CheckpointRow.size, CheckpointRow.root, CheckpointRow.at_ms, CheckpointRow.signature)
_NEWEST_HEAD = _HEADS.order_by(CheckpointRow.size.desc()).limit(1)
_HEAD_FROM = _HEADS.where(CheckpointRow.size >= bindparam("size")).order_by(CheckpointRow.size).limit(1)


@dataclass(frozen=True)
class Entry:
    """One entry as it was logged: place, kind, instant, content (pseudonyms and hashes, nothing personal)."""

    position: int
    kind: str
    at: datetime
    body: Mapping[str, Any]
    leaf_hash: bytes


class StoredHead(NamedTuple):
    """A head as the database holds it."""

    size: int
    root: bytes
    at_ms: int
    signature: bytes


class Ledger:
    """Writes one registry's log. `origin` names the log in its heads; `head_file` keeps the newest one."""

    def __init__(self, signer: Signer, head_file: Path) -> None:
        self._signer = signer
        self.origin = signer.origin
        self._kept = KeptHead(head_file, signer)
        self._edge: tuple[StoredHead, tuple[bytes, ...]] | None = None

    @property
    def keys(self) -> LogKeys:
        """The public keys of the log's heads, from the first to the present one."""
        return self._signer.keys

    @property
    def signing_key(self) -> Ed25519PrivateKey:
        """The private key that signs now; receipts are signed with it too."""
        return self._signer.key

    def begin(self, session: Session) -> Writing:
        """Go on from the newest head, in a write transaction.

        Raises StoreError when that head is not this registry's, the stored hashes do not lead to it, or the
        log was set back or rewritten since the newest head was kept.
        """
        head = last_head(session)
        edge = self._edge
        if edge is None or edge[0] != head:
            edge = (head, self._examined_frontier(session, head)) if head else None
            if head is None:
                self._refuse_lost_entries(session, 0)
        return Writing(self, session, head, list(edge[1]) if edge else [])

    def require_continued(self, session: Session) -> None:
        """Raise StoreError when the log was set back or rewritten since the newest head was kept.

        A write notices it by itself; a read asks where a yes that was used up could stand again.
        """
        head = last_head(session)
        self._refuse_lost_entries(session, head.size if head else 0)

    def finished(self, writing: Writing) -> None:
        """After the transaction's commit: remember the right edge, and keep the newest head."""
        if writing.head is not None and writing.head != writing.before:
            self._edge = (writing.head, tuple(writing.frontier))
            self._kept.write(self.note(writing.head), self._head(writing.head))

    def signed(self, size: int, root: bytes, at_ms: int) -> bytes:
        """This log's signature under a head."""
        return sign(self.origin, self._signer.key, str(Head(self.origin, size, root, at_ms))).signature

    def note(self, head: StoredHead) -> SignedNote:
        """A stored head as a signed note."""
        line = Signature(self.origin, self.keys.of(head.size).id, bytes(head.signature))
        return SignedNote(str(self._head(head)), (line,))

    def checkpoint(self, head: StoredHead) -> Checkpoint:
        """A stored head as a value, with its signed note."""
        return Checkpoint(self.origin, head.size, bytes(head.root), from_ms(head.at_ms), str(self.note(head)))

    def _head(self, head: StoredHead) -> Head:
        return Head(self.origin, head.size, bytes(head.root), head.at_ms)

    def _examined_frontier(self, session: Session, head: StoredHead) -> tuple[bytes, ...]:
        try:
            self.note(head).verify(self.keys.of(head.size))
        except BadSignature:
            sentence = "The newest head of the ledger was not signed by this registry."
            raise StoreError(sentence, _REMEDY) from None
        frontier = tuple(read_frontier(session, head.size))
        if fold(frontier) != head.root:
            raise StoreError("The ledger's hashes do not lead to its newest signed head.", _REMEDY)
        self._refuse_lost_entries(session, head.size)
        return frontier

    def _refuse_lost_entries(self, session: Session, size: int) -> None:
        kept = self._kept.read()
        if kept is None:
            return
        if kept.size > size or (kept.size and read_root(session, kept.size) != kept.root):
            raise StoreError(
                f"The ledger was set back or rewritten: it does not continue the head over {kept.size} "
                f"entries that is kept in {self._kept.path}.",
                f"{_REMEDY}. If an older copy was brought back on purpose, move that file away; "
                "whatever was allowed, released or withdrawn since is then lost.",
            )


class Newest(NamedTuple):
    """An entry with the path of hashes (from leaf to root, RFC 9162 §2.1.3) to the head right after it."""

    position: int
    entry: bytes
    path: tuple[bytes, ...]
    head: StoredHead


class Writing:
    """The entries of one write transaction: placed at once, written when it is sealed."""

    def __init__(
        self, ledger: Ledger, session: Session, before: StoredHead | None, frontier: list[bytes]
    ) -> None:
        self.before = before
        self.head = before
        self.frontier = frontier
        self._ledger = ledger
        self._session = session
        self._entries: list[dict[str, Any]] = []
        self._heads: list[dict[str, Any]] = []
        self._path: tuple[bytes, ...] = ()

    def append(self, kind: str, at: datetime, body: Mapping[str, Any]) -> int:
        """Place an entry after the last; returns its place. Raises ValueError for an unknown kind."""
        if kind not in KINDS:
            raise ValueError(f"unknown ledger kind {kind!r}")
        position, at_ms = self.size, to_ms(at)
        entry = canonical({"n": position, "kind": kind, "at_ms": at_ms, "body": dict(body)})
        leaf = leaf_hash(entry)
        self._path = tuple(reversed(self.frontier))
        self.frontier, closed = grow(self.frontier, position, leaf)
        root = fold(self.frontier)
        signature = self._ledger.signed(position + 1, root, at_ms)
        self.head = StoredHead(position + 1, root, at_ms, signature)
        self._entries.append(
            {"position": position, "entry": entry, "leaf_hash": leaf, "subtrees": b"".join(closed)}
        )
        self._heads.append(self.head._asdict())
        return position

    @property
    def size(self) -> int:
        """How many entries there are with those of this transaction: the place of the next one."""
        return self.head.size if self.head else 0

    def newest(self) -> Newest:
        """The entry that was placed last, with what proves it under its own head."""
        row = self._entries[-1]
        return Newest(row["position"], row["entry"], self._path, StoredHead(**self._heads[-1]))

    def placed(self) -> list[Entry]:
        """The entries that this transaction has placed so far, oldest first."""
        return [_entry(row["position"], row["entry"]) for row in self._entries]

    def seal(self) -> None:
        """Write the entries and their heads, as the transaction's last act."""
        if self._entries:
            connection = self._session.connection()
            for entry, head in zip(self._entries, self._heads, strict=True):
                _INSERT.execute(connection, entry, head)


_INSERT = StatementGroup(insert(table_of(LedgerRow)), insert(table_of(CheckpointRow)))


def entries(
    session: Session, voice: str | None = None, kind: str | None = None, newest: int | None = None
) -> list[Entry]:
    """The log, oldest first: all of it, or what speaks of one voice, is of one kind, or is newest."""
    query = select(LedgerRow.position, LedgerRow.entry).order_by(LedgerRow.position.desc())
    rows = session.execute(query.execution_options(yield_per=1000))
    read = (_entry(position, entry) for position, entry in rows)
    wanted = (
        entry for entry in read if voice in (None, entry.body.get("voice")) and kind in (None, entry.kind)
    )
    return list(islice(wanted, newest))[::-1]


def last_head(session: Session) -> StoredHead | None:
    """The newest head; None while the log is empty."""
    row = session.connection().execute(_NEWEST_HEAD).first()
    return None if row is None else StoredHead(*row)


def head_from(session: Session, size: int) -> StoredHead | None:
    """The first head over at least `size` entries."""
    row = session.execute(_HEAD_FROM, {"size": size}).first()
    return None if row is None else StoredHead(*row)


def _entry(position: int, raw: bytes) -> Entry:
    data = json.loads(raw)
    return Entry(position, data["kind"], from_ms(data["at_ms"]), data["body"], leaf_hash(raw))
