"""Suspension: one transaction after which a grant, or a whole voice, rests until it is resumed.

Keys and weights stay; nothing new starts, and nothing that is under way can be released.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from consent.authority import Actor, actor_for_owner
from consent.errors import Reason, Refused, UnknownName
from consent.grants import is_intact, log_grant, move_grant
from consent.receipts import issue
from consent.records import GrantRow, PersonRow, VoiceRow
from consent.renders import RenderRecord, released_songs
from consent.stopping import cancel_jobs, tell
from consent.store import Store, Unit
from consent.subjects import pseudonym
from consent.voice_rows import seal_voice, touch


@dataclass(frozen=True)
class Suspension:
    """What a suspension did: the grant that rests (None: the whole voice), and the jobs that were stopped.

    `songs` are those that are already out.
    """

    voice: str
    grant: str | None
    cancelled_jobs: tuple[int, ...]
    songs: tuple[RenderRecord, ...]


def suspend_voice(store: Store, voice: str, reason: str = "", by: str | None = None) -> Suspension:
    """Let a whole voice rest. Raises UnknownName, or Refused without authority or for a voice that does not
    sing."""
    with store.write() as unit:
        row, actor = _voice(store, unit, voice, by)
        _require(row, "active", "be suspended")
        row.state, row.reason = "suspended", reason
        sentence = f"The owner of {row.name} has suspended the voice."
        jobs = cancel_jobs(unit, voice, None, sentence)
        _record(store, unit, row, actor, "suspension", "voice-suspended", list(jobs))
        tell(unit, row, _standing_grants(unit, voice), "suspension", sentence)
        return Suspension(voice, None, jobs, released_songs(unit.session, voice))


def resume_voice(store: Store, voice: str, by: str | None = None) -> None:
    """Let a suspended voice sing again. Raises UnknownName, or Refused without authority or for a voice that
    is not suspended."""
    with store.write() as unit:
        row, actor = _voice(store, unit, voice, by)
        _require(row, "suspended", "be resumed")
        row.state, row.reason = "active", ""
        _record(store, unit, row, actor, "resumption", "voice-resumed", [])
        sentence = f"The owner of {row.name} lets the voice sing again."
        tell(unit, row, _standing_grants(unit, voice), "resumption", sentence)


def rest_grants_of(store: Store, unit: Unit, person: PersonRow, reason: str) -> None:
    """Let every grant rest that somebody gave in person over a voice of theirs; part of a transaction."""
    query = (
        select(GrantRow)
        .join(VoiceRow, VoiceRow.id == GrantRow.voice_id)
        .where(VoiceRow.owner_id == person.id, GrantRow.mandate_id.is_(None), GrantRow.state == "active")
    )
    for grant in unit.session.scalars(query.order_by(GrantRow.id)).all():
        if not is_intact(store, grant):
            continue  # it allows nothing as it is, and a new MAC would make it stand
        voice = unit.session.get_one(VoiceRow, grant.voice_id)
        move_grant(store, unit, grant, "suspended", reason)
        sentence = f"The grant {grant.id} is suspended: {reason}."
        jobs = cancel_jobs(unit, voice.id, grant.id, sentence)
        log_grant(store, unit, grant, "active", None, None, jobs)
        issue(store, unit, event="grant-suspended", voice=voice.id, grant=grant.id, person=person.id)
        tell(unit, voice, [grant], "suspension", sentence)


def _voice(store: Store, unit: Unit, voice: str, by: str | None) -> tuple[VoiceRow, Actor]:
    row = unit.session.get(VoiceRow, voice)
    if row is None:
        raise UnknownName(f"The registry knows no voice {voice!r}.")
    return row, actor_for_owner(store, unit.session, by, voice, "suspend", unit.now)


def _require(row: VoiceRow, state: str, move: str) -> None:
    if row.state != state:
        raise Refused([Reason("illegal-move", f"The voice {row.name} is {row.state}; it cannot {move}.")])


def _record(
    store: Store, unit: Unit, row: VoiceRow, actor: Actor, kind: str, event: str, jobs: list[int]
) -> None:
    seal_voice(store, row)
    touch(unit.session, row.id)
    unit.append(
        kind,
        {
            "voice": row.id,
            "jobs": jobs,
            "by": pseudonym(store, unit, actor.person),
            "mandate": actor.mandate_id,
        },
    )
    issue(store, unit, event=event, voice=row.id, grant=None, person=row.owner_id)


def _standing_grants(unit: Unit, voice: str) -> list[GrantRow]:
    query = select(GrantRow).where(GrantRow.voice_id == voice, GrantRow.state.in_(("active", "suspended")))
    return list(unit.session.scalars(query.order_by(GrantRow.id)))
