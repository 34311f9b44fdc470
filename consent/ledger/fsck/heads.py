"""Holds the log against heads that are out of the database's reach: kept, cosigned, or brought by an
auditor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, text

from consent.ledger.fsck.hashes import NotedHead, as_bytes, head_in_note, head_text, is_cosigned
from consent.ledger.fsck.keys import Keys
from consent.ledger.fsck.report import Findings
from consent.ledger.fsck.walk import LoggedEntry

_COSIGNED = (
    "SELECT cosignatures.size, witness, cosignatures.signature, root, at_ms, ledger_index "
    "FROM cosignatures LEFT JOIN checkpoints ON checkpoints.size = cosignatures.size ORDER BY 1, 2"
)


@dataclass(frozen=True)
class KeptNote:
    """A signed note that was kept outside the database, and where, as a sentence calls it."""

    note: str
    where: str


class Heads:
    """The comparison."""

    def __init__(
        self,
        connection: Connection,
        keys: Keys,
        origin: str,
        notes: Sequence[KeptNote],
        findings: Findings,
    ) -> None:
        self._connection = connection
        self._origin = origin
        self._findings = findings
        self._heads: list[tuple[NotedHead, str]] = []
        for kept in notes:
            head = head_in_note(kept.note, keys)
            if head is None or head.origin != origin:
                findings.say(None, f"The head {kept.where} is not signed by this registry.")
            else:
                self._heads.append((head, kept.where))
        self.sizes = frozenset(head.size for head, _ in self._heads)
        self._logged: dict[tuple[int, str], tuple[int, str]] = {}

    def take(self, entries: Sequence[LoggedEntry]) -> None:
        """Take in a page of entries: which cosignatures the ledger speaks of."""
        for entry in entries:
            if entry.kind == "witness" and isinstance(entry.body.get("size"), int):
                name = (entry.body["size"], str(entry.body.get("witness")))
                self._logged[name] = (entry.position, str(entry.body.get("signature")))

    def compare(self, roots: dict[int, bytes | None], length: int) -> None:
        """Compare with the roots that the walk found, over as many entries as each head is over."""
        agreed = 0
        for head, where in sorted(self._heads, key=lambda pair: pair[0].size):
            found = roots.get(head.size)
            if head.size > length:
                self._say(
                    None,
                    f"The ledger was cut off: the head {where} is over {head.size} entries, and they are not "
                    "there.",
                )
            elif found != head.root and head.size:
                self._say(
                    agreed,
                    f"The ledger was rewritten or forked in entries {agreed} to {head.size - 1}: it differs "
                    f"from the head {where}, which is over {head.size} entries.",
                )
            else:
                agreed = max(agreed, head.size)
        self._compare_cosignatures()

    def _compare_cosignatures(self) -> None:
        """Cosignatures in the database fit the ledger's own heads, and the ledger speaks of each."""
        for row in self._connection.execute(text(_COSIGNED)):
            who = str(row.witness).split("+")[0]
            logged = self._logged.pop((row.size, str(row.witness)), None)
            if logged != (row.ledger_index, as_bytes(row.signature).hex()):
                self._say(row.ledger_index, f"The record of what {who} cosigned over {row.size} was altered.")
            if not self._is_sound(row):
                self._say(
                    row.ledger_index,
                    f"What {who} cosigned over {row.size} entries is another head than that of the ledger, "
                    "or the cosignature was altered.",
                )
        for (size, witness), (place, _) in sorted(self._logged.items()):
            who = witness.split("+")[0]
            self._say(place, f"What {who} cosigned over {size} entries, by entry {place}, is not on record.")

    def _is_sound(self, row: Row[tuple[object, ...]]) -> bool:
        if row.root is None:
            return False
        said = head_text(self._origin, row.size, as_bytes(row.root), row.at_ms)
        return is_cosigned(str(row.witness), said, as_bytes(row.signature))

    def _say(self, position: int | None, sentence: str) -> None:
        self._findings.say(position, sentence)
