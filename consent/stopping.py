"""What withdrawal and suspension share: songs under way are stopped, and everybody concerned is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from consent.clock import to_ms
from consent.constraints import Licensee
from consent.notices import notify, notify_users
from consent.records import GrantRow, JobRow, RenderRow, RightRow, VoiceRow
from consent.store import Unit
from consent.terms import Terms


def cancel_jobs(unit: Unit, voice: str, grant: str | None, sentence: str) -> tuple[int, ...]:
    """Cancel every job of a voice, or under one grant, that has not ended; its worker learns it at its next
    heartbeat, and cannot release what it sings."""
    query = select(JobRow).where(JobRow.voice_id == voice, JobRow.state.in_(("queued", "running")))
    if grant is not None:
        query = query.where(JobRow.grant_id == grant)
    cancelled = []
    for job in unit.session.scalars(query.order_by(JobRow.id)):
        job.state, job.stage = "cancelled", sentence
        job.fence += 1
        job.changed_at_ms = to_ms(unit.now)
        cancelled.append(job.id)
    return tuple(cancelled)


def tell(unit: Unit, voice: VoiceRow, grants: Sequence[GrantRow], kind: str, sentence: str) -> None:
    """Leave a notice for the owner, for whoever gave the permissions behind the voice, and for the licensees.

    Licensees are the users whom the grants name, and those who have songs out under them.
    """
    givers = select(RightRow.person_id).where(RightRow.voice_id == voice.id, RightRow.state != "superseded")
    for person in sorted({voice.owner_id, *unit.session.scalars(givers)}):
        notify(unit, person=person, voice=voice.id, kind=kind, text=sentence)
    query = select(RenderRow.user_id, RenderRow.render_id).where(
        RenderRow.voice_id == voice.id, RenderRow.grant_id.in_([grant.id for grant in grants])
    )
    songs: dict[str, list[str]] = {}
    for user, render in unit.session.execute(query.order_by(RenderRow.first_released_at_ms)):
        songs.setdefault(user, []).append(render)
    for user, renders in songs.items():
        count = f"{len(renders)} of your songs are" if len(renders) > 1 else "one of your songs is"
        text = f"{sentence} With this voice {count} out: {', '.join(renders)}."
        notify_users(unit, [user], voice=voice.id, kind=kind, text=text)
    others = set(named_users(grants)) - set(songs)
    notify_users(unit, others, voice=voice.id, kind=kind, text=sentence)


def named_users(grants: Iterable[GrantRow]) -> tuple[str, ...]:
    """The users to whom grants were made by name."""
    conditions = (c for grant in grants for c in Terms.from_json(grant.terms).constraints)
    return tuple(user for c in conditions if isinstance(c, Licensee) for user in c.users)


def is_for_anyone(row: GrantRow) -> bool:
    """Whether a grant is made to whoever comes."""
    conditions = Terms.from_json(row.terms).constraints
    return any(isinstance(condition, Licensee) and condition.anyone for condition in conditions)
