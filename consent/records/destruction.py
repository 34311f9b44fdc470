"""What has to be destroyed, and when."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class DestructionRow(Base):
    """One thing to destroy: `path` is a file or folder, or "" for what another table holds.

    `sha256` says what the file was, once it is destroyed; the path goes then.
    """

    __tablename__ = "destructions"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    what: Mapped[str]
    path: Mapped[str]
    voice_id: Mapped[str | None] = mapped_column(ForeignKey("voices.id"), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    due_at_ms: Mapped[int] = mapped_column(index=True)
    reason: Mapped[str]
    scheduled_at_ms: Mapped[int]
    done_at_ms: Mapped[int | None]
    sha256: Mapped[str | None]
