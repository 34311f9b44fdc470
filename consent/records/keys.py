"""What is on record about keys: never the keys themselves."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class SealingRow(Base):
    """To which worker (SHA-256 of its public key, hex) a voice's key was sealed for an authorisation."""

    __tablename__ = "sealings"
    authorisation_id: Mapped[str] = mapped_column(ForeignKey("authorisations.id"), primary_key=True)
    worker: Mapped[str] = mapped_column(primary_key=True)
    sealed_at_ms: Mapped[int]
    ledger_index: Mapped[int]


class KeyRow(Base):
    """A version of one of the registry's own keys: its fingerprint (hex), when it came and when it went.
    `ledger_index` is the entry that logs its coming, if there is one.

    `kind` is ledger, mac, watermark, recipe or credentials. For the ledger the fingerprint is the public key
    itself, for credentials the SHA-256 of the signer's certificate.
    """

    __tablename__ = "keys"
    kind: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    made_at_ms: Mapped[int]
    retired_at_ms: Mapped[int | None]
    ledger_index: Mapped[int | None]
