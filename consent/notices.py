"""Notices: what the registry tells people, kept until they have read it and after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from consent.clock import from_ms, to_ms
from consent.errors import UnknownName
from consent.records import NoticeRow, PersonRow
from consent.store import Store, Unit


@dataclass(frozen=True)
class Notice:
    """One notice: what it is about (`kind`, `voice`), in a person's words (`text`), and when it was read."""

    id: int
    kind: str
    voice: str | None
    text: str
    at: datetime
    read_at: datetime | None


def notify(
    unit: Unit, *, person: str | None, voice: str | None, kind: str, text: str, user: str | None = None
) -> int:
    """Leave a notice for a person (id) or for a user (handle); returns its number."""
    row = NoticeRow(
        person_id=person,
        user_id=None if person is not None else user,
        voice_id=voice,
        kind=kind,
        text=text,
        at_ms=to_ms(unit.now),
        read_at_ms=None,
    )
    unit.session.add(row)
    unit.session.flush()
    return row.id


def notify_users(unit: Unit, users: Iterable[str], *, voice: str, kind: str, text: str) -> None:
    """Leave the same notice for each of these users, once for each."""
    for user in sorted(set(users)):
        notify(unit, person=None, user=user, voice=voice, kind=kind, text=text)


class Notices:
    """The notices of one registry."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of_person(self, person: str, unread: bool = False) -> list[Notice]:
        """The notices for a person (id) or user (handle), newest first; with `unread`, only the new ones."""
        with self._store.read() as session:
            names, persons = _called(session, person)
            query = select(NoticeRow).where(
                or_(NoticeRow.user_id.in_(names), NoticeRow.person_id.in_(persons))
            )
            if unread:
                query = query.where(NoticeRow.read_at_ms.is_(None))
            return [_notice(row) for row in session.scalars(query.order_by(NoticeRow.id.desc()))]

    def read(self, notice: int, by: str) -> Notice:
        """Mark a notice as read by the person or user it is for. Raises UnknownName for anybody else's."""
        with self._store.write() as unit:
            names, persons = _called(unit.session, by)
            row = unit.session.get(NoticeRow, notice)
            if row is None or not (row.user_id in names or row.person_id in persons):
                raise UnknownName(f"There is no notice {notice} for {by!r}.")
            if row.read_at_ms is None:
                row.read_at_ms = to_ms(unit.now)
            return _notice(row)


def _called(session: Session, name: str) -> tuple[set[str], set[str]]:
    """The handles and the ids under which somebody may have been told something."""
    row = session.scalars(
        select(PersonRow).where(or_(PersonRow.id == name, PersonRow.handle == name)).limit(1)
    ).first()
    if row is None:
        return {name}, set()
    return {name} if row.handle is None else {row.handle}, {row.id}


def _notice(row: NoticeRow) -> Notice:
    return Notice(
        id=row.id,
        kind=row.kind,
        voice=row.voice_id,
        text=row.text,
        at=from_ms(row.at_ms),
        read_at=None if row.read_at_ms is None else from_ms(row.read_at_ms),
    )
