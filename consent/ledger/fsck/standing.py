"""Holds what the ledger says of grants, permissions, mandates and voices against the records, both ways.

The ledger is played again: the last entry about each thing says how it stands. What is kept in memory grows
with the number of grants and people, not with that of songs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from consent.ledger.fsck.hashes import as_value, canonical_json
from consent.ledger.fsck.report import Findings
from consent.ledger.fsck.walk import LoggedEntry


@dataclass
class _Said:
    """What the ledger says of one thing: where it was made, where its state was last set, and the rest."""

    made: int
    moved: int
    state: str
    body: Mapping[str, Any]


class Standing:
    """The comparison."""

    def __init__(self, connection: Connection, findings: Findings) -> None:
        self._connection = connection
        self._findings = findings
        self._grants: dict[str, _Said] = {}
        self._rights: dict[str, _Said] = {}
        self._mandates: dict[str, _Said] = {}
        self._voices: dict[str, _Said] = {}

    def compare(self, entries: Sequence[LoggedEntry]) -> None:
        """Take in a page of entries, in order."""
        for entry in entries:
            if entry.kind == "grant":
                self._take(self._grants, entry, "grant", keep_body=bool(entry.body.get("renewed")))
            elif entry.kind == "grant-state":
                self._move(self._grants, entry, entry.body.get("grant"), entry.body.get("state"))
            elif entry.kind == "right":
                self._take(self._rights, entry, "right")
            elif entry.kind == "mandate":
                self._take(self._mandates, entry, "mandate")
            elif entry.kind == "withdrawal":
                self._take_withdrawal(entry)
            elif entry.kind == "erasure":
                self._take_erasure(entry)
            elif entry.kind in _VOICE_STATES:
                self._voices[str(entry.body.get("voice"))] = _Said(
                    entry.position, entry.position, _VOICE_STATES[entry.kind], {}
                )

    def end(self, use: Mapping[str, Sequence[int]]) -> None:
        """After the last page: compare. `use` counts each grant's songs and milliseconds by the ledger."""
        self._compare_grants(use)
        self._compare_rights()
        self._compare_mandates()
        self._compare_voices()

    def _take(self, said: dict[str, _Said], entry: LoggedEntry, name: str, keep_body: bool = False) -> None:
        key, state = str(entry.body.get(name)), str(entry.body.get("state", "active"))
        known = said.get(key)
        body = known.body if known and keep_body else entry.body
        said[key] = _Said(known.made if known else entry.position, entry.position, state, body)

    def _move(self, said: dict[str, _Said], entry: LoggedEntry, name: object, state: object) -> None:
        known = said.get(str(name))
        if known is None:
            self._findings.say(entry.position, f"Entry {entry.position} moves {name}, which no entry made.")
        else:
            known.moved, known.state = entry.position, str(state)

    def _take_withdrawal(self, entry: LoggedEntry) -> None:
        grants = entry.body.get("grants")
        for name in grants if isinstance(grants, list) else ():
            self._move(self._grants, entry, name, "withdrawn")
        if entry.body.get("whole_voice"):
            voice = str(entry.body.get("voice"))
            self._voices[voice] = _Said(entry.position, entry.position, "withdrawn", {})

    def _take_erasure(self, entry: LoggedEntry) -> None:
        """An erased licensee left the terms of grants, which the entry gives by their new digests."""
        grants = entry.body.get("grants")
        for changed in grants if isinstance(grants, list) else ():
            known = self._grants.get(str(changed.get("grant"))) if isinstance(changed, dict) else None
            if known is None:
                self._findings.say(
                    entry.position, f"Entry {entry.position} changes terms that no entry made."
                )
            else:
                known.body = {**known.body, "terms_sha256": changed.get("terms_sha256")}

    def _compare_grants(self, use: Mapping[str, Sequence[int]]) -> None:
        query = (
            "SELECT id, voice_id, kind, terms, state, renders, ms FROM grants"
            " LEFT JOIN grant_use ON grant_id = id ORDER BY id"
        )
        rows = self._rows(query, self._grants, "grant")
        for name, row in rows.items():
            said = self._grants[name]
            if said.body.get("terms_sha256") != _digest(row.terms) or said.body.get("voice") != row.voice_id:
                self._say(said.made, f"The terms of the grant in entry {said.made} were altered.")
            replaced = row.state == "superseded" and row.kind == "standing"
            if row.state != said.state and not (replaced and said.state in ("active", "suspended")):
                sentence = f"The grant {name} is {row.state} on record; the ledger says otherwise."
                self._say(said.moved, sentence)
            songs, duration_ms = use.get(name, (0, 0))
            if (row.renders, row.ms) != (songs, duration_ms):
                self._say(
                    said.made,
                    f"The grant {name} counts {row.renders} songs of {row.ms} ms on record; on the "
                    f"ledger stand {songs} of {duration_ms} ms.",
                )
        for name in sorted(use.keys() - self._grants.keys()):
            self._say(None, f"Songs were released under the grant {name}, which no entry made.")

    def _compare_rights(self) -> None:
        query = (
            "SELECT id, voice_id, kind, actions, evidence_sha256, mandate_id, state FROM rights ORDER BY id"
        )
        for name, row in self._rows(query, self._rights, "permission").items():
            kept = {
                "voice": row.voice_id,
                "kind": row.kind,
                "state": row.state,
                "mandate": row.mandate_id,
                "actions": as_value(row.actions),
                "evidence_sha256": row.evidence_sha256 or None,
            }
            self._hold(self._rights[name], kept, f"The record of the permission {name}")

    def _compare_mandates(self) -> None:
        query = (
            "SELECT id, state, capacity, voices, acts, not_before_ms, not_after_ms FROM mandates ORDER BY id"
        )
        for name, row in self._rows(query, self._mandates, "mandate").items():
            kept = {
                "state": row.state,
                "capacity": row.capacity,
                "voices": as_value(row.voices),
                "acts": as_value(row.acts),
                "not_before_ms": row.not_before_ms,
                "not_after_ms": row.not_after_ms,
            }
            self._hold(self._mandates[name], kept, f"The record of the mandate {name}")

    def _compare_voices(self) -> None:
        found = self._connection.execute(text("SELECT id, state FROM voices ORDER BY id"))
        rows = {row.id: row for row in found}
        for name, row in rows.items():
            said = self._voices.get(name)
            if row.state != (said.state if said else "active"):
                self._say(
                    said.moved if said else None,
                    f"The voice {name} is {row.state} on record; the ledger says otherwise.",
                )
        for name in sorted(self._voices.keys() - rows.keys()):
            self._say(self._voices[name].moved, f"The voice {name} is not on record.")
        query = "SELECT voice_id, version FROM voice_versions WHERE wrapped_key IS NOT NULL ORDER BY voice_id"
        for row in self._connection.execute(text(query)):
            said = self._voices.get(row.voice_id)
            if said and said.state == "withdrawn":
                self._say(said.moved, f"The key of {row.voice_id} {row.version} outlived its withdrawal.")

    def _rows(self, query: str, said: Mapping[str, _Said], what: str) -> dict[str, Row[Any]]:
        """The rows that the ledger speaks of, by id; names those that only one of the two knows."""
        rows = {row.id: row for row in self._connection.execute(text(query))}
        for name in sorted(said.keys() - rows.keys()):
            place = said[name].made
            self._say(place, f"The {what} of entry {place} is not on record.")
        for name in sorted(rows.keys() - said.keys()):
            self._say(None, f"The {what} {name} is on record and not on the ledger.")
        return {name: row for name, row in rows.items() if name in said}

    def _hold(self, said: _Said, kept: Mapping[str, Any], what: str) -> None:
        wrong = sorted(member for member, value in kept.items() if said.body.get(member) != value)
        if wrong:
            self._say(said.moved, f"{what} differs from entry {said.moved} in: {', '.join(wrong)}.")

    def _say(self, position: int | None, sentence: str) -> None:
        self._findings.say(position, sentence)


_VOICE_STATES = {"suspension": "suspended", "resumption": "active"}


def _digest(terms: object) -> str:
    try:
        return hashlib.sha256(canonical_json(as_value(terms))).hexdigest()
    except (ValueError, RecursionError):
        return ""
