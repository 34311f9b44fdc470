"""Receipts as they were handed out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class ReceiptRow(Base):
    """One receipt: for whom, over what, and bound to which ledger entry.

    `document` is the signed receipt word for word, and goes when its person is erased; `sha256` (hex, over
    its canonical form) stays.
    """

    __tablename__ = "receipts"
    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    voice_id: Mapped[str] = mapped_column(ForeignKey("voices.id"), index=True)
    grant_id: Mapped[str | None] = mapped_column(ForeignKey("grants.id"), index=True)
    event: Mapped[str]
    at_ms: Mapped[int]
    ledger_index: Mapped[int]
    sha256: Mapped[str]
    document: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
