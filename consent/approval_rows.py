"""Requests for approval at rest: bound to what was asked, sealed by MACs, logged without the song's words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.authority import Actor
from consent.canonical import canonical
from consent.clock import to_ms
from consent.macs import covers
from consent.records import ApprovalAnswerRow, ApprovalRow, GrantRow
from consent.request import Request
from consent.store import Store, Unit
from consent.subjects import pseudonym


def binding_of(request: Request, grant_id: str) -> str:
    """Hex SHA-256 of everything that an approval is for; the song's length alone may still change."""
    song = None if request.song is None else request.song.to_json()
    covered: dict[str, Any] = {
        "grant": grant_id,
        "voice": request.voice,
        "user": request.user,
        "action": request.action,
        "purpose": request.purpose,
        "work": request.work_digest,
        "language": request.language,
        "territory": request.territory,
        "project": request.project,
        "accepted_price": request.accepted_price,
        "further_training": request.further_training,
        "credit": request.credit,
        "presented_as": request.presented_as,
        "song": song,
    }
    return hashlib.sha256(canonical(covered)).hexdigest()


def add_request(
    store: Store,
    unit: Unit,
    request: Request,
    grant: GrantRow,
    *,
    binding: str,
    needed: int,
    named: Sequence[str],
    rules: Sequence[str],
    expires_at: datetime,
) -> ApprovalRow:
    """Write a request that waits, with what an approver has to see, and log that it does."""
    song = request.song
    row = ApprovalRow(
        binding=binding,
        voice_id=grant.voice_id,
        grant_id=grant.id,
        user_id=request.user,
        work_digest=request.work_digest,
        needed=needed,
        named=list(named),
        request={
            "title": "" if song is None else song.title,
            "lyrics": "" if song is None else song.lyrics,
            "purpose": request.purpose,
            "language": request.language,
            "territory": request.territory,
            "project": request.project,
            "seconds": request.seconds,
        },
        rules=list(dict.fromkeys(rules)),
        shown=True,
        state="waiting",
        asked_at_ms=to_ms(unit.now),
        expires_at_ms=to_ms(expires_at),
        decided_at_ms=None,
        mac="",
    )
    unit.session.add(row)
    unit.session.flush()
    _seal(store, row)
    _log(store, unit, row, None, None)
    return row


def add_answer(
    store: Store, unit: Unit, row: ApprovalRow, actor: Actor, approves: bool, note: str
) -> ApprovalAnswerRow:
    """Write what one person answered."""
    answer = ApprovalAnswerRow(
        approval_id=row.id,
        person_id=actor.person,
        mandate_id=actor.mandate_id,
        approves=approves,
        note=note,
        at_ms=to_ms(unit.now),
    )
    answer.mac = store.keys.mac("approval-answer", _answer_covered(answer))
    unit.session.add(answer)
    unit.session.flush()
    return answer


def move_request(
    store: Store, unit: Unit, row: ApprovalRow, state: str, actor: Actor | None, approves: bool | None
) -> None:
    """Take a request to a state (or leave it waiting after an answer), and log it."""
    row.state = state
    row.decided_at_ms = None if state == "waiting" else to_ms(unit.now)
    _seal(store, row)
    unit.session.flush()
    _log(store, unit, row, actor, approves)


def answers_of(store: Store, session: Session, row: ApprovalRow) -> list[ApprovalAnswerRow]:
    """The answers to a request, oldest first; those that are not what the registry wrote are left out."""
    query = select(ApprovalAnswerRow).where(ApprovalAnswerRow.approval_id == row.id)
    answers = session.scalars(query.order_by(ApprovalAnswerRow.at_ms, ApprovalAnswerRow.person_id))
    return [a for a in answers if store.keys.check_mac("approval-answer", _answer_covered(a), a.mac)]


def is_intact(store: Store, row: ApprovalRow) -> bool:
    """Whether the request is what the registry wrote; the words that are erased one day are not covered."""
    return store.keys.check_mac("approval", _covered(row), row.mac)


def shown_of(row: ApprovalRow) -> Mapping[str, Any]:
    """What an approver looks at; empty once it was erased."""
    return dict(row.request) if row.shown else {}


def erase_text(row: ApprovalRow) -> None:
    """Erase what approvers looked at; who asked for which work stays, as the ledger has it."""
    row.request, row.rules, row.shown = {}, [], False


def _seal(store: Store, row: ApprovalRow) -> None:
    row.mac = store.keys.mac("approval", _covered(row))


def _log(store: Store, unit: Unit, row: ApprovalRow, actor: Actor | None, approves: bool | None) -> None:
    unit.append(
        "approval",
        {
            "approval": row.id,
            "grant": row.grant_id,
            "voice": row.voice_id,
            "user": pseudonym(store, unit, row.user_id),
            "work": row.work_digest,
            "state": row.state,
            "approves": approves,
            "by": None if actor is None else pseudonym(store, unit, actor.person),
            "mandate": None if actor is None else actor.mandate_id,
        },
    )


@covers("approval", ApprovalRow)
def _covered(row: ApprovalRow) -> dict[str, Any]:
    return {
        "approval": row.id,
        "binding": row.binding,
        "voice": row.voice_id,
        "grant": row.grant_id,
        "needed": row.needed,
        "named": row.named,
        "state": row.state,
        "asked_at_ms": row.asked_at_ms,
        "expires_at_ms": row.expires_at_ms,
        "decided_at_ms": row.decided_at_ms,
    }


@covers("approval-answer", ApprovalAnswerRow)
def _answer_covered(row: ApprovalAnswerRow) -> dict[str, Any]:
    return {
        "approval": row.approval_id,
        "person": row.person_id,
        "mandate": row.mandate_id,
        "approves": row.approves,
        "at_ms": row.at_ms,
    }
