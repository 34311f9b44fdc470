"""Grants at rest: written with a MAC over what must not change, read with the rights behind them.

How much of each has been used stands in two counters, which each release moves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from consent import grant_use
from consent.clock import from_ms, to_ms
from consent.constraints import Licensee
from consent.decide import Grant
from consent.errors import TermsError
from consent.macs import covers
from consent.mandates import load_mandate
from consent.permissions import load_rights
from consent.records import GrantRow, GrantUseRow
from consent.rights import Right
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
    ends_at = terms.ends_at()
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
        ends_at_ms=None if ends_at is None else to_ms(ends_at),
    )
    unit.session.add(row)
    _seal(store, unit, row)
    grant_use.add_use(store, unit, row.id)
    unit.append(
        "grant",
        {
            "grant": row.id,
            "voice": voice,
            "kind": kind,
            "terms_sha256": terms.sha256,
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


def confirm_grant(store: Store, unit: Unit, row: GrantRow, person: str, mandate: str | None) -> None:
    """Let a grant rest from now on on the word of a person, in person or under a mandate; the caller logs
    it."""
    row.given_by, row.mandate_id = person, mandate
    _seal(store, unit, row)


def log_grant(
    store: Store,
    unit: Unit,
    row: GrantRow,
    before: str,
    by: str | None,
    mandate: str | None,
    jobs: Sequence[int] = (),
) -> None:
    """Log that a grant has left the state `before`, by whom (an id or handle; None for the clock), and the
    jobs that stopped with it."""
    unit.append(
        "grant-state",
        {
            "grant": row.id,
            "voice": row.voice_id,
            "from": before,
            "state": row.state,
            "by": None if by is None else pseudonym(store, unit, by),
            "mandate": mandate,
            "jobs": list(jobs),
        },
    )


def load_grants(store: Store, session: Session, voice: str) -> list[Grant]:
    """Every grant over a voice that newer terms have not replaced, as `decide` takes them."""
    rows = session.scalars(
        select(GrantRow).where(GrantRow.voice_id == voice, GrantRow.state != "superseded")
    ).all()
    rights = load_rights(store, session, voice) if rows else ()
    return [to_grant(store, session, row, rights) for row in rows]


def load_grant(store: Store, session: Session, row: GrantRow) -> Grant:
    """One stored grant as `decide` takes it."""
    return to_grant(store, session, row, load_rights(store, session, row.voice_id))


def to_grant(store: Store, session: Session, row: GrantRow, rights: tuple[Right, ...]) -> Grant:
    """A stored grant as a value; one whose MAC, or whose counters', does not fit is "damaged" and allows
    nothing."""
    use = session.get(GrantUseRow, row.id, populate_existing=True)
    intact = is_intact(store, row) and use is not None and grant_use.is_intact(store, use, use.mac)
    return Grant(
        id=row.id,
        voice=row.voice_id,
        terms=Terms.from_json(row.terms),
        made_at=from_ms(row.made_at_ms),
        kind=row.kind,
        state=row.state if intact else "damaged",
        renders_used=0 if use is None else use.renders,
        seconds_used=0.0 if use is None else use.ms / 1000.0,
        rights=rights,
        mandate=load_mandate(store, session, row.mandate_id),
    )


def is_intact(store: Store, row: GrantRow) -> bool:
    """Whether the row is what the registry wrote; one that is not must never get a new MAC and stand."""
    return store.keys.check_mac("grant", _covered(row), row.mac)


def terms_for(terms: Terms | Mapping[str, Any], to: str | Sequence[str] | None) -> Terms:
    """Terms, read strictly, for the users `to` where the terms themselves do not say to whom."""
    data = dict(terms.to_json() if isinstance(terms, Terms) else terms)
    if to is not None:
        users = (to,) if isinstance(to, str) else tuple(to)
        constraints = data.get("constraints", [])
        if not isinstance(constraints, (list, tuple)) or not users:
            raise TermsError("The grant: its conditions are not a list, or nobody is named.")
        data["constraints"] = [Licensee(users=users).to_json(), *constraints]
    return Terms.parse(data, "The grant")


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
        "ends_at_ms": row.ends_at_ms,
        "reason": row.reason,
        "given_by": row.given_by,
        "mandate": row.mandate_id,
    }
