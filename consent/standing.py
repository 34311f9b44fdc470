"""What stands for a voice at this moment: its state, its grants with the rights behind them, and their use.

Grants are read and their MACs checked once for each revision of the voice; afterwards a decision costs one
query. Only the counters of use, which every release moves, are read anew each time.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from typing import cast as seen_as

from sqlalchemy import String, bindparam, cast, literal, select
from sqlalchemy.orm import Session

from consent import grant_use
from consent.decide import Grant
from consent.errors import Reason
from consent.grants import load_grants
from consent.records import (
    CheckpointRow,
    GrantRow,
    GrantUseRow,
    PersonRow,
    ReservationRow,
    ReservationSummaryRow,
    VoiceRow,
    table_of,
)
from consent.store import Store
from consent.voice_rows import Sealed, covered

_GRANTS, _USE, _VOICES = table_of(GrantRow).c, table_of(GrantUseRow).c, table_of(VoiceRow).c
_HEADS, _SUMMARY = table_of(CheckpointRow).c, table_of(ReservationSummaryRow).c
_LAST_AT_MS = select(_HEADS.at_ms).order_by(_HEADS.size.desc()).limit(1).scalar_subquery().label("last_at_ms")
_RESERVED = (
    cast(_SUMMARY.standing, String).label("reserved"),
    _SUMMARY.proof.label("reserved_proof"),
    _SUMMARY.revision.label("reserved_revision"),
    _SUMMARY.mac.label("reserved_mac"),
    select(literal(1))
    .select_from(table_of(ReservationRow))
    .limit(1)
    .scalar_subquery()
    .label("reserved_made"),
)
_QUERY = (
    select(
        _VOICES.id,
        _VOICES.name,
        _VOICES.state,
        _VOICES.version,
        _VOICES.credit,
        _VOICES.link,
        _VOICES.revision,
        _VOICES.owner_id,
        _VOICES.withdrawn_at_ms,
        _VOICES.mac,
        table_of(PersonRow).c.name.label("owner"),
        _GRANTS.id.label("grant"),
        _GRANTS.state.label("grant_state"),
        _GRANTS.mac.label("grant_mac"),
        cast(_GRANTS.terms, String).label("grant_terms"),
        _USE.grant_id,
        _USE.renders,
        _USE.ms,
        _USE.mac.label("use_mac"),
        _LAST_AT_MS,
        *_RESERVED,
    )
    .select_from(
        table_of(VoiceRow)
        .join(table_of(PersonRow), table_of(PersonRow).c.id == _VOICES.owner_id)
        .outerjoin(table_of(GrantRow), _GRANTS.voice_id == _VOICES.id)
        .outerjoin(table_of(GrantUseRow), _USE.grant_id == _GRANTS.id)
        .outerjoin(table_of(ReservationSummaryRow), _SUMMARY.name == "standing")
    )
    .where(_VOICES.id == bindparam("voice"))
    .order_by(_GRANTS.id)
)


class Reserved(NamedTuple):
    """The row that counts the reservations (`consent.reservations.rows.standing_from` reads it)."""

    standing: str | None
    proof: int | None
    revision: int | None
    mac: str | None
    made: int | None


@dataclass(frozen=True)
class Standing:
    """A voice as decisions need it. `reasons` is what stands against any use of it, whatever is granted.

    `reserved` and `last_at_ms`, the ledger's last instant, were read in the same look.
    """

    voice: str
    name: str
    version: str
    credit: str
    link: str
    grants: tuple[Grant, ...]
    reasons: tuple[Reason, ...] = ()
    owner: str = ""
    reserved: Reserved | None = None
    last_at_ms: int = 0


def standing_of(store: Store, session: Session, voice: object) -> Standing:
    """What stands for a voice in the session's snapshot; for one that is not there, the reason."""
    rows = session.connection().execute(_QUERY, {"voice": voice}).all() if isinstance(voice, str) else []
    if not rows:
        reason = Reason("unknown-voice", f"The registry knows no voice {voice!r}.")
        return Standing(str(voice), "", "", "", "", (), (reason,))
    first = rows[0]
    seen = (
        first.revision,
        *((row.grant, row.grant_state, row.grant_mac, row.grant_terms) for row in rows),
    )
    use = {row.grant_id: row for row in rows if row.grant_id is not None}
    grants = [
        _counted(store, grant, use.get(grant.id)) for grant in _grants(store, session, str(voice), seen)
    ]
    intact = store.keys.check_mac("voice", covered(seen_as(Sealed, first)), first.mac)
    reasons = _reasons(first.state if intact else "damaged", first.name, first.version)
    reserved = Reserved(
        first.reserved,
        first.reserved_proof,
        first.reserved_revision,
        first.reserved_mac,
        first.reserved_made,
    )
    return Standing(
        voice=str(voice),
        name=first.name,
        version=first.version,
        credit=first.credit,
        link=first.link,
        grants=tuple(grants),
        reasons=tuple(reasons),
        owner=first.owner,
        reserved=reserved,
        last_at_ms=first.last_at_ms or 0,
    )


def _counted(store: Store, grant: Grant, use: Any) -> Grant:
    """The grant with what has been used of it by now; damaged where the counters are not the registry's."""
    if use is None or not grant_use.is_intact(store, use, use.use_mac):
        return replace(grant, state="damaged")
    return replace(grant, renders_used=use.renders, seconds_used=use.ms / 1000.0)


def _grants(store: Store, session: Session, voice: str, seen: Hashable) -> tuple[Grant, ...]:
    """The grants as they were read when the rows looked as they look now, or read anew."""
    kept = store.grants_seen.get(voice)
    if kept is None or kept[0] != seen:
        kept = (seen, tuple(load_grants(store, session, voice)))
        store.grants_seen[voice] = kept
    return kept[1]


def _reasons(state: str, name: str, version: str) -> list[Reason]:
    if state == "suspended":
        return [Reason("suspended", f"The owner of {name} has suspended the voice.")]
    if state == "damaged":
        return [Reason("damaged", f"The stored record of {name} is not what the registry wrote.")]
    if state != "active":
        return [Reason("withdrawn", f"The owner of {name} has withdrawn the voice.")]
    if not version:
        return [Reason("no-weights", f"No weights of {name} rest in the registry.")]
    return []
