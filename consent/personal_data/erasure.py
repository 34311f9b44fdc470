"""Erasure: what identifies a person goes, what proves that things went rightly stays under a pseudonym that
leads nowhere any more.

The skeleton of grants, rights, mandates and songs stays (who allowed what is law 1's evidence), without names
and words. The ledger is untouched and verifies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from consent.base_register import Bases
from consent.destruction import DestructionSchedule
from consent.errors import ConsentError, UnknownName
from consent.personal_data.erasing import Erasing
from consent.personal_data.people import Subject, find_subject
from consent.records import RecordingRow, ReservationRow, VoiceRow
from consent.reservations.door import Reservations
from consent.reservations.reservation import VOICE
from consent.store import Store
from consent.withdrawal import withdraw

GROUNDS = ("request", "objection", "retention", "unlawful", "death")
"""Why somebody is erased: after GDPR article 17(1), and the death of the person."""


@dataclass(frozen=True)
class Resting:
    """What rests on somebody's consent and ends with their data: voices, sets of recordings, and reservations
    that know their voice by what is biometric."""

    voices: tuple[str, ...]
    recordings: tuple[str, ...]
    reservations: tuple[str, ...]

    def in_words(self) -> str:
        """What ends, for the person who is asked to confirm it; "" for nothing."""
        named = (("voice", self.voices), ("recordings", self.recordings), ("reservation", self.reservations))
        return ", ".join(f"the {kind} {name}" for kind, names in named for name in names)


class ErasureNeedsWithdrawal(ConsentError):
    """Erasing somebody on whose consent something rests ends that, and nobody has confirmed it (exit status
    3)."""

    code = "erasure-needs-withdrawal"
    exit_status = 3

    def __init__(self, resting: Resting) -> None:
        super().__init__(
            f"To be erased is to withdraw: {resting.in_words()} would end, for good.",
            "Confirm the withdrawal, too.",
        )
        self.resting = resting


@dataclass(frozen=True)
class Erasure:
    """What an erasure did. `rows` counts the rows emptied or removed by table; `remains` says in sentences
    what is still there, and where else to look."""

    ledger_index: int
    ended: Resting
    grants_ended: tuple[str, ...]
    jobs_removed: tuple[int, ...]
    rows: Mapping[str, int]
    destroyed: tuple[str, ...]
    remains: tuple[str, ...]


def erase_person(store: Store, who: str, *, by: str | None, ground: str, withdraw_voices: bool) -> Erasure:
    """Erase what the registry holds about a person (id or handle).

    1. What rests on their consent is withdrawn, each in its own transaction.
    2. In one transaction: jobs and notices go, words are emptied, handles become tombstones, grants to them
       alone end, pseudonyms lose their salts, and the ledger gets one entry without anything personal.
    3. Files that belonged to them are shredded, and the database's traces overwritten.

    One that was cut off is finished by calling it again. Raises UnknownName when nothing is held,
    ErasureNeedsWithdrawal, and whatever stands against the withdrawal.
    """
    if ground not in GROUNDS:
        raise UnknownName(f"{ground!r} is no ground for an erasure.", f"Known: {', '.join(GROUNDS)}.")
    with store.read() as session:
        subject = find_subject(store, session, who)
        resting = resting_on(session, subject)
    if resting.in_words() and not withdraw_voices:
        raise ErasureNeedsWithdrawal(resting)
    for voice in resting.voices:  # 1
        withdraw(store, voice, reason="", by=by if by is not None else subject.person)
    for recordings in resting.recordings:
        Bases(store).withdraw_recordings(recordings)
    for reservation in resting.reservations:
        Reservations(store).end(reservation)
    with store.write() as unit:  # 2
        subject = find_subject(store, unit.session, who)
        newer = resting_on(unit.session, subject)
        if newer.in_words():  # lent while the others were withdrawn
            raise ErasureNeedsWithdrawal(newer)
        done = Erasing(store, unit, subject).run(by, ground, resting.voices)
    destroyed = DestructionSchedule(store).run_due()  # 3
    clean = store.database.scrub()
    return Erasure(
        **done,
        ended=resting,
        destroyed=tuple(item.what for item in destroyed),
        remains=tuple(_remains(store, clean)),
    )


def resting_on(session: Session, subject: Subject) -> Resting:
    """What ends with this person's data, and still stands."""
    voices = (*subject.voices, *subject.performed)
    standing = select(VoiceRow.id).where(VoiceRow.id.in_(voices), VoiceRow.state != "withdrawn")
    theirs = or_(RecordingRow.performer == subject.name, RecordingRow.owner == subject.name)
    sung = select(RecordingRow.name).where(theirs, RecordingRow.state != "withdrawn")
    held = (ReservationRow.kind == VOICE) & (ReservationRow.holder == subject.name)
    known = select(ReservationRow.id).where(held, ReservationRow.state == "active")
    named = bool(subject.name)
    return Resting(
        voices=tuple(session.scalars(standing.order_by(VoiceRow.id))),
        recordings=tuple(session.scalars(sung.order_by(RecordingRow.name))) if named else (),
        reservations=tuple(session.scalars(known.order_by(ReservationRow.number))) if named else (),
    )


def _remains(store: Store, clean: bool) -> list[str]:
    """What an erasure does not reach, for whoever runs the registry."""
    remains = [
        "The ledger keeps its entries, under pseudonyms that nobody can tie to anybody any more.",
        "What somebody else has declared, and names the person in, is that somebody's.",
        "Backups hold what was erased until they are replaced; files outside the registry's home were not "
        "touched, and a folder of voices that names the person has to be changed by hand.",
    ]
    if not clean:
        remains.append(
            "Somebody was reading the database, so its write-ahead log still holds old pages: run "
            "`consonance housekeeping` when nobody does."
        )
    if store.database.engine.dialect.name == "postgresql":
        remains.append("PostgreSQL keeps old rows on disk until it is vacuumed: run VACUUM FULL.")
    return remains
