"""The registry's tables, a room for each kind of thing."""

from __future__ import annotations

from consent.records.approvals import ApprovalAnswerRow, ApprovalRow
from consent.records.base import Base, FactRow, table_of
from consent.records.destruction import DestructionRow
from consent.records.grants import AuthorisationRow, GrantRow, GrantUseRow
from consent.records.jobs import JobRow
from consent.records.keys import KeyRow, SealingRow
from consent.records.ledger import CheckpointRow, CosignatureRow, LedgerRow
from consent.records.marks import CredentialRow, FingerprintRow, RecipeRow
from consent.records.notices import NoticeRow
from consent.records.people import MandateRow, PersonRow, RightRow
from consent.records.receipts import ReceiptRow
from consent.records.reservations import ReservationRow, ReservationShingleRow, ReservationSummaryRow
from consent.records.songs import ReleasedFileRow, ReleaseRow, RenderRow
from consent.records.subjects import SubjectRow
from consent.records.training import BaseModelRow, RecordingListRow, RecordingRow
from consent.records.voices import EvidenceRow, SeedRow, VoiceRow, VoiceVersionRow

__all__ = [
    "ApprovalAnswerRow",
    "ApprovalRow",
    "AuthorisationRow",
    "Base",
    "BaseModelRow",
    "CheckpointRow",
    "CosignatureRow",
    "CredentialRow",
    "DestructionRow",
    "EvidenceRow",
    "FactRow",
    "FingerprintRow",
    "GrantRow",
    "GrantUseRow",
    "JobRow",
    "KeyRow",
    "LedgerRow",
    "MandateRow",
    "NoticeRow",
    "PersonRow",
    "ReceiptRow",
    "RecipeRow",
    "RecordingListRow",
    "RecordingRow",
    "ReleaseRow",
    "ReleasedFileRow",
    "RenderRow",
    "ReservationRow",
    "ReservationShingleRow",
    "ReservationSummaryRow",
    "RightRow",
    "SealingRow",
    "SeedRow",
    "SubjectRow",
    "VoiceRow",
    "VoiceVersionRow",
    "table_of",
]
