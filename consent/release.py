"""The release of a song: consent looked at once more, ledger entry, signed head and files, all or none."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from consent import journal
from consent.authorization import Authorization
from consent.errors import Refused, ReleaseError
from consent.gate import log_turned_away, second_look
from consent.journal import Journal
from consent.ledger.proving import Proofs, beside, write_proof
from consent.records import ReleaseRow
from consent.release_marks import KnownBy, mark_rows
from consent.release_rows import Finished, record_release
from consent.renders import FileRecord, RenderRecord
from consent.request import is_duration
from consent.store import Store

_READ_BYTES = 1 << 20
_LONGEST_NAME = 254  # bytes; a file's name may have 255, of which a proof's draft takes one more


@dataclass(frozen=True)
class Release:
    """A finished song to be released: (staged, final) paths of its files, its real length, its performance's
    digest.

    The staged files pass to the registry: they end at their final names, or are removed when the release
    fails. `sha256s`, if given, says in hex what each staged file was when its marks were read back.
    `known_by` is what the song will be known by when its files are not what they were.
    """

    files: tuple[tuple[Path, Path], ...]
    seconds: float
    performance_sha256: str
    sha256s: tuple[str, ...] = ()
    known_by: KnownBy = field(default_factory=KnownBy)


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
    named = [
        FileRecord(str(final), sha256, size_bytes)
        for (_, final), (sha256, size_bytes) in zip(files, _examine(release, files), strict=True)
    ]
    record, newest = None, None
    with Journal.begin(journal_folder(store), release_id, files) as under_way:
        try:
            settling = under_way.hide()  # 1
            marks = mark_rows(store.keys, authorization.render_id, release_id, release.known_by)
            with store.write() as unit:  # 2
                look = second_look(store, unit.session, authorization, unit.now, release.seconds)
                if look.reasons:
                    log_turned_away(store, unit, "commit", authorization, look.reasons)
                else:
                    finished = Finished(release_id, release.seconds, release.performance_sha256, named, marks)
                    record = record_release(store, unit, authorization, look, finished)
                    newest = unit.writing.newest()
                settling.wait()
        except OSError as error:
            _settle(store, under_way, release_id)
            raise ReleaseError(f"A file could not be put in its place: {error}.") from error
        except BaseException:
            _settle(store, under_way, release_id)
            raise
        if record is None or newest is None:
            under_way.discard()
            raise Refused(look.reasons)
        proof = Proofs(store).of_newest(newest)
        if not under_way.publish(lambda file: write_proof(file, proof)):  # 3
            raise ReleaseError(
                "The song was released, but not all of its files could be put in their places.",
                "They are put there when the registry is opened the next time: make room, and open it.",
            )
    return record


def recover(store: Store) -> int:
    """Finish or undo what killed processes left; returns how many releases were settled."""
    return journal.recover(
        journal_folder(store),
        lambda release: _is_committed(store, release),
        lambda release: _proof_writer(store, release),
    )


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


def _settle(store: Store, under_way: Journal, release_id: str) -> None:
    """After a failure: a commit whose answer was lost may still stand, so ask before undoing."""
    if _is_committed(store, release_id):
        under_way.publish(_proof_writer(store, release_id))
    else:
        under_way.discard()


def _proof_writer(store: Store, release_id: str) -> journal.ProofWriter:
    proof = Proofs(store).of_release(release_id)
    return lambda file: write_proof(file, proof)


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
