"""Released songs, as the registry remembers them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from consent.clock import from_ms
from consent.records import GrantRow, PersonRow, ReleasedFileRow, ReleaseRow, RenderRow, VoiceRow, table_of


@dataclass(frozen=True)
class FileRecord:
    """One released file: where it was put, its SHA-256 (hex) and size."""

    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class RenderRecord:
    """A released song: whose voice, under which grant, for whom, which files; as of its newest release.

    `allowed_now` says that neither voice nor grant was withdrawn (a suspension stops new songs, not those
    that are out); `grant_state` is the grant's state (`consent.lifecycle`), since one can also have run out;
    `releases` how often it was released.
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
    grant_state: str


def load_render(session: Session, render_id: int) -> RenderRecord | None:
    """The song of a render id, or None if none was released under it."""
    return _record(session, f"{render_id:016x}")


def find_by_sha256(session: Session, sha256: str) -> RenderRecord | None:
    """The song that a file with this SHA-256 (hex) was released for, or None."""
    render_id = session.connection().execute(_BY_SHA256, {"sha256": sha256.lower()}).scalar()
    return None if render_id is None else _record(session, render_id)


def released_songs(session: Session, voice: str, grant: str | None = None) -> tuple[RenderRecord, ...]:
    """Every song that is out with a voice, or under one grant of it, oldest first."""
    query = select(RenderRow.render_id).where(RenderRow.voice_id == voice)
    if grant is not None:
        query = query.where(RenderRow.grant_id == grant)
    render_ids = session.scalars(query.order_by(RenderRow.first_released_at_ms, RenderRow.render_id))
    found = (_record(session, render_id) for render_id in render_ids.all())
    return tuple(record for record in found if record is not None)


_RENDERS, _VOICES, _RELEASES = table_of(RenderRow).c, table_of(VoiceRow).c, table_of(ReleaseRow).c
_TIMES = (
    select(func.count()).where(_RELEASES.render_id == bindparam("render")).scalar_subquery().label("times")
)
_NEWEST = (
    select(
        table_of(RenderRow),
        _VOICES.name.label("voice_name"),
        _VOICES.credit,
        _VOICES.link,
        _VOICES.state.label("voice_state"),
        table_of(PersonRow).c.name.label("owner"),
        table_of(GrantRow).c.state.label("grant_state"),
        _RELEASES.id.label("release_id"),
        _RELEASES.duration_ms,
        _RELEASES.performance_sha256,
        _RELEASES.released_at_ms,
        _RELEASES.ledger_index,
        _TIMES,
    )
    .join(table_of(VoiceRow), _VOICES.id == _RENDERS.voice_id)
    .join(table_of(PersonRow), table_of(PersonRow).c.id == _VOICES.owner_id)
    .join(table_of(GrantRow), table_of(GrantRow).c.id == _RENDERS.grant_id)
    .join(table_of(ReleaseRow), _RELEASES.render_id == _RENDERS.render_id)
    .where(_RENDERS.render_id == bindparam("render"))
    .order_by(_RELEASES.ledger_index.desc())
    .limit(1)
)
_FILES = (
    select(ReleasedFileRow.path, ReleasedFileRow.sha256, ReleasedFileRow.size_bytes)
    .where(ReleasedFileRow.release_id == bindparam("release"))
    .order_by(ReleasedFileRow.position)
)
_BY_SHA256 = (
    select(_RELEASES.render_id)
    .join(table_of(ReleasedFileRow), table_of(ReleasedFileRow).c.release_id == _RELEASES.id)
    .where(table_of(ReleasedFileRow).c.sha256 == bindparam("sha256"))
    .limit(1)
)


def _record(session: Session, render_id: str) -> RenderRecord | None:
    connection = session.connection()
    row = connection.execute(_NEWEST, {"render": render_id}).first()
    if row is None:
        return None
    rows = connection.execute(_FILES, {"release": row.release_id})
    files = tuple(FileRecord(file.path, file.sha256, file.size_bytes) for file in rows)
    return RenderRecord(
        render_id=int(row.render_id, 16),
        voice=row.voice_id,
        voice_name=row.voice_name,
        voice_version=row.voice_version,
        owner=row.owner,
        credit=f"{row.credit} {row.link}".strip(),
        grant=row.grant_id,
        user=row.user_id,
        work_digest=row.work_digest,
        seconds=row.duration_ms / 1000.0,
        performance_sha256=row.performance_sha256,
        released_at=from_ms(row.released_at_ms),
        ledger_index=row.ledger_index,
        releases=row.times,
        files=files,
        allowed_now="withdrawn" not in (row.voice_state, row.grant_state),
        grant_state=row.grant_state,
    )
