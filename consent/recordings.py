"""Sets of recordings at rest: what performer and owner say of training from them, and the end of it.

A set that was withdrawn stays withdrawn, whatever a file says later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.clock import from_ms, to_ms
from consent.errors import UnknownName, VoiceFileError
from consent.macs import covers
from consent.recording_files import ALLOWED, RecordingSource, TrainingAnswer
from consent.records import RecordingRow
from consent.store import Store, Unit


@dataclass(frozen=True)
class Recordings:
    """A set of recordings: the performer's and the owner's answer, and whether it stands.

    `state` is active, withdrawn, or damaged (the stored row is not what the registry wrote). `voice` is the
    voice that they are of, None where none is in the registry.
    """

    name: str
    title: str
    voice: str | None
    source: str
    performer: TrainingAnswer
    owner: TrainingAnswer
    state: str
    withdrawn_at: datetime | None
    reason: str


def write_recording(store: Store, unit: Unit, source: RecordingSource, voice: str | None) -> bool:
    """Record both answers about a set of recordings; logged when they are new or changed.

    Says whether the set may be trained from, as far as it goes: two yeses, each with a text that shows it.
    Raises VoiceFileError for a set that another voice, or none, declared before.
    """
    row = unit.session.get(RecordingRow, source.name)
    if row is not None and row.voice_id != voice:
        raise VoiceFileError(
            f"Two voices, or a voice and recordings.toml, declare the recordings {source.name!r}."
        )
    if row is None:
        row = RecordingRow(name=source.name, voice_id=voice, state="active", withdrawn_at_ms=None, reason="")
        unit.session.add(row)
        before = None
    elif not store.keys.check_mac("recordings", _covered(row), row.mac):
        return False  # what somebody altered does not get a MAC that would make it stand
    else:
        before = _covered(row)
    row.title, row.source = source.title, source.source
    row.performer, row.owner = source.performer.name, source.owner.name
    row.performer_training, row.owner_training = source.performer.training, source.owner.training
    row.performer_quote, row.owner_quote = source.performer.quote, source.owner.quote
    row.performer_terms, row.owner_terms = source.performer.terms, source.owner.terms
    row.performer_terms_sha256 = source.performer.terms_sha256
    row.owner_terms_sha256 = source.owner.terms_sha256
    if _covered(row) != before:
        row.mac = store.keys.mac("recordings", _covered(row))
        _log(unit, row)
    unit.session.flush()
    return is_willing(row)


def is_willing(row: RecordingRow) -> bool:
    """Whether a set stands, and both people said yes to training with a text that shows it."""
    answers = {row.performer_training, row.owner_training}
    return (
        row.state == "active"
        and answers == {ALLOWED}
        and bool(row.performer_terms_sha256 and row.owner_terms_sha256)
    )


def end_recordings(store: Store, unit: Unit, name: str, reason: str) -> RecordingRow | None:
    """Withdraw a set of recordings; None where it was withdrawn before. Raises UnknownName."""
    row = unit.session.get(RecordingRow, name)
    if row is None:
        known = ", ".join(unit.session.scalars(select(RecordingRow.name).order_by(RecordingRow.name)))
        raise UnknownName(
            f"The registry knows no recordings {name!r}.", f"It knows: {known}." if known else ""
        )
    if row.state == "withdrawn":
        return None
    row.state, row.withdrawn_at_ms, row.reason = "withdrawn", to_ms(unit.now), reason
    row.mac = store.keys.mac("recordings", _covered(row))
    _log(unit, row)
    unit.session.flush()
    return row


def load_recordings(store: Store, session: Session, name: str) -> Recordings | None:
    """One set of recordings, or None where nobody declared it."""
    row = session.get(RecordingRow, name)
    return None if row is None else _recordings(store, row)


def all_recordings(store: Store, session: Session) -> list[Recordings]:
    """Every set of recordings that somebody declared, by name."""
    rows = session.scalars(select(RecordingRow).order_by(RecordingRow.name))
    return [_recordings(store, row) for row in rows]


def _recordings(store: Store, row: RecordingRow) -> Recordings:
    intact = store.keys.check_mac("recordings", _covered(row), row.mac)
    return Recordings(
        name=row.name,
        title=row.title,
        voice=row.voice_id,
        source=row.source,
        performer=TrainingAnswer(
            row.performer,
            row.performer_training,
            row.performer_quote,
            row.performer_terms,
            row.performer_terms_sha256,
        ),
        owner=TrainingAnswer(
            row.owner, row.owner_training, row.owner_quote, row.owner_terms, row.owner_terms_sha256
        ),
        state=row.state if intact else "damaged",
        withdrawn_at=None if row.withdrawn_at_ms is None else from_ms(row.withdrawn_at_ms),
        reason=row.reason,
    )


def _log(unit: Unit, row: RecordingRow) -> None:
    unit.append(
        "recordings",
        {
            "recordings": row.name,
            "voice": row.voice_id,
            "state": row.state,
            "performer_training": row.performer_training,
            "performer_terms_sha256": row.performer_terms_sha256 or None,
            "owner_training": row.owner_training,
            "owner_terms_sha256": row.owner_terms_sha256 or None,
        },
    )


@covers("recordings", RecordingRow)
def _covered(row: RecordingRow) -> dict[str, Any]:
    return {
        "recordings": row.name,
        "voice": row.voice_id,
        "title": row.title,
        "source": row.source,
        "performer": [
            row.performer,
            row.performer_training,
            row.performer_quote,
            row.performer_terms,
            row.performer_terms_sha256,
        ],
        "owner": [
            row.owner,
            row.owner_training,
            row.owner_quote,
            row.owner_terms,
            row.owner_terms_sha256,
        ],
        "state": row.state,
        "withdrawn_at_ms": row.withdrawn_at_ms,
    }
