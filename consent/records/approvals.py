"""Requests that wait for a person's yes, and the answers that they got."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class ApprovalRow(Base):
    """One request for approval: bound by `binding` (SHA-256) to grant, user, work and all that was asked.

    `state` is waiting, approved, declined or expired. `request` and `rules` are what the approver looks at;
    they are emptied once nobody needs them any more (`shown` turns false).
    """

    __tablename__ = "approvals"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    binding: Mapped[str] = mapped_column(index=True)
    voice_id: Mapped[str] = mapped_column(ForeignKey("voices.id"))
    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id"))
    user_id: Mapped[str] = mapped_column(index=True)
    work_digest: Mapped[str]
    needed: Mapped[int]
    named: Mapped[list[Any]]
    request: Mapped[dict[str, Any]]
    rules: Mapped[list[Any]]
    shown: Mapped[bool]
    state: Mapped[str] = mapped_column(index=True)
    asked_at_ms: Mapped[int]
    expires_at_ms: Mapped[int]
    decided_at_ms: Mapped[int | None]
    mac: Mapped[str]
    __table_args__ = (Index("approvals_of_a_work", "voice_id", "work_digest"),)


class ApprovalAnswerRow(Base):
    """What one person answered; a person answers a request once."""

    __tablename__ = "approval_answers"
    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    mandate_id: Mapped[str | None] = mapped_column(ForeignKey("mandates.id"))
    approves: Mapped[bool]
    note: Mapped[str]
    at_ms: Mapped[int]
    mac: Mapped[str]
