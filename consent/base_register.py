"""The door to the joint bases of a registry: which there are, which are due, and which took whose place."""

from __future__ import annotations

from sqlalchemy import select

from consent import bases
from consent.bases import DAYS_FACT, BaseModel, mark_recordings, to_base, unwilling, write_base
from consent.errors import Reason, Refused, UnknownName
from consent.notices import notify
from consent.recordings import end_recordings
from consent.records import BaseModelRow, FactRow, VoiceRow, VoiceVersionRow
from consent.store import Store


class Bases:
    """The joint bases of a registry, as `registry.bases`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[BaseModel]:
        """Every base that a voice ever rested on, oldest first."""
        with self._store.read() as session:
            now = self._store.now(session)
            rows = session.scalars(select(BaseModelRow).order_by(BaseModelRow.made_at_ms, BaseModelRow.id))
            return [to_base(self._store, row, now) for row in rows]

    def due(self) -> list[BaseModel]:
        """The bases that have to be trained anew, whether their date has passed or not."""
        return [base for base in self.all() if base.state in ("marked", "overdue")]

    def get(self, base_id: str) -> BaseModel:
        """One base. Raises UnknownName."""
        with self._store.read() as session:
            row = session.get(BaseModelRow, base_id)
            if row is None:
                raise UnknownName(f"The registry knows no base {base_id!r}.")
            return to_base(self._store, row, self._store.now(session))

    def voices_on(self, base_id: str) -> tuple[str, ...]:
        """The voices that sing with a base now, by id."""
        query = (
            select(VoiceRow.id)
            .join(
                VoiceVersionRow,
                (VoiceVersionRow.voice_id == VoiceRow.id) & (VoiceVersionRow.version == VoiceRow.version),
            )
            .where(VoiceVersionRow.base_id == base_id, VoiceRow.state != "withdrawn")
        )
        with self._store.read() as session:
            return tuple(session.scalars(query.order_by(VoiceRow.id)))

    def require_buildable(self, base_id: str) -> None:
        """Raise Refused for a base on which nothing new may be built or enrolled now."""
        with self._store.read() as session:
            bases.require_buildable(self._store, session, base_id, self._store.now(session))

    def replace(self, old: str, new: str) -> None:
        """Record that a marked base was trained anew as `new`.

        Raises UnknownName; Refused where `old` is not marked, or `new` holds what was withdrawn.
        """
        with self._store.write() as unit:
            row, successor = (unit.session.get(BaseModelRow, name) for name in (old, new))
            if row is None or successor is None:
                raise UnknownName(f"The registry knows no base {(old if row is None else new)!r}.")
            holds = {entry["recordings"] for entry in successor.contributors}
            held = set(unwilling(unit.session, holds)) | holds & set(row.because_of)
            before, after = (to_base(self._store, found, unit.now) for found in (row, successor))
            reasons = []
            if before.state not in ("marked", "overdue"):
                sentence = f"The base {old[:12]} is {before.state}, not marked."
                reasons.append(Reason("base-not-marked", sentence))
            if held or after.state != "current" or not after.documented:
                why = f"it holds {', '.join(sorted(held))}" if held else f"it is {after.state}"
                if not held and after.state == "current":
                    why = "nobody says what it was trained from"
                sentence = f"The base {new[:12]} cannot take its place: {why}."
                reasons.append(Reason("base-not-clean", sentence))
            if reasons:
                raise Refused(reasons)
            row.state, row.replaced_by = "replaced", new
            write_base(self._store, unit, row)
            text = f"The base {row.name} ({old[:12]}) was trained anew without {', '.join(row.because_of)}."
            notify(unit, person=None, voice=None, kind="base-replaced", text=text)

    def withdraw_recordings(self, name: str, reason: str = "") -> bool:
        """End the permission to train from a set of recordings; marks the bases that hold it.

        Says whether it stood until now. Raises UnknownName.
        """
        with self._store.write() as unit:
            if end_recordings(self._store, unit, name, reason) is None:
                return False
            mark_recordings(self._store, unit, [name])
            return True

    def retraining_days(self) -> int:
        """Within how many days of a withdrawal a base has to be trained anew."""
        with self._store.read() as session:
            return bases.retraining_days(session)

    def set_retraining_days(self, days: int) -> None:
        """Set it for the withdrawals to come (1 … 365); dates that were stated stay. Raises ValueError."""
        if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= 365:
            raise ValueError(f"A base is trained anew within 1 to 365 days, not {days!r}.")
        with self._store.write() as unit:
            unit.session.merge(FactRow(name=DAYS_FACT, value=str(days)))
            unit.append("base", {"retraining_days": days})
