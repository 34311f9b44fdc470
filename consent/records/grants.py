"""Grants, and the authorisations made under them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class GrantRow(Base):
    """A grant; `mac` covers what must not change unnoticed, which the counters of its use are not.

    `given_by` is the person who gave it, in person or under the mandate `mandate_id`. `state` is draft,
    offered, accepted, active, suspended, expired, withdrawn or superseded. `ends_at_ms` is when the terms'
    period runs out, for the sweep that looks for such grants.
    """

    __tablename__ = "grants"
    id: Mapped[str] = mapped_column(primary_key=True)
    voice_id: Mapped[str] = mapped_column(ForeignKey("voices.id"), index=True)
    kind: Mapped[str]
    terms: Mapped[dict[str, Any]]
    state: Mapped[str]
    made_at_ms: Mapped[int]
    ended_at_ms: Mapped[int | None]
    reason: Mapped[str]
    given_by: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    mandate_id: Mapped[str | None] = mapped_column(ForeignKey("mandates.id"), index=True)
    ends_at_ms: Mapped[int | None] = mapped_column(index=True)
    mac: Mapped[str]


class GrantUseRow(Base):
    """How many songs, and how many milliseconds of them, were released under a grant."""

    __tablename__ = "grant_use"
    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id"), primary_key=True)
    renders: Mapped[int]
    ms: Mapped[int]
    mac: Mapped[str]


class AuthorisationRow(Base):
    """A yes to one use. `state` is issued or released; `recipe` is what the render id was derived from.

    `song` is kept for the second look at the release, and goes with it.
    """

    __tablename__ = "authorisations"
    id: Mapped[str] = mapped_column(primary_key=True)
    voice_id: Mapped[str] = mapped_column(ForeignKey("voices.id"))
    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id"))
    render_id: Mapped[str] = mapped_column(index=True)
    recipe: Mapped[str]
    state: Mapped[str]
    expires_at_ms: Mapped[int]
    mac: Mapped[str]
    song: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    ledger_index: Mapped[int]
