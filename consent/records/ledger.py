"""The ledger and its signed heads."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class LedgerRow(Base):
    """One entry of the ledger: canonical JSON (RFC 8785) and its RFC 6962 leaf hash."""

    __tablename__ = "ledger"
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry: Mapped[bytes]
    leaf_hash: Mapped[bytes]


class CheckpointRow(Base):
    """The signed head of the ledger after each entry; `frontier` is the roots of its complete subtrees."""

    __tablename__ = "checkpoints"
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes]
    frontier: Mapped[bytes]
    at_ms: Mapped[int]
    signature: Mapped[bytes]
