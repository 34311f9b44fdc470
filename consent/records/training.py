"""Recordings, and what their owners say of training from them."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class RecordingRow(Base):
    """A set of recordings, and what its owner says of training a model from it."""

    __tablename__ = "recording_sources"
    name: Mapped[str] = mapped_column(primary_key=True)
    voice_id: Mapped[str | None] = mapped_column(ForeignKey("voices.id"))
    title: Mapped[str]
    owner: Mapped[str]
    performer: Mapped[str]
    training: Mapped[str]
    quote: Mapped[str]
    terms_sha256: Mapped[str]
    source: Mapped[str]
