"""Holds the ledger's entries against the registry's records, both ways, reading the raw tables.

Every release on the ledger has its record and files, every record its entry; so for authorisations, grants
and withdrawals. A released file that was changed or moved since by whoever has it is a notice, not a breach.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, text


@dataclass(frozen=True)
class Finding:
    """One breach: the ledger place that it concerns, if one, and a sentence."""

    position: int | None
    sentence: str


@dataclass(frozen=True)
class LoggedEntry:
    """An entry as it stands in the ledger."""

    position: int
    kind: str
    body: Mapping[str, Any]


def compare_records(
    connection: Connection, entries: Sequence[LoggedEntry]
) -> tuple[list[Finding], list[str]]:
    """Compare entries and records; returns the breaches, and notices about files that are no longer as
    released."""
    findings = [
        *_compare_releases(connection, entries),
        *_compare_authorisations(connection, entries),
        *_compare_grants(connection, entries),
        *_compare_voices(connection, entries),
    ]
    return findings, _look_at_files(connection)


def _compare_releases(connection: Connection, entries: Sequence[LoggedEntry]) -> list[Finding]:
    files: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(
        text("SELECT release_id, sha256, size_bytes FROM released_files ORDER BY release_id, position")
    ):
        files.setdefault(row.release_id, []).append({"sha256": row.sha256, "size_bytes": row.size_bytes})
    records: dict[str, Row[Any]] = {
        row.id: row
        for row in connection.execute(
            text(
                "SELECT releases.id, releases.render_id, authorisation_id, releases.grant_id, duration_ms,"
                " renders.grant_id AS render_grant_id, performance_sha256, ledger_index, voice_id,"
                " voice_version, work_digest FROM releases"
                " LEFT JOIN renders ON renders.render_id = releases.render_id"
            )
        )
    }
    findings: list[Finding] = []
    for entry in entries:
        if entry.kind != "render":
            continue
        body, name = entry.body, str(entry.body.get("release"))
        if name not in records:
            findings.append(
                Finding(entry.position, f"Entry {entry.position} released a song that is not on record.")
            )
            continue
        row = records.pop(name)
        logged = [body.get(name) for name in _RELEASE_FIELDS] + [entry.position]
        kept = [
            row.render_id,
            row.authorisation_id,
            row.voice_id,
            row.voice_version,
            row.grant_id,
            row.work_digest,
        ]
        kept += [row.performance_sha256, row.duration_ms, row.ledger_index]
        if logged != kept or row.grant_id != row.render_grant_id or body.get("files") != files.get(row.id):
            findings.append(
                Finding(entry.position, f"The record of the release in entry {entry.position} was altered.")
            )
    for row in records.values():
        findings.append(
            Finding(row.ledger_index, f"The release {row.id} is on record and not on the ledger.")
        )
    return findings


_RELEASE_FIELDS = (
    "render",
    "authorisation",
    "voice",
    "version",
    "grant",
    "work",
    "performance",
    "duration_ms",
)


def _compare_authorisations(connection: Connection, entries: Sequence[LoggedEntry]) -> list[Finding]:
    query = text("SELECT id, voice_id, grant_id, render_id, ledger_index FROM authorisations")
    records = {row.id: row for row in connection.execute(query)}
    findings = []
    for entry in entries:
        if entry.kind != "authorisation" or "authorisation" not in entry.body:
            continue
        body, row = entry.body, records.pop(str(entry.body["authorisation"]), None)
        if row is None:
            findings.append(
                Finding(entry.position, f"The authorisation of entry {entry.position} is not on record.")
            )
        elif (body.get("voice"), body.get("grant"), body.get("render"), entry.position) != tuple(row)[1:]:
            findings.append(
                Finding(
                    entry.position, f"The record of the authorisation in entry {entry.position} was altered."
                )
            )
    for row in records.values():
        findings.append(
            Finding(row.ledger_index, f"The authorisation {row.id} is on record and not on the ledger.")
        )
    return findings


def _compare_grants(connection: Connection, entries: Sequence[LoggedEntry]) -> list[Finding]:
    query = text("SELECT id, voice_id, terms, state FROM grants ORDER BY id")
    records = {row.id: row for row in connection.execute(query)}
    made = {e.body.get("grant"): e for e in entries if e.kind == "grant" and "terms_sha256" in e.body}
    ended = {name: e for e in entries if e.kind == "withdrawal" for name in e.body.get("grants", [])}
    findings = []
    for name, entry in made.items():
        row = records.get(str(name))
        if row is None:
            findings.append(Finding(entry.position, f"The grant of entry {entry.position} is not on record."))
            continue
        terms = json.loads(row.terms) if isinstance(row.terms, str) else row.terms
        digest = hashlib.sha256(_canonical(terms)).hexdigest()
        if entry.body.get("terms_sha256") != digest or entry.body.get("voice") != row.voice_id:
            findings.append(
                Finding(entry.position, f"The terms of the grant in entry {entry.position} were altered.")
            )
    for name, row in records.items():
        if name not in made:
            findings.append(Finding(None, f"The grant {name} is on record and not on the ledger."))
        if (row.state == "withdrawn") != (name in ended):
            place = ended[name].position if name in ended else None
            findings.append(
                Finding(place, f"The grant {name} is {row.state} on record; the ledger says otherwise.")
            )
    return findings


def _compare_voices(connection: Connection, entries: Sequence[LoggedEntry]) -> list[Finding]:
    ended = {
        e.body.get("voice"): e.position
        for e in entries
        if e.kind == "withdrawal" and e.body.get("whole_voice")
    }
    findings = []
    for row in connection.execute(text("SELECT id, state FROM voices ORDER BY id")):
        if (row.state == "withdrawn") != (row.id in ended):
            findings.append(
                Finding(
                    ended.get(row.id),
                    f"The voice {row.id} is {row.state} on record; the ledger says otherwise.",
                )
            )
    query = text(
        "SELECT voice_id, version FROM voice_versions WHERE wrapped_key IS NOT NULL ORDER BY voice_id"
    )
    for row in connection.execute(query):
        if row.voice_id in ended:
            findings.append(
                Finding(
                    ended[row.voice_id], f"The key of {row.voice_id} {row.version} outlived its withdrawal."
                )
            )
    return findings


def _look_at_files(connection: Connection) -> list[str]:
    query = text(
        "SELECT path, sha256 FROM released_files JOIN releases ON releases.id = released_files.release_id "
        "ORDER BY ledger_index"
    )
    newest = {row.path: row.sha256 for row in connection.execute(query)}
    notices = []
    for path, sha256 in newest.items():
        file = Path(path)
        if not file.is_file():
            notices.append(f"{path} is no longer where it was released.")
        elif hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
            notices.append(f"{path} was changed since it was released.")
    return notices


def _canonical(data: object) -> bytes:
    return json.dumps(_whole(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _whole(data: object) -> object:
    """Numbers as RFC 8785 writes them: 5.0 is 5."""
    if isinstance(data, dict):
        return {name: _whole(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_whole(value) for value in data]
    return int(data) if isinstance(data, float) and data.is_integer() else data
