"""Holds what the ledger says of each song against the records, both ways: releases, files, authorisations.

There are as many of these as songs, so they are compared a page at a time, and the records are read a second
time only where their number shows that one has no entry.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, text

from consent.ledger.fsck.hashes import as_bytes
from consent.ledger.fsck.report import Findings
from consent.ledger.fsck.walk import LoggedEntry

_PAGE = 500
_ERASED = "erased:"  # stands on record where the user was


@dataclass(frozen=True)
class _Record:
    """A table whose rows name their entry by `ledger_index`.

    `name` is the member of an entry's body that holds the row's id; `fields` pairs its members with columns.
    """

    kind: str
    name: str
    table: str
    columns: str
    fields: tuple[tuple[str, str], ...]
    missing: str
    altered: str
    unlogged: str


_RELEASES = _Record(
    "render",
    "release",
    "releases LEFT JOIN renders ON renders.render_id = releases.render_id",
    "releases.id, ledger_index, releases.render_id, authorisation_id, releases.grant_id, duration_ms, "
    "renders.grant_id AS render_grant_id, performance_sha256, voice_id, voice_version, work_digest, "
    "user_id",
    (
        ("render", "render_id"),
        ("authorisation", "authorisation_id"),
        ("voice", "voice_id"),
        ("version", "voice_version"),
        ("grant", "grant_id"),
        ("grant", "render_grant_id"),
        ("work", "work_digest"),
        ("performance", "performance_sha256"),
        ("duration_ms", "duration_ms"),
    ),
    "Entry {place} released a song that is not on record.",
    "The record of the release in entry {place} was altered.",
    "The release {id} is on record and not on the ledger.",
)
_AUTHORISATIONS = _Record(
    "authorisation",
    "authorisation",
    "authorisations",
    "id, ledger_index, voice_id, grant_id, render_id",
    (("voice", "voice_id"), ("grant", "grant_id"), ("render", "render_id")),
    "The authorisation of entry {place} is not on record.",
    "The record of the authorisation in entry {place} was altered.",
    "The authorisation {id} is on record and not on the ledger.",
)
_FILES = text(
    "SELECT release_id, sha256, size_bytes FROM released_files WHERE release_id IN :ids "
    "ORDER BY release_id, position"
).bindparams(bindparam("ids", expanding=True))
_ENTRIES = text("SELECT position, entry FROM ledger WHERE position IN :places").bindparams(
    bindparam("places", expanding=True)
)
_RENDERS_ALONE = text(
    "SELECT render_id FROM renders WHERE NOT EXISTS "
    "(SELECT 1 FROM releases WHERE releases.render_id = renders.render_id) ORDER BY render_id"
)
_USED_AND_ISSUED = text(
    "SELECT releases.ledger_index, authorisation_id FROM releases JOIN authorisations "
    "ON authorisations.id = releases.authorisation_id WHERE authorisations.state != 'released'"
)
_RELEASED_AND_UNUSED = text(
    "SELECT ledger_index, id FROM authorisations WHERE state = 'released' AND NOT EXISTS "
    "(SELECT 1 FROM releases WHERE authorisation_id = authorisations.id)"
)


class Songs:
    """The comparison. `use` counts what the ledger says of each grant: songs, and milliseconds of them."""

    def __init__(
        self,
        connection: Connection,
        findings: Findings,
        pseudonym_of: Callable[[str], str | None] | None = None,
    ) -> None:
        self._connection = connection
        self._findings = findings
        self._pseudonym_of = pseudonym_of
        self._met = {_RELEASES.table: 0, _AUTHORISATIONS.table: 0}
        self._files_met = 0
        self.use: dict[str, list[int]] = {}

    def compare(self, entries: Sequence[LoggedEntry]) -> None:
        """Take in a page of entries, in order."""
        for start in range(0, len(entries), _PAGE):
            page = entries[start : start + _PAGE]
            self._compare_releases([entry for entry in page if entry.kind == "render"])
            self._compare_rows(_AUTHORISATIONS, [entry for entry in page if _is_for_singing(entry)])

    def end(self) -> None:
        """After the last page: what is on record and not on the ledger."""
        self._find_unlogged(_RELEASES)
        self._find_unlogged(_AUTHORISATIONS)
        for row in self._connection.execute(_RENDERS_ALONE):
            self._findings.say(None, f"The song {row.render_id} is on record, and no release of it is.")
        for row in self._connection.execute(_USED_AND_ISSUED):
            self._findings.say(
                row.ledger_index,
                f"The authorisation {row.authorisation_id} was used up; on record it could be used again.",
            )
        for row in self._connection.execute(_RELEASED_AND_UNUSED):
            self._findings.say(
                row.ledger_index, f"The authorisation {row.id} was not used; on record it is used up."
            )
        files = self._connection.execute(text("SELECT COUNT(*) FROM released_files")).scalar_one()
        if files > self._files_met:
            more = files - self._files_met
            self._findings.say(None, f"{more} released files on record belong to no release of the ledger.")

    def _compare_releases(self, entries: Sequence[LoggedEntry]) -> None:
        for entry in entries:
            if isinstance(duration_ms := entry.body.get("duration_ms"), int):
                counted = self.use.setdefault(str(entry.body.get("grant")), [0, 0])
                counted[0] += 1
                counted[1] += duration_ms
        ids = [str(entry.body.get("release")) for entry in entries]
        files: dict[str, list[dict[str, Any]]] = {}
        for row in self._connection.execute(_FILES, {"ids": ids}) if ids else ():
            files.setdefault(row.release_id, []).append({"sha256": row.sha256, "size_bytes": row.size_bytes})
        self._files_met += sum(map(len, files.values()))
        self._compare_rows(_RELEASES, entries, files)

    def _compare_rows(
        self,
        record: _Record,
        entries: Sequence[LoggedEntry],
        files: Mapping[str, list[dict[str, Any]]] | None = None,
    ) -> None:
        if not entries:
            return
        owner = record.table.split(" ")[0]
        query = text(f"SELECT {record.columns} FROM {record.table} WHERE {owner}.id IN :ids").bindparams(
            bindparam("ids", expanding=True)
        )
        ids = [str(entry.body.get(record.name)) for entry in entries]
        rows = {row.id: row for row in self._connection.execute(query, {"ids": ids})}
        for entry in entries:
            name = str(entry.body.get(record.name))
            row = rows.get(name)
            if row is None:
                self._say(entry.position, record.missing)
                continue
            self._met[record.table] += row.ledger_index == entry.position
            whole = row.ledger_index == entry.position and all(
                entry.body.get(member) == getattr(row, column) for member, column in record.fields
            )
            whole = whole and (record is not _RELEASES or self._is_the_users(row.user_id, entry))
            if not whole or (files is not None and entry.body.get("files") != files.get(name)):
                self._say(entry.position, record.altered)

    def _is_the_users(self, user: object, entry: LoggedEntry) -> bool:
        """Whether a song is on record as that of the user in its entry; an erased user's is nobody's."""
        if self._pseudonym_of is None or user == _ERASED:
            return True
        return isinstance(user, str) and self._pseudonym_of(user) == entry.body.get("user")

    def _find_unlogged(self, record: _Record) -> None:
        """Name the rows that no entry speaks of; they are looked for only where there are too many rows."""
        owner = record.table.split(" ")[0]
        count = self._connection.execute(text(f"SELECT COUNT(*) FROM {owner}")).scalar_one()
        if count == self._met[record.table]:
            return
        for page in self._pages(owner):
            places = [row.ledger_index for row in page]
            entries = self._connection.execute(_ENTRIES, {"places": places})
            logged = {row.position: row.entry for row in entries}
            for row in page:
                if not _speaks_of(logged.get(row.ledger_index), record, row.id):
                    self._findings.say(row.ledger_index, record.unlogged.format(id=row.id))

    def _pages(self, table: str) -> Iterator[Sequence[Row[Any]]]:
        query = text(f"SELECT id, ledger_index FROM {table} WHERE id > :after ORDER BY id LIMIT {_PAGE}")
        after = ""
        while page := self._connection.execute(query, {"after": after}).all():
            yield page
            after = page[-1].id

    def _say(self, place: int, sentence: str) -> None:
        self._findings.say(place, sentence.format(place=place))


def _is_for_singing(entry: LoggedEntry) -> bool:
    return entry.kind == "authorisation" and "authorisation" in entry.body


def _speaks_of(raw: object, record: _Record, name: str) -> bool:
    try:
        entry = json.loads(as_bytes(raw))
        return bool(entry["kind"] == record.kind and entry["body"][record.name] == name)
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
