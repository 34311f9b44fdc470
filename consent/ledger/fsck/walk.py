"""One pass over the log's raw rows: every hash, head and signature recomputed, every entry in its place."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, text

from consent.ledger.fsck.hashes import (
    HASH,
    as_bytes,
    folded,
    grown,
    hash_of_entry,
    head_text,
    is_signed,
    parsed_entry,
    places_of_peaks,
)
from consent.ledger.fsck.keys import Keys
from consent.ledger.fsck.report import Findings, Runs

_PAGE, _PART = 1000, 100
_EVERY_TRY, _SOME_TRIES = 256, 64
_BEFORE_ALL = -(1 << 62)

_ROWS = text(
    "SELECT ledger.position, entry, leaf_hash, subtrees, root, at_ms, signature FROM ledger "
    "LEFT JOIN checkpoints ON checkpoints.size = ledger.position + 1 "
    f"WHERE ledger.position > :after ORDER BY ledger.position LIMIT {_PAGE}"
)
_NODES = text("SELECT position, leaf_hash, subtrees FROM ledger WHERE position IN :places").bindparams(
    bindparam("places", expanding=True)
)


@dataclass(frozen=True)
class LoggedEntry:
    """An entry as it stands in the ledger."""

    position: int
    kind: str
    at_ms: int
    body: dict[str, Any]


@dataclass
class Walk:
    """The pass. `peaks` are the roots of the complete subtrees so far, None where they are unknown.

    `watched` are the sizes at which the root is wanted; `roots` holds it, or None where it is unknown.
    """

    connection: Connection
    keys: Keys
    origin: str
    findings: Findings
    watched: frozenset[int] = frozenset()
    roots: dict[int, bytes | None] = field(default_factory=dict)
    peaks: list[bytes] | None = field(default_factory=list)
    length: int = 0

    def __post_init__(self) -> None:
        self._absent, self._elsewhere = Runs(), Runs()
        self._last_at_ms = 0
        self._signed = False
        self._unproven: int | None = None
        self._blind_from: int | None = None
        self._cause = 0
        self._blind_for = 0
        self._heads = 0

    def pages(self) -> Iterator[Sequence[LoggedEntry]]:
        """Walk from the first entry to the last, giving the entries that can be read a page at a time."""
        expected = 0
        for page in self._looked_up():
            read = []
            for row, self._signed in page:
                self.length += 1
                if row.position < expected:
                    self._say(None, f"A row of the ledger stands in place {row.position}, where none can.")
                    continue
                if row.position > expected:
                    self._absent.add(expected, row.position - 1)
                    self._lose_sight(expected, row.position)
                if (entry := self._check_row(row)) is not None:
                    read.append(entry)
                expected = row.position + 1
            yield read
        self._end(expected)

    def _looked_up(self) -> Iterator[list[tuple[Row[Any], bool]]]:
        """The rows a page at a time, with whether the head of each is signed: that takes most of the time,
        and is done by threads, a page ahead."""
        after, ahead = _BEFORE_ALL, None
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            while page := self.connection.execute(_ROWS, {"after": after}).all():
                after = page[-1].position
                parts = [page[start : start + _PART] for start in range(0, len(page), _PART)]
                coming = (page, [threads.submit(self._are_signed, part) for part in parts])
                if ahead is not None:
                    yield _joined(*ahead)
                ahead = coming
            if ahead is not None:
                yield _joined(*ahead)

    def _are_signed(self, rows: Sequence[Row[Any]]) -> list[bool]:
        return [
            row.root is not None
            and is_signed(
                self.keys.of(row.position + 1),
                head_text(self.origin, row.position + 1, as_bytes(row.root), row.at_ms),
                as_bytes(row.signature),
            )
            for row in rows
        ]

    def _check_row(self, row: Row[Any]) -> LoggedEntry | None:
        position, raw = row.position, as_bytes(row.entry)
        data = parsed_entry(raw)
        said = False
        if data is None:
            self._say(position, f"Entry {position} was edited: it is not canonical JSON of an entry.")
        elif data["n"] != position:
            self._absent.add(position)
            self._elsewhere.add(data["n"])
            said = True
            self._say(
                position,
                f"Entry {data['n']} stands in the place of entry {position}: the ledger was reordered.",
            )
        leaf = hash_of_entry(raw)
        edited = self._check_head(row, leaf)
        if data is None:
            return None
        if edited and not said:
            self._say(position, f"Entry {position} was edited: {edited}.")
        elif not said:
            if row.at_ms is not None and data["at_ms"] != row.at_ms:
                self._say(position, f"Entry {position} bears another time than its head.")
            if data["at_ms"] < self._last_at_ms:
                self._say(position, f"Entry {position} bears an earlier time than the entry before it.")
            self._last_at_ms = max(self._last_at_ms, data["at_ms"])
        return LoggedEntry(position, data["kind"], data["at_ms"], data["body"])

    def _check_head(self, row: Row[Any], leaf: bytes) -> str:
        """Check an entry against the signed head over it; says how the entry was edited, if it was."""
        position, size = row.position, row.position + 1
        kept_leaf, kept_closed = as_bytes(row.leaf_hash), as_bytes(row.subtrees)
        signed = self._signed_root(row)
        if self.peaks is None and signed is not None:
            self._find_sight(position, leaf, signed)
        if self.peaks is None:
            self._note_root(size, signed)
            if signed is not None and size.bit_count() == 1:
                self._see(size, [signed])  # over 2**n entries the root is the one peak
            return "" if kept_leaf == leaf else "its hash does not fit"
        peaks, closed = grown(self.peaks, position, leaf)
        root = folded(peaks)
        if signed is None or root == signed:
            self.peaks = peaks
            self._note_root(size, root)
            if signed is None:
                self._unproven = position if self._unproven is None else self._unproven
            else:
                self._unproven = None
            if kept_leaf != leaf or kept_closed != closed:
                self._say(position, f"The hashes that rest with entry {position} were altered.")
            return ""
        self._name_suspects(position)
        self._note_root(size, signed)
        kept = self._kept_peaks(size)
        sound = kept is not None and folded(kept) == signed
        self.peaks = kept if sound else [signed] if size.bit_count() == 1 else None
        if self.peaks is None:
            self._lose_sight(position, size)
        return "it is not what the signed head was made over"

    def _signed_root(self, row: Row[Any]) -> bytes | None:
        """The root of the head over an entry; None, and a finding, where it is missing or not signed."""
        position = row.position
        if row.root is None:
            self._say(position, f"The signed head after entry {position} is missing.")
            return None
        self._heads += 1
        if self._signed:
            return as_bytes(row.root)
        self._say(position, f"The signed head after entry {position} was altered.")
        return None

    def _name_suspects(self, position: int) -> None:
        """Entries whose own heads were of no use are under suspicion with the one whose head disagrees."""
        if self._unproven is not None:
            for suspect in range(self._unproven, position):
                self._say(
                    suspect,
                    f"Entry {suspect}, or another of the entries {self._unproven} to {position}, was edited: "
                    f"the next head that is signed, after entry {position}, was not made over them.",
                )
            self._unproven = None

    def _lose_sight(self, cause: int, first: int) -> None:
        """From `first` on the peaks are unknown: what rested at `cause` was dropped or overwritten."""
        self.peaks, self._unproven = None, None
        if self._blind_from is None:
            self._cause, self._blind_from, self._blind_for = cause, first, 0

    def _find_sight(self, position: int, leaf: bytes, signed: bytes) -> None:
        """Try to go on from the stored hashes: they are right if they and this entry lead to the signed
        head."""
        self._blind_for += 1
        if self._blind_for > _EVERY_TRY and position % _SOME_TRIES:
            return
        kept = self._kept_peaks(position)
        if kept is not None and folded(grown(kept, position, leaf)[0]) == signed:
            self._see(position, kept)

    def _see(self, size: int, peaks: list[bytes]) -> None:
        """The peaks are known again; name the entries in between, which nothing vouches for."""
        self.peaks = peaks
        if self._blind_from is not None and self._blind_from < size:
            self._name_blind(self._blind_from, size - 1)
        self._blind_from = None

    def _name_blind(self, first: int, last: int) -> None:
        which = f"Entry {first}" if first == last else f"Entries {first} to {last}"
        self._say(
            self._cause,
            f"{which} cannot be held against the signed heads, because the hashes of "
            f"entry {self._cause} were dropped or overwritten.",
        )

    def _kept_peaks(self, size: int) -> list[bytes] | None:
        """The peaks of `size` leaves as they rest with the entries; None where one is missing."""
        places = places_of_peaks(size)
        if not places:
            return []
        rows = self.connection.execute(_NODES, {"places": [place for place, _ in places]})
        found = {row.position: (as_bytes(row.leaf_hash), as_bytes(row.subtrees)) for row in rows}
        peaks = []
        for place, level in places:
            leaf, closed = found.get(place, (b"", b""))
            peaks.append(closed[HASH * (level - 1) : HASH * level] if level else leaf)
        return peaks if all(len(peak) == HASH for peak in peaks) else None

    def _note_root(self, size: int, root: bytes | None) -> None:
        if size in self.watched:
            self.roots[size] = root

    def _end(self, expected: int) -> None:
        """What shows only at the end: entries that are nowhere, and rows that no walk meets."""
        counts = "SELECT (SELECT COUNT(*) FROM ledger), COUNT(*), COALESCE(MAX(size), 0) FROM checkpoints"
        rows, heads, last = self.connection.execute(text(counts)).one()
        if last > expected:
            self._absent.add(expected, last - 1)
        if self._blind_from is not None and self._blind_from < expected:
            self._name_blind(self._blind_from, expected - 1)
        self.findings.say_dropped(self._absent.without(self._elsewhere))
        if rows != self.length:
            self._say(None, f"The ledger holds {rows - self.length} rows more than it has places.")
        if heads != self._heads:
            self._say(None, f"{heads - self._heads} signed heads belong to no entry.")

    def _say(self, position: int | None, sentence: str) -> None:
        self.findings.say(position, sentence)


def _joined(page: Sequence[Row[Any]], signed: Sequence[Future[list[bool]]]) -> list[tuple[Row[Any], bool]]:
    return list(zip(page, (one for part in signed for one in part.result()), strict=True))
