"""The ledger, its signed heads, and what witnesses signed under them."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class LedgerRow(Base):
    """One entry of the ledger: canonical JSON (RFC 8785) and its RFC 6962 leaf hash.

    `subtrees` holds the roots of the complete subtrees of 2, 4, 8 … leaves that end with this leaf.
    """

    __tablename__ = "ledger"
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry: Mapped[bytes]
    leaf_hash: Mapped[bytes]
    subtrees: Mapped[bytes]


class CheckpointRow(Base):
    """The signed head of the ledger after each entry."""

    __tablename__ = "checkpoints"
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes]
    at_ms: Mapped[int]
    signature: Mapped[bytes]


class CosignatureRow(Base):
    """What a witness signed under a head: its verifier key, and its signature line's base64."""

    __tablename__ = "cosignatures"
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    witness: Mapped[str] = mapped_column(primary_key=True)
    signature: Mapped[bytes]
    ledger_index: Mapped[int]
