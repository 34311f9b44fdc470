"""Looks at the released files where they were put: one that was changed or moved since is worth a notice."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy import Connection, text

from consent.ledger.fsck.report import Findings

_READ_BYTES = 1 << 20
_NEWEST = text(
    "SELECT path, sha256 FROM (SELECT path, sha256, ledger_index, ROW_NUMBER() OVER "
    "(PARTITION BY path ORDER BY ledger_index DESC) AS age FROM released_files "
    "JOIN releases ON releases.id = released_files.release_id) AS placed WHERE age = 1 AND path != '' "
    "ORDER BY ledger_index"
)


def look_at_files(connection: Connection, findings: Findings) -> None:
    """Compare each file with what was last released under its name."""
    for row in connection.execution_options(yield_per=1000).execute(_NEWEST):
        try:
            changed = _digest(Path(row.path)) != row.sha256
        except (OSError, ValueError):
            findings.notice(f"{row.path} is no longer where it was released.")
        else:
            if changed:
                findings.notice(f"{row.path} was changed since it was released.")


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
