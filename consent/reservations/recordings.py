"""Asking before recordings are trained on or a voice is enrolled from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from consent.inquiry import Hit
from consent.reservations import declaration, fingerprint, index, rows, screening
from consent.reservations.index import ShingleHash
from consent.reservations.reservation import DECLARATION, RECORDING, TRAIN, VOICE, Reservation
from consent.store import Store


@dataclass(frozen=True)
class Sound:
    """What recordings sound like: Chromaprint items and screen vectors of voices, None where nobody looked,
    and the ISRCs that they bear."""

    fingerprints: tuple[tuple[int, ...], ...] | None = None
    screen_vectors: tuple[Mapping[str, Any], ...] | None = None
    isrcs: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Facts:
    """What is known of the recordings; None where it was not found out."""

    names: tuple[str, ...]
    title: str
    fingerprints: tuple[Sequence[int], ...] | None
    vectors: tuple[Mapping[str, Any], ...] | None


def hits_of_recordings(
    store: Store,
    session: Session,
    *,
    performer: str = "",
    owner: str = "",
    title: str = "",
    fingerprints: Sequence[Sequence[int]] | None = None,
    screen_vectors: Sequence[Mapping[str, Any]] | None = None,
    isrcs: Sequence[str] = (),
    use: str = TRAIN,
) -> tuple[Hit, ...]:
    """Every reservation that recordings run into, for a use ("train" or "enrol"), in the session's snapshot.

    1. Where nothing is reserved against the use, that is all: one query.
    2. Declarations are asked by title, ISRC, performer and owner.
    3. Reserved recordings are asked by Chromaprint fingerprints, a list of 32-bit items for each recording.
    4. Reserved voices are asked by screen vectors; a doubtful likeness is a hit, for a person to look at.

    Where recordings or voices are reserved and no fingerprint or vector is given, that is a hit: what cannot
    be asked is not allowed. So is an error while asking.
    """
    try:
        standing = rows.standing_now(store, session)
        kinds = standing.kinds(use)
        if not kinds:
            return ()
        hashes = ShingleHash(store.keys)
        index.require_same_key(hashes, standing.proof)
        facts = _Facts(
            tuple(name for name in (performer, owner) if name),
            title,
            None if fingerprints is None else tuple(fingerprints),
            None if screen_vectors is None else tuple(map(screening.read_vector, screen_vectors)),
        )
        hits: list[Hit] = []
        if DECLARATION in kinds:
            hits += _declared(store, session, hashes, facts, tuple(isrcs), use)
        if RECORDING in kinds:
            hits += _recorded(store, session, hashes, facts, use)
        if VOICE in kinds:
            hits += _voiced(store, session, facts, use)
        return tuple(hits)
    except SQLAlchemyError:
        raise
    except Exception as error:
        return (Hit("", "reservations", f"The reservations could not be asked: {error}"),)


def _declared(
    store: Store, session: Session, hashes: ShingleHash, facts: _Facts, isrcs: tuple[str, ...], use: str
) -> Iterator[Hit]:
    asked = set(declaration.keys_asked(title=facts.title, isrcs=isrcs, names=facts.names))
    found = index.look_up(session, [(hashes.of(field, value.encode()), 0) for field, value in asked])
    for reservation in _standing(store, session, list(found), DECLARATION, use):
        if reservation.state == "damaged":
            yield _damaged(reservation)
            continue
        what = declaration.speaks_of(reservation.data, asked)
        if what is not None and not _is_excepted(reservation, facts):
            sentence = (
                f"{reservation.holder} has declared that {what} is not for {_FOR[use]} ({reservation.id})."
            )
            yield Hit(reservation.id, DECLARATION, sentence)


def _recorded(store: Store, session: Session, hashes: ShingleHash, facts: _Facts, use: str) -> Iterator[Hit]:
    if not facts.fingerprints:
        yield Hit(
            "",
            "no-fingerprint",
            f"Recordings are reserved against {_FOR[use]}, and these came without a fingerprint. "
            "Install Chromaprint (libchromaprint1) and pyacoustid, and ask again.",
        )
        return
    reported: set[str] = set()
    for items in facts.fingerprints:
        asked = [(hashes.of("recording", item), place) for place, item in fingerprint.stretches(items)]
        found = index.look_up(session, asked)
        for number, reservation in rows.load(store, session, found).items():
            if reservation.id in reported or not _speaks(reservation, RECORDING, use):
                continue
            if reservation.state == "damaged":
                reported.add(reservation.id)
                yield _damaged(reservation)
                continue
            shared = [(match.reserved_place, match.asked_place) for match in found[number]]
            reserved = fingerprint.unpack(reservation.data["items"])
            if fingerprint.agreement(reserved, items, shared) < fingerprint.THRESHOLD:
                continue
            if not _is_excepted(reservation, facts):
                reported.add(reservation.id)
                yield Hit(reservation.id, RECORDING, f"The recordings hold {_whose(reservation, use)}")


def _voiced(store: Store, session: Session, facts: _Facts, use: str) -> Iterator[Hit]:
    for reservation in rows.load_kind(store, session, VOICE):
        if not _speaks(reservation, VOICE, use) or _is_excepted(reservation, facts):
            continue
        if reservation.state == "damaged":
            yield _damaged(reservation)
        elif not facts.vectors:
            yield Hit(
                reservation.id,
                "no-screen-vector",
                f"Voices are reserved against {_FOR[use]}, and this voice was not screened.",
            )
            return
        else:
            likeness = screening.screen(reservation.data["takes"], facts.vectors)
            if likeness == screening.SAME:
                yield Hit(reservation.id, VOICE, f"The voice sounds like {_whose(reservation, use)}")
            elif likeness == screening.REVIEW:
                yield Hit(
                    reservation.id,
                    "voice-review",
                    f"The voice may be {_whose(reservation, use)} A person has to listen before it is used; "
                    "if it is another's, add the performer's name to the reservation's exceptions.",
                )


def _standing(store: Store, session: Session, numbers: list[int], kind: str, use: str) -> list[Reservation]:
    found = rows.load(store, session, numbers)
    return [reservation for _, reservation in sorted(found.items()) if _speaks(reservation, kind, use)]


def _speaks(reservation: Reservation, kind: str, use: str) -> bool:
    return reservation.kind == kind and use in reservation.uses and reservation.state in ("active", "damaged")


def _is_excepted(reservation: Reservation, facts: _Facts) -> bool:
    names = {declaration.folded(name) for name in reservation.exceptions.get("names", ())}
    titles = {declaration.folded(title) for title in reservation.exceptions.get("titles", ())}
    return any(declaration.folded(name) in names for name in facts.names) or (
        bool(facts.title) and declaration.folded(facts.title) in titles
    )


def _whose(reservation: Reservation, use: str) -> str:
    called = f"“{reservation.title}”" if reservation.title else f"a {reservation.kind}"
    return f"{called}, which {reservation.holder} has reserved against {_FOR[use]} ({reservation.id})."


def _damaged(reservation: Reservation) -> Hit:
    sentence = f"The stored reservation {reservation.id} is not what the registry wrote, and counts as a no."
    return Hit(reservation.id, reservation.kind, sentence)


_FOR = {"train": "training", "enrol": "enrolment"}
