"""The people's door of a registry: who is known, who may speak for whom, and whose permissions stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from consent.appointing import appoint, end_appointment
from consent.clock import to_ms
from consent.errors import Reason, Refused, require_record
from consent.giving import Shown, give_right
from consent.mandates import MandateRecord, load_mandate_records
from consent.permissions import RightRecord, load_right_records
from consent.persons import (
    KINDS,
    Person,
    is_intact,
    is_minor,
    person_named,
    seal_person,
    to_person,
    write_person,
)
from consent.records import GrantRow, MandateRow, PersonRow
from consent.store import Store, Unit
from consent.suspension import rest_grants_of
from consent.voice_rows import touch
from consent.withdrawal import Withdrawal, withdraw_right

__all__ = ["People", "Shown"]


class People:
    """The people of one registry, by id or handle. What is written down about somebody (a birthday, a death,
    a guardian, an estate) is the word of whoever runs the registry, who says what shows it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self,
        name: str,
        *,
        kind: str = "person",
        contact: str = "",
        handle: str | None = None,
        minor_until: datetime | None = None,
    ) -> Person:
        """Write somebody down. Raises BadRecord for an empty name, another kind, a handle that is taken."""
        require_record(name.strip(), "Somebody who is written down has a name.")
        require_record(kind in KINDS, f"{kind!r} is not one of {', '.join(KINDS)}.")
        require_record(minor_until is None or kind == "person", "Only a person can be a minor.")
        with self._store.write() as unit:
            _require_free(unit.session, handle)
            row = write_person(
                self._store, unit, name, kind=kind, contact=contact, handle=handle, minor_until=minor_until
            )
            return to_person(self._store, row)

    def get(self, person: str) -> Person:
        """Somebody by id or handle. Raises UnknownName."""
        with self._store.read() as session:
            return to_person(self._store, person_named(session, person))

    def everybody(self) -> list[Person]:
        """Everybody, in the order in which they came in."""
        with self._store.read() as session:
            rows = session.scalars(select(PersonRow).order_by(PersonRow.added_at_ms, PersonRow.id))
            return [to_person(self._store, row) for row in rows]

    def set_handle(self, person: str, handle: str | None) -> Person:
        """Say under which user name somebody signs in. Raises BadRecord for one that is taken."""
        with self._store.write() as unit:
            row = self._intact(unit, person)
            if handle != row.handle:
                _require_free(unit.session, handle)
            row.handle = handle
            return self._changed(unit, row)

    def set_minor(self, person: str, until: datetime | None) -> Person:
        """Say when somebody comes of age (None: nothing is known of it).

        Grants that a minor gave in person rest from this moment on, until a guardian resumes them.
        """
        with self._store.write() as unit:
            row = self._intact(unit, person)
            require_record(row.kind == "person", "Only a person can be a minor.")
            row.minor_until_ms = None if until is None else to_ms(until)
            changed = self._changed(unit, row)
            if is_minor(row, unit.now):
                rest_grants_of(self._store, unit, row, "given by a minor; a guardian may resume it")
            return changed

    def record_death(self, person: str) -> Person:
        """Write down that somebody has died: from now on only the estate can act for them."""
        with self._store.write() as unit:
            row = self._intact(unit, person)
            require_record(row.kind == "person", "Only a person can die.")
            row.deceased = True
            return self._changed(unit, row)

    def appoint(
        self,
        agent: str,
        principal: str,
        capacity: str,
        acts: Sequence[str],
        *,
        voices: Sequence[str] = (),
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        evidence: str = "",
        by: str | None = None,
    ) -> MandateRecord:
        """Let `agent` act for `principal`: for some voices or (none named) all of theirs, for a time or on.

        A label's or agent's mandate is the principal's own to give, in person (`by`, left out: they do). A
        guardian's and an estate's are written down with the evidence that shows them. Raises BadRecord for a
        mandate that contradicts itself, Refused for one that is not the giver's to give.
        """
        return appoint(
            self._store,
            agent,
            principal,
            capacity,
            acts,
            voices=voices,
            not_before=not_before,
            not_after=not_after,
            evidence=evidence,
            by=by,
        )

    def end_mandate(self, mandate: str, by: str | None = None) -> MandateRecord:
        """End a mandate at this instant; grants that rest on it allow nothing new until they are confirmed.

        `by` is whoever gave it or holds it; left out, it is written down by whoever runs the registry. Raises
        UnknownName, Refused for anybody else.
        """
        return end_appointment(self._store, mandate, by)

    def mandates(self, person: str | None = None) -> list[MandateRecord]:
        """Every mandate, or those that somebody gave or holds, oldest first. Raises UnknownName."""
        with self._store.read() as session:
            name = None if person is None else person_named(session, person).id
            return load_mandate_records(self._store, session, name)

    def rights(self, voice: str) -> tuple[RightRecord, ...]:
        """The permissions behind a voice, with what shows them."""
        with self._store.read() as session:
            return load_right_records(self._store, session, voice)

    def give_right(
        self,
        voice: str,
        kind: str,
        person: str,
        actions: Sequence[str],
        shown: Shown,
        *,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        given_by: str | None = None,
        by: str | None = None,
    ) -> RightRecord:
        """Record that `person` consents to the use of a voice as its performer, or permits that of the
        recordings (`kind`); it takes the place of what they said before.

        `given_by` said so: they themselves where left out, or whoever may speak for them. `by`, for the
        voice's owner, records it. Raises BadRecord where nothing shows it, Refused without authority.
        """
        return give_right(
            self._store,
            voice,
            kind,
            person,
            actions,
            shown,
            not_before=not_before,
            not_after=not_after,
            given_by=given_by,
            by=by,
        )

    def withdraw_right(self, voice: str, kind: str, reason: str = "", by: str | None = None) -> Withdrawal:
        """End the performer's consent, or the recording owner's permission, alone: the voice sings no more.

        Raises UnknownName where there is none, Refused without authority.
        """
        return withdraw_right(self._store, voice, kind, reason, by)

    def _intact(self, unit: Unit, person: str) -> PersonRow:
        """The row of somebody who is to be changed; a new MAC must not cover what somebody else altered."""
        row = person_named(unit.session, person)
        if not is_intact(self._store, row):
            sentence = f"The stored record of {row.id} is not what the registry wrote."
            raise Refused([Reason("damaged", sentence)])
        return row

    def _changed(self, unit: Unit, row: PersonRow) -> Person:
        """Log a change of a person, and mark every voice whose decisions depend on them."""
        seal_person(self._store, unit, row)
        theirs = or_(MandateRow.agent_id == row.id, MandateRow.principal_id == row.id)
        grants = select(GrantRow.voice_id).where(GrantRow.mandate_id.in_(select(MandateRow.id).where(theirs)))
        for voice in sorted(set(unit.session.scalars(grants))):
            touch(unit.session, voice)
        return to_person(self._store, row)


def _require_free(session: Session, handle: str | None) -> None:
    if handle is not None:
        require_record(handle.strip(), "A handle is not empty.")
        query = select(PersonRow.id).where(or_(PersonRow.handle == handle, PersonRow.id == handle))
        taken = session.scalars(query).first() is not None
        require_record(not taken, f"The handle {handle!r} is somebody else's.")
