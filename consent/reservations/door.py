"""`registry.reservations`: somebody says no, looks at what they said, and takes it back."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consent.canonical import canonical
from consent.clock import to_ms
from consent.errors import ConsentError, UnknownName
from consent.inquiry import Hit
from consent.records import ReservationRow, ReservationShingleRow, ReservationSummaryRow
from consent.reservations import index, making, rows
from consent.reservations.index import ShingleHash
from consent.reservations.recordings import hits_of_recordings
from consent.reservations.reservation import Reservation, ReservationError
from consent.reservations.songs import hits_of_song
from consent.song import Song
from consent.store import Store, Unit

_LONGEST_TEXT = 1 << 20


class Reservations:
    """Opt-outs: voices, recordings, melodies, lyrics and declarations that training, enrolment and singing
    ask first."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def reserve(
        self,
        kind: str,
        *,
        holder: str,
        title: str = "",
        data: Mapping[str, Any],
        evidence: str = "",
        source: str = "",
        uses: Sequence[str] | None = None,
        exceptions: Mapping[str, Sequence[str]] | None = None,
    ) -> Reservation:
        """Record that something must not be used; `making.content_of` says what `data` holds for each kind.

        `holder` is whose right it is; `evidence` the text that shows it, or `source` where it can be read:
        one of them is needed. `uses`: of "train", "enrol", "sing", those that are reserved; without it all
        that the kind can be held against. `exceptions`: "voices" (ids), "names" (of performers, owners),
        "titles". Of a lyric only keyed hashes are kept. Raises ReservationError.
        """
        texts = {"holder": holder, "title": title, "evidence": evidence, "source": source}
        for name, value in texts.items():
            if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
                raise ReservationError(f"The reservation's {name} is not a text, or too long.")
        if not holder.strip():
            raise ReservationError("The reservation does not say whose it is.")
        if not evidence.strip() and not source.strip():
            raise ReservationError(
                "Nothing shows the reservation.", "Give the text of it, or say where it can be read."
            )
        hashes = ShingleHash(self._store.keys, make=True)
        content, places = making.content_of(kind, data, hashes)
        reserved = making.uses_of(kind, uses)
        free = making.exceptions_of(exceptions or {})
        with self._store.write() as unit:
            standing = rows.standing_now(self._store, unit.session)
            if standing.proof:
                index.require_same_key(hashes, standing.proof)
            row = ReservationRow(
                id=f"reservation-{secrets.token_hex(8)}",
                kind=kind,
                uses=list(reserved),
                holder=holder.strip(),
                title=title.strip(),
                data=content,
                exceptions=free,
                evidence=evidence,
                evidence_sha256=hashlib.sha256(evidence.encode()).hexdigest() if evidence else "",
                source=source.strip(),
                index_sha256="",
                state="active",
                made_at_ms=to_ms(unit.now),
                ended_at_ms=None,
                reason="",
                mac="",
            )
            unit.session.add(row)
            unit.session.flush()
            row.index_sha256 = index.add(unit.session, row.number, places)
            row.mac = self._store.keys.mac("reservation", rows.covered(row))
            rows.count(self._store, unit, standing, row, hashes.proof)
            _log(unit, row, hashes)
            return rows.to_reservation(self._store, row)

    def end(self, reservation: str, reason: str = "") -> Reservation:
        """Take a reservation back: from now on it stands in nobody's way, and what it was known by is erased.

        Raises UnknownName for one that is not there, ReservationError for one that ended before.
        """
        hashes = ShingleHash(self._store.keys)
        with self._store.write() as unit:
            standing = rows.standing_now(self._store, unit.session)
            index.require_same_key(hashes, standing.proof)
            row = _row(unit.session, reservation)
            if rows.to_reservation(self._store, row).state == "damaged":
                raise ReservationError(f"The stored reservation {row.id} is not what the registry wrote.")
            if row.state == "ended":
                raise ReservationError(f"The reservation {row.id} has ended before.")
            index.remove(unit.session, row.number)
            row.state, row.ended_at_ms, row.reason = "ended", to_ms(unit.now), reason
            row.data, row.index_sha256 = {}, ""
            row.mac = self._store.keys.mac("reservation", rows.covered(row))
            rows.count(self._store, unit, standing, row, hashes.proof)
            _log(unit, row, hashes)
            return rows.to_reservation(self._store, row)

    def list(self, kind: str | None = None, *, ended: bool = False) -> tuple[Reservation, ...]:
        """Every reservation that stands, of one kind if it is named; ended ones too on request."""
        query = select(ReservationRow).order_by(ReservationRow.number)
        if kind is not None:
            query = query.where(ReservationRow.kind == kind)
        with self._store.read() as session:
            found = tuple(rows.to_reservation(self._store, row) for row in session.scalars(query))
        return tuple(one for one in found if ended or one.state != "ended")

    def get(self, reservation: str) -> Reservation:
        """One reservation. Raises UnknownName."""
        with self._store.read() as session:
            return rows.to_reservation(self._store, _row(session, reservation))

    def kinds(self, use: str) -> frozenset[str]:
        """The kinds of which something is reserved against a use: what has to be found out before asking.

        Raises StoreError for a damaged store.
        """
        with self._store.read() as session:
            return rows.standing_now(self._store, session).kinds(use)

    def hits_of_song(self, song: Song | None, voice: str = "") -> tuple[Hit, ...]:
        """What a song would run into now; see `songs.hits_of_song`."""
        with self._store.read() as session:
            return hits_of_song(self._store, session, song, voice)

    def hits_of_recordings(self, **facts: Any) -> tuple[Hit, ...]:
        """What recordings would run into now; see `recordings.hits_of_recordings`."""
        with self._store.read() as session:
            return hits_of_recordings(self._store, session, **facts)

    def faults(self) -> tuple[str, ...]:
        """Hold every reservation and its index against their MACs and digests; a sentence for each fault."""
        found = []
        with self._store.read() as session:
            try:
                standing = rows.standing_now(self._store, session)
                if standing.proof:
                    index.require_same_key(ShingleHash(self._store.keys), standing.proof)
                found += _count_faults(session, standing)
            except ConsentError as error:
                found.append(error.sentence)
            for row in session.scalars(select(ReservationRow).order_by(ReservationRow.number)):
                if rows.to_reservation(self._store, row).state == "damaged":
                    found.append(f"The stored reservation {row.id} is not what the registry wrote.")
                elif row.state == "active" and index.digest_of(session, row.number) != row.index_sha256:
                    found.append(f"The index of the reservation {row.id} is not what the registry wrote.")
        return tuple(found)


def _log(unit: Unit, row: ReservationRow, hashes: ShingleHash) -> None:
    """One ledger entry: kind, uses and hashes; neither names nor words.

    `record` is a keyed hash, because a plain one of a name could be guessed.
    """
    unit.append(
        "reservation",
        {
            "reservation": row.id,
            "state": row.state,
            "kind": row.kind,
            "uses": row.uses,
            "record": f"{hashes.of('record', canonical(rows.covered(row))):016x}",
            "index_sha256": row.index_sha256,
            "evidence_sha256": row.evidence_sha256,
        },
    )


def _count_faults(session: Session, standing: rows.Standing) -> list[str]:
    counted = rows.counted(session)
    if session.get(ReservationSummaryRow, "standing") is not None and counted != standing.counts:
        return ["The count of the reservations is not that of their rows: some were added or taken away."]
    strays = session.scalar(
        select(func.count())
        .select_from(ReservationShingleRow)
        .where(ReservationShingleRow.reservation.not_in(select(ReservationRow.number)))
    )
    return [f"{strays} rows of the index belong to no reservation."] if strays else []


def _row(session: Session, reservation: str) -> ReservationRow:
    row = session.scalars(select(ReservationRow).where(ReservationRow.id == reservation)).first()
    if row is None:
        raise UnknownName(f"The registry knows no reservation {reservation!r}.")
    return row
