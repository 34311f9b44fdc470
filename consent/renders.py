"""Released songs, as the registry remembers them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.clock import from_ms
from consent.records import GrantRow, OwnerRow, ReleasedFileRow, ReleaseRow, RenderRow, VoiceRow


@dataclass(frozen=True)
class FileRecord:
    """One released file: where it was put, its SHA-256 (hex) and size."""

    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class RenderRecord:
    """A released song: whose voice, under which grant, for whom, which files; as of its newest release.

    `allowed_now` says whether voice and grant still stand; `releases` how often it was released.
    """

    render_id: int
    voice: str
    voice_name: str
    voice_version: str
    owner: str
    credit: str
    grant: str
    user: str
    work_digest: str
    seconds: float
    performance_sha256: str
    released_at: datetime
    ledger_index: int
    releases: int
    files: tuple[FileRecord, ...]
    allowed_now: bool


def load_render(session: Session, render_id: int) -> RenderRecord | None:
    """The song of a render id, or None if none was released under it."""
    row = session.get(RenderRow, f"{render_id:016x}")
    return None if row is None else _record(session, row)


def find_by_sha256(session: Session, sha256: str) -> RenderRecord | None:
    """The song that a file with this SHA-256 (hex) was released for, or None."""
    row = session.scalars(
        select(RenderRow)
        .join(ReleaseRow, ReleaseRow.render_id == RenderRow.render_id)
        .join(ReleasedFileRow, ReleasedFileRow.release_id == ReleaseRow.id)
        .where(ReleasedFileRow.sha256 == sha256.lower())
        .limit(1)
    ).first()
    return None if row is None else _record(session, row)


def released_songs(session: Session, voice: str, grant: str | None = None) -> tuple[RenderRecord, ...]:
    """Every song that is out with a voice, or under one grant of it, oldest first."""
    query = select(RenderRow).where(RenderRow.voice_id == voice)
    if grant is not None:
        query = query.where(RenderRow.grant_id == grant)
    rows = session.scalars(query.order_by(RenderRow.first_released_at_ms, RenderRow.render_id)).all()
    return tuple(_record(session, row) for row in rows)


def _record(session: Session, row: RenderRow) -> RenderRecord:
    voice = session.get_one(VoiceRow, row.voice_id)
    grant = session.get_one(GrantRow, row.grant_id)
    releases = session.scalars(
        select(ReleaseRow)
        .where(ReleaseRow.render_id == row.render_id)
        .order_by(ReleaseRow.ledger_index.desc())
    ).all()
    newest = releases[0]
    files = session.scalars(
        select(ReleasedFileRow)
        .where(ReleasedFileRow.release_id == newest.id)
        .order_by(ReleasedFileRow.position)
    )
    return RenderRecord(
        render_id=int(row.render_id, 16),
        voice=voice.id,
        voice_name=voice.name,
        voice_version=row.voice_version,
        owner=session.get_one(OwnerRow, voice.owner_id).name,
        credit=f"{voice.credit} {voice.link}".strip(),
        grant=row.grant_id,
        user=row.user_id,
        work_digest=row.work_digest,
        seconds=newest.duration_ms / 1000.0,
        performance_sha256=newest.performance_sha256,
        released_at=from_ms(newest.released_at_ms),
        ledger_index=newest.ledger_index,
        releases=len(releases),
        files=tuple(FileRecord(file.path, file.sha256, file.size_bytes) for file in files),
        allowed_now=voice.state == "active" and grant.state != "withdrawn",
    )
