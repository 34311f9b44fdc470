"""The signed manifests of released songs, to be found again when a file has lost its own.

Whoever has a file can read the manifest that came with it, so these are public; who a song was made for
stands in none of them. Only manifests that were released are kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from consent.records import CredentialRow, ReleaseRow, table_of
from consent.store import Store

MOST_LISTED = 100
_CREDENTIALS, _RELEASES = table_of(CredentialRow).c, table_of(ReleaseRow).c
_DATA = select(_CREDENTIALS.data).where(_CREDENTIALS.manifest == bindparam("manifest"))
_FILE = select(_CREDENTIALS.sha256).where(_CREDENTIALS.manifest == bindparam("manifest"))
_OF_RENDER = (
    select(_CREDENTIALS.manifest, _CREDENTIALS.sha256)
    .join(table_of(ReleaseRow), _RELEASES.id == _CREDENTIALS.release_id)
    .where(_CREDENTIALS.render_id == bindparam("render"))
    .order_by(_RELEASES.released_at_ms.desc(), _CREDENTIALS.manifest)
    .limit(MOST_LISTED)
)


@dataclass(frozen=True)
class KeptManifest:
    """A manifest by its URN, and the SHA-256 (hex) of the file that it was signed for."""

    manifest: str
    sha256: str


class Manifests:
    """The manifests of one registry's released songs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, manifest: str) -> bytes | None:
        """The manifest store (JUMBF, C2PA 2.x) whose active manifest has this URN, or None."""
        with self._store.read() as session:
            data = session.connection().execute(_DATA, {"manifest": manifest}).scalar()
            return None if data is None else bytes(data)

    def file_of(self, manifest: str) -> str | None:
        """The SHA-256 (hex) of the file that the manifest with this URN was signed for, or None."""
        with self._store.read() as session:
            sha256: str | None = session.connection().execute(_FILE, {"manifest": manifest}).scalar()
            return sha256

    def of_render(self, render_id: int) -> tuple[KeptManifest, ...]:
        """The manifests of a song's files, the newest release first, at most a hundred."""
        with self._store.read() as session:
            rows = session.connection().execute(_OF_RENDER, {"render": f"{render_id:016x}"})
            return tuple(KeptManifest(row.manifest, row.sha256) for row in rows)
