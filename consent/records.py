"""The registry's tables. Instants are milliseconds UTC, render ids 16 hex digits (too big for BIGINT)."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, LargeBinary
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


class OwnerRow(Base):
    """The person or group whose voice it is."""

    __tablename__ = "owners"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    contact: Mapped[str]


class VoiceRow(Base):
    """A voice. `state` is active or withdrawn; `version` names the row of voice_versions that sings."""

    __tablename__ = "voices"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    owner_id: Mapped[str] = mapped_column(ForeignKey("owners.id"))
    version: Mapped[str]
    languages: Mapped[list[Any]]
    credit: Mapped[str]
    link: Mapped[str]
    state: Mapped[str]
    withdrawn_at_ms: Mapped[int | None]
    reason: Mapped[str]


class VoiceVersionRow(Base):
    """One version of a voice's sealed weights; the wrapped key goes when it may sing no more."""

    __tablename__ = "voice_versions"
    voice_id: Mapped[str] = mapped_column(ForeignKey("voices.id"), primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    sealed_path: Mapped[str]
    weights: Mapped[dict[str, Any]]
    wrapped_key: Mapped[bytes | None]
    added_at_ms: Mapped[int]
    destroyed_at_ms: Mapped[int | None]


class EvidenceRow(Base):
    """A text that shows what an owner allowed, as it read when it was taken in."""

    __tablename__ = "evidence"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    voice_id: Mapped[str] = mapped_column(ForeignKey("voices.id"))
    name: Mapped[str]
    sha256: Mapped[str]
    text: Mapped[str]
    source: Mapped[str]
    added_at_ms: Mapped[int]
    __table_args__ = (Index("evidence_once", "voice_id", "name", "sha256", unique=True),)


class GrantRow(Base):
    """A grant; `mac` covers what must not change unnoticed."""

    __tablename__ = "grants"
    id: Mapped[str] = mapped_column(primary_key=True)
    voice_id: Mapped[str] = mapped_column(ForeignKey("voices.id"), index=True)
    kind: Mapped[str]
    terms: Mapped[dict[str, Any]]
    state: Mapped[str]
    made_at_ms: Mapped[int]
    ended_at_ms: Mapped[int | None]
    reason: Mapped[str]
    mac: Mapped[str]


class AuthorisationRow(Base):
    """A yes to one use. `state` is issued or released; `recipe` is what the render id was derived from."""

    __tablename__ = "authorisations"
    id: Mapped[str] = mapped_column(primary_key=True)
    voice_id: Mapped[str] = mapped_column(ForeignKey("voices.id"))
    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id"))
    render_id: Mapped[str] = mapped_column(index=True)
    recipe: Mapped[str]
    state: Mapped[str]
    expires_at_ms: Mapped[int]
    mac: Mapped[str]
    ledger_index: Mapped[int]


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


class JobRow(Base):
    """A song to be made for the web: queued, running, done, failed or cancelled."""

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    user_id: Mapped[str] = mapped_column(index=True)
    voice_id: Mapped[str] = mapped_column(ForeignKey("voices.id"), index=True)
    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id"))
    request: Mapped[dict[str, Any]]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(index=True)
    worker: Mapped[str]
    fence: Mapped[int]
    lease_until_ms: Mapped[int]
    progress: Mapped[float]
    stage: Mapped[str]
    result: Mapped[dict[str, Any]]
    filed_at_ms: Mapped[int]
    changed_at_ms: Mapped[int]


class RecordingRow(Base):
    """A set of recordings, and what its owner says of training a model from it."""

    __tablename__ = "recording_sources"
    name: Mapped[str] = mapped_column(primary_key=True)
    voice_id: Mapped[str | None] = mapped_column(ForeignKey("voices.id"))
    title: Mapped[str]
    owner: Mapped[str]
    performer: Mapped[str]
    training: Mapped[str]
    quote: Mapped[str]
    terms_sha256: Mapped[str]
    source: Mapped[str]


class SeedRow(Base):
    """What a voice folder looked like when it was last taken in, so that looking again is cheap."""

    __tablename__ = "seeds"
    source: Mapped[str] = mapped_column(primary_key=True)
    seen: Mapped[dict[str, Any]]


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
