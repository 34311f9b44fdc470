"""The release of a song: consent looked at once more, ledger entry, signed head and files, all or none."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import bindparam, insert, null, select, update

from consent import journal
from consent.authorization import Authorization
from consent.clock import to_ms
from consent.errors import Reason, Refused, ReleaseError
from consent.gate import log_turned_away, objections
from consent.journal import Journal
from consent.ledger.proving import Proofs, beside
from consent.records import AuthorisationRow, GrantRow, ReleasedFileRow, ReleaseRow, RenderRow, table_of
from consent.renders import RenderRecord, load_render
from consent.request import is_duration
from consent.standing import standing_of
from consent.store import Store, Unit
from consent.subjects import pseudonym

_READ_BYTES = 1 << 20
_LONGEST_NAME = (
    254  # bytes: a file's name may have 255, and a proof is drafted under its name with a dot before
)
_AUTHORISATIONS, _GRANTS, _RENDERS = table_of(AuthorisationRow), table_of(GrantRow), table_of(RenderRow)
_USE_UP = (
    update(_AUTHORISATIONS)
    .where(_AUTHORISATIONS.c.id == bindparam("authorisation"))
    .values(state="released", song=null())
)
_COUNT = (
    update(_GRANTS)
    .where(_GRANTS.c.id == bindparam("grant"))
    .values(renders_used=_GRANTS.c.renders_used + 1, ms_used=_GRANTS.c.ms_used + bindparam("ms"))
)
_RELEASED_BEFORE = select(_RENDERS.c.render_id).where(_RENDERS.c.render_id == bindparam("render"))
_ADD_RENDER, _ADD_RELEASE = insert(_RENDERS), insert(table_of(ReleaseRow))
_ADD_FILE = insert(table_of(ReleasedFileRow))


@dataclass(frozen=True)
class Release:
    """A finished song to be released: (staged, final) paths of its files, its real length, its performance's
    digest.

    The staged files pass to the registry: they end at their final names, or are removed when the release
    fails. `sha256s`, if given, says in hex what each staged file was when its marks were read back.
    """

    files: tuple[tuple[Path, Path], ...]
    seconds: float
    performance_sha256: str
    sha256s: tuple[str, ...] = ()


def commit(store: Store, authorization: Authorization, release: Release) -> RenderRecord:
    """Release a song, or nothing of it.

    1. The files are there, unaltered, and stand ready under hidden names beside their final ones.
    2. In one transaction: the authorisation and its grant still hold for the song's real length; render,
       release and files are recorded; the ledger gets its entry and signed head.
    3. After the commit the files get their final names, and each its proof beside it.

    Raises Refused (logged) when consent no longer covers the song, ReleaseError for files that cannot be
    placed. In both cases nothing of the song is left, staged files included.
    """
    release_id = secrets.token_hex(16)
    files = [(Path(staged).absolute(), Path(final).absolute()) for staged, final in release.files]
    digests = _examine(release, files)
    reasons: list[Reason] = []
    with Journal.begin(journal_folder(store), release_id, files) as under_way:
        try:
            under_way.hide()  # 1
            with store.write() as unit:  # 2
                reasons = objections(store, unit.session, authorization, unit.now, release.seconds)
                if reasons:
                    log_turned_away(store, unit, "commit", authorization, reasons)
                else:
                    _record(store, unit, authorization, release, release_id, files, digests)
        except OSError as error:
            _settle(store, under_way, release_id)
            raise ReleaseError(f"A file could not be put in its place: {error}.") from error
        except BaseException:
            _settle(store, under_way, release_id)
            raise
        if reasons:
            under_way.discard()
            raise Refused(reasons)
        if not under_way.publish(release_id, Proofs(store).write_for_release):  # 3
            raise ReleaseError(
                "The song was released, but not all of its files could be put in their places.",
                "They are put there when the registry is opened the next time: make room, and open it.",
            )
    with store.read() as session:
        record = load_render(session, authorization.render_id)
    if record is None:
        raise ReleaseError(f"The release {release_id} was committed and is not on record.")
    return record


def recover(store: Store) -> int:
    """Finish or undo what killed processes left; returns how many releases were settled."""
    write_proofs = Proofs(store).write_for_release
    return journal.recover(journal_folder(store), lambda release: _is_committed(store, release), write_proofs)


def journal_folder(store: Store) -> Path:
    """Where releases under way are written down."""
    return store.home / "journal"


def _examine(release: Release, files: list[tuple[Path, Path]]) -> list[tuple[str, int]]:
    """SHA-256 (hex) and size of each staged file, once it is clear that the release can be made."""
    if not files:
        raise ReleaseError("The release names no file.")
    if not is_duration(release.seconds):
        raise ReleaseError(f"The release says that it lasts {release.seconds!r} s.")
    if not re.fullmatch(r"[0-9a-f]{64}", release.performance_sha256):
        raise ReleaseError("The release does not name its performance by a SHA-256 digest.")
    if release.sha256s and len(release.sha256s) != len(files):
        raise ReleaseError("The release gives another number of digests than of files.")
    places = [path for pair in files for path in pair]
    if len(set(places)) != len(places):
        raise ReleaseError("The release names the same file twice.")
    digests = []
    for position, (staged, final) in enumerate(files):
        if staged.is_symlink() or not staged.is_file():
            raise ReleaseError(f"The finished file {staged} is not there.")
        if final.is_dir() or not final.parent.is_dir():
            raise ReleaseError(f"{final} is not a place for a file.", "Name a file in a folder that exists.")
        if len(os.fsencode(beside(final).name)) > _LONGEST_NAME:
            raise ReleaseError(f"The name {final.name} is too long to put a proof beside.", "Shorten it.")
        digest, size_bytes = _digest(staged)
        if release.sha256s and release.sha256s[position].lower() != digest:
            raise ReleaseError(f"The finished file {staged} changed after its marks were read back.")
        digests.append((digest, size_bytes))
    return digests


def _record(
    store: Store,
    unit: Unit,
    authorization: Authorization,
    release: Release,
    release_id: str,
    files: list[tuple[Path, Path]],
    digests: list[tuple[str, int]],
) -> None:
    connection, render_id = unit.session.connection(), f"{authorization.render_id:016x}"
    standing = standing_of(store, unit.session, authorization.voice)
    terms = next(grant.terms for grant in standing.grants if grant.id == authorization.grant)
    duration_ms, now_ms = round(release.seconds * 1000), to_ms(unit.now)
    position = unit.append(
        "render",
        {
            "release": release_id,
            "render": render_id,
            "authorisation": authorization.id,
            "voice": authorization.voice,
            "version": authorization.voice_version,
            "grant": authorization.grant,
            "terms_sha256": terms.sha256,
            "user": pseudonym(store, unit, authorization.user),
            "work": authorization.work_digest,
            "performance": release.performance_sha256,
            "duration_ms": duration_ms,
            "files": [{"sha256": digest, "size_bytes": size_bytes} for digest, size_bytes in digests],
        },
    )
    # The song was kept for this second look; from now on its digest is enough.
    connection.execute(_USE_UP, {"authorisation": authorization.id})
    connection.execute(_COUNT, {"grant": authorization.grant, "ms": duration_ms})
    if connection.execute(_RELEASED_BEFORE, {"render": render_id}).first() is None:
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
    row = {
        "id": release_id,
        "render_id": render_id,
        "authorisation_id": authorization.id,
        "grant_id": authorization.grant,
        "duration_ms": duration_ms,
        "performance_sha256": release.performance_sha256,
        "released_at_ms": now_ms,
        "ledger_index": position,
    }
    connection.execute(_ADD_RELEASE, row)
    pairs = enumerate(zip(files, digests, strict=True))
    named = [
        {
            "release_id": release_id,
            "position": place,
            "path": str(final),
            "sha256": digest,
            "size_bytes": size,
        }
        for place, ((_, final), (digest, size)) in pairs
    ]
    connection.execute(_ADD_FILE, named)


def _settle(store: Store, under_way: Journal, release_id: str) -> None:
    """After a failure: a commit whose answer was lost may still stand, so ask before undoing."""
    if _is_committed(store, release_id):
        under_way.publish(release_id, Proofs(store).write_for_release)
    else:
        under_way.discard()


def _is_committed(store: Store, release_id: str) -> bool:
    with store.read() as session:
        return session.get(ReleaseRow, release_id) is not None


def _digest(path: Path) -> tuple[str, int]:
    digest, size_bytes = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_READ_BYTES):
            digest.update(chunk)
            size_bytes += len(chunk)
    return digest.hexdigest(), size_bytes
