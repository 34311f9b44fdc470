"""The row of a voice: sealed by a MAC over whose it is and whether it may sing, and told of every change."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from consent.records import VoiceRow
from consent.store import Store


def touch(session: Session, voice: str) -> None:
    """Count a change that a decision about the voice depends on: what was read before is no longer true."""
    session.flush()
    session.get_one(VoiceRow, voice).revision += 1
    session.flush()


def seal_voice(store: Store, row: VoiceRow) -> None:
    """Renew the MAC of a row after its owner or its state was set."""
    row.mac = store.keys.mac("voice", _covered(row))


def is_intact(store: Store, row: VoiceRow) -> bool:
    """Whether owner and state of the row are what the registry wrote."""
    return store.keys.check_mac("voice", _covered(row), row.mac)


def _covered(row: VoiceRow) -> dict[str, Any]:
    return {
        "voice": row.id,
        "owner": row.owner_id,
        "state": row.state,
        "withdrawn_at_ms": row.withdrawn_at_ms,
    }
