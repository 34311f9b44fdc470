"""People at rest: whoever owns, performs, licenses or acts for somebody, each sealed by a MAC."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from consent.clock import from_ms, to_ms
from consent.errors import Reason, Refused, UnknownName
from consent.macs import covers
from consent.records import PersonRow
from consent.store import Store, Unit
from consent.subjects import pseudonym

KINDS = ("person", "organisation", "estate")
"""What somebody in the registry can be; an estate stands for somebody who has died."""


@dataclass(frozen=True)
class Person:
    """Somebody whom the registry knows. `handle` is the user name that they sign in with, None for none.

    `minor_until` is the instant at which they come of age. `state` is active, erased or damaged.
    """

    id: str
    kind: str
    name: str
    contact: str
    handle: str | None
    minor_until: datetime | None
    deceased: bool
    state: str


def write_person(
    store: Store,
    unit: Unit,
    name: str,
    *,
    kind: str = "person",
    contact: str = "",
    handle: str | None = None,
    minor_until: datetime | None = None,
) -> PersonRow:
    """Write somebody down, under a random id, and log that it was done."""
    row = PersonRow(
        id=f"person-{secrets.token_hex(8)}",
        kind=kind,
        name=name,
        contact=contact,
        handle=handle,
        minor_until_ms=None if minor_until is None else to_ms(minor_until),
        deceased=False,
        state="active",
        added_at_ms=to_ms(unit.now),
    )
    unit.session.add(row)
    seal_person(store, unit, row)
    return row


def seal_person(store: Store, unit: Unit, row: PersonRow) -> None:
    """Renew the MAC of a person's row after a change, and log the change."""
    row.mac = store.keys.mac("person", _covered(row))
    unit.session.flush()
    unit.append(
        "person",
        {
            "person": pseudonym(store, unit, row.id),
            "kind": row.kind,
            "state": row.state,
            "deceased": row.deceased,
            "minor_until_ms": row.minor_until_ms,
        },
    )


def is_intact(store: Store, row: PersonRow) -> bool:
    """Whether the row says of the person what the registry wrote."""
    return store.keys.check_mac("person", _covered(row), row.mac)


def to_person(store: Store, row: PersonRow) -> Person:
    """A stored person as a value."""
    return Person(
        id=row.id,
        kind=row.kind,
        name=row.name,
        contact=row.contact,
        handle=row.handle,
        minor_until=None if row.minor_until_ms is None else from_ms(row.minor_until_ms),
        deceased=row.deceased,
        state=row.state if is_intact(store, row) else "damaged",
    )


def person_named(session: Session, name: str) -> PersonRow:
    """The person with this id or this handle. Raises UnknownName."""
    row = session.scalars(
        select(PersonRow).where(or_(PersonRow.id == name, PersonRow.handle == name)).limit(1)
    ).first()
    if row is None:
        raise UnknownName(
            f"The registry knows nobody called {name!r}.", "`consonance people list` shows ids and handles."
        )
    return row


def person_published(session: Session, name: str, contact: str) -> PersonRow | None:
    """The person whom the folders of voices name so, if they came in already."""
    return session.scalars(
        select(PersonRow)
        .where(PersonRow.name == name, PersonRow.contact == contact, PersonRow.state == "active")
        .order_by(PersonRow.added_at_ms, PersonRow.id)
        .limit(1)
    ).first()


def require_able(store: Store, row: PersonRow, now: datetime) -> None:
    """Raise Refused for somebody who cannot act in person: damaged, erased, deceased, or a minor still."""
    if not is_intact(store, row):
        raise Refused([Reason("damaged", f"The stored record of {row.id} is not what the registry wrote.")])
    if row.state != "active":
        raise Refused([Reason("erased", f"The registry has erased what it held about {row.id}.")])
    if row.deceased:
        raise Refused([Reason("deceased", f"{row.name} has died; only the estate can act.")])
    if is_minor(row, now):
        age = f"{from_ms(row.minor_until_ms or 0):%Y-%m-%d %H:%M UTC}"
        raise Refused([Reason("minor", f"{row.name} is a minor until {age}; only a guardian can act.")])


def is_minor(row: PersonRow, now: datetime) -> bool:
    """Whether somebody has not come of age yet at `now`."""
    return row.minor_until_ms is not None and to_ms(now) < row.minor_until_ms


@covers("person", PersonRow)
def _covered(row: PersonRow) -> dict[str, Any]:
    return {
        "person": row.id,
        "kind": row.kind,
        "name": row.name,
        "contact": row.contact,
        "handle": row.handle,
        "minor_until_ms": row.minor_until_ms,
        "deceased": row.deceased,
        "state": row.state,
    }
