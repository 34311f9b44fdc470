"""Withdrawal: one transaction after which the grant, or the whole voice, sings no more."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from consent.clock import to_ms
from consent.errors import UnknownName
from consent.grants import end_grant
from consent.keys import shred
from consent.records import GrantRow, JobRow, VoiceRow, VoiceVersionRow
from consent.renders import RenderRecord, released_songs
from consent.store import Store, Unit
from consent.voice_rows import seal_voice, touch


@dataclass(frozen=True)
class Withdrawal:
    """What a withdrawal did: the grants it ended, the jobs it stopped, the versions whose keys it destroyed.

    `songs` are those that are already out.
    """

    voice: str
    grants: tuple[str, ...]
    cancelled_jobs: tuple[int, ...]
    keys_destroyed: tuple[str, ...]
    songs: tuple[RenderRecord, ...]


def withdraw(store: Store, voice: str, grant: str | None = None, reason: str = "") -> Withdrawal:
    """End one grant, or the whole voice when none is named: its keys are destroyed and its sealed weights
    shredded.

    Withdrawing what is withdrawn already changes nothing. Raises UnknownName for a voice or grant that is
    not there.
    """
    with store.write() as unit:
        row = unit.session.get(VoiceRow, voice)
        if row is None:
            raise UnknownName(f"The registry knows no voice {voice!r}.")
        query = select(GrantRow).where(GrantRow.voice_id == voice, GrantRow.state != "withdrawn")
        if grant is not None:
            known = unit.session.get(GrantRow, grant)
            if known is None or known.voice_id != voice:
                raise UnknownName(f"The voice {voice} has no grant {grant!r}.")
            query = query.where(GrantRow.id == grant)
        ended = unit.session.scalars(query.order_by(GrantRow.id)).all()
        for found in ended:
            end_grant(store, unit, found, "withdrawn", reason)
        cancelled = _cancel_jobs(unit, voice, grant)
        versions = _end_voice(store, unit, row, reason) if grant is None and row.state == "active" else []
        if ended or versions or cancelled:
            unit.append(
                "withdrawal",
                {
                    "voice": voice,
                    "whole_voice": grant is None,
                    "grants": [found.id for found in ended],
                    "versions": versions,
                    "jobs": cancelled,
                },
            )
        songs = released_songs(unit.session, voice, grant)
    if grant is None:
        destroy_keys(store, voice)
    return Withdrawal(voice, tuple(found.id for found in ended), tuple(cancelled), tuple(versions), songs)


def destroy_keys(store: Store, voice: str) -> None:
    """Shred the key file and the sealed weights of a voice that has been withdrawn."""
    store.keys.destroy(voice)
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


def _cancel_jobs(unit: Unit, voice: str, grant: str | None) -> list[int]:
    query = select(JobRow).where(JobRow.voice_id == voice, JobRow.state.in_(("queued", "running")))
    if grant is not None:
        query = query.where(JobRow.grant_id == grant)
    cancelled = []
    for job in unit.session.scalars(query.order_by(JobRow.id)):
        job.state = "cancelled"
        job.fence += 1
        job.stage = "The owner has withdrawn the voice."
        job.changed_at_ms = to_ms(unit.now)
        cancelled.append(job.id)
    return cancelled


def _end_voice(store: Store, unit: Unit, row: VoiceRow, reason: str) -> list[str]:
    row.state = "withdrawn"
    row.withdrawn_at_ms = to_ms(unit.now)
    row.reason = reason
    seal_voice(store, row)
    touch(unit.session, row.id)
    query = select(VoiceVersionRow).where(
        VoiceVersionRow.voice_id == row.id, VoiceVersionRow.wrapped_key.is_not(None)
    )
    destroyed = []
    for version in unit.session.scalars(query.order_by(VoiceVersionRow.version)):
        version.wrapped_key = None
        version.destroyed_at_ms = to_ms(unit.now)
        destroyed.append(version.version)
    return destroyed
