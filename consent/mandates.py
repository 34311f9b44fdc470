"""Mandates at rest: who may act for whom, over which voices, for which acts, from when until when."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from consent.clock import from_ms, to_ms
from consent.macs import covers
from consent.persons import is_intact as is_person_intact
from consent.records import MandateRow, PersonRow
from consent.rights import Mandate
from consent.store import Store, Unit
from consent.subjects import pseudonym

ACTS = ("grant", "approve", "suspend", "withdraw")
"""What somebody may do in another's name: give grants, approve songs, suspend and resume, withdraw."""


@dataclass(frozen=True)
class MandateRecord:
    """A mandate as people look at it; no `voices` named means all of the principal's."""

    mandate: Mandate
    voices: tuple[str, ...]
    acts: tuple[str, ...]
    evidence: str
    made_at: datetime
    ended_at: datetime | None


def write_mandate(
    store: Store,
    unit: Unit,
    agent: PersonRow,
    principal: PersonRow,
    capacity: str,
    *,
    voices: Sequence[str],
    acts: Sequence[str],
    not_before: datetime,
    not_after: datetime | None,
    evidence: str,
) -> MandateRow:
    """Write a mandate that stands from now on, and its ledger entry."""
    row = MandateRow(
        id=f"mandate-{secrets.token_hex(8)}",
        agent_id=agent.id,
        principal_id=principal.id,
        capacity=capacity,
        voices=sorted(set(voices)),
        acts=[act for act in ACTS if act in acts],
        not_before_ms=to_ms(not_before),
        not_after_ms=None if not_after is None else to_ms(not_after),
        state="active",
        evidence=evidence,
        made_at_ms=to_ms(unit.now),
        ended_at_ms=None,
    )
    unit.session.add(row)
    _seal(store, unit, row)
    return row


def end_mandate(store: Store, unit: Unit, row: MandateRow) -> None:
    """Take a mandate to "ended", from this very instant."""
    row.state, row.ended_at_ms = "ended", to_ms(unit.now)
    _seal(store, unit, row)


def to_mandate(store: Store, session: Session, row: MandateRow) -> Mandate:
    """A stored mandate as a value for `decide`, with what ends it by itself.

    A guardian's ends at the instant at which the minor comes of age. A label's, an agent's and a guardian's
    end when the principal dies, an estate's begins then, and everybody's ends with whoever held it.
    """
    agent, principal = (session.get_one(PersonRow, name) for name in (row.agent_id, row.principal_id))
    not_after_ms, state = row.not_after_ms, row.state
    if row.capacity == "guardian":
        of_age_ms = principal.minor_until_ms or 0
        not_after_ms = of_age_ms if not_after_ms is None else min(not_after_ms, of_age_ms)
    holder_is_gone = agent.deceased or agent.state != "active" or principal.state != "active"
    if state == "active" and (holder_is_gone or principal.deceased != (row.capacity == "estate")):
        state = "ended"
    if not (
        store.keys.check_mac("mandate", _covered(row), row.mac)
        and is_person_intact(store, agent)
        and is_person_intact(store, principal)
    ):
        state = "damaged"
    return Mandate(
        id=row.id,
        agent=row.agent_id,
        principal=row.principal_id,
        capacity=row.capacity,
        state=state,
        not_before=from_ms(row.not_before_ms),
        not_after=None if not_after_ms is None else from_ms(not_after_ms),
    )


def load_mandate(store: Store, session: Session, mandate: str | None) -> Mandate | None:
    """The mandate under which a grant was given, or None for one that was given in person."""
    return None if mandate is None else to_mandate(store, session, session.get_one(MandateRow, mandate))


def load_mandate_records(store: Store, session: Session, person: str | None = None) -> list[MandateRecord]:
    """Every mandate, or every one that somebody holds or gave, oldest first."""
    query = select(MandateRow).order_by(MandateRow.made_at_ms, MandateRow.id)
    if person is not None:
        query = query.where(or_(MandateRow.agent_id == person, MandateRow.principal_id == person))
    return [to_record(store, session, row) for row in session.scalars(query)]


def to_record(store: Store, session: Session, row: MandateRow) -> MandateRecord:
    """A stored mandate as people look at it."""
    return MandateRecord(
        mandate=to_mandate(store, session, row),
        voices=tuple(row.voices),
        acts=tuple(row.acts),
        evidence=row.evidence,
        made_at=from_ms(row.made_at_ms),
        ended_at=None if row.ended_at_ms is None else from_ms(row.ended_at_ms),
    )


def _seal(store: Store, unit: Unit, row: MandateRow) -> None:
    row.mac = store.keys.mac("mandate", _covered(row))
    unit.session.flush()
    unit.append(
        "mandate",
        {
            "mandate": row.id,
            "state": row.state,
            "capacity": row.capacity,
            "agent": pseudonym(store, unit, row.agent_id),
            "principal": pseudonym(store, unit, row.principal_id),
            "voices": list(row.voices),
            "acts": list(row.acts),
            "not_before_ms": row.not_before_ms,
            "not_after_ms": row.not_after_ms,
        },
    )


@covers("mandate", MandateRow)
def _covered(row: MandateRow) -> dict[str, Any]:
    return {
        "mandate": row.id,
        "agent": row.agent_id,
        "principal": row.principal_id,
        "capacity": row.capacity,
        "voices": row.voices,
        "acts": row.acts,
        "not_before_ms": row.not_before_ms,
        "not_after_ms": row.not_after_ms,
        "state": row.state,
        "evidence": row.evidence,
        "made_at_ms": row.made_at_ms,
        "ended_at_ms": row.ended_at_ms,
    }
