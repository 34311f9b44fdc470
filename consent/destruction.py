"""The destruction schedule: what has to be destroyed, for whom, why and by when, and the run that does it.

A thing is shredded first and marked as destroyed after, with its ledger entry: a run that is killed in
between leaves it due again, which harms nothing. Only what lies in a folder of the registry's home is ever
touched, and never its keys or its journal.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from consent.clock import from_ms, to_ms
from consent.errors import UnknownName
from consent.keys import fsync_folder, shred
from consent.records import DestructionRow, PersonRow, VoiceRow
from consent.store import Store, Unit

BIOMETRIC_RETENTION = timedelta(days=3 * 365)
"""How long biometric material (takes, a screen vector, a spoken statement) may rest after its last use at
most, where it was not withdrawn before: the upper bound of Illinois' BIPA, 740 ILCS 14/15(a)."""

APPROVAL_TEXT_RETENTION = timedelta(days=30)
"""How long the words that an approver looked at are kept after the decision."""

_SPARED = ("keys", "journal")
_READ_BYTES = 1 << 20


@dataclass(frozen=True)
class Destruction:
    """One thing that is to be, or was, destroyed: `path` is None once it is gone, `sha256` (hex) says what it
    was. `blocked` says in a sentence why a run leaves it alone, "" where it does not."""

    id: int
    what: str
    path: Path | None
    voice: str | None
    person: str | None
    due_at: datetime
    reason: str
    done_at: datetime | None
    sha256: str | None
    blocked: str = ""


def schedule(
    unit: Unit,
    *,
    what: str,
    path: Path | None,
    voice: str | None,
    person: str | None,
    due_at: datetime,
    reason: str,
) -> int:
    """Write down that a file, or a folder with all that is in it, is to be destroyed; returns its number.

    `what` names the kind of thing (voice weights, takes, screen vector …). What has no path rests outside of
    this machine (a paper, somebody's disk): it stays due until somebody says that it is destroyed. Raises
    ValueError for a path that is not absolute.
    """
    if path is not None and not path.is_absolute():
        raise ValueError(f"a path to be destroyed is written in full, not {str(path)!r}")
    row = DestructionRow(
        what=what,
        path="" if path is None else str(path),
        voice_id=voice,
        person_id=person,
        due_at_ms=to_ms(due_at),
        reason=reason,
        scheduled_at_ms=to_ms(unit.now),
        done_at_ms=None,
        sha256=None,
    )
    unit.session.add(row)
    unit.session.flush()
    return row.id


def hasten(unit: Unit, *, voice: str | None = None, person: str | None = None) -> int:
    """Make everything that is scheduled for a voice or a person due now; returns how many things."""
    wanted = _of(voice, person)
    if wanted is None:
        return 0
    now_ms = to_ms(unit.now)
    query = (
        update(DestructionRow)
        .where(wanted, DestructionRow.done_at_ms.is_(None), DestructionRow.due_at_ms > now_ms)
        .values(due_at_ms=now_ms)
    )
    return int(unit.session.connection().execute(query).rowcount)


def used(unit: Unit, voice: str) -> int:
    """A voice's owner dealt with it: its biometric material may rest for `BIOMETRIC_RETENTION` again."""
    later = to_ms(unit.now + BIOMETRIC_RETENTION)
    query = (
        update(DestructionRow)
        .where(DestructionRow.voice_id == voice, DestructionRow.done_at_ms.is_(None))
        .where(DestructionRow.due_at_ms > to_ms(unit.now), DestructionRow.due_at_ms < later)
        .where(DestructionRow.what.in_(BIOMETRIC))
        .values(due_at_ms=later)
    )
    return int(unit.session.connection().execute(query).rowcount)


BIOMETRIC = ("voice weights", "takes", "screen vector", "spoken statement")
"""The kinds of things that a voice can be told by."""


class DestructionSchedule:
    """The schedule of one registry."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def due(self, now: datetime | None = None) -> list[Destruction]:
        """What is to be destroyed by `now` (default: this instant), the longest due first."""
        with self._store.read() as session:
            at = self._store.now(session) if now is None else now
            return self._load(session, DestructionRow.due_at_ms <= to_ms(at))

    def upcoming(self, *, person: str | None = None, voice: str | None = None) -> list[Destruction]:
        """What is still to be destroyed, of a person (id or handle), of a voice, or all. Raises
        UnknownName."""
        with self._store.read() as session:
            person_id = None
            if person is not None:
                named = or_(PersonRow.id == person, PersonRow.handle == person)
                person_id = session.scalars(select(PersonRow.id).where(named)).first()
                if person_id is None:
                    raise UnknownName(f"The registry knows no person {person!r}.")
            if voice is not None and session.get(VoiceRow, voice) is None:
                raise UnknownName(f"The registry knows no voice {voice!r}.")
            return self._load(session, _of(voice, person_id))

    def run_due(self) -> list[Destruction]:
        """Destroy everything that is due; returns what was destroyed.

        1. Files are read for their SHA-256, then overwritten and removed.
        2. In one transaction they are marked, their paths forgotten, and the ledger gets one entry of hashes.
        """
        items = [item for item in self.due() if item.path is not None and not item.blocked]
        return self._mark({item.id: destroy_path(item.path) for item in items if item.path is not None})  # 1

    def done(self, item_id: int) -> Destruction:
        """Record that somebody has destroyed what no run can reach. Raises UnknownName for a number that is
        not due or to come, or whose path a run takes care of."""
        with self._store.read() as session:
            found = self._load(session, DestructionRow.id == item_id)
        if not found or (found[0].path is not None and not found[0].blocked):
            raise UnknownName(
                f"Nothing waits under the number {item_id} for somebody to destroy it.",
                "`consonance destruction list` shows what does.",
            )
        return self._mark({item_id: None})[0]

    def _mark(self, gone: dict[int, str | None]) -> list[Destruction]:
        if not gone:
            return []
        with self._store.write() as unit:  # 2
            rows = unit.session.scalars(
                select(DestructionRow)
                .where(DestructionRow.id.in_(gone), DestructionRow.done_at_ms.is_(None))
                .order_by(DestructionRow.id)
            ).all()
            for row in rows:
                row.done_at_ms, row.sha256, row.path = to_ms(unit.now), gone[row.id], ""
            if rows:
                things = [
                    {"item": row.id, "what": row.what, "voice": row.voice_id, "sha256": row.sha256}
                    for row in rows
                ]
                unit.append("destruction", {"items": things})
            done = [self._item(row) for row in rows]
        self._store.database.scrub()
        return done

    def _load(self, session: Session, wanted: ColumnElement[bool] | None) -> list[Destruction]:
        query = select(DestructionRow).where(DestructionRow.done_at_ms.is_(None))
        if wanted is not None:
            query = query.where(wanted)
        rows = session.scalars(query.order_by(DestructionRow.due_at_ms, DestructionRow.id))
        return [self._item(row) for row in rows]

    def _item(self, row: DestructionRow) -> Destruction:
        path = Path(row.path) if row.path else None
        return Destruction(
            id=row.id,
            what=row.what,
            path=path,
            voice=row.voice_id,
            person=row.person_id,
            due_at=from_ms(row.due_at_ms),
            reason=row.reason,
            done_at=None if row.done_at_ms is None else from_ms(row.done_at_ms),
            sha256=row.sha256,
            blocked=self._blocked(path),
        )

    def _blocked(self, path: Path | None) -> str:
        """Why a run leaves a thing alone; "" where it does not."""
        if path is None:
            return "It rests where only a person can destroy it."
        home = self._store.home.resolve()
        try:
            inside = path.resolve().relative_to(home)
        except (ValueError, OSError, RuntimeError):
            return f"{path} does not lie in the registry's home."
        if len(inside.parts) < 2 or inside.parts[0] in _SPARED:
            return f"{path} is the registry's own."
        return ""


def destroy_path(path: Path) -> str | None:
    """Shred a file, or every file under a folder, and remove it; returns the SHA-256 (hex) of what it was.

    A folder's is over the digests of its files in the order of their names. None where nothing was there.
    """
    if path.is_symlink():  # never what it points to, which was not asked for
        path.unlink()
        return None
    if path.is_file():
        digest = _sha256(path)
        shred(path)
        return digest
    if not path.is_dir():
        return None
    whole = hashlib.sha256()
    for part in sorted(path.iterdir()):
        whole.update((destroy_path(part) or "").encode())
    path.rmdir()
    fsync_folder(path.parent)
    return whole.hexdigest()


def _of(voice: str | None, person: str | None) -> ColumnElement[bool] | None:
    wanted = [DestructionRow.voice_id == voice] if voice is not None else []
    wanted += [DestructionRow.person_id == person] if person is not None else []
    return or_(*wanted) if wanted else None


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
