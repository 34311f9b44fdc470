"""Seeding the people behind a shipped voice: its owner, and whoever gave the two permissions."""

from __future__ import annotations

from sqlalchemy import select

from consent.permissions import (
    PUBLISHED,
    Showing,
    end_right,
    is_intact,
    published_right_id,
    renew_right,
    write_right,
)
from consent.persons import person_published, write_person
from consent.records import PersonRow, RightRow, VoiceRow
from consent.rights import Right
from consent.rights_files import PublishedRight
from consent.store import Store, Unit
from consent.voice_files import VoiceFile


def seed_owner(store: Store, unit: Unit, file: VoiceFile) -> str:
    """The id of the person to whom the folder says that the voice belongs.

    Once their record was erased, the folder does not bring it back: the voice stays the erased person's.
    """
    known = unit.session.get(VoiceRow, file.id)
    if known is not None and unit.session.get_one(PersonRow, known.owner_id).state == "erased":
        return known.owner_id
    kind = next((right.kind for right in file.rights if right.name == file.owner_name), "person")
    return _person(store, unit, file.owner_name, file.owner_contact, kind)


def seed_rights(store: Store, unit: Unit, file: VoiceFile) -> None:
    """Write the permissions that the folder shows, in place of what older words showed.

    One that was withdrawn stays so, whatever the folder says.
    """
    rows = unit.session.scalars(
        select(RightRow).where(RightRow.voice_id == file.id, RightRow.origin == PUBLISHED)
    ).all()
    closed = {row.kind for row in rows if row.state == "withdrawn" or _is_erased(unit, row)}
    shown = {}
    for published in file.rights:
        if published.right not in closed:
            contact = published.contact or (file.owner_contact if published.name == file.owner_name else "")
            person = _person(store, unit, published.name, contact, published.kind)
            right, showing = _right(file.id, person, published)
            shown[right.id] = (right, showing)
    for row in rows:
        if row.state == "active" and row.kind not in closed and row.id not in shown:
            end_right(store, unit, row, "superseded", "the published words changed")
    known = {row.id: row for row in rows}
    for right, showing in shown.values():
        if right.id not in known:
            write_right(store, unit, right, file.id, PUBLISHED, showing, right.person)
        elif known[right.id].state == "superseded" and is_intact(store, known[right.id]):
            renew_right(store, unit, known[right.id])


def _right(voice: str, person: str, published: PublishedRight) -> tuple[Right, Showing]:
    text = published.evidence
    showing = Showing(published.basis, published.quote, text.name, text.sha256)
    name = published_right_id(voice, published.right, person, published.actions, showing)
    return Right(name, published.right, person, published.actions), showing


def _person(store: Store, unit: Unit, name: str, contact: str, kind: str) -> str:
    known = person_published(unit.session, name, contact)
    return (known or write_person(store, unit, name, kind=kind, contact=contact)).id


def _is_erased(unit: Unit, row: RightRow) -> bool:
    return unit.session.get_one(PersonRow, row.person_id).state == "erased"
