"""Approvals: songs that wait for a person's yes, who may give it, and what became of each.

A request is bound to all that was asked: grant, user, purpose, work, words and melody. A changed song,
another user or another purpose needs a new one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rfc8785 import CanonicalizationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.approval_rows import (
    add_answer,
    add_request,
    answers_of,
    binding_of,
    erase_text,
    is_intact,
    move_request,
    shown_of,
)
from consent.approvers import answerer, approvers, as_named, may_answer
from consent.clock import from_ms, to_ms
from consent.constraints import Approval
from consent.destruction import APPROVAL_TEXT_RETENTION
from consent.errors import Reason, Refused, UnknownName
from consent.notices import notify
from consent.persons import person_named
from consent.records import ApprovalRow, GrantRow, PersonRow, VoiceRow
from consent.request import Request
from consent.store import Store, Unit
from consent.terms import Terms

WAITING, APPROVED, DECLINED, EXPIRED = "waiting", "approved", "declined", "expired"
PATIENCE = timedelta(days=14)
"""How long a request waits for its answer."""


@dataclass(frozen=True)
class Answer:
    """What one person answered, in person or under a mandate."""

    person: str
    name: str
    mandate: str | None
    approves: bool
    note: str
    at: datetime


@dataclass(frozen=True)
class ApprovalRequest:
    """A request as an approver sees it. `state` is waiting, approved, declined, expired or damaged.

    `asked` holds what is to be sung and for what (title, lyrics, purpose …), `rules` the sentences of the
    rules that fired; both are empty once they were erased. `people` is how many have to approve, out of
    `named` (ids or handles) where anybody is named.
    """

    id: int
    voice: str
    grant: str
    user: str
    work_digest: str
    people: int
    named: tuple[str, ...]
    asked: Mapping[str, Any]
    rules: tuple[str, ...]
    state: str
    asked_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    answers: tuple[Answer, ...]


def ask(store: Store, unit: Unit, request: Request, grant_id: str, reasons: Sequence[Reason]) -> int:
    """Put a song before those who may approve it under a grant; returns the request's number.

    Asking for the very same again returns the same number, also after it was declined.
    """
    binding = binding_of(request, grant_id)
    query = select(ApprovalRow).where(ApprovalRow.binding == binding).order_by(ApprovalRow.id.desc()).limit(1)
    known = unit.session.scalars(query).first()
    if known is not None and known.expires_at_ms <= to_ms(unit.now) and known.state == WAITING:
        _expire(store, unit, known)
    if known is not None and known.state != EXPIRED and is_intact(store, known):
        return known.id
    grant = unit.session.get_one(GrantRow, grant_id)
    condition = _condition(grant)
    row = add_request(
        store,
        unit,
        request,
        grant,
        binding=binding,
        needed=1 if condition is None else condition.people,
        named=() if condition is None else condition.by,
        rules=[reason.sentence for reason in reasons],
        expires_at=unit.now + PATIENCE,
    )
    voice = unit.session.get_one(VoiceRow, grant.voice_id)
    text = f"A song with the voice {voice.name} waits for approval: number {row.id}."
    for person in approvers(store, unit, voice, row):
        notify(unit, person=person, voice=voice.id, kind="approval", text=text)
    return row.id


def said_of(session: Session, approval: int) -> str:
    """What has become of a request so far, in a sentence for whoever asked."""
    row = session.get_one(ApprovalRow, approval)
    if row.state == WAITING:
        return f"The request waits as number {row.id} for those who may approve it."
    return f"The request, number {row.id}, was {row.state}."


def approvals_of(
    store: Store, session: Session, request: Request, grants: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Who approved exactly this request, under each of these grants: as the grant's condition names them, by
    id where it names nobody. What was altered in the database counts for nothing."""
    try:
        bindings = {binding_of(request, grant): grant for grant in grants}
    except (CanonicalizationError, TypeError, ValueError, AttributeError):
        return {}  # a request of which no canonical form exists was never asked about
    query = select(ApprovalRow).where(
        ApprovalRow.binding.in_(bindings), ApprovalRow.state.in_((WAITING, APPROVED))
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in session.scalars(query.order_by(ApprovalRow.id)):
        if is_intact(store, row) and bindings[row.binding] == row.grant_id:
            answers = [answer for answer in answers_of(store, session, row) if answer.approves]
            names = (as_named(session, row, answer.person_id) for answer in answers)
            found[row.grant_id] = tuple(dict.fromkeys((*found.get(row.grant_id, ()), *names)))
    return found


def close_requests(store: Store, unit: Unit, voice: str, grant: str | None = None) -> None:
    """End what still waits for approval under a grant, or for a whole voice, that was withdrawn."""
    query = select(ApprovalRow).where(ApprovalRow.voice_id == voice, ApprovalRow.state == WAITING)
    if grant is not None:
        query = query.where(ApprovalRow.grant_id == grant)
    for row in unit.session.scalars(query.order_by(ApprovalRow.id)).all():
        _expire(store, unit, row)


class Approvals:
    """The queue of one registry. `by` is a person's id or handle."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def waiting(self, person: str | None = None) -> list[ApprovalRequest]:
        """What waits, oldest first; for a person, what they may still answer. Raises UnknownName."""
        query = select(ApprovalRow).where(ApprovalRow.state == WAITING).order_by(ApprovalRow.id)
        with self._store.read() as session:
            now = self._store.now(session)
            rows = [row for row in session.scalars(query) if row.expires_at_ms > to_ms(now)]
            if person is not None:
                who = person_named(session, person)
                rows = [row for row in rows if may_answer(self._store, session, row, who, now)]
            return [self._request(session, row) for row in rows]

    def of_user(self, user: str) -> list[ApprovalRequest]:
        """What somebody asked for, newest first, whatever became of it."""
        query = select(ApprovalRow).where(ApprovalRow.user_id == user).order_by(ApprovalRow.id.desc())
        with self._store.read() as session:
            return [self._request(session, row) for row in session.scalars(query)]

    def get(self, approval: int) -> ApprovalRequest:
        """One request. Raises UnknownName."""
        with self._store.read() as session:
            return self._request(session, _row(session, approval))

    def approve(self, approval: int, by: str, note: str = "") -> ApprovalRequest:
        """Say yes. Once as many people as the grant demands have, the song may be sung.

        Raises UnknownName, or Refused without authority, a second time, or after it was decided.
        """
        return self._answer(approval, by, True, note)

    def decline(self, approval: int, by: str, note: str = "") -> ApprovalRequest:
        """Say no; one is enough. Raises as `approve` does."""
        return self._answer(approval, by, False, note)

    def expire_due(self) -> tuple[int, ...]:
        """End requests that nobody answered in time, and erase what approvers looked at once it has served;
        returns the numbers of those that ended. Costs a query when there is nothing to do."""
        with self._store.read() as session:
            now = self._store.now(session)
            if not _overdue(session, now) and not _served(session, now):
                return ()
        with self._store.write() as unit:
            ended = _overdue(unit.session, unit.now)
            for row in ended:
                _expire(self._store, unit, row)
            for row in _served(unit.session, unit.now):
                erase_text(row)
            return tuple(row.id for row in ended)

    def _answer(self, approval: int, by: str, approves: bool, note: str) -> ApprovalRequest:
        with self._store.write() as unit:
            row = _row(unit.session, approval)
            if not is_intact(self._store, row):
                raise Refused([Reason("damaged", f"The request {row.id} is not what the registry wrote.")])
            if row.state == WAITING and row.expires_at_ms <= to_ms(unit.now):
                raise Refused([Reason("decided", f"The request {row.id} has waited too long and expired.")])
            if row.state != WAITING:
                raise Refused([Reason("decided", f"The request {row.id} is {row.state} already.")])
            actor = answerer(self._store, unit.session, row, by, unit.now)
            before = answers_of(self._store, unit.session, row)
            if any(answer.person_id == actor.person for answer in before):
                sentence = f"{by} has answered the request {row.id} already; another person has to."
                raise Refused([Reason("answered", sentence)])
            add_answer(self._store, unit, row, actor, approves, note)
            given = 1 + sum(answer.approves for answer in before)
            state = DECLINED if not approves else APPROVED if given >= row.needed else WAITING
            move_request(self._store, unit, row, state, actor, approves)
            self._tell_user(unit, row, note)
            return self._request(unit.session, row)

    def _tell_user(self, unit: Unit, row: ApprovalRow, note: str) -> None:
        if row.state == WAITING:
            return
        sung = "it may be sung now" if row.state == APPROVED else "it will not be sung"
        text = f"Your song, number {row.id}, was {row.state}: {sung}. {note}".strip()
        notify(unit, person=None, user=row.user_id, voice=row.voice_id, kind="approval", text=text)

    def _request(self, session: Session, row: ApprovalRow) -> ApprovalRequest:
        answers = answers_of(self._store, session, row)
        people = {answer.person_id: session.get_one(PersonRow, answer.person_id).name for answer in answers}
        overdue = row.state == WAITING and row.expires_at_ms <= to_ms(self._store.now(session))
        state = EXPIRED if overdue else row.state
        return ApprovalRequest(
            id=row.id,
            voice=row.voice_id,
            grant=row.grant_id,
            user=row.user_id,
            work_digest=row.work_digest,
            people=row.needed,
            named=tuple(row.named),
            asked=shown_of(row),
            rules=tuple(row.rules),
            state=state if is_intact(self._store, row) else "damaged",
            asked_at=from_ms(row.asked_at_ms),
            expires_at=from_ms(row.expires_at_ms),
            decided_at=None if row.decided_at_ms is None else from_ms(row.decided_at_ms),
            answers=tuple(
                Answer(a.person_id, people[a.person_id], a.mandate_id, a.approves, a.note, from_ms(a.at_ms))
                for a in answers
            ),
        )


def _row(session: Session, approval: int) -> ApprovalRow:
    row = session.get(ApprovalRow, approval)
    if row is None:
        raise UnknownName(f"There is no request for approval with the number {approval}.")
    return row


def _condition(grant: GrantRow) -> Approval | None:
    conditions = Terms.from_json(grant.terms).constraints
    return next((condition for condition in conditions if isinstance(condition, Approval)), None)


def _overdue(session: Session, now: datetime) -> list[ApprovalRow]:
    query = select(ApprovalRow).where(ApprovalRow.state == WAITING, ApprovalRow.expires_at_ms <= to_ms(now))
    return list(session.scalars(query.order_by(ApprovalRow.id)))


def _served(session: Session, now: datetime) -> list[ApprovalRow]:
    decided_before = to_ms(now - APPROVAL_TEXT_RETENTION)
    query = select(ApprovalRow).where(ApprovalRow.shown, ApprovalRow.decided_at_ms <= decided_before)
    return list(session.scalars(query.order_by(ApprovalRow.id)))


def _expire(store: Store, unit: Unit, row: ApprovalRow) -> None:
    move_request(store, unit, row, EXPIRED, None, None)
    text = f"Nobody answered for your song, number {row.id}, while it could still be sung."
    notify(unit, person=None, user=row.user_id, voice=row.voice_id, kind="approval", text=text)
