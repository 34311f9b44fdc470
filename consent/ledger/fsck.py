"""The checker beside the writer: recomputes the whole ledger from its raw rows and shares no code with
`log.py`.

It hashes, canonicalises and verifies on its own (RFC 6962 §2.1, RFC 8785, C2SP tlog-checkpoint), and names
each entry that was edited, dropped or moved. `records_fsck` then holds the entries against the registry's
records, both ways.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Row, text

from consent.ledger.records_fsck import Finding, LoggedEntry, compare_records


@dataclass(frozen=True)
class Report:
    """What a check found. `findings` are breaches; `notices` are files that were moved or changed since."""

    entries: int
    findings: tuple[Finding, ...]
    notices: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether ledger and records are whole and agree."""
        return not self.findings


def check_ledger(connection: Connection, public_key: bytes, head_note: str | None) -> Report:
    """Check every entry, head and record.

    `public_key` is the registry's Ed25519 key (32 bytes); `head_note` the newest head that was kept outside
    the database, which a database set back to an old copy no longer reaches. Never raises for a damaged log.
    """
    walk = _Walk(connection, Ed25519PublicKey.from_public_bytes(public_key))
    walk.run()
    walk.check_kept_head(head_note)
    findings, notices = compare_records(connection, walk.entries)
    ordered = sorted(
        [*walk.findings, *findings], key=lambda finding: (finding.position is None, finding.position or 0)
    )
    return Report(walk.length, tuple(ordered), tuple(notices))


@dataclass
class _Walk:
    """One pass over the log. `frontier` holds the roots of the complete subtrees so far, None where they are
    unknown."""

    connection: Connection
    key: Ed25519PublicKey
    findings: list[Finding] = field(default_factory=list)
    entries: list[LoggedEntry] = field(default_factory=list)
    frontier: list[bytes] | None = field(default_factory=list)
    length: int = 0

    def __post_init__(self) -> None:
        query = text("SELECT value FROM facts WHERE name = 'registry_id'")
        self.origin = f"consonance/{self.connection.execute(query).scalar()}"
        self._moved: dict[int, int] = {}
        self._seen: set[int] = set()
        self._last_at_ms = 0

    def run(self) -> None:
        """Walk from the first entry to the last, going on behind every breach from the next sound head."""
        expected = 0
        for row in _rows(self.connection):
            if row.position != expected:
                self.frontier = self._frontier_before(row.position)
            self._check_row(row)
            expected = row.position + 1
            self.length += 1
        last = self.connection.execute(text("SELECT MAX(size) FROM checkpoints")).scalar() or 0
        for position in range(max(expected, last)):
            if position not in self._seen:
                self._say(position, f"Entry {position} was dropped from the ledger.")
        for place, written in self._moved.items():
            self._say(
                place, f"Entry {written} stands in the place of entry {place}: the ledger was reordered."
            )

    def check_kept_head(self, note: str | None) -> None:
        """Hold the log against the newest head that was kept outside the database."""
        if note is None:
            return
        try:
            body, signatures = note.split("\n\n")
            origin, size_text, root_text = body.split("\n")[:3]
            signature = base64.b64decode(signatures.split(" ")[2])[4:]
            self.key.verify(signature, body.encode() + b"\n")
            size, root = int(size_text), base64.b64decode(root_text)
        except (ValueError, IndexError, InvalidSignature):
            self._say(None, "The head that was kept beside the database is not signed by this registry.")
            return
        query = text("SELECT root FROM checkpoints WHERE size = :size")
        found = self.connection.execute(query, {"size": size}).scalar()
        if origin != self.origin or found is None:
            self._say(
                None,
                f"The ledger was cut off: a signed head for {size} entries was kept, and they are not there.",
            )
        elif bytes(found) != root:
            self._say(
                None, f"The ledger was rewritten: it differs from the head that was kept for {size} entries."
            )

    def _check_row(self, row: Row[Any]) -> None:
        position, raw = row.position, bytes(row.entry)
        data = _parse(raw)
        if data is None:
            self._seen.add(position)
            self._say(position, f"Entry {position} was edited: it is not canonical JSON of an entry.")
        elif data["n"] != position:
            self._moved[position] = data["n"]
            self._seen.add(data["n"])
        else:
            self._seen.add(position)
        leaf = hashlib.sha256(b"\0" + raw).digest()
        edited = self._check_head(row, leaf)
        if bytes(row.leaf_hash) != leaf:
            edited = edited or "its hash does not fit"
        if data is not None and position not in self._moved:
            if edited:
                self._say(position, f"Entry {position} was edited: {edited}.")
            elif data["at_ms"] != row.at_ms or data["at_ms"] < self._last_at_ms:
                self._say(position, f"Entry {position} bears another time than its head, or an earlier one.")
            self._last_at_ms = max(self._last_at_ms, data["at_ms"])
        if data is not None:
            self.entries.append(LoggedEntry(position, data["kind"], data["body"]))

    def _check_head(self, row: Row[Any], leaf: bytes) -> str:
        """Check the signed head after an entry; says how the entry was edited, if the head shows that it
        was."""
        size = row.position + 1
        if self.frontier is not None:
            self.frontier = _grown(self.frontier, row.position, leaf)
        if row.root is None:
            self._say(row.position, f"The signed head after entry {row.position} is missing.")
            return ""
        if not self._is_signed(size, bytes(row.root), row.at_ms, bytes(row.signature)):
            self._say(row.position, f"The signed head after entry {row.position} was altered.")
            return ""
        kept = _cut(bytes(row.frontier))
        sound = len(kept) == size.bit_count() and _folded(kept) == bytes(row.root)
        if not sound:
            self._say(row.position, f"The subtree hashes kept after entry {row.position} were altered.")
        if self.frontier is None or _folded(self.frontier) != bytes(row.root):
            unknown = self.frontier is None
            self.frontier = kept if sound else None
            return (
                "" if unknown and sound and leaf in kept else "it is not what the signed head was made over"
            )
        return ""

    def _frontier_before(self, position: int) -> list[bytes] | None:
        """The subtree roots before an entry, from the signed head there; None when that head is not sound."""
        query = text("SELECT root, frontier, at_ms, signature FROM checkpoints WHERE size = :size")
        row = self.connection.execute(query, {"size": position}).first()
        if row is None or not self._is_signed(position, bytes(row.root), row.at_ms, bytes(row.signature)):
            return None
        kept = _cut(bytes(row.frontier))
        return kept if len(kept) == position.bit_count() and _folded(kept) == bytes(row.root) else None

    def _is_signed(self, size: int, root: bytes, at_ms: int, signature: bytes) -> bool:
        body = f"{self.origin}\n{size}\n{base64.b64encode(root).decode()}\nat {at_ms}\n"
        try:
            self.key.verify(signature, body.encode())
        except InvalidSignature:
            return False
        return True

    def _say(self, position: int | None, sentence: str) -> None:
        self.findings.append(Finding(position, sentence))


def _rows(connection: Connection) -> Iterator[Row[Any]]:
    query = text(
        "SELECT ledger.position, entry, leaf_hash, root, frontier, at_ms, signature FROM ledger "
        "LEFT JOIN checkpoints ON checkpoints.size = ledger.position + 1 ORDER BY ledger.position"
    )
    yield from connection.execution_options(yield_per=1000).execute(query)


def _parse(raw: bytes) -> dict[str, Any] | None:
    """An entry, if these bytes are one in canonical form (keys are ASCII and numbers whole, so RFC 8785 is
    this)."""
    try:
        data = json.loads(raw)
        again = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    if again != raw or not isinstance(data, dict) or set(data) != {"n", "kind", "at_ms", "body"}:
        return None
    whole = isinstance(data["n"], int) and isinstance(data["at_ms"], int) and isinstance(data["body"], dict)
    return data if whole and isinstance(data["kind"], str) else None


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def _grown(peaks: list[bytes], size: int, leaf: bytes) -> list[bytes]:
    merges = (
        ~size & (size + 1)
    ).bit_length() - 1  # how many complete subtrees of equal size the new leaf closes
    keep = len(peaks) - merges
    for peak in reversed(peaks[keep:]):
        leaf = _node(peak, leaf)
    return [*peaks[:keep], leaf]


def _folded(peaks: list[bytes]) -> bytes:
    if len(peaks) < 2:
        return peaks[0] if peaks else hashlib.sha256(b"").digest()
    return _node(peaks[0], _folded(peaks[1:]))


def _cut(frontier: bytes) -> list[bytes]:
    return [frontier[start : start + 32] for start in range(0, len(frontier), 32)]
