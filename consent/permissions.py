"""The performer's consent and the recording owner's permission at rest: two records behind every voice.

A song needs both. Either of the two people can end theirs alone, and then the voice sings no more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.clock import from_ms, to_ms
from consent.macs import covers
from consent.receipts import issue
from consent.records import RightRow
from consent.rights import Right
from consent.store import Store, Unit
from consent.subjects import pseudonym
from consent.voice_rows import touch

PUBLISHED, GIVEN = "published", "given"
"""Where a permission comes from: read from a voice's folder, or recorded in this registry."""


@dataclass(frozen=True)
class Showing:
    """What shows a permission: in plain words, in the words of whoever gave it, and where those stand."""

    basis: str
    quote: str = ""
    evidence_name: str = ""
    evidence_sha256: str = ""


@dataclass(frozen=True)
class RightRecord:
    """A permission as people look at it: the value that `decide` takes, and what shows it."""

    right: Right
    voice: str
    origin: str
    showing: Showing
    made_at: datetime
    ended_at: datetime | None
    reason: str


def published_right_id(voice: str, kind: str, person: str, actions: tuple[str, ...], showing: Showing) -> str:
    """The id of the permission that a voice's folder shows: the same as long as it says the same."""
    said: dict[str, Any] = {"voice": voice, "kind": kind, "person": person, "actions": list(actions)}
    said["showing"] = [showing.basis, showing.quote, showing.evidence_name, showing.evidence_sha256]
    return f"right-{hashlib.sha256(rfc8785.dumps(said)).hexdigest()[:16]}"


def write_right(
    store: Store,
    unit: Unit,
    right: Right,
    voice: str,
    origin: str,
    showing: Showing,
    given_by: str,
    mandate: str | None = None,
) -> RightRow:
    """Write a permission that stands from now on, and its ledger entry."""
    row = RightRow(
        id=right.id,
        voice_id=voice,
        kind=right.kind,
        person_id=right.person,
        origin=origin,
        actions=list(right.actions),
        basis=showing.basis,
        quote=showing.quote,
        evidence_name=showing.evidence_name,
        evidence_sha256=showing.evidence_sha256,
        not_before_ms=None if right.not_before is None else to_ms(right.not_before),
        not_after_ms=None if right.not_after is None else to_ms(right.not_after),
        given_by=given_by,
        mandate_id=mandate,
        state="active",
        made_at_ms=to_ms(unit.now),
        ended_at_ms=None,
        reason="",
    )
    row.mac = _mac(store, row)
    unit.session.add(row)
    _log(store, unit, row)
    return row


def renew_right(store: Store, unit: Unit, row: RightRow) -> None:
    """Let a superseded permission stand again, because the words that show it were published again."""
    _move(store, unit, row, "active", None, "")


def end_right(store: Store, unit: Unit, row: RightRow, state: str, reason: str = "") -> None:
    """Take a permission to "withdrawn" or "superseded"."""
    _move(store, unit, row, state, to_ms(unit.now), reason)


def is_intact(store: Store, row: RightRow) -> bool:
    """Whether the row is what the registry wrote; one that is not must never get a new MAC and stand."""
    return store.keys.check_mac("right", _covered(row), row.mac)


def load_rights(store: Store, session: Session, voice: str) -> tuple[Right, ...]:
    """Every permission behind a voice that no other has replaced, as `decide` takes them."""
    return tuple(to_right(store, row) for row in _rows(session, voice))


def load_right_records(store: Store, session: Session, voice: str) -> tuple[RightRecord, ...]:
    """Every permission behind a voice that no other has replaced, with what shows it."""
    return tuple(
        RightRecord(
            right=to_right(store, row),
            voice=row.voice_id,
            origin=row.origin,
            showing=Showing(row.basis, row.quote, row.evidence_name, row.evidence_sha256),
            made_at=from_ms(row.made_at_ms),
            ended_at=None if row.ended_at_ms is None else from_ms(row.ended_at_ms),
            reason=row.reason,
        )
        for row in _rows(session, voice)
    )


def to_right(store: Store, row: RightRow) -> Right:
    """A stored permission as a value; one whose MAC does not fit is "damaged", which permits nothing."""
    return Right(
        id=row.id,
        kind=row.kind,
        person=row.person_id,
        actions=tuple(row.actions),
        state=row.state if is_intact(store, row) else "damaged",
        not_before=None if row.not_before_ms is None else from_ms(row.not_before_ms),
        not_after=None if row.not_after_ms is None else from_ms(row.not_after_ms),
    )


def _rows(session: Session, voice: str) -> list[RightRow]:
    query = select(RightRow).where(RightRow.voice_id == voice, RightRow.state != "superseded")
    return list(session.scalars(query.order_by(RightRow.kind, RightRow.made_at_ms, RightRow.id)))


def _move(store: Store, unit: Unit, row: RightRow, state: str, ended_at_ms: int | None, reason: str) -> None:
    row.state, row.ended_at_ms, row.reason = state, ended_at_ms, reason
    row.mac = _mac(store, row)
    _log(store, unit, row)


def _log(store: Store, unit: Unit, row: RightRow) -> None:
    unit.session.flush()
    unit.append(
        "right",
        {
            "right": row.id,
            "voice": row.voice_id,
            "kind": row.kind,
            "state": row.state,
            "person": pseudonym(store, unit, row.person_id),
            "by": pseudonym(store, unit, row.given_by),
            "mandate": row.mandate_id,
            "actions": list(row.actions),
            "evidence_sha256": row.evidence_sha256 or None,
        },
    )
    event = {"active": "right-given", "withdrawn": "right-withdrawn"}.get(row.state)
    if event is not None:
        issue(store, unit, event=event, voice=row.voice_id, grant=None, person=row.person_id)
    touch(unit.session, row.voice_id)


def _mac(store: Store, row: RightRow) -> str:
    return store.keys.mac("right", _covered(row))


@covers("right", RightRow)
def _covered(row: RightRow) -> dict[str, Any]:
    return {
        "right": row.id,
        "voice": row.voice_id,
        "kind": row.kind,
        "person": row.person_id,
        "origin": row.origin,
        "actions": row.actions,
        "basis": row.basis,
        "quote": row.quote,
        "evidence": [row.evidence_name, row.evidence_sha256],
        "not_before_ms": row.not_before_ms,
        "not_after_ms": row.not_after_ms,
        "given_by": row.given_by,
        "mandate": row.mandate_id,
        "state": row.state,
        "made_at_ms": row.made_at_ms,
        "ended_at_ms": row.ended_at_ms,
    }
