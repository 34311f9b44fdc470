"""The row of a voice: sealed by a MAC over whose it is and whether it may sing, and told of every change."""

from __future__ import annotations

import secrets
from typing import Any, Protocol

from sqlalchemy.orm import Session

from consent.macs import covers
from consent.records import VoiceRow
from consent.store import Store


def touch(session: Session, voice: str) -> None:
    """Mark a change that a decision about the voice depends on: what was read before is no longer true.

    A revision is drawn, not counted, so that one of a transaction that was rolled back never comes again.
    """
    session.flush()
    session.get_one(VoiceRow, voice).revision = secrets.randbits(62)
    session.flush()


def seal_voice(store: Store, row: VoiceRow) -> None:
    """Renew the MAC of a row after its owner or its state was set."""
    row.mac = store.keys.mac("voice", covered(row))


def is_voice_intact(store: Store, row: VoiceRow) -> bool:
    """Whether owner and state of the row are what the registry wrote."""
    return store.keys.check_mac("voice", covered(row), row.mac)


class Sealed(Protocol):
    """What of a voice's row its MAC covers, however it was read."""

    @property
    def id(self) -> str: ...
    @property
    def owner_id(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def withdrawn_at_ms(self) -> int | None: ...


@covers("voice", VoiceRow)
def covered(row: Sealed) -> dict[str, Any]:
    """What the MAC of a voice's row covers: whose it is, and whether it may sing."""
    return {
        "voice": row.id,
        "owner": row.owner_id,
        "state": row.state,
        "withdrawn_at_ms": row.withdrawn_at_ms,
    }
