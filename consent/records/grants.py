"""Grants, and the authorisations made under them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class GrantRow(Base):
    """A grant; `mac` covers what must not change unnoticed."""

    __tablename__ = "grants"
    id: Mapped[str] = mapped_column(primary_key=True)
    voice_id: Mapped[str] = mapped_column(ForeignKey("voices.id"), index=True)
    kind: Mapped[str]
    terms: Mapped[dict[str, Any]]
    state: Mapped[str]
    made_at_ms: Mapped[int]
    ended_at_ms: Mapped[int | None]
    reason: Mapped[str]
    mac: Mapped[str]


class AuthorisationRow(Base):
    """A yes to one use. `state` is issued or released; `recipe` is what the render id was derived from."""

    __tablename__ = "authorisations"
    id: Mapped[str] = mapped_column(primary_key=True)
    voice_id: Mapped[str] = mapped_column(ForeignKey("voices.id"))
    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id"))
    render_id: Mapped[str] = mapped_column(index=True)
    recipe: Mapped[str]
    state: Mapped[str]
    expires_at_ms: Mapped[int]
    mac: Mapped[str]
    ledger_index: Mapped[int]
