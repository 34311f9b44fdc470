"""Withdrawal: one transaction after which the grant, or the whole voice, sings no more."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from consent.approvals import close_requests
from consent.authority import Actor, actor_for, actor_for_owner, actor_to_withdraw
from consent.bases import mark_contributor
from consent.clock import to_ms
from consent.destruction import DestructionSchedule, hasten, schedule
from consent.errors import UnknownName
from consent.grants import end_grant
from consent.keys import shred
from consent.permissions import end_right
from consent.receipts import issue
from consent.recipes import forget_recipes
from consent.records import GrantRow, RightRow, VoiceRow, VoiceVersionRow
from consent.renders import RenderRecord, released_songs
from consent.rights import PERFORMER
from consent.stopping import cancel_jobs, tell
from consent.store import Store, Unit
from consent.subjects import pseudonym
from consent.voice_rows import seal_voice, touch


@dataclass(frozen=True)
class Withdrawal:
    """What a withdrawal did: the grants and permissions it ended, the jobs it stopped, the versions whose
    keys it destroyed.

    `songs` are those that are already out.
    """

    voice: str
    grants: tuple[str, ...]
    cancelled_jobs: tuple[int, ...]
    keys_destroyed: tuple[str, ...]
    songs: tuple[RenderRecord, ...]
    rights: tuple[str, ...] = ()


def withdraw(
    store: Store, voice: str, grant: str | None = None, reason: str = "", by: str | None = None
) -> Withdrawal:
    """End one grant, or the whole voice when none is named: its keys are destroyed and its sealed weights
    shredded.

    `by` (a person's id or handle; left out, the owner in person) needs authority over what is ended; a whole
    voice its performer and the recordings' owner can end as well. Withdrawing what is withdrawn already
    changes nothing. Raises UnknownName for a voice or grant that is not there, Refused without authority.
    """
    with store.write() as unit:
        row = _voice(unit, voice)
        if grant is None:
            actor = actor_to_withdraw(store, unit.session, by, voice, unit.now)
            done = _withdraw_voice(store, unit, row, actor, reason)
        else:
            known = unit.session.get(GrantRow, grant)
            if known is None or known.voice_id != voice:
                raise UnknownName(f"The voice {voice} has no grant {grant!r}.")
            actor = actor_for_owner(store, unit.session, by, voice, "withdraw", unit.now)
            done = withdraw_grant(store, unit, row, known, actor, reason)
    if grant is None:
        destroy_keys(store, voice)
    return done


def withdraw_right(
    store: Store, voice: str, kind: str, reason: str = "", by: str | None = None
) -> Withdrawal:
    """End the performer's consent or the recording owner's permission alone (`kind`), and so the whole voice.

    `by` is whoever gave it, in person where left out, or somebody who may withdraw for them. Raises
    UnknownName for a voice without such a permission, Refused without authority.
    """
    with store.write() as unit:
        row = _voice(unit, voice)
        query = select(RightRow).where(RightRow.voice_id == voice, RightRow.kind == kind)
        rights = unit.session.scalars(query.where(RightRow.state != "superseded").order_by(RightRow.id)).all()
        if not rights:
            raise UnknownName(f"The voice {voice} has no permission of the kind {kind!r}.")
        givers = [right.person_id for right in rights]
        actor = actor_for(store, unit.session, by, givers, voice, "withdraw", unit.now)
        done = _withdraw_voice(store, unit, row, actor, reason)
    destroy_keys(store, voice)
    return done


def withdraw_grant(
    store: Store, unit: Unit, voice: VoiceRow, grant: GrantRow, actor: Actor, reason: str
) -> Withdrawal:
    """End one grant in a transaction that is under way, and log it."""
    sentence = f"The owner of {voice.name} has withdrawn the grant {grant.id}."
    ended = [grant] if grant.state != "withdrawn" else []
    for row in ended:
        end_grant(store, unit, row, "withdrawn", reason)
    jobs = cancel_jobs(unit, voice.id, grant.id, sentence)
    close_requests(store, unit, voice.id, grant.id)
    if ended or jobs:
        _log(store, unit, voice.id, actor, False, ended, [], jobs)
        _settle_with_people(store, unit, voice, ended, sentence)
    songs = released_songs(unit.session, voice.id, grant.id)
    return Withdrawal(voice.id, tuple(row.id for row in ended), jobs, (), songs)


def destroy_keys(store: Store, voice: str) -> None:
    """Shred the key file and the sealed weights of a voice that has been withdrawn."""
    store.keys.destroy(voice)
    try:
        DestructionSchedule(store).run_due()
    finally:
        for sealed in (store.home / "voices" / voice).glob("*.sealed"):
            shred(sealed)
        store.database.scrub()


def finish_withdrawals(store: Store) -> None:
    """Destroy what a process that was killed in the middle of a withdrawal left behind."""
    with store.read() as session:
        withdrawn = session.scalars(select(VoiceRow.id).where(VoiceRow.state == "withdrawn")).all()
    for voice in withdrawn:
        sealed = (store.home / "voices" / voice).glob("*.sealed")
        if store.keys.voice_keys(voice) or any(sealed):
            destroy_keys(store, voice)


def _withdraw_voice(store: Store, unit: Unit, voice: VoiceRow, actor: Actor, reason: str) -> Withdrawal:
    query = select(GrantRow).where(GrantRow.voice_id == voice.id, GrantRow.state != "withdrawn")
    ended = list(unit.session.scalars(query.order_by(GrantRow.id)))
    for grant in ended:
        end_grant(store, unit, grant, "withdrawn", reason)
    given = select(RightRow).where(RightRow.voice_id == voice.id, RightRow.person_id == actor.principal)
    rights = list(unit.session.scalars(given.where(RightRow.state == "active").order_by(RightRow.id)))
    for right in rights:
        end_right(store, unit, right, "withdrawn", reason)
    sentence = _sentence(voice, rights, actor)
    jobs = cancel_jobs(unit, voice.id, None, sentence)
    close_requests(store, unit, voice.id)
    versions = _end_voice(store, unit, voice, reason) if voice.state != "withdrawn" else []
    if ended or rights or versions or jobs:
        _log(store, unit, voice.id, actor, True, ended, versions, jobs)
        issue(store, unit, event="voice-withdrawn", voice=voice.id, grant=None, person=voice.owner_id)
        _settle_with_people(store, unit, voice, ended, sentence)
        _schedule(store, unit, voice.id)
        mark_contributor(store, unit, voice.id)
    return Withdrawal(
        voice=voice.id,
        grants=tuple(grant.id for grant in ended),
        cancelled_jobs=jobs,
        keys_destroyed=tuple(versions),
        songs=released_songs(unit.session, voice.id),
        rights=tuple(right.id for right in rights),
    )


def _voice(unit: Unit, voice: str) -> VoiceRow:
    row = unit.session.get(VoiceRow, voice)
    if row is None:
        raise UnknownName(f"The registry knows no voice {voice!r}.")
    return row


def _sentence(voice: VoiceRow, rights: list[RightRow], actor: Actor) -> str:
    """Who has withdrawn what, for the people concerned."""
    if actor.principal == voice.owner_id or not rights:
        return f"The owner of {voice.name} has withdrawn the voice."
    if rights[0].kind == PERFORMER:
        return f"The performer has withdrawn the consent to the use of {voice.name}; the voice is withdrawn."
    return (
        f"The owner of the recordings of {voice.name} has withdrawn the permission; the voice is withdrawn."
    )


def _log(
    store: Store,
    unit: Unit,
    voice: str,
    actor: Actor,
    whole: bool,
    ended: list[GrantRow],
    versions: list[str],
    jobs: tuple[int, ...],
) -> None:
    unit.append(
        "withdrawal",
        {
            "voice": voice,
            "whole_voice": whole,
            "grants": [grant.id for grant in ended],
            "versions": versions,
            "jobs": list(jobs),
            "by": pseudonym(store, unit, actor.person),
            "mandate": actor.mandate_id,
        },
    )


def _settle_with_people(
    store: Store, unit: Unit, voice: VoiceRow, ended: list[GrantRow], sentence: str
) -> None:
    for grant in ended:
        issue(store, unit, event="grant-withdrawn", voice=voice.id, grant=grant.id, person=voice.owner_id)
    tell(unit, voice, ended, "withdrawal", sentence)


def _schedule(store: Store, unit: Unit, voice: str) -> None:
    """Everything that is kept to tell the voice by is due for destruction now."""
    hasten(unit, voice=voice)
    for sealed in sorted((store.home / "voices" / voice).glob("*.sealed")):
        schedule(
            unit,
            what="voice weights",
            path=sealed,
            voice=voice,
            person=None,
            due_at=unit.now,
            reason="the voice was withdrawn",
        )


def _end_voice(store: Store, unit: Unit, row: VoiceRow, reason: str) -> list[str]:
    row.state = "withdrawn"
    row.withdrawn_at_ms = to_ms(unit.now)
    row.reason = reason
    seal_voice(store, row)
    touch(unit.session, row.id)
    forget_recipes(unit.session, row.id)
    query = select(VoiceVersionRow).where(
        VoiceVersionRow.voice_id == row.id, VoiceVersionRow.wrapped_key.is_not(None)
    )
    destroyed = []
    for version in unit.session.scalars(query.order_by(VoiceVersionRow.version)):
        version.wrapped_key = None
        version.destroyed_at_ms = to_ms(unit.now)
        destroyed.append(version.version)
    return destroyed
