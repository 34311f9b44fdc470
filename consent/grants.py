"""Grants at rest: written with a MAC over what must not change, read with how much of each has been used."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consent.clock import from_ms, to_ms
from consent.decide import Grant
from consent.records import GrantRow, ReleaseRow
from consent.store import Store, Unit
from consent.terms import Terms


def make_grant(store: Store, unit: Unit, voice: str, kind: str, terms: Terms, grant_id: str) -> GrantRow:
    """Write an active grant and its ledger entry."""
    row = GrantRow(
        id=grant_id,
        voice_id=voice,
        kind=kind,
        terms=terms.to_json(),
        state="active",
        made_at_ms=to_ms(unit.now),
        ended_at_ms=None,
        reason="",
    )
    row.mac = store.keys.mac("grant", _covered(row))
    unit.session.add(row)
    unit.session.flush()
    terms_sha256 = hashlib.sha256(rfc8785.dumps(row.terms)).hexdigest()
    unit.append("grant", {"grant": row.id, "voice": voice, "kind": kind, "terms_sha256": terms_sha256})
    return row


def renew_grant(store: Store, unit: Unit, row: GrantRow) -> None:
    """Let a superseded grant stand again, because the terms that make it were published again; logs it."""
    row.state = "active"
    row.ended_at_ms = None
    row.reason = ""
    row.mac = store.keys.mac("grant", _covered(row))
    unit.session.flush()
    unit.append("grant", {"grant": row.id, "voice": row.voice_id, "kind": row.kind, "renewed": True})


def end_grant(store: Store, unit: Unit, row: GrantRow, state: str, reason: str = "") -> None:
    """Take an active grant to "withdrawn" or "superseded"; the caller logs why."""
    row.state = state
    row.ended_at_ms = to_ms(unit.now)
    row.reason = reason
    row.mac = store.keys.mac("grant", _covered(row))
    unit.session.flush()


def load_grants(store: Store, session: Session, voice: str) -> list[Grant]:
    """Every grant over a voice that newer terms have not replaced, as `decide` takes them."""
    rows = session.scalars(
        select(GrantRow).where(GrantRow.voice_id == voice, GrantRow.state != "superseded")
    ).all()
    use = {
        grant: (renders, duration_ms)
        for grant, renders, duration_ms in session.execute(
            select(ReleaseRow.grant_id, func.count(), func.sum(ReleaseRow.duration_ms))
            .where(ReleaseRow.grant_id.in_([row.id for row in rows]))
            .group_by(ReleaseRow.grant_id)
        )
    }
    return [to_grant(store, row, *use.get(row.id, (0, 0))) for row in rows]


def to_grant(store: Store, row: GrantRow, renders: int = 0, duration_ms: int = 0) -> Grant:
    """A stored grant as a value; one whose MAC does not fit is "damaged", which allows nothing."""
    intact = store.keys.check_mac("grant", _covered(row), row.mac)
    return Grant(
        id=row.id,
        voice=row.voice_id,
        terms=Terms.from_json(row.terms),
        made_at=from_ms(row.made_at_ms),
        kind=row.kind,
        state=row.state if intact else "damaged",
        renders_used=int(renders),
        seconds_used=int(duration_ms) / 1000.0,
    )


def standing_grant_id(voice: str, terms: Mapping[str, Any], evidence_sha256: list[str]) -> str:
    """The id of the grant that published terms make: the same in every registry that reads the same terms."""
    said: dict[str, Any] = {"voice": voice, "terms": dict(terms), "evidence": sorted(evidence_sha256)}
    return f"grant-{hashlib.sha256(rfc8785.dumps(said)).hexdigest()[:16]}"


def _covered(row: GrantRow) -> dict[str, Any]:
    return {
        "grant": row.id,
        "voice": row.voice_id,
        "kind": row.kind,
        "terms": row.terms,
        "state": row.state,
        "made_at_ms": row.made_at_ms,
        "ended_at_ms": row.ended_at_ms,
    }
