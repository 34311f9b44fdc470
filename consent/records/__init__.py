"""The registry's tables, a room for each kind of thing."""

from __future__ import annotations

from consent.records.base import Base, FactRow
from consent.records.grants import AuthorisationRow, GrantRow
from consent.records.jobs import JobRow
from consent.records.keys import KeyRow, SealingRow
from consent.records.ledger import CheckpointRow, LedgerRow
from consent.records.songs import ReleasedFileRow, ReleaseRow, RenderRow
from consent.records.training import RecordingRow
from consent.records.voices import EvidenceRow, OwnerRow, SeedRow, VoiceRow, VoiceVersionRow

__all__ = [
    "AuthorisationRow",
    "Base",
    "CheckpointRow",
    "EvidenceRow",
    "FactRow",
    "GrantRow",
    "JobRow",
    "KeyRow",
    "LedgerRow",
    "OwnerRow",
    "RecordingRow",
    "ReleaseRow",
    "ReleasedFileRow",
    "RenderRow",
    "SealingRow",
    "SeedRow",
    "VoiceRow",
    "VoiceVersionRow",
]
