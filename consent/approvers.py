"""Who may answer a request for approval, and who is told that it waits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.approval_rows import answers_of
from consent.authority import Actor, actor_for_owner
from consent.errors import Reason, Refused
from consent.mandates import load_mandate_records
from consent.persons import person_named, require_able
from consent.records import ApprovalRow, PersonRow, VoiceRow
from consent.store import Store, Unit


def answerer(store: Store, session: Session, row: ApprovalRow, by: str, now: datetime) -> Actor:
    """Who answers: one of those whom the grant names, in person; else the owner, or for the owner."""
    if not row.named:
        return actor_for_owner(store, session, by, row.voice_id, "approve", now)
    person = person_named(session, by)
    require_able(store, person, now)
    if person.id not in row.named and person.handle not in row.named:
        sentence = f"The grant {row.grant_id} does not name {person.name} among those who approve."
        raise Refused([Reason("no-authority", sentence, row.grant_id)])
    return Actor(person.id, person.id, None)


def approvers(store: Store, unit: Unit, voice: VoiceRow, row: ApprovalRow) -> list[str]:
    """The ids of those to be told that something waits."""
    if row.named:
        query = select(PersonRow.id).where(PersonRow.id.in_(row.named) | PersonRow.handle.in_(row.named))
        return list(unit.session.scalars(query.order_by(PersonRow.id)))
    people = {voice.owner_id}
    for record in load_mandate_records(store, unit.session, voice.owner_id):
        mandate, over = record.mandate, not record.voices or voice.id in record.voices
        if (
            mandate.principal == voice.owner_id
            and mandate.state == "active"
            and "approve" in record.acts
            and over
        ):
            people.add(mandate.agent)
    return sorted(people)


def may_answer(store: Store, session: Session, row: ApprovalRow, who: PersonRow, now: datetime) -> bool:
    """Whether somebody may answer a request, and has not done so yet."""
    if any(answer.person_id == who.id for answer in answers_of(store, session, row)):
        return False
    try:
        answerer(store, session, row, who.id, now)
    except Refused:
        return False
    return True


def as_named(session: Session, row: ApprovalRow, person: str) -> str:
    """The name under which the grant's condition counts a person: their handle where that is named, else the
    id."""
    handle = session.get_one(PersonRow, person).handle
    return handle if person not in row.named and handle is not None and handle in row.named else person
