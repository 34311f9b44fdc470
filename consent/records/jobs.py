"""Songs to be made for the web."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class JobRow(Base):
    """A song to be made for the web: queued, running, done, failed or cancelled."""

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    user_id: Mapped[str] = mapped_column(index=True)
    voice_id: Mapped[str] = mapped_column(ForeignKey("voices.id"), index=True)
    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id"))
    request: Mapped[dict[str, Any]]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(index=True)
    worker: Mapped[str]
    fence: Mapped[int]
    lease_until_ms: Mapped[int]
    progress: Mapped[float]
    stage: Mapped[str]
    result: Mapped[dict[str, Any]]
    filed_at_ms: Mapped[int]
    changed_at_ms: Mapped[int]
