"""Appointing people to act for others, and ending that again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from consent.errors import Reason, Refused, UnknownName, require_record
from consent.mandates import ACTS, MandateRecord, end_mandate, to_record, write_mandate
from consent.notices import notify
from consent.persons import is_minor, person_named, require_able
from consent.records import GrantRow, MandateRow, PersonRow, VoiceRow
from consent.rights import CAPACITIES
from consent.store import Store, Unit
from consent.voice_rows import touch


def appoint(
    store: Store,
    agent: str,
    principal: str,
    capacity: str,
    acts: Sequence[str],
    *,
    voices: Sequence[str] = (),
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    evidence: str = "",
    by: str | None = None,
) -> MandateRecord:
    """Let `agent` act for `principal`; `People.appoint` says how."""
    require_record(capacity in CAPACITIES, f"{capacity!r} is not one of {', '.join(CAPACITIES)}.")
    strange = [act for act in acts if act not in ACTS]
    wanted = f"A mandate is for some of {', '.join(ACTS)}, not for {list(acts)}."
    require_record(acts and not strange, wanted)
    with store.write() as unit:
        session = unit.session
        for_whom, who = person_named(session, principal), person_named(session, agent)
        require_record(for_whom.id != who.id, "Nobody needs a mandate to act for themselves.")
        begins = unit.now if not_before is None else not_before
        require_record(not_after is None or begins < not_after, "The mandate would end before it begins.")
        for voice in voices:
            if session.get(VoiceRow, voice) is None:
                raise UnknownName(f"The registry knows no voice {voice!r}.")
        require_able(store, who, unit.now)
        _require_giver(store, unit, for_whom, capacity, evidence, by)
        row = write_mandate(
            store,
            unit,
            who,
            for_whom,
            capacity,
            voices=voices,
            acts=acts,
            not_before=begins,
            not_after=not_after,
            evidence=evidence,
        )
        text = f"{who.name} may now act for {for_whom.name} as {capacity}: {', '.join(row.acts)}."
        for person in (for_whom.id, who.id):
            notify(unit, person=person, voice=None, kind="mandate", text=text)
        return to_record(store, session, row)


def end_appointment(store: Store, mandate: str, by: str | None = None) -> MandateRecord:
    """End a mandate at this instant; `People.end_mandate` says how."""
    with store.write() as unit:
        row = unit.session.get(MandateRow, mandate)
        if row is None:
            raise UnknownName(f"There is no mandate {mandate!r}.")
        if by is not None:
            who = person_named(unit.session, by)
            if who.id not in (row.agent_id, row.principal_id):
                sentence = f"The mandate {row.id} is neither {who.name}'s nor given by them."
                raise Refused([Reason("no-authority", sentence)])
            require_able(store, who, unit.now)
        if row.state == "active":
            end_mandate(store, unit, row)
            _tell_of_end(unit, row)
        return to_record(store, unit.session, row)


def _require_giver(
    store: Store, unit: Unit, principal: PersonRow, capacity: str, evidence: str, by: str | None
) -> None:
    """Whether a mandate in this capacity can be given now, by whoever gives it."""
    if capacity in ("label", "agent"):
        if by is not None and person_named(unit.session, by).id != principal.id:
            sentence = f"Only {principal.name} can let somebody act for {principal.name}."
            raise Refused([Reason("no-authority", sentence)])
        require_able(store, principal, unit.now)
        return
    require_record(evidence.strip(), f"Say what shows that they are the {capacity}.")
    if by is not None:
        sentence = f"Nobody in the registry can appoint a {capacity}; whoever runs it writes it down."
        raise Refused([Reason("no-authority", sentence)])
    if capacity == "guardian":
        require_record(is_minor(principal, unit.now), f"{principal.name} is not a minor.")
    else:
        require_record(principal.deceased, f"{principal.name} is not recorded as deceased.")


def _tell_of_end(unit: Unit, row: MandateRow) -> None:
    query = select(GrantRow).where(GrantRow.mandate_id == row.id).order_by(GrantRow.id)
    grants = list(unit.session.scalars(query))
    for voice in sorted({grant.voice_id for grant in grants}):
        touch(unit.session, voice)
    text = f"The mandate {row.id} has ended."
    if resting := ", ".join(grant.id for grant in grants if grant.state == "active"):
        text += f" These grants rest on it and allow nothing new until they are confirmed: {resting}."
    for person in (row.principal_id, row.agent_id):
        notify(unit, person=person, voice=None, kind="mandate", text=text)
