"""Reservations (opt-outs), the index by which they are found, and how many of each kind stand."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class ReservationRow(Base):
    """Something that must not be used. `kind` is voice, recording, melody, lyric or declaration.

    `uses` are the uses that are reserved, `data` what the thing is known by (never a lyric's words),
    `exceptions` what may be used all the same, `index_sha256` a digest over the rows of the index. `state` is
    active or ended; an ended one keeps neither data nor index.
    """

    __tablename__ = "reservations"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    uses: Mapped[list[Any]]
    holder: Mapped[str]
    title: Mapped[str]
    data: Mapped[dict[str, Any]]
    exceptions: Mapped[dict[str, Any]]
    evidence: Mapped[str]
    evidence_sha256: Mapped[str]
    source: Mapped[str]
    index_sha256: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    made_at_ms: Mapped[int]
    ended_at_ms: Mapped[int | None]
    reason: Mapped[str]
    mac: Mapped[str]


class ReservationShingleRow(Base):
    """A keyed hash of a stretch of something reserved, and the place at which it stands there."""

    __tablename__ = "reservation_shingles"
    shingle: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reservation: Mapped[int] = mapped_column(
        ForeignKey("reservations.number"), primary_key=True, autoincrement=False, index=True
    )
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    __table_args__ = ({"sqlite_with_rowid": False},)


class ReservationSummaryRow(Base):
    """One row: how many reservations stand, by kind and use, so that asking costs nothing where none does.

    `proof` is the keyed hash of nothing, which tells whether the index was made with the key that is there.
    """

    __tablename__ = "reservation_summary"
    name: Mapped[str] = mapped_column(primary_key=True)
    standing: Mapped[dict[str, Any]]
    proof: Mapped[int]
    revision: Mapped[int]
    mac: Mapped[str]
