"""The salts behind the ledger's pseudonyms."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class SubjectRow(Base):
    """Whoever the ledger mentions: without `salt` nobody can tie its pseudonyms to `handle` any more."""

    __tablename__ = "subjects"
    handle: Mapped[str] = mapped_column(primary_key=True)
    salt: Mapped[bytes]
    added_at_ms: Mapped[int]
