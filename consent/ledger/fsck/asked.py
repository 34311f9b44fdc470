"""Holds what the ledger says of approvals, reservations, sealed keys and receipts against the records."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, text

from consent.ledger.fsck.hashes import as_value, canonical_json
from consent.ledger.fsck.report import Findings
from consent.ledger.fsck.walk import LoggedEntry

_APPROVALS = text("SELECT id, grant_id, voice_id, work_digest, state FROM approvals ORDER BY id")
_ANSWERS = text("SELECT approval_id, approves, COUNT(*) AS given FROM approval_answers GROUP BY 1, 2")
_RESERVATIONS = text(
    "SELECT id, state, kind, uses, index_sha256, evidence_sha256 FROM reservations ORDER BY number"
)
_SEALINGS = text(
    "SELECT authorisation_id, worker, ledger_index FROM sealings WHERE authorisation_id IN :names"
).bindparams(bindparam("names", expanding=True))
_RECEIPTS = text("SELECT id, ledger_index, sha256, document FROM receipts ORDER BY id")


class Asked:
    """The comparison. The last entry about each approval and reservation says how it stands."""

    def __init__(self, connection: Connection, findings: Findings) -> None:
        self._connection = connection
        self._findings = findings
        self._approvals: dict[str, LoggedEntry] = {}
        self._answers: Counter[tuple[str, bool]] = Counter()
        self._reservations: dict[str, LoggedEntry] = {}
        self._sealings = 0

    def compare(self, entries: Sequence[LoggedEntry]) -> None:
        """Take in a page of entries, in order."""
        for entry in entries:
            if entry.kind == "approval":
                name = str(entry.body.get("approval"))
                self._approvals[name] = entry
                if isinstance(approves := entry.body.get("approves"), bool):
                    self._answers[name, approves] += 1
            elif entry.kind == "reservation":
                self._reservations[str(entry.body.get("reservation"))] = entry
        self._compare_sealings([entry for entry in entries if entry.kind == "sealing"])

    def end(self, length: int) -> None:
        """After the last page: compare. `length` is how many entries the ledger has."""
        approvals = {
            str(row.id): {
                "grant": row.grant_id,
                "voice": row.voice_id,
                "work": row.work_digest,
                "state": row.state,
            }
            for row in self._connection.execute(_APPROVALS)
        }
        self._hold(approvals, self._approvals, "approval")
        self._compare_answers()
        reservations = {
            row.id: {
                "state": row.state,
                "kind": row.kind,
                "uses": as_value(row.uses),
                "index_sha256": row.index_sha256,
                "evidence_sha256": row.evidence_sha256,
            }
            for row in self._connection.execute(_RESERVATIONS)
        }
        self._hold(reservations, self._reservations, "reservation")
        sealings = self._connection.execute(text("SELECT COUNT(*) FROM sealings")).scalar_one()
        if sealings > self._sealings:
            self._say(None, f"{sealings - self._sealings} sealed keys on record are not on the ledger.")
        self._compare_receipts(length)

    def _compare_answers(self) -> None:
        given = {
            (str(row.approval_id), bool(row.approves)): row.given
            for row in self._connection.execute(_ANSWERS)
        }
        for name in sorted({name for name, _ in given.keys() | self._answers.keys()}):
            if any(given.get((name, answer), 0) != self._answers[name, answer] for answer in (True, False)):
                entry = self._approvals.get(name)
                place = entry.position if entry else None
                self._say(place, f"The answers to the approval {name} are not those of the ledger.")

    def _compare_sealings(self, entries: Sequence[LoggedEntry]) -> None:
        if not entries:
            return
        names = sorted({str(entry.body.get("authorisation")) for entry in entries})
        rows = self._connection.execute(_SEALINGS, {"names": names})
        kept = {(row.authorisation_id, row.worker): row.ledger_index for row in rows}
        for entry in entries:
            name = (str(entry.body.get("authorisation")), str(entry.body.get("worker")))
            if kept.get(name) == entry.position:
                self._sealings += 1
            else:
                self._say(entry.position, f"The sealed key of entry {entry.position} is not on record so.")

    def _compare_receipts(self, length: int) -> None:
        for row in self._connection.execute(_RECEIPTS):
            document = as_value(row.document)
            if document is not None and _digest(document) != row.sha256:
                self._say(row.ledger_index, f"The receipt {row.id} was altered.")
            if not 0 <= row.ledger_index < length:
                self._say(None, f"The receipt {row.id} is of an entry that the ledger does not have.")

    def _hold(
        self, records: Mapping[str, Mapping[str, Any]], logged: Mapping[str, LoggedEntry], what: str
    ) -> None:
        for name, entry in logged.items():
            kept = records.get(name)
            if kept is None:
                self._say(entry.position, f"The {what} of entry {entry.position} is not on record.")
                continue
            wrong = sorted(member for member, value in kept.items() if entry.body.get(member) != value)
            if wrong:
                sentence = f"The record of the {what} {name} differs from entry {entry.position} in: "
                self._say(entry.position, f"{sentence}{', '.join(wrong)}.")
        for name in sorted(records.keys() - logged.keys()):
            self._say(None, f"The {what} {name} is on record and not on the ledger.")

    def _say(self, position: int | None, sentence: str) -> None:
        self._findings.say(position, sentence)


def _digest(document: object) -> str:
    try:
        return hashlib.sha256(canonical_json(document)).hexdigest()
    except (ValueError, RecursionError):
        return ""
