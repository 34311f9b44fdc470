"""People, who may speak for whom, and the two permissions behind a voice. Each row's `mac` covers what must
not change unnoticed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class PersonRow(Base):
    """Whoever owns, performs, licenses or acts: `kind` is person, organisation or estate.

    `handle` is the user name that they sign in with; `minor_until_ms` the instant at which they come of age.
    `state` is active or erased; an erased row keeps its id and nothing personal.
    """

    __tablename__ = "people"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    contact: Mapped[str]
    handle: Mapped[str | None] = mapped_column(unique=True)
    minor_until_ms: Mapped[int | None]
    deceased: Mapped[bool]
    state: Mapped[str]
    added_at_ms: Mapped[int]
    mac: Mapped[str]


class MandateRow(Base):
    """The authority of `agent_id` to act for `principal_id`: over `voices` (none named: all), for `acts`.

    `capacity` is label, agent, guardian or estate; `state` is active or ended. It holds from `not_before_ms`
    (inclusive) until `not_after_ms` (exclusive). `evidence` says what shows it.
    """

    __tablename__ = "mandates"
    id: Mapped[str] = mapped_column(primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    principal_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    capacity: Mapped[str]
    voices: Mapped[list[Any]]
    acts: Mapped[list[Any]]
    not_before_ms: Mapped[int]
    not_after_ms: Mapped[int | None]
    state: Mapped[str]
    evidence: Mapped[str]
    made_at_ms: Mapped[int]
    ended_at_ms: Mapped[int | None]
    mac: Mapped[str]


class RightRow(Base):
    """The performer's consent or the recording owner's permission: `kind` is performer or recording-owner.

    `origin` is published (read from the voice's folder) or given (recorded here). `basis` says in plain words
    what shows it, `quote` in theirs. `state` is active, withdrawn or superseded (other words took its place).
    """

    __tablename__ = "rights"
    id: Mapped[str] = mapped_column(primary_key=True)
    voice_id: Mapped[str] = mapped_column(ForeignKey("voices.id"), index=True)
    kind: Mapped[str]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    origin: Mapped[str]
    actions: Mapped[list[Any]]
    basis: Mapped[str]
    quote: Mapped[str]
    evidence_name: Mapped[str]
    evidence_sha256: Mapped[str]
    not_before_ms: Mapped[int | None]
    not_after_ms: Mapped[int | None]
    given_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    mandate_id: Mapped[str | None] = mapped_column(ForeignKey("mandates.id"))
    state: Mapped[str]
    made_at_ms: Mapped[int]
    ended_at_ms: Mapped[int | None]
    reason: Mapped[str]
    mac: Mapped[str]
