"""Joint bases: what each was trained from, and what a withdrawal makes of it.

A base has its contributors in its weights, and nobody can take one of them out. So a withdrawal marks it: it
has to be trained anew without that contributor by a stated date, and from that date on nothing new is built
or enrolled on it. The voices that sing with it keep singing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.clock import from_ms, to_ms
from consent.errors import Reason, Refused, VoiceFileError
from consent.macs import covers
from consent.notices import notify
from consent.receipts import issue
from consent.recording_lists import Contribution
from consent.recordings import is_willing
from consent.records import BaseModelRow, FactRow, RecordingListRow, RecordingRow, VoiceRow
from consent.store import Store, Unit

RETRAINING_DAYS = 90
"""Within how many days a marked base has to be replaced, unless the operator says otherwise."""

DAYS_FACT = "base_retraining_days"


@dataclass(frozen=True)
class BaseModel:
    """A joint base: `id` is the SHA-256 of its weight file, `contributors` the recordings in it.

    `state` is current, marked, overdue, replaced, or damaged (the stored row is not what the registry wrote).
    `documented` says whether a record of its training names the contributors; else they are what the voices
    on it say of themselves. `because_of` are the recordings that were withdrawn; `lists` gives the SHA-256 of
    the list of files of each set that has one.
    """

    id: str
    name: str
    made_at: datetime
    documented: bool
    contributors: tuple[str, ...]
    lists: dict[str, str]
    state: str
    marked_at: datetime | None
    due_at: datetime | None
    because_of: tuple[str, ...]
    replaced_by: str | None
    ledger_index: int


def take_in(
    store: Store, unit: Unit, base_id: str, name: str, documented: bool, given: Sequence[Contribution]
) -> None:
    """Record a base that a voice rests on, with its contributors; once recorded, none of them goes away.

    Raises VoiceFileError for a record that no longer names a contributor, or lists other files of it.
    """
    row = unit.session.get(BaseModelRow, base_id)
    if row is not None and not is_intact(store, row):
        return  # what somebody altered does not get a MAC that would make it stand
    before = {} if row is None else {entry["recordings"]: entry for entry in row.contributors}
    after = dict(before)
    for contribution in given:
        entry = _entry(contribution)
        known = before.get(contribution.recordings)
        if known is not None and known["list_sha256"] not in (None, entry["list_sha256"]):
            if entry["list_sha256"] is not None:
                raise VoiceFileError(
                    f"The list of {contribution.recordings} is not the one that the base {base_id[:12]} "
                    "was recorded with."
                )
            entry = known
        after[contribution.recordings] = entry
        _keep_list(unit, contribution)
    if row is not None and row.documented and documented:
        gone = sorted(set(before) - {contribution.recordings for contribution in given})
        if gone:
            raise VoiceFileError(
                f"The record of the base {base_id[:12]} no longer names {', '.join(gone)}, from which it was "
                "trained."
            )
    contributors = sorted(after.values(), key=lambda entry: str(entry["recordings"]))
    if row is not None and row.contributors == contributors and row.documented >= documented:
        return
    is_new = row is None
    if row is None:
        row = BaseModelRow(
            id=base_id,
            name=name,
            made_at_ms=to_ms(unit.now),
            state="current",
            because_of=[],
            documented=False,
        )
        unit.session.add(row)
    row.contributors, row.documented = contributors, row.documented or documented
    write_base(store, unit, row)
    # a base that comes after the withdrawal of what it holds has no time left: nobody builds on it
    held = unwilling(unit.session, after)
    _mark(store, unit, row, held, days=0 if is_new and "withdrawn" in held.values() else None)


def mark_contributor(store: Store, unit: Unit, voice: str) -> None:
    """Mark every base that holds recordings of a voice that may no longer be trained from."""
    names = unit.session.scalars(select(RecordingRow.name).where(RecordingRow.voice_id == voice)).all()
    mark_recordings(store, unit, names)


def mark_recordings(store: Store, unit: Unit, names: Iterable[str]) -> None:
    """Mark every base that holds any of these recordings: each has to be trained anew without them."""
    wanted = set(names)
    for row in unit.session.scalars(select(BaseModelRow).order_by(BaseModelRow.id)).all():
        if row.state != "replaced" and is_intact(store, row):
            _mark(store, unit, row, wanted & {entry["recordings"] for entry in row.contributors})


def require_buildable(store: Store, session: Session, base_id: str, now: datetime) -> None:
    """Raise Refused, with a sentence, for a base on which nothing new may be built or enrolled now."""
    row = session.get(BaseModelRow, base_id)
    if row is None:
        raise Refused([Reason("unknown-base", f"The registry knows no base {base_id[:12]}.")])
    base = to_base(store, row, now)
    if base.state in ("current", "marked"):
        return
    which = f"The base {base.name} ({base_id[:12]})"
    because = f"{', '.join(base.because_of)}, which may not be trained from any more"
    if base.state == "overdue" and base.due_at is not None:
        why = f"holds {because}, and had to be replaced by {base.due_at:%Y-%m-%d}"
    elif base.state == "replaced":
        why = f"holds {because}, and was replaced"
    else:
        why = "is not stored as the registry wrote it"
    raise Refused([Reason(f"base-{base.state}", f"{which} {why}: nothing new is built on it.")])


def _mark(store: Store, unit: Unit, row: BaseModelRow, names: Iterable[str], days: int | None = None) -> None:
    """Mark a base because of recordings, and tell the operator and the owners; a date once stated stays."""
    new = sorted(set(names) - set(row.because_of))
    if not new:
        return
    if row.state != "marked":
        due_in = timedelta(days=retraining_days(unit.session) if days is None else days)
        row.state, row.marked_at_ms, row.due_at_ms = "marked", to_ms(unit.now), to_ms(unit.now + due_in)
    row.because_of = [*row.because_of, *new]
    query = (
        select(VoiceRow)
        .where(VoiceRow.id.in_(select(RecordingRow.voice_id).where(RecordingRow.name.in_(new))))
        .order_by(VoiceRow.id)
    )
    voices = unit.session.scalars(query).all()
    write_base(store, unit, row, voice=voices[0].id if len(voices) == 1 else None)
    text = (
        f"The base {row.name} ({row.id[:12]}) holds {', '.join(new)}, which may not be trained from any "
        f"more. It is to be trained anew without it by {from_ms(row.due_at_ms or 0):%Y-%m-%d}."
    )
    notify(unit, person=None, voice=None, kind="base-marked", text=text)
    for voice in voices:
        notify(unit, person=voice.owner_id, voice=voice.id, kind="base-marked", text=text)
        issue(store, unit, event="base-marked", voice=voice.id, grant=None, person=voice.owner_id)


def write_base(store: Store, unit: Unit, row: BaseModelRow, voice: str | None = None) -> None:
    """Log a base as it is now, because of a voice or not, and renew its MAC."""
    row.ledger_index = 0
    body = {key: value for key, value in _covered(row).items() if key != "ledger_index"}
    row.ledger_index = unit.append("base", {**body, "voice": voice})
    row.mac = store.keys.mac("base", _covered(row))
    unit.session.flush()


def is_intact(store: Store, row: BaseModelRow) -> bool:
    """Whether a base is stored as the registry wrote it."""
    return store.keys.check_mac("base", _covered(row), row.mac)


@covers("base", BaseModelRow)
def _covered(row: BaseModelRow) -> dict[str, Any]:
    return {
        "base": row.id,
        "name": row.name,
        "made_at_ms": row.made_at_ms,
        "documented": row.documented,
        "contributors": row.contributors,
        "state": row.state,
        "marked_at_ms": row.marked_at_ms,
        "due_at_ms": row.due_at_ms,
        "because_of": row.because_of,
        "replaced_by": row.replaced_by,
        "ledger_index": row.ledger_index,
    }


def to_base(store: Store, row: BaseModelRow, now: datetime) -> BaseModel:
    """A stored base as a value; one whose MAC does not fit is "damaged", on which nothing is built."""
    state = row.state if is_intact(store, row) else "damaged"
    due_at = None if row.due_at_ms is None else from_ms(row.due_at_ms)
    if state == "marked" and due_at is not None and now >= due_at:
        state = "overdue"
    return BaseModel(
        id=row.id,
        name=row.name,
        made_at=from_ms(row.made_at_ms),
        documented=row.documented,
        contributors=tuple(entry["recordings"] for entry in row.contributors),
        lists={e["recordings"]: e["list_sha256"] for e in row.contributors if e["list_sha256"]},
        state=state,
        marked_at=None if row.marked_at_ms is None else from_ms(row.marked_at_ms),
        due_at=due_at,
        because_of=tuple(row.because_of),
        replaced_by=row.replaced_by,
        ledger_index=row.ledger_index,
    )


def _entry(contribution: Contribution) -> dict[str, str | None]:
    return {
        "recordings": contribution.recordings,
        "performer_terms_sha256": contribution.performer_terms_sha256 or None,
        "owner_terms_sha256": contribution.owner_terms_sha256 or None,
        "list_sha256": contribution.list_sha256 or None,
    }


def _keep_list(unit: Unit, contribution: Contribution) -> None:
    if contribution.content and unit.session.get(RecordingListRow, contribution.list_sha256) is None:
        unit.session.add(
            RecordingListRow(
                sha256=contribution.list_sha256,
                recordings=contribution.recordings,
                content=contribution.content,
                added_at_ms=to_ms(unit.now),
            )
        )


def unwilling(session: Session, names: Iterable[str]) -> dict[str, str]:
    """Those of the recordings that may not be trained from, and why: "withdrawn", themselves or with their
    voice, or "no-yes"."""
    query = (
        select(RecordingRow, VoiceRow.state)
        .outerjoin(VoiceRow, VoiceRow.id == RecordingRow.voice_id)
        .where(RecordingRow.name.in_(list(names)))
    )
    found = {}
    for row, voice in session.execute(query).all():
        if "withdrawn" in (row.state, voice):
            found[row.name] = "withdrawn"
        elif not is_willing(row):
            found[row.name] = "no-yes"
    return found


def retraining_days(session: Session) -> int:
    """Within how many days of a withdrawal a base has to be trained anew."""
    row = session.get(FactRow, DAYS_FACT)
    return RETRAINING_DAYS if row is None else int(row.value)
