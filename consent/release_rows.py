"""The rows of a release, written in the transaction that releases it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, null, text, update

from consent.authorization import Authorization
from consent.clock import to_ms
from consent.decide import Grant
from consent.grant_use import count_use
from consent.records import AuthorisationRow, ReleasedFileRow, ReleaseRow, RenderRow, table_of
from consent.renders import FileRecord
from consent.store import Store, Unit
from consent.subjects import pseudonym

_AUTHORISATIONS, _RENDERS = table_of(AuthorisationRow), table_of(RenderRow)
_USE_UP = (
    update(_AUTHORISATIONS)
    .where(_AUTHORISATIONS.c.id == bindparam("authorisation"))
    .values(state="released", song=null())
)
_RENDER_COLUMNS = [column.name for column in _RENDERS.columns]
_ADD_RENDER = text(
    f"INSERT INTO renders ({', '.join(_RENDER_COLUMNS)})"
    f" VALUES ({', '.join(f':{name}' for name in _RENDER_COLUMNS)}) ON CONFLICT (render_id) DO NOTHING"
)
_ADD_RELEASE, _ADD_FILE = insert(table_of(ReleaseRow)), insert(table_of(ReleasedFileRow))


@dataclass(frozen=True)
class Finished:
    """A finished song as it is recorded: the id of its release, its length, its performance, its files."""

    release_id: str
    seconds: float
    performance_sha256: str
    files: Sequence[FileRecord]


def record_release(
    store: Store, unit: Unit, authorization: Authorization, grant: Grant, finished: Finished
) -> None:
    """Log a release and write its rows: the authorisation is used up, the grant's use is counted."""
    connection, render_id = unit.session.connection(), f"{authorization.render_id:016x}"
    duration_ms, now_ms = round(finished.seconds * 1000), to_ms(unit.now)
    position = unit.append(
        "render",
        {
            "release": finished.release_id,
            "render": render_id,
            "authorisation": authorization.id,
            "voice": authorization.voice,
            "version": authorization.voice_version,
            "grant": authorization.grant,
            "terms_sha256": grant.terms.sha256,
            "user": pseudonym(store, unit, authorization.user),
            "work": authorization.work_digest,
            "performance": finished.performance_sha256,
            "duration_ms": duration_ms,
            "files": [{"sha256": file.sha256, "size_bytes": file.size_bytes} for file in finished.files],
        },
    )
    # The song was kept for the second look; from now on its digest is enough.
    connection.execute(_USE_UP, {"authorisation": authorization.id})
    count_use(store, unit, grant, duration_ms)
    render = {
        "render_id": render_id,
        "voice_id": authorization.voice,
        "voice_version": authorization.voice_version,
        "grant_id": authorization.grant,
        "user_id": authorization.user,
        "work_digest": authorization.work_digest,
        "first_released_at_ms": now_ms,
    }
    connection.execute(_ADD_RENDER, render)
    release = {
        "id": finished.release_id,
        "render_id": render_id,
        "authorisation_id": authorization.id,
        "grant_id": authorization.grant,
        "duration_ms": duration_ms,
        "performance_sha256": finished.performance_sha256,
        "released_at_ms": now_ms,
        "ledger_index": position,
    }
    connection.execute(_ADD_RELEASE, release)
    files = [
        {
            "release_id": finished.release_id,
            "position": place,
            "path": file.path,
            "sha256": file.sha256,
            "size_bytes": file.size_bytes,
        }
        for place, file in enumerate(finished.files)
    ]
    connection.execute(_ADD_FILE, files)
