"""The life of a grant: draft → offered → accepted → active ⇄ suspended → expired or withdrawn.

Each move is one transaction: who may is asked, the row gets its new MAC, the ledger its entry, the owner a
receipt, everybody concerned a notice. A move that the table does not know is refused.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from consent.authority import Actor, actor_for_owner
from consent.clock import to_ms
from consent.decide import Grant
from consent.errors import Reason, Refused, UnknownName
from consent.grants import (
    confirm_grant,
    end_grant,
    is_intact,
    load_grant,
    log_grant,
    make_grant,
    move_grant,
    terms_for,
)
from consent.notices import notify, notify_users
from consent.persons import require_able
from consent.receipts import issue
from consent.records import GrantRow, PersonRow, VoiceRow
from consent.renders import released_songs
from consent.stopping import cancel_jobs, is_for_anyone, named_users, tell
from consent.store import Store, Unit
from consent.suspension import Suspension
from consent.terms import Terms
from consent.voices import require_active
from consent.withdrawal import withdraw_grant

MOVES: Mapping[str, tuple[str, ...]] = {
    "draft": ("offered", "expired", "withdrawn"),
    "offered": ("accepted", "expired", "withdrawn"),
    "accepted": ("active", "expired", "withdrawn"),
    "active": ("suspended", "expired", "withdrawn"),
    "suspended": ("active", "expired", "withdrawn"),
    "expired": (),
    "withdrawn": (),
    "superseded": (),
}
"""Where a grant can go from each state."""

_DONE = {"offered": "offered", "accepted": "accepted", "active": "put in force", "suspended": "suspended"}


class Lifecycle:
    """The grants of one registry, and their moves. `by` is a person's id or handle; left out, it is the
    voice's owner in person. Every method raises UnknownName for what is not there, Refused without authority
    or for a move that the table does not know."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def give(
        self,
        voice: str,
        terms: Terms | Mapping[str, Any],
        to: str | Sequence[str] | None = None,
        by: str | None = None,
    ) -> Grant:
        """The short way for an owner who needs no acceptance: a grant that is in force at once.

        Raises TermsError for terms that are not understood.
        """
        return self._make(voice, terms, to, by, "active", "grant-activated")

    def draft(
        self,
        voice: str,
        terms: Terms | Mapping[str, Any],
        to: str | Sequence[str] | None = None,
        by: str | None = None,
    ) -> Grant:
        """Write a grant down that allows nothing yet. Raises TermsError for terms that are not understood."""
        return self._make(voice, terms, to, by, "draft", "grant-made")

    def offer(self, grant: str, by: str | None = None) -> Grant:
        """Offer a draft to those whom it names."""
        return self._move(grant, "offered", "grant-offered", by, "grant")

    def accept(self, grant: str, by: str) -> Grant:
        """Accept what was offered; `by` is a user to whom the grant is made."""
        with self._store.write() as unit:
            row = self._row(unit, grant, "accepted")
            user = self._licensee(unit, row, by)
            self._take(unit, row, "accepted")
            self._record(unit, row, "offered", user, None, "grant-accepted")
            text = f"{user} has accepted the grant {row.id}; activate it to put it in force."
            notify(unit, person=_owner(unit, row).owner_id, voice=row.voice_id, kind="grant", text=text)
            return load_grant(self._store, unit.session, row)

    def decline(self, grant: str, by: str, reason: str = "") -> Grant:
        """Turn down what was offered or accepted and is not in force yet; it is withdrawn then."""
        with self._store.write() as unit:
            row = self._row(unit, grant, "withdrawn")
            if row.state not in ("offered", "accepted"):
                raise _illegal(row, "be declined")
            user = self._licensee(unit, row, by)
            withdraw_grant(self._store, unit, _owner(unit, row), row, Actor(user, user, None), reason)
            return load_grant(self._store, unit.session, row)

    def activate(self, grant: str, by: str | None = None) -> Grant:
        """Put an accepted grant in force."""
        return self._move(grant, "active", "grant-activated", by, "grant", since=("accepted",))

    def resume(self, grant: str, by: str | None = None, voice: str | None = None) -> Grant:
        """Let a suspended grant (over `voice`, where it is named) hold again."""
        return self._move(grant, "active", "grant-resumed", by, "suspend", ("suspended",), voice)

    def suspend(
        self, grant: str, by: str | None = None, reason: str = "", voice: str | None = None
    ) -> Suspension:
        """Let a grant rest: songs under way are stopped; returns them, and the songs that are out."""
        with self._store.write() as unit:
            row = self._row(unit, grant, "suspended", voice=voice)
            actor = actor_for_owner(self._store, unit.session, by, row.voice_id, "suspend", unit.now)
            self._take(unit, row, "suspended", reason)
            sentence = f"The owner has suspended the grant {row.id}."
            jobs = cancel_jobs(unit, row.voice_id, row.id, sentence)
            self._record(unit, row, "active", actor.person, actor.mandate_id, "grant-suspended", jobs)
            tell(unit, _owner(unit, row), [row], "suspension", sentence)
            songs = released_songs(unit.session, row.voice_id, row.id)
            return Suspension(row.voice_id, row.id, jobs, songs)

    def confirm(self, grant: str, by: str | None = None) -> Grant:
        """Let a grant that was given under a mandate rest on the owner's own word, or on a mandate that holds
        now."""
        with self._store.write() as unit:
            row = self._row(unit, grant)
            if not MOVES.get(row.state):
                raise _illegal(row, "be confirmed")
            actor = actor_for_owner(self._store, unit.session, by, row.voice_id, "grant", unit.now)
            confirm_grant(self._store, unit, row, actor.person, actor.mandate_id)
            log_grant(self._store, unit, row, row.state, actor.person, actor.mandate_id)
            return load_grant(self._store, unit.session, row)

    def get(self, grant: str) -> Grant:
        """A grant as it stands."""
        with self._store.read() as session:
            row = session.get(GrantRow, grant)
            if row is None:
                raise UnknownName(f"There is no grant {grant!r}.")
            return load_grant(self._store, session, row)

    def grants(self, voice: str | None = None, state: str | None = None) -> list[Grant]:
        """Grants, oldest first: of one voice, in one state, or all."""
        query = select(GrantRow).order_by(GrantRow.made_at_ms, GrantRow.id)
        if voice is not None:
            query = query.where(GrantRow.voice_id == voice)
        if state is not None:
            query = query.where(GrantRow.state == state)
        with self._store.read() as session:
            return [load_grant(self._store, session, row) for row in session.scalars(query)]

    def expire_due(self) -> tuple[str, ...]:
        """Take every grant whose period has run out to "expired"; returns which. Costs one query when there
        is none."""
        living = [state for state, moves in MOVES.items() if "expired" in moves]
        query = select(GrantRow).where(GrantRow.state.in_(living)).order_by(GrantRow.id)
        with self._store.read() as session:
            now_ms = to_ms(self._store.now(session))
            if session.scalars(query.where(GrantRow.ends_at_ms <= now_ms).limit(1)).first() is None:
                return ()
        with self._store.write() as unit:
            due = unit.session.scalars(query.where(GrantRow.ends_at_ms <= to_ms(unit.now))).all()
            rows = [row for row in due if is_intact(self._store, row)]
            for row in rows:
                before = row.state
                end_grant(self._store, unit, row, "expired", "its period has run out")
                self._record(unit, row, before, None, None, "grant-expired")
                tell(unit, _owner(unit, row), [row], "expiry", f"The grant {row.id} has run out.")
            return tuple(row.id for row in rows)

    def _make(
        self,
        voice: str,
        terms: Terms | Mapping[str, Any],
        to: str | Sequence[str] | None,
        by: str | None,
        state: str,
        event: str,
    ) -> Grant:
        parsed = terms_for(terms, to)
        with self._store.write() as unit:
            require_active(unit.session, voice)
            actor = actor_for_owner(self._store, unit.session, by, voice, "grant", unit.now)
            row = make_grant(
                self._store,
                unit,
                voice,
                "given",
                parsed,
                f"grant-{secrets.token_hex(8)}",
                given_by=actor.person,
                mandate=actor.mandate_id,
                state=state,
            )
            issue(self._store, unit, event=event, voice=voice, grant=row.id, person=actor.principal)
            if state == "active":
                self._tell_users(unit, row, "granted to you")
            return load_grant(self._store, unit.session, row)

    def _move(
        self,
        grant: str,
        to: str,
        event: str,
        by: str | None,
        act: str,
        since: Sequence[str] = (),
        voice: str | None = None,
    ) -> Grant:
        with self._store.write() as unit:
            row = self._row(unit, grant, to, since, voice)
            require_active(unit.session, row.voice_id)
            actor = actor_for_owner(self._store, unit.session, by, row.voice_id, act, unit.now)
            before = row.state
            self._take(unit, row, to)
            self._record(unit, row, before, actor.person, actor.mandate_id, event)
            self._tell_users(unit, row, _DONE[to])
            return load_grant(self._store, unit.session, row)

    def _row(
        self,
        unit: Unit,
        grant: str,
        to: str | None = None,
        since: Sequence[str] = (),
        voice: str | None = None,
    ) -> GrantRow:
        """The row of a grant, which must be what the registry wrote and able to go to the state `to`."""
        row = unit.session.get(GrantRow, grant)
        if row is None or voice not in (None, row.voice_id):
            raise UnknownName(f"There is no grant {grant!r}.")
        if not is_intact(self._store, row):
            raise Refused(
                [Reason("damaged", f"The stored grant {row.id} is not what the registry wrote.", row.id)]
            )
        if to is not None and (to not in MOVES[row.state] or (since and row.state not in since)):
            raise _illegal(row, f"become {to}")
        return row

    def _take(self, unit: Unit, row: GrantRow, to: str, reason: str = "") -> None:
        if row.ends_at_ms is not None and row.ends_at_ms <= to_ms(unit.now):
            raise Refused([Reason("expired", f"The period of the grant {row.id} has run out.", row.id)])
        move_grant(self._store, unit, row, to, reason)

    def _record(
        self,
        unit: Unit,
        row: GrantRow,
        before: str,
        by: str | None,
        mandate: str | None,
        event: str,
        jobs: Sequence[int] = (),
    ) -> None:
        log_grant(self._store, unit, row, before, by, mandate, jobs)
        owner = _owner(unit, row).owner_id
        issue(self._store, unit, event=event, voice=row.voice_id, grant=row.id, person=owner)

    def _licensee(self, unit: Unit, row: GrantRow, by: str) -> str:
        person = unit.session.scalars(
            select(PersonRow).where((PersonRow.id == by) | (PersonRow.handle == by)).limit(1)
        ).first()
        if person is not None:
            require_able(self._store, person, unit.now)
        user = by if person is None or person.handle is None else person.handle
        if user not in named_users([row]) and not is_for_anyone(row):
            raise Refused([Reason("licensee", f"The grant {row.id} is not made to {user!r}.", row.id)])
        return user

    def _tell_users(self, unit: Unit, row: GrantRow, done: str) -> None:
        name = _owner(unit, row).name
        text = f"The grant {row.id} over the voice {name} was {done}."
        notify_users(unit, named_users([row]), voice=row.voice_id, kind="grant", text=text)


def _owner(unit: Unit, row: GrantRow) -> VoiceRow:
    return unit.session.get_one(VoiceRow, row.voice_id)


def _illegal(row: GrantRow, move: str) -> Refused:
    return Refused([Reason("illegal-move", f"The grant {row.id} is {row.state}; it cannot {move}.", row.id)])
