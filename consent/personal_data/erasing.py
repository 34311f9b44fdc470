"""The one transaction of an erasure: rows emptied, removed and sealed anew, and the entry that says so."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, select

from consent.approval_rows import move_request
from consent.canonical import canonical
from consent.destruction import hasten, schedule
from consent.errors import UnknownName
from consent.grants import ENDED, end_grant, log_grant
from consent.ledger.proof import SUFFIX
from consent.macs import covered_tables
from consent.mandates import end_mandate
from consent.personal_data.holdings import HOLDINGS, Holding
from consent.personal_data.people import Subject, rows_of
from consent.personal_data.wording import is_for_nobody, names_subject, terms_without, text_without
from consent.persons import seal_person
from consent.records import (
    ApprovalRow,
    AuthorisationRow,
    Base,
    GrantRow,
    JobRow,
    MandateRow,
    PersonRow,
    ReceiptRow,
    ReleasedFileRow,
    VoiceRow,
)
from consent.store import Store, Unit
from consent.subjects import TOMBSTONE, erase, pseudonym


class Erasing:
    """One erasure under way in its transaction."""

    def __init__(self, store: Store, unit: Unit, subject: Subject) -> None:
        self._store = store
        self._unit = unit
        self._subject = subject
        self._mention = subject.mention()
        self._rows: dict[str, int] = {}
        self._ended: list[str] = []
        self._jobs: list[int] = []
        self._grants: dict[str, str] = {}

    def run(self, by: str | None, ground: str, voices: Iterable[str]) -> dict[str, Any]:
        """Erase, log, and say what was done."""
        session, subject = self._unit.session, self._subject
        held = list(rows_of(session, subject, words_only=True))
        if not any(own or through for _, own, through in held) and not subject.pseudonyms:
            raise UnknownName("The registry holds nothing about that person or user.")
        self._files(held)
        for holding, own, through_voice in held:
            for row in own:
                self._empty(holding, row, own=not self._merely_acted(holding, row))
            for row in through_voice:
                self._empty(holding, row, own=False)
        self._forget_mentions()
        if subject.person is not None:
            hasten(self._unit, person=subject.person)
        for voice in subject.voices:
            hasten(self._unit, voice=voice)
        position = self._unit.append("erasure", self._entry(by, ground, voices))
        for name in subject.handles:
            erase(self._unit, name)
        return {
            "ledger_index": position,
            "grants_ended": tuple(self._ended),
            "jobs_removed": tuple(self._jobs),
            "rows": dict(sorted(self._rows.items())),
        }

    def _entry(self, by: str | None, ground: str, voices: Iterable[str]) -> dict[str, Any]:
        """What the ledger keeps of it: counts, ids and digests."""
        who = self._subject.pseudonyms[:1] or (None,)
        return {
            "person": who[0],
            "by": who[0]
            if by is None or by in self._subject.handles
            else pseudonym(self._store, self._unit, by),
            "ground": ground,
            "voices": list(voices),
            "grants": [
                {"grant": name, "terms_sha256": digest} for name, digest in sorted(self._grants.items())
            ],
            "rows": dict(sorted(self._rows.items())),
        }

    def _files(self, held: list[tuple[Holding, list[Any], list[Any]]]) -> None:
        """Schedule what lies in the registry's home for this user: released songs, and jobs' folders."""
        own = {holding.table: rows for holding, rows, _ in held}
        home = self._store.home
        songs = [Path(row.path) for row in own.get(ReleasedFileRow, ()) if row.path]
        paths = {*songs, *(song.with_name(f"{song.name}{SUFFIX}") for song in songs)}
        paths |= {home / "songs" / str(row.payload.get("token", "")) for row in own.get(JobRow, ())}
        for path in sorted(paths):
            if path.is_relative_to(home) and len(path.relative_to(home).parts) > 1 and path.exists():
                schedule(
                    self._unit,
                    what="songs",
                    path=path,
                    voice=None,
                    person=None,
                    due_at=self._unit.now,
                    reason="the user was erased",
                )

    def _empty(self, holding: Holding, row: Any, *, own: bool) -> None:
        """Take what is personal out of one row, or the row out of its table."""
        session = self._unit.session
        if isinstance(row, JobRow):
            self._jobs.append(row.id)
        if holding.removed and own:
            self._count(holding)
            session.delete(row)
            session.flush()
            return
        if isinstance(row, PersonRow):
            self._entomb(row)
            return
        before = _values(row)
        if own or (holding.voices_words and getattr(row, holding.voice or "") in self._subject.voices):
            for name in holding.words:
                setattr(row, name, _emptied(row, name))
        for name in holding.users:
            if getattr(row, name) in self._subject.handles:
                setattr(row, name, TOMBSTONE)
        for name in holding.called:
            if getattr(row, name) == self._subject.name:
                setattr(row, name, TOMBSTONE)
        if isinstance(row, AuthorisationRow):
            row.mac = ""  # over the user's name, which could be tried against it
            row.state = "erased" if row.state == "issued" else row.state
        if isinstance(row, VoiceRow):
            row.name = row.id
        if isinstance(row, ApprovalRow) and own:
            self._close(row)
        if isinstance(row, MandateRow) and row.state == "active":
            end_mandate(self._store, self._unit, row)
        self._settle(holding, row, before)

    def _merely_acted(self, holding: Holding, row: Any) -> bool:
        """Whether a row is theirs only because they acted in it for somebody else."""
        return (
            any(getattr(row, name) == self._subject.person for name in holding.acted)
            and not any(getattr(row, name) == self._subject.person for name in holding.people)
            and not any(getattr(row, name) in self._subject.handles for name in holding.users)
        )

    def _close(self, row: ApprovalRow) -> None:
        row.shown, row.binding = False, f"erased-{secrets.token_hex(16)}"
        if row.state == "waiting":
            move_request(self._store, self._unit, row, "expired", None, None)

    def _entomb(self, row: PersonRow) -> None:
        if row.state == "erased":
            return
        row.name = row.contact = ""
        row.handle, row.minor_until_ms, row.state = None, None, "erased"
        seal_person(self._store, self._unit, row)
        self._rows[PersonRow.__tablename__] = 1

    def _forget_mentions(self) -> None:
        """Take the person's name, handle and contact out of rows that are not theirs."""
        for holding in HOLDINGS:
            for row in self._unit.session.scalars(select(holding.table)).all() if holding.mentions else ():
                before = _values(row)
                for name in holding.mentions:
                    value = getattr(row, name)
                    if isinstance(row, ReceiptRow):  # signed: it cannot be rewritten, only put away
                        changed = None if names_subject(value, self._subject) else value
                    elif isinstance(row, GrantRow) and name == "terms":
                        changed = terms_without(value, self._subject)
                    elif isinstance(row, ApprovalRow):  # ids and handles, each on its own
                        changed = [TOMBSTONE if named == self._subject.handle else named for named in value]
                    else:
                        changed = text_without(value, self._mention)
                    if changed != value:
                        setattr(row, name, changed)
                if isinstance(row, GrantRow) and row.terms != before["terms"]:
                    self._redact(row)
                self._settle(holding, row, before)

    def _redact(self, grant: GrantRow) -> None:
        """End a grant that was for this user alone, and keep the digest of what its terms say now."""
        if is_for_nobody(grant.terms) and grant.state not in ENDED:
            state = grant.state
            end_grant(self._store, self._unit, grant, "withdrawn")
            log_grant(self._store, self._unit, grant, state, None, None)
            self._ended.append(grant.id)
        self._grants[grant.id] = hashlib.sha256(canonical(grant.terms)).hexdigest()

    def _settle(self, holding: Holding, row: Any, before: dict[str, Any]) -> None:
        """Count a row that changed, and give it a MAC over what it says now."""
        if _values(row) == before:
            return
        self._count(holding)
        for table, purpose, covered in covered_tables():
            if isinstance(row, table):
                row.mac = self._store.keys.mac(purpose, covered(row))
        self._unit.session.flush()

    def _count(self, holding: Holding) -> None:
        self._rows[holding.name] = self._rows.get(holding.name, 0) + 1


def _values(row: Base) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "mac"}


def _emptied(row: Base, name: str) -> Any:
    """Nothing, in the type of a column."""
    column = row.__table__.columns[name]
    if column.nullable:
        return None
    if isinstance(column.type, JSON):
        return [] if isinstance(getattr(row, name), list) else {}
    return ""
