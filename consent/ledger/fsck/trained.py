"""Holds what the ledger says of recordings, and of the bases trained from them, against the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from consent.ledger.fsck.hashes import as_value
from consent.ledger.fsck.report import Findings
from consent.ledger.fsck.walk import LoggedEntry

_RECORDINGS = text(
    "SELECT name, voice_id, state, performer_training, performer_terms_sha256, owner_training, "
    "owner_terms_sha256 FROM recording_sources ORDER BY name"
)
_BASES = text(
    "SELECT id, name, made_at_ms, documented, contributors, state, marked_at_ms, due_at_ms, because_of, "
    "replaced_by, ledger_index FROM bases ORDER BY id"
)


class Trained:
    """The comparison. The last entry about each set of recordings and each base says how it stands."""

    def __init__(self, connection: Connection, findings: Findings) -> None:
        self._connection = connection
        self._findings = findings
        self._recordings: dict[str, LoggedEntry] = {}
        self._bases: dict[str, LoggedEntry] = {}

    def compare(self, entries: Sequence[LoggedEntry]) -> None:
        """Take in a page of entries, in order."""
        for entry in entries:
            if entry.kind == "recordings":
                self._recordings[str(entry.body.get("recordings"))] = entry
            elif entry.kind == "base" and "base" in entry.body:
                self._bases[str(entry.body["base"])] = entry

    def end(self) -> None:
        """After the last page: compare."""
        recordings = {
            row.name: {
                "voice": row.voice_id,
                "state": row.state,
                "performer_training": row.performer_training,
                "performer_terms_sha256": row.performer_terms_sha256 or None,
                "owner_training": row.owner_training,
                "owner_terms_sha256": row.owner_terms_sha256 or None,
            }
            for row in self._connection.execute(_RECORDINGS)
        }
        self._hold(recordings, self._recordings, "recordings")
        bases = {
            row.id: {
                "name": row.name,
                "made_at_ms": row.made_at_ms,
                "documented": bool(row.documented),
                "contributors": as_value(row.contributors),
                "state": row.state,
                "marked_at_ms": row.marked_at_ms,
                "due_at_ms": row.due_at_ms,
                "because_of": as_value(row.because_of),
                "replaced_by": row.replaced_by,
            }
            for row in self._connection.execute(_BASES)
        }
        self._hold(bases, self._bases, "base")

    def _hold(
        self, kept: Mapping[str, Mapping[str, Any]], said: Mapping[str, LoggedEntry], what: str
    ) -> None:
        for name, entry in said.items():
            place = entry.position
            if name not in kept:
                self._findings.say(place, f"The {what} of entry {place} are not on record: {name}.")
                continue
            wrong = sorted(key for key, value in kept[name].items() if entry.body.get(key) != value)
            if wrong:
                sentence = f"The record of the {what} {name} differs from entry {place} in: "
                self._findings.say(place, f"{sentence}{', '.join(wrong)}.")
        for name in sorted(kept.keys() - said.keys()):
            self._findings.say(None, f"The {what} {name} is on record and not on the ledger.")
