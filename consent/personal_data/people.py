"""Whose data is meant: a registered person by id or handle, or a user who is known by a handle alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, inspect, or_, select
from sqlalchemy.orm import Session

from consent.clock import from_ms
from consent.personal_data.holdings import HOLDINGS, Holding
from consent.records import AuthorisationRow, Base, LedgerRow, PersonRow, RightRow, VoiceRow
from consent.store import Store
from consent.subjects import known_pseudonym

_SHORTEST = 3  # characters of a name that is looked for inside longer texts


@dataclass(frozen=True)
class Subject:
    """Somebody, under everything that they go by. `voices` are their own, `performed` those that rest on
    their permission though they are another's. `pseudonyms` stand for them in the ledger."""

    person: str | None
    handle: str | None
    name: str
    contact: str
    voices: tuple[str, ...]
    performed: tuple[str, ...]
    pseudonyms: tuple[str, ...]

    @property
    def handles(self) -> tuple[str, ...]:
        """What they go by in columns of handles: their handle, and their id where it stands for them."""
        return tuple(name for name in (self.handle, self.person) if name is not None)

    def mention(self) -> re.Pattern[str] | None:
        """What finds their name, handle or contact in a text, as words of their own.

        A plain word that somebody merely calls themselves is not looked for: it means other things, too.
        """
        handle = self.handle if self.person is not None or not (self.handle or "").isalpha() else None
        names = {name for name in (self.name, handle, self.contact) if name and len(name) >= _SHORTEST}
        if not names:
            return None
        longest_first = sorted(names, key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def find_subject(store: Store, session: Session, who: str) -> Subject:
    """Whom an id or a handle means. A handle that nobody registered is a user of just that handle."""
    row = session.scalars(
        select(PersonRow).where(or_(PersonRow.id == who, PersonRow.handle == who)).limit(1)
    ).first()
    person, handle = (None, who) if row is None else (row.id, row.handle)
    names = [name for name in (handle, person) if name is not None]
    owned = select(VoiceRow.id).where(VoiceRow.owner_id == person).order_by(VoiceRow.id)
    voices = tuple(session.scalars(owned)) if person else ()
    lent = select(RightRow.voice_id).where(RightRow.person_id == person, RightRow.state == "active")
    performed = set(session.scalars(lent)) - set(voices) if person else set()
    known = (known_pseudonym(store, session, name) for name in names)
    return Subject(
        person=person,
        handle=handle,
        name=row.name if row else "",
        contact=row.contact if row else "",
        voices=voices,
        performed=tuple(sorted(performed)),
        pseudonyms=tuple(pseudonym for pseudonym in known if pseudonym is not None),
    )


def rows_of(
    session: Session, subject: Subject, *, words_only: bool = False
) -> Iterator[tuple[Holding, list[Any], list[Any]]]:
    """Each table with the rows that are theirs, and those that concern them through their voice alone (with
    `words_only`, just where the words in those are the owner's)."""
    found: dict[type[Base], list[Any]] = {AuthorisationRow: _authorisations(session, subject)}
    for holding in HOLDINGS:
        own = found.get(holding.table)
        if own is None:
            own = found[holding.table] = _select(session, holding, _theirs(holding, subject, found))
        through_voice: list[Any] = []
        if holding.voice is not None and subject.voices and (holding.voices_words or not words_only):
            column = getattr(holding.table, holding.voice)
            ours = {id(row) for row in own}
            rows = _select(session, holding, column.in_(subject.voices))
            through_voice = [row for row in rows if id(row) not in ours]
        yield holding, own, through_voice


def ledger_entries(session: Session, subject: Subject) -> Iterator[dict[str, Any]]:
    """Every ledger entry that bears one of their pseudonyms, oldest first."""
    sought = [pseudonym.encode() for pseudonym in subject.pseudonyms]
    if not sought:
        return
    rows = session.execute(
        select(LedgerRow.position, LedgerRow.entry).order_by(LedgerRow.position),
        execution_options={"yield_per": 1000},
    )
    for position, entry in rows:
        if any(pseudonym in entry for pseudonym in sought):
            data = json.loads(entry)
            at = from_ms(data["at_ms"]).isoformat()
            yield {"position": position, "kind": data["kind"], "at": at, "body": data["body"]}


def _authorisations(session: Session, subject: Subject) -> list[Any]:
    """Their authorisations, whose rows do not say whose they are: the ledger does, by pseudonym."""
    names = [entry["body"].get("authorisation") for entry in ledger_entries(session, subject)]
    rows = (session.get(AuthorisationRow, name) for name in dict.fromkeys(names) if name)
    return [row for row in rows if row is not None]


def _theirs(holding: Holding, subject: Subject, found: dict[type[Base], list[Any]]) -> ColumnElement[bool]:
    column = holding.table.__table__.c
    ways: list[ColumnElement[bool]] = [false()]
    if subject.person is not None:
        ways += [column[name] == subject.person for name in (*holding.people, *holding.acted)]
    ways += [column[name].in_(subject.handles) for name in holding.users]
    if subject.name:
        ways += [column[name] == subject.name for name in holding.called]
    if holding.through is not None:
        name, table = holding.through
        key = inspect(table).primary_key[0].name
        ways.append(column[name].in_([getattr(row, key) for row in found[table]]))
    return or_(*ways)


def _select(session: Session, holding: Holding, wanted: ColumnElement[bool]) -> list[Any]:
    keys = inspect(holding.table).primary_key
    return list(session.scalars(select(holding.table).where(wanted).order_by(*keys)))
