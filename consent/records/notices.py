"""What the registry told people."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class NoticeRow(Base):
    """One notice: to a registered person (`person_id`) or to a user (`user_id`), about a voice or none."""

    __tablename__ = "notices"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    user_id: Mapped[str | None] = mapped_column(index=True)
    voice_id: Mapped[str | None] = mapped_column(ForeignKey("voices.id"))
    kind: Mapped[str]
    text: Mapped[str]
    at_ms: Mapped[int]
    read_at_ms: Mapped[int | None]
