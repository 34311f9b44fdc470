"""Makes the proofs of released songs, and writes them beside their files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from consent.errors import StoreError, UnknownName
from consent.ledger.consistency import Consistency
from consent.ledger.cosigned import cosigned_note, take_cosigned
from consent.ledger.log import Newest, head_from, last_head
from consent.ledger.log_keys import LogKeys
from consent.ledger.notes import SignedNote, VerifierKey
from consent.ledger.paths import consistency_path, inclusion_path
from consent.ledger.proof import SUFFIX, Proof
from consent.records import LedgerRow, ReleasedFileRow, ReleaseRow
from consent.store import Store

_READ_BYTES = 1 << 20
_PLACES = select(ReleaseRow.ledger_index)
_NEWEST_PLACE = _PLACES.order_by(ReleaseRow.ledger_index.desc()).limit(1)
_OF_FILE = _NEWEST_PLACE.join(ReleasedFileRow, ReleasedFileRow.release_id == ReleaseRow.id).where(
    ReleasedFileRow.sha256 == bindparam("sha256")
)
_OF_RENDER = _NEWEST_PLACE.where(ReleaseRow.render_id == bindparam("render"))
_OF_RELEASE = _PLACES.where(ReleaseRow.id == bindparam("release"))
_ENTRY = select(LedgerRow.entry).where(LedgerRow.position == bindparam("place"))


class Proofs:
    """The proofs of one registry's releases: made from the ledger whenever they are asked for, and always
    the same ones until a witness cosigns."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of_file(self, sha256: str) -> Proof:
        """The proof of the file with this SHA-256 (hex), by its newest release. Raises UnknownName."""
        with self._store.read() as session:
            place = session.execute(_OF_FILE, {"sha256": sha256.lower()}).scalar()
            if place is None:
                raise UnknownName("No song was released by this registry as a file with these bytes.")
            return self._proof(session, place)

    def of_render(self, render_id: int) -> Proof:
        """The proof of the newest release of a render. Raises UnknownName."""
        with self._store.read() as session:
            place = session.execute(_OF_RENDER, {"render": f"{render_id:016x}"}).scalar()
            if place is None:
                raise UnknownName(f"No song was released under the render id {render_id:016x}.")
            return self._proof(session, place)

    def of_release(self, release: str) -> Proof:
        """The proof of one release. Raises UnknownName."""
        with self._store.read() as session:
            place = session.execute(_OF_RELEASE, {"release": release}).scalar()
            if place is None:
                raise UnknownName(f"The registry knows no release {release!r}.")
            return self._proof(session, place)

    def write_beside(self, file: Path) -> Path:
        """Write the proof of a released file beside it; returns where. Raises UnknownName, OSError."""
        return write_proof(file, self.of_file(_digest(file)))

    def write_for_release(self, release: str, files: Sequence[Path]) -> tuple[Path, ...]:
        """Write the proof of a release beside each of its files, without reading them.

        Each is written whole or not at all; doing it again writes the same. Raises UnknownName, OSError.
        """
        proof = self.of_release(release)
        return tuple(write_proof(file, proof) for file in files)

    def of_newest(self, newest: Newest) -> Proof:
        """The proof of an entry that was just written, from what its writer still holds."""
        note = self._store.ledger.note(newest.head)
        return Proof(self._store.ledger.origin, newest.position, newest.entry, newest.path, note)

    def consistency(self, first: int, second: int) -> Consistency:
        """The proof that the first `second` entries begin with the first `first`. Raises UnknownName."""
        with self._store.read() as session:
            newest = last_head(session)
            size = newest.size if newest else 0
            if not 0 <= first <= second <= size:
                raise UnknownName(f"The ledger has {size} entries; {first} and {second} are no heads of it.")
            path = consistency_path(session, first, second)
        return Consistency(self._store.ledger.origin, first, second, path)

    def take_cosigned(self, note: SignedNote, witness: VerifierKey) -> int:
        """Take in a head that a witness cosigned; see `consent.ledger.cosigned`."""
        return take_cosigned(self._store, note, witness)

    @property
    def public_key(self) -> VerifierKey:
        """The key that this registry's heads are signed with now."""
        return self._store.ledger.keys.newest

    @property
    def public_keys(self) -> LogKeys:
        """The keys that verify this registry's heads, renewed ones too: what `verify --offline` is given."""
        return self._store.ledger.keys

    def _proof(self, session: Session, place: int) -> Proof:
        witnesses: tuple[VerifierKey, ...] = ()
        found = cosigned_note(session, self._store.ledger, place + 1)
        if found is None:
            head = head_from(session, place + 1)
            if head is None:
                raise StoreError(f"No signed head covers entry {place}.", "Run: consonance ledger fsck")
            size, note = head.size, self._store.ledger.note(head)
        else:
            size, note, witnesses = found
        entry = session.execute(_ENTRY, {"place": place}).scalar()
        if entry is None:
            raise StoreError(f"The ledger lacks entry {place}.", "Run: consonance ledger fsck")
        path = inclusion_path(session, place, size)
        return Proof(self._store.ledger.origin, place, bytes(entry), path, note, witnesses)


def beside(file: Path) -> Path:
    """Where the proof of a released file stands: `song.wav.proof` beside `song.wav`."""
    return file.with_name(f"{file.name}{SUFFIX}")


def write_proof(file: Path, proof: Proof) -> Path:
    """Write a proof beside a file, whole or not at all; returns where. Raises OSError."""
    target = beside(file)
    draft = target.with_name(f".{target.name}")  # always the same: what a killed process left is written over
    try:
        draft.write_bytes(proof.to_json())
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return target


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
