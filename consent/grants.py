"""Grants at rest: written with a MAC over what must not change, read with the rights behind them.

How much of each has been used stands in two counters, which each release moves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.clock import from_ms, to_ms
from consent.decide import Grant
from consent.macs import covers
from consent.mandates import load_mandate
from consent.permissions import load_rights
from consent.records import GrantRow
from consent.rights import Mandate, Right
from consent.store import Store, Unit
from consent.subjects import pseudonym
from consent.terms import Terms
from consent.voice_rows import touch

ENDED = ("expired", "withdrawn", "superseded")
"""States that a grant does not leave; only newer published terms that return revive a superseded one."""


def make_grant(
    store: Store,
    unit: Unit,
    voice: str,
    kind: str,
    terms: Terms,
    grant_id: str,
    *,
    given_by: str,
    mandate: str | None = None,
    state: str = "active",
) -> GrantRow:
    """Write a grant in its first state, and its ledger entry; `given_by` is a person's id."""
    row = GrantRow(
        id=grant_id,
        voice_id=voice,
        kind=kind,
        terms=terms.to_json(),
        state=state,
        made_at_ms=to_ms(unit.now),
        ended_at_ms=None,
        reason="",
        given_by=given_by,
        mandate_id=mandate,
        renders_used=0,
        ms_used=0,
    )
    unit.session.add(row)
    _seal(store, unit, row)
    terms_sha256 = hashlib.sha256(rfc8785.dumps(row.terms)).hexdigest()
    unit.append(
        "grant",
        {
            "grant": row.id,
            "voice": voice,
            "kind": kind,
            "terms_sha256": terms_sha256,
            "state": state,
            "by": pseudonym(store, unit, given_by),
            "mandate": mandate,
        },
    )
    return row


def renew_grant(store: Store, unit: Unit, row: GrantRow, state: str = "active") -> None:
    """Let a superseded grant stand again, because the terms that make it were published again; logs it."""
    row.state = state
    row.ended_at_ms = None
    row.reason = ""
    _seal(store, unit, row)
    body = {"grant": row.id, "voice": row.voice_id, "kind": row.kind, "renewed": True, "state": state}
    unit.append("grant", body)


def end_grant(store: Store, unit: Unit, row: GrantRow, state: str, reason: str = "") -> None:
    """Take a grant to one of `ENDED`; the caller logs why."""
    row.state = state
    row.ended_at_ms = to_ms(unit.now)
    row.reason = reason
    _seal(store, unit, row)


def move_grant(store: Store, unit: Unit, row: GrantRow, state: str, reason: str = "") -> None:
    """Take a grant to a state that it can leave again; the caller logs why."""
    row.state, row.reason = state, reason
    _seal(store, unit, row)


def confirm_grant(store: Store, unit: Unit, row: GrantRow, person: str) -> None:
    """Let a grant that somebody gave in another's name rest on that person's own word from now on."""
    row.given_by, row.mandate_id = person, None
    _seal(store, unit, row)


def load_grants(store: Store, session: Session, voice: str) -> list[Grant]:
    """Every grant over a voice that newer terms have not replaced, as `decide` takes them."""
    rows = session.scalars(
        select(GrantRow).where(GrantRow.voice_id == voice, GrantRow.state != "superseded")
    ).all()
    rights = load_rights(store, session, voice) if rows else ()
    return [to_grant(store, row, rights, load_mandate(store, session, row.mandate_id)) for row in rows]


def load_grant(store: Store, session: Session, row: GrantRow) -> Grant:
    """One stored grant as `decide` takes it."""
    rights = load_rights(store, session, row.voice_id)
    return to_grant(store, row, rights, load_mandate(store, session, row.mandate_id))


def to_grant(store: Store, row: GrantRow, rights: tuple[Right, ...], mandate: Mandate | None) -> Grant:
    """A stored grant as a value; one whose MAC does not fit is "damaged", which allows nothing."""
    intact = store.keys.check_mac("grant", _covered(row), row.mac)
    return Grant(
        id=row.id,
        voice=row.voice_id,
        terms=Terms.from_json(row.terms),
        made_at=from_ms(row.made_at_ms),
        kind=row.kind,
        state=row.state if intact else "damaged",
        renders_used=row.renders_used,
        seconds_used=row.ms_used / 1000.0,
        rights=rights,
        mandate=mandate,
    )


def standing_grant_id(voice: str, terms: Mapping[str, Any], evidence_sha256: list[str]) -> str:
    """The id of the grant that published terms make: the same in every registry that reads the same terms."""
    said: dict[str, Any] = {"voice": voice, "terms": dict(terms), "evidence": sorted(evidence_sha256)}
    return f"grant-{hashlib.sha256(rfc8785.dumps(said)).hexdigest()[:16]}"


def _seal(store: Store, unit: Unit, row: GrantRow) -> None:
    row.mac = store.keys.mac("grant", _covered(row))
    touch(unit.session, row.voice_id)


@covers("grant", GrantRow)
def _covered(row: GrantRow) -> dict[str, Any]:
    return {
        "grant": row.id,
        "voice": row.voice_id,
        "kind": row.kind,
        "terms": row.terms,
        "state": row.state,
        "made_at_ms": row.made_at_ms,
        "ended_at_ms": row.ended_at_ms,
        "reason": row.reason,
        "given_by": row.given_by,
        "mandate": row.mandate_id,
    }
