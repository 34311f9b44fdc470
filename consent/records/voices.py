"""Voices, their sealed versions, the texts that show what an owner allowed, and what was seen on disk."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class VoiceRow(Base):
    """A voice. `state` is active, suspended or withdrawn; `version` names the version of it that sings.

    `revision` grows with every change that a decision about the voice depends on; `mac` covers whose it is
    and its state.
    """

    __tablename__ = "voices"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    owner_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    version: Mapped[str]
    languages: Mapped[list[Any]]
    credit: Mapped[str]
    link: Mapped[str]
    state: Mapped[str]
    withdrawn_at_ms: Mapped[int | None]
    reason: Mapped[str]
    revision: Mapped[int] = mapped_column(default=0)
    mac: Mapped[str]


class VoiceVersionRow(Base):
    """One version of a voice's sealed weights; the wrapped key goes when it may sing no more.

    `base_id` is the joint base that it rests on; `recordings` names the sets that its own weights come from.
    """

    __tablename__ = "voice_versions"
    voice_id: Mapped[str] = mapped_column(ForeignKey("voices.id"), primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    sealed_path: Mapped[str]
    weights: Mapped[dict[str, Any]]
    wrapped_key: Mapped[bytes | None]
    added_at_ms: Mapped[int]
    destroyed_at_ms: Mapped[int | None]
    base_id: Mapped[str | None] = mapped_column(ForeignKey("bases.id"))
    recordings: Mapped[list[Any]] = mapped_column(default=list)


class EvidenceRow(Base):
    """A text that shows what an owner allowed, as it read when it was taken in."""

    __tablename__ = "evidence"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    voice_id: Mapped[str] = mapped_column(ForeignKey("voices.id"))
    name: Mapped[str]
    sha256: Mapped[str]
    text: Mapped[str]
    source: Mapped[str]
    added_at_ms: Mapped[int]
    __table_args__ = (Index("evidence_once", "voice_id", "name", "sha256", unique=True),)


class SeedRow(Base):
    """What a voice folder looked like when it was last taken in, so that looking again is cheap."""

    __tablename__ = "seeds"
    source: Mapped[str] = mapped_column(primary_key=True)
    seen: Mapped[dict[str, Any]]
