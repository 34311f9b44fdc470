"""Recordings with both answers about training from them, the bases trained from them, and what was read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class RecordingRow(Base):
    """A set of recordings, and what its performer and its owner say of training a model from it.

    An answer is allowed, silent or forbidden, with its words and the text that shows it (its file name and
    SHA-256). `state` is active or withdrawn. `mac` covers what must not change unnoticed.
    """

    __tablename__ = "recording_sources"
    name: Mapped[str] = mapped_column(primary_key=True)
    voice_id: Mapped[str | None] = mapped_column(ForeignKey("voices.id"))
    title: Mapped[str]
    source: Mapped[str]
    performer: Mapped[str]
    performer_training: Mapped[str]
    performer_quote: Mapped[str]
    performer_terms: Mapped[str]
    performer_terms_sha256: Mapped[str]
    owner: Mapped[str]
    owner_training: Mapped[str]
    owner_quote: Mapped[str]
    owner_terms: Mapped[str]
    owner_terms_sha256: Mapped[str]
    state: Mapped[str]
    withdrawn_at_ms: Mapped[int | None]
    reason: Mapped[str]
    mac: Mapped[str]


class BaseModelRow(Base):
    """A joint base: `id` is the SHA-256 of its weight file, `contributors` what it was trained from.

    `state` is current, marked (somebody of the contributors withdrew; overdue from `due_at_ms` on) or
    replaced. `because_of` names the recordings that were withdrawn. `documented` says that a record of its
    training named the contributors. `mac` covers it all.
    """

    __tablename__ = "bases"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    made_at_ms: Mapped[int]
    documented: Mapped[bool]
    contributors: Mapped[list[Any]]
    state: Mapped[str]
    marked_at_ms: Mapped[int | None]
    due_at_ms: Mapped[int | None]
    because_of: Mapped[list[Any]]
    replaced_by: Mapped[str | None] = mapped_column(ForeignKey("bases.id"))
    ledger_index: Mapped[int]
    mac: Mapped[str]


class RecordingListRow(Base):
    """A list of recordings that a model was trained on, word for word, under its SHA-256."""

    __tablename__ = "recording_lists"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    recordings: Mapped[str]
    content: Mapped[str]
    added_at_ms: Mapped[int]
