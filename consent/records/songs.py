"""Released songs and their files."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from consent.records.base import Base


class RenderRow(Base):
    """A song that was released at least once."""

    __tablename__ = "renders"
    render_id: Mapped[str] = mapped_column(primary_key=True)
    voice_id: Mapped[str] = mapped_column(ForeignKey("voices.id"), index=True)
    voice_version: Mapped[str]
    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id"), index=True)
    user_id: Mapped[str]
    work_digest: Mapped[str]
    first_released_at_ms: Mapped[int]


class ReleaseRow(Base):
    """One release of a render; the same song released again is another row."""

    __tablename__ = "releases"
    id: Mapped[str] = mapped_column(primary_key=True)
    render_id: Mapped[str] = mapped_column(ForeignKey("renders.render_id"), index=True)
    authorisation_id: Mapped[str] = mapped_column(ForeignKey("authorisations.id"), unique=True)
    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id"), index=True)
    duration_ms: Mapped[int]
    performance_sha256: Mapped[str]
    released_at_ms: Mapped[int]
    ledger_index: Mapped[int] = mapped_column(unique=True)


class ReleasedFileRow(Base):
    """A file of a release: where it was put, and its SHA-256."""

    __tablename__ = "released_files"
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    size_bytes: Mapped[int]
