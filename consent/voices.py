"""Voices as the registry knows them: whose they are, what shows it, and under which grants they sing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.decide import Grant
from consent.errors import Reason, Refused, UnknownName
from consent.grants import load_grants
from consent.permissions import RightRecord, load_right_records
from consent.records import EvidenceRow, PersonRow, VoiceRow
from consent.store import Store
from consent.voice_rows import touch

__all__ = ["Evidence", "Owner", "Voice", "load_voice", "load_voices", "owner_of", "require_active", "touch"]


@dataclass(frozen=True)
class Owner:
    """Whose voice it is; `id` is the person's."""

    name: str
    contact: str
    id: str = ""


@dataclass(frozen=True)
class Evidence:
    """A text that shows what the owner allowed, with its SHA-256 (hex) and where it was published."""

    name: str
    sha256: str
    text: str
    source: str


@dataclass(frozen=True)
class Voice:
    """A voice: `state` is "active", "suspended" or "withdrawn".

    `grants` and `rights` are all that newer terms have not replaced.
    """

    id: str
    name: str
    owner: Owner
    version: str
    languages: tuple[str, ...]
    credit: str
    link: str
    state: str
    grants: tuple[Grant, ...]
    evidence: tuple[Evidence, ...]
    rights: tuple[RightRecord, ...] = ()


def load_voices(store: Store, session: Session) -> list[Voice]:
    """Every voice, by id."""
    return [
        _voice(store, session, row) for row in session.scalars(select(VoiceRow).order_by(VoiceRow.id)).all()
    ]


def load_voice(store: Store, session: Session, voice: str) -> Voice:
    """One voice. Raises UnknownName."""
    row = session.get(VoiceRow, voice)
    if row is None:
        known = ", ".join(session.scalars(select(VoiceRow.id).order_by(VoiceRow.id)))
        raise UnknownName(f"The registry knows no voice {voice!r}.", f"It knows: {known}." if known else "")
    return _voice(store, session, row)


def require_active(session: Session, voice: str) -> None:
    """Raise UnknownName for a voice that is not there, Refused for one that was withdrawn."""
    row = session.get(VoiceRow, voice)
    if row is None:
        raise UnknownName(f"The registry knows no voice {voice!r}.")
    if row.state == "withdrawn":
        raise Refused([Reason("withdrawn", f"The owner of {row.name} has withdrawn the voice.")])


def owner_of(session: Session, voice: str) -> str:
    """The id of the person whose voice it is."""
    return session.get_one(VoiceRow, voice).owner_id


def _voice(store: Store, session: Session, row: VoiceRow) -> Voice:
    owner = session.get_one(PersonRow, row.owner_id)
    texts = session.scalars(
        select(EvidenceRow).where(EvidenceRow.voice_id == row.id).order_by(EvidenceRow.id)
    )
    return Voice(
        id=row.id,
        name=row.name,
        owner=Owner(owner.name, owner.contact, owner.id),
        version=row.version,
        languages=tuple(row.languages),
        credit=row.credit,
        link=row.link,
        state=row.state,
        grants=tuple(load_grants(store, session, row.id)),
        evidence=tuple(Evidence(text.name, text.sha256, text.text, text.source) for text in texts),
        rights=load_right_records(store, session, row.id),
    )
