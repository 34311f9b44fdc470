"""Recording a permission: the performer's consent or the recording owner's, with the text that shows it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from consent.authority import actor_for, actor_for_owner
from consent.clock import to_ms
from consent.errors import require_record
from consent.permissions import GIVEN, RightRecord, Showing, end_right, load_right_records, write_right
from consent.persons import person_named
from consent.records import EvidenceRow, RightRow
from consent.request import ACTIONS
from consent.rights import PERFORMER, RECORDING_OWNER, Right
from consent.store import Store, Unit
from consent.voices import require_active


@dataclass(frozen=True)
class Shown:
    """What shows a permission, for the record: `text` is the words in full, `name` what they are called.

    `quote` is the place in them that counts; `basis` says in plain words what they show.
    """

    basis: str
    name: str
    text: str
    quote: str = ""


def give_right(
    store: Store,
    voice: str,
    kind: str,
    person: str,
    actions: Sequence[str],
    shown: Shown,
    *,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    given_by: str | None = None,
    by: str | None = None,
) -> RightRecord:
    """Record a permission behind a voice; `People.give_right` says how."""
    known = f"{PERFORMER} nor {RECORDING_OWNER}"
    require_record(kind in (PERFORMER, RECORDING_OWNER), f"{kind!r} is neither {known}.")
    strange = [action for action in actions if action not in ACTIONS]
    require_record(actions and not strange, f"A permission is for some of {', '.join(ACTIONS)}.")
    said = shown.basis.strip() and shown.name.strip() and shown.text.strip()
    require_record(said, "Nothing shows the permission.", "Give its text, a name for it, and what it shows.")
    in_order = not_before is None or not_after is None or not_before < not_after
    require_record(in_order, "The permission would end before it begins.")
    with store.write() as unit:
        session = unit.session
        require_active(session, voice)
        actor_for_owner(store, session, by, voice, "grant", unit.now)
        who = person_named(session, person)
        giver = actor_for(store, session, given_by, (who.id,), voice, "grant", unit.now)
        before = select(RightRow).where(RightRow.voice_id == voice, RightRow.person_id == who.id)
        for old in session.scalars(before.where(RightRow.kind == kind, RightRow.state == "active")).all():
            end_right(store, unit, old, "superseded", "said anew")
        right = Right(
            id=f"right-{secrets.token_hex(8)}",
            kind=kind,
            person=who.id,
            actions=tuple(dict.fromkeys(actions)),
            not_before=not_before,
            not_after=not_after,
        )
        showing = Showing(shown.basis, shown.quote, shown.name, _keep_evidence(unit, voice, shown))
        write_right(store, unit, right, voice, GIVEN, showing, giver.person, giver.mandate_id)
        return next(r for r in load_right_records(store, session, voice) if r.right.id == right.id)


def _keep_evidence(unit: Unit, voice: str, shown: Shown) -> str:
    """The SHA-256 (hex) of the text, which is on record from now on."""
    sha256 = hashlib.sha256(shown.text.encode()).hexdigest()
    kept = select(EvidenceRow.id).where(EvidenceRow.voice_id == voice, EvidenceRow.name == shown.name)
    if unit.session.scalars(kept.where(EvidenceRow.sha256 == sha256)).first() is None:
        row = EvidenceRow(
            voice_id=voice,
            name=shown.name,
            sha256=sha256,
            text=shown.text,
            source="",
            added_at_ms=to_ms(unit.now),
        )
        unit.session.add(row)
        unit.session.flush()
    return sha256
