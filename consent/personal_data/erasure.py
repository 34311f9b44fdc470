"""Erasure: what identifies a person goes, what proves that things went rightly stays under a pseudonym that
leads nowhere any more.

The skeleton of grants, rights, mandates and songs stays (who allowed what is law 1's evidence), without names
and words. The ledger is untouched and verifies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.destruction import DestructionSchedule
from consent.errors import ConsentError, UnknownName
from consent.personal_data.erasing import Erasing
from consent.personal_data.people import Subject, find_subject
from consent.records import ReservationRow, VoiceRow
from consent.reservations.door import Reservations
from consent.reservations.reservation import VOICE
from consent.store import Store
from consent.withdrawal import withdraw

GROUNDS = ("request", "objection", "retention", "unlawful", "death")
"""Why somebody is erased: after GDPR article 17(1), and the death of the person."""


class ErasureNeedsWithdrawal(ConsentError):
    """Erasing somebody on whose consent a voice rests ends that voice, and nobody has confirmed that (exit
    status 3)."""

    code = "erasure-needs-withdrawal"
    exit_status = 3

    def __init__(self, voices: tuple[str, ...]) -> None:
        super().__init__(
            f"To be erased is to withdraw: the voices {', '.join(voices)} would end, for good.",
            "Confirm the withdrawal, too.",
        )
        self.voices = voices


@dataclass(frozen=True)
class Erasure:
    """What an erasure did. `rows` counts the rows emptied or removed by table; `remains` says in sentences
    what is still there, and where else to look."""

    ledger_index: int
    voices_withdrawn: tuple[str, ...]
    reservations_ended: tuple[str, ...]
    grants_ended: tuple[str, ...]
    jobs_removed: tuple[int, ...]
    rows: Mapping[str, int]
    destroyed: tuple[str, ...]
    remains: tuple[str, ...]


def erase_person(store: Store, who: str, *, by: str | None, ground: str, withdraw_voices: bool) -> Erasure:
    """Erase what the registry holds about a person (id or handle).

    1. The voices that rest on their consent are withdrawn, each in its own transaction; reservations of
       their voice end, because what such a one knows the voice by is biometric.
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
        resting, reserved = voices_resting_on(session, subject), _reserved(session, subject)
    if resting and not withdraw_voices:
        raise ErasureNeedsWithdrawal(resting)
    for voice in resting:  # 1
        withdraw(store, voice, reason="", by=by if by is not None else subject.person)
    for reservation in reserved:
        Reservations(store).end(reservation)
    with store.write() as unit:  # 2
        subject = find_subject(store, unit.session, who)
        if newer := voices_resting_on(unit.session, subject):  # lent while the others were withdrawn
            raise ErasureNeedsWithdrawal(newer)
        done = Erasing(store, unit, subject).run(by, ground, resting)
    destroyed = DestructionSchedule(store).run_due()  # 3
    clean = store.database.scrub()
    return Erasure(
        **done,
        voices_withdrawn=resting,
        reservations_ended=reserved,
        destroyed=tuple(item.what for item in destroyed),
        remains=tuple(_remains(store, clean)),
    )


def voices_resting_on(session: Session, subject: Subject) -> tuple[str, ...]:
    """The voices that end with this person's data."""
    voices = (*subject.voices, *subject.performed)
    standing = select(VoiceRow.id).where(VoiceRow.id.in_(voices), VoiceRow.state != "withdrawn")
    return tuple(session.scalars(standing.order_by(VoiceRow.id)))


def _reserved(session: Session, subject: Subject) -> tuple[str, ...]:
    """The reservations by which their voice itself is known."""
    theirs = (ReservationRow.kind == VOICE) & (ReservationRow.holder == subject.name)
    standing = select(ReservationRow.id).where(theirs, ReservationRow.state == "active")
    return tuple(session.scalars(standing.order_by(ReservationRow.number))) if subject.name else ()


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
