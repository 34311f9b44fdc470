"""What songs are known by when their files are not what they were: credentials, fingerprints and recipes."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class CredentialRow(Base):
    """A signed manifest: its URN, the SHA-256 (hex) of the file that went out with it, and its bytes."""

    __tablename__ = "credentials"
    manifest: Mapped[str] = mapped_column(primary_key=True)
    render_id: Mapped[str] = mapped_column(ForeignKey("renders.render_id"), index=True)
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), index=True)
    sha256: Mapped[str] = mapped_column(index=True)
    data: Mapped[bytes]


class FingerprintRow(Base):
    """What a render sounds like: its melody's contour, and Chromaprint's items where the library is there.

    `contour` is what `singer.fingerprint` packs; `chromaprint` holds little-endian 32-bit items, or nothing.
    """

    __tablename__ = "fingerprints"
    render_id: Mapped[str] = mapped_column(ForeignKey("renders.render_id"), primary_key=True)
    contour: Mapped[bytes]
    chromaprint: Mapped[bytes]
    made_at_ms: Mapped[int]


class RecipeRow(Base):
    """What a render was sung from, sealed under the registry's recipe key of that version.

    `words` is sealed alike: what its lyrics are recognised by (`singer.fingerprint.words`), or nothing.
    """

    __tablename__ = "recipes"
    render_id: Mapped[str] = mapped_column(ForeignKey("renders.render_id"), primary_key=True)
    key_version: Mapped[int]
    sealed: Mapped[bytes]
    words: Mapped[bytes | None]
    made_at_ms: Mapped[int]
