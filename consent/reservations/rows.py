"""Reservations at rest: what their MACs cover, how they are read, and the count of those that stand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from consent.clock import from_ms
from consent.errors import StoreError
from consent.macs import covers
from consent.records import ReservationRow, ReservationSummaryRow
from consent.reservations.reservation import Reservation
from consent.store import Store, Unit

_ONE = "standing"
_LOOK = text(
    "SELECT s.standing, s.proof, s.revision, s.mac, (SELECT 1 FROM reservations LIMIT 1) AS made "
    "FROM (SELECT 1 AS one) o LEFT JOIN reservation_summary s ON s.name = 'standing'"
)


@dataclass(frozen=True)
class Standing:
    """How many reservations stand, by "kind use"; `proof` tells the key of their index."""

    counts: Mapping[str, int]
    proof: int

    def kinds(self, use: str) -> frozenset[str]:
        """The kinds of which something is reserved against a use."""
        return frozenset(key.split()[0] for key, count in self.counts.items() if count and key.endswith(use))


_NOTHING = Standing({}, 0)


def standing_now(store: Store, session: Session) -> Standing:
    """What stands at this moment; one query, and no more where nothing was ever reserved.

    Raises StoreError for a count that is not what the registry wrote.
    """
    return standing_from(store, session.connection().execute(_LOOK).one())


def standing_from(store: Store, found: Any) -> Standing:
    """What stands, from the row of counts (`standing`, `proof`, `revision`, `mac`, and `made` where anything
    was ever reserved). Raises StoreError for a count that is not what the registry wrote."""
    if found.standing is None:
        if found.made is None:
            return _NOTHING
        raise StoreError("The count of the reservations is gone, and there are reservations.")
    counts = _decoded(found.standing)
    covered = {"counts": counts, "proof": f"{found.proof:x}", "revision": found.revision}
    if not store.keys.check_mac("reservation-summary", covered, found.mac):
        raise StoreError("The count of the reservations is not what the registry wrote.")
    return Standing(counts, found.proof)


def count(store: Store, unit: Unit, before: Standing, changed: ReservationRow, proof: int) -> None:
    """Count a reservation that the write transaction just made or ended."""
    counts = Counter(before.counts)
    counts.update({f"{changed.kind} {use}": 1 if changed.state == "active" else -1 for use in changed.uses})
    row = unit.session.get(ReservationSummaryRow, _ONE)
    if row is None:
        row = ReservationSummaryRow(name=_ONE, revision=0, proof=proof, standing={}, mac="")
        unit.session.add(row)
    row.standing = {key: number for key, number in counts.items() if number > 0}
    row.proof, row.revision = proof, row.revision + 1
    row.mac = store.keys.mac("reservation-summary", covered_summary(row))
    unit.session.flush()


def counted(session: Session) -> dict[str, int]:
    """How many reservations stand, by "kind use", counted from their rows."""
    counts: Counter[str] = Counter()
    query = select(ReservationRow.kind, ReservationRow.uses).where(ReservationRow.state == "active")
    for kind, uses in session.execute(query):
        counts.update(f"{kind} {use}" for use in uses)
    return dict(counts)


def load(store: Store, session: Session, numbers: Iterable[int]) -> dict[int, Reservation]:
    """Reservations by number; one whose MAC does not fit is damaged."""
    rows = session.scalars(select(ReservationRow).where(ReservationRow.number.in_(list(numbers))))
    return {row.number: to_reservation(store, row) for row in rows}


def load_kind(store: Store, session: Session, kind: str) -> list[Reservation]:
    """Every reservation of a kind, oldest first, ended ones too: only the MAC tells whether they did."""
    rows = session.scalars(
        select(ReservationRow).where(ReservationRow.kind == kind).order_by(ReservationRow.number)
    )
    return [to_reservation(store, row) for row in rows]


def to_reservation(store: Store, row: ReservationRow) -> Reservation:
    """A stored reservation as a value."""
    intact = store.keys.check_mac("reservation", covered(row), row.mac)
    return Reservation(
        id=row.id,
        kind=row.kind,
        uses=tuple(row.uses),
        holder=row.holder,
        title=row.title,
        data=row.data,
        exceptions={name: tuple(values) for name, values in row.exceptions.items()},
        evidence=row.evidence,
        evidence_sha256=row.evidence_sha256,
        source=row.source,
        state=row.state if intact else "damaged",
        made_at=from_ms(row.made_at_ms),
        ended_at=None if row.ended_at_ms is None else from_ms(row.ended_at_ms),
        reason=row.reason,
    )


@covers("reservation", ReservationRow)
def covered(row: ReservationRow) -> dict[str, Any]:
    """What the MAC of a reservation's row covers."""
    return {
        "reservation": row.id,
        "number": row.number,
        "kind": row.kind,
        "uses": row.uses,
        "holder": row.holder,
        "title": row.title,
        "data": row.data,
        "exceptions": row.exceptions,
        "evidence_sha256": row.evidence_sha256,
        "source": row.source,
        "index_sha256": row.index_sha256,
        "state": row.state,
        "made_at_ms": row.made_at_ms,
        "ended_at_ms": row.ended_at_ms,
        "reason": row.reason,
    }


@covers("reservation-summary", ReservationSummaryRow)
def covered_summary(row: ReservationSummaryRow) -> dict[str, Any]:
    """What the MAC of the count covers."""
    return {"counts": row.standing, "proof": f"{row.proof:x}", "revision": row.revision}


def _decoded(value: Any) -> dict[str, int]:
    """A JSON column, which SQLite gives as a text and PostgreSQL as a value."""
    counts = json.loads(value) if isinstance(value, (str, bytes)) else value
    if not isinstance(counts, dict):
        raise StoreError("The count of the reservations is not what the registry wrote.")
    return counts
