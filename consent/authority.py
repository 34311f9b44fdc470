"""Who may act for whom: what is asked wherever somebody gives, approves, suspends or withdraws.

The owner in person always may, unless they are a minor, when only a guardian may, or have died, when only
the estate may. Everybody else needs a mandate that holds at this very instant, for this voice and this act.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.errors import Reason, Refused, UnknownName
from consent.mandates import to_mandate
from consent.persons import is_minor, person_named, require_able
from consent.records import MandateRow, PersonRow, RightRow, VoiceRow
from consent.rights import Mandate
from consent.store import Store
from consent.voice_rows import is_voice_intact

_ACT_WORDS = {
    "grant": "give grants",
    "approve": "approve songs",
    "suspend": "suspend or resume",
    "withdraw": "withdraw",
}
_CAPACITY_OF_MINORS, _CAPACITY_OF_THE_DEAD = "guardian", "estate"


@dataclass(frozen=True)
class Actor:
    """Who acts (`person`), in whose name (`principal`), and under which mandate if not in person."""

    person: str
    principal: str
    mandate: Mandate | None

    @property
    def mandate_id(self) -> str | None:
        """The mandate's id, None for somebody who acts in person."""
        return None if self.mandate is None else self.mandate.id


def authority(
    store: Store, session: Session, actor: str, principal: str, voice: str, act: str, now: datetime
) -> Mandate | None:
    """The mandate under which `actor` may do `act` with a voice for `principal` (ids), None for in person.

    Raises Refused with the reason where neither holds.
    """
    for_whom = session.get_one(PersonRow, principal)
    if actor == principal:
        require_able(store, for_whom, now)
        return None
    agent = session.get_one(PersonRow, actor)
    require_able(store, agent, now)
    reasons = []
    query = select(MandateRow).where(MandateRow.agent_id == actor, MandateRow.principal_id == principal)
    for row in session.scalars(query.order_by(MandateRow.made_at_ms, MandateRow.id)):
        mandate = to_mandate(store, session, row)
        reason = _against(row, mandate, for_whom, voice, act, now)
        if reason is None:
            return mandate
        reasons.append(reason)
    nobody = Reason("no-authority", f"{agent.name} holds no mandate of {for_whom.name}.")
    raise Refused(reasons or [nobody])


def actor_for_owner(
    store: Store, session: Session, by: str | None, voice: str, act: str, now: datetime
) -> Actor:
    """Who acts for a voice's owner: the owner in person where `by` (id or handle) is left out."""
    return actor_for(store, session, by, (_owner(store, session, voice),), voice, act, now)


def actor_to_withdraw(store: Store, session: Session, by: str | None, voice: str, now: datetime) -> Actor:
    """Who acts to withdraw a whole voice: its owner, its performer or the recordings' owner, or for one of
    them."""
    owner = session.get_one(
        VoiceRow, voice
    ).owner_id  # also of a record that was altered: it must be possible
    query = select(RightRow).where(RightRow.voice_id == voice, RightRow.state == "active")
    givers = [row.person_id for row in session.scalars(query.order_by(RightRow.kind, RightRow.id))]
    return actor_for(store, session, by, (owner, *givers), voice, "withdraw", now)


def actor_for(
    store: Store,
    session: Session,
    by: str | None,
    principals: Sequence[str],
    voice: str,
    act: str,
    now: datetime,
) -> Actor:
    """Who acts for the first of `principals` for whom `by` may; that one in person where `by` is left out.

    Raises UnknownName for somebody who is not there, Refused with every reason where nobody lets them.
    """
    if by is None:
        first = principals[0]
        return Actor(first, first, authority(store, session, first, first, voice, act, now))
    actor = person_named(session, by).id
    reasons: list[Reason] = []
    for principal in dict.fromkeys(sorted(principals, key=lambda name: name != actor)):
        try:
            mandate = authority(store, session, actor, principal, voice, act, now)
        except Refused as refusal:
            reasons.extend(refusal.reasons)
        else:
            return Actor(actor, principal, mandate)
    raise Refused(reasons)


def _owner(store: Store, session: Session, voice: str) -> str:
    row = session.get(VoiceRow, voice)
    if row is None:
        raise UnknownName(f"The registry knows no voice {voice!r}.")
    if not is_voice_intact(store, row):
        raise Refused([Reason("damaged", f"The stored record of {row.name} is not what the registry wrote.")])
    return row.owner_id


def _against(
    row: MandateRow, mandate: Mandate, principal: PersonRow, voice: str, act: str, now: datetime
) -> Reason | None:
    name = f"The mandate {mandate.id}"
    if mandate.state == "damaged":
        return Reason("damaged", f"{name} is not what the registry wrote.")
    if row.state != "active":
        return Reason("mandate-ended", f"{name} has ended.")
    if principal.deceased and mandate.capacity != _CAPACITY_OF_THE_DEAD:
        return Reason("deceased", f"{principal.name} has died; only the estate can act.")
    if not principal.deceased and mandate.capacity == _CAPACITY_OF_THE_DEAD:
        return Reason("no-authority", f"{principal.name} lives; an estate cannot act for them.")
    if is_minor(principal, now) and mandate.capacity != _CAPACITY_OF_MINORS:
        return Reason("minor", f"{principal.name} is a minor; only a guardian can act.")
    if mandate.state != "active":
        return Reason("mandate-ended", f"{name} has ended.")
    if mandate.not_before is not None and now < mandate.not_before:
        return Reason("mandate-not-yet", f"{name} begins at {mandate.not_before:%Y-%m-%d %H:%M:%S UTC}.")
    if mandate.not_after is not None and now >= mandate.not_after:
        return Reason("mandate-ended", f"{name} ended at {mandate.not_after:%Y-%m-%d %H:%M:%S UTC}.")
    if row.voices and voice not in row.voices:
        return Reason("no-authority", f"{name} is not for the voice {voice}.")
    if act not in row.acts:
        return Reason("no-authority", f"{name} does not allow to {_ACT_WORDS.get(act, act)}.")
    return None
