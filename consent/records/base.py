"""What every table of the registry shares: instants are milliseconds UTC, render ids 16 hex digits."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from sqlalchemy import JSON, BigInteger, Integer, LargeBinary, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Root of the tables."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger().with_variant(Integer(), "sqlite"),
        bytes: LargeBinary(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }


class FactRow(Base):
    """What holds for the whole registry: schema version, its id, the fingerprint of its keys."""

    __tablename__ = "facts"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


def table_of(kind: type[Base]) -> Table:
    """The table behind a kind of row, for statements that are made once and used often."""
    return cast(Table, kind.__table__)
