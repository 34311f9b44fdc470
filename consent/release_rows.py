"""The rows of a release, written in the transaction that releases it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import TextClause, bindparam, insert, null, text, update

from consent.authorization import Authorization
from consent.clock import from_ms, to_ms
from consent.gate import SecondLook
from consent.grant_use import COUNT_USE, counting
from consent.records import AuthorisationRow, ReleasedFileRow, ReleaseRow, RenderRow, table_of
from consent.release_marks import MarkRows
from consent.renders import FileRecord, RenderRecord
from consent.statement_group import StatementGroup
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
    """A finished song as it is recorded: the id of its release, its length, its performance, its files, what
    it will be known by."""

    release_id: str
    seconds: float
    performance_sha256: str
    files: Sequence[FileRecord]
    marks: MarkRows


def record_release(
    store: Store, unit: Unit, authorization: Authorization, look: SecondLook, finished: Finished
) -> RenderRecord:
    """Log a release and write its rows: the authorisation is used up, the grant's use is counted.

    `look` is what was just seen in this transaction; nothing stands against it. Returns the song as
    `consent.renders.load_render` will find it.
    """
    grant = look.grant
    assert grant is not None, "nothing stands against it"
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
    used = {"authorisation": authorization.id}
    counted = counting(store, grant, duration_ms)
    render = {
        "render_id": render_id,
        "voice_id": authorization.voice,
        "voice_version": authorization.voice_version,
        "grant_id": authorization.grant,
        "user_id": authorization.user,
        "work_digest": authorization.work_digest,
        "first_released_at_ms": now_ms,
    }
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
    rows = _rows_of(len(files), finished.marks.statements)
    rows.execute(connection, used, counted, render, release, *files, *finished.marks.at(now_ms))
    return _recorded(authorization, look, finished, unit, position)


def _recorded(
    authorization: Authorization, look: SecondLook, finished: Finished, unit: Unit, position: int
) -> RenderRecord:
    """The song as it was just written down."""
    standing, grant = look.standing, look.grant
    assert standing is not None and grant is not None, "nothing stands against it"
    return RenderRecord(
        render_id=authorization.render_id,
        voice=standing.voice,
        voice_name=standing.name,
        voice_version=authorization.voice_version,
        owner=standing.owner,
        credit=f"{standing.credit} {standing.link}".strip(),
        grant=grant.id,
        user=authorization.user,
        work_digest=authorization.work_digest,
        seconds=round(finished.seconds * 1000) / 1000.0,
        performance_sha256=finished.performance_sha256,
        released_at=from_ms(to_ms(unit.now)),
        ledger_index=position,
        releases=look.releases + 1,
        files=tuple(finished.files),
        allowed_now=True,
        grant_state=grant.state,
    )


@lru_cache(maxsize=16)
def _rows_of(files: int, marks: tuple[TextClause, ...]) -> StatementGroup:
    """The statements that write down a release of so many files, with what it will be known by."""
    return StatementGroup(_USE_UP, COUNT_USE, _ADD_RENDER, _ADD_RELEASE, *[_ADD_FILE] * files, *marks)
