"""The index of reservations: keyed hashes of their stretches, so that a stolen database tells no lyric.

The key rests beside the others, outside the database: without it nobody can test whether a text is reserved.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from consent.errors import KeyStoreError
from consent.keys import KeyStore, make_key, read_key
from consent.records import ReservationShingleRow, table_of

_KEY_FILE = "reservations.hmac"
_LOOKED_UP = 4_000
_ROWS = table_of(ReservationShingleRow)
_LOOKUP = {
    "sqlite": text(
        "SELECT shingle, reservation, place FROM reservation_shingles "
        "WHERE shingle IN (SELECT value FROM json_each(:wanted))"
    ),
    "postgresql": text(
        "SELECT shingle, reservation, place FROM reservation_shingles "
        "WHERE shingle = ANY(CAST(:wanted AS bigint[]))"  # an array, so that the index is used
    ),
}


class Found(NamedTuple):
    """One stretch that a reservation shares with what was asked for: its place there and here."""

    reservation: int
    reserved_place: int
    asked_place: int


class ShingleHash:
    """Hashes stretches of one registry: 63 bits of BLAKE2b, keyed; `tag` keeps kinds apart."""

    def __init__(self, keys: KeyStore, *, make: bool = False) -> None:
        path = keys.folder / _KEY_FILE
        if make:
            make_key(path)
        self._key = read_key(path)
        self.proof = self.of("proof", b"")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ShingleHash) and other.proof == self.proof

    def __hash__(self) -> int:
        return self.proof

    def of(self, tag: str, stretch: bytes) -> int:
        """The hash of a stretch, 0 … 2⁶³ − 1."""
        digest = hashlib.blake2b(stretch, digest_size=8, key=self._key, person=tag.encode()[:16]).digest()
        return int.from_bytes(digest, "big") >> 1


def require_same_key(hashes: ShingleHash, proof: int) -> None:
    """Raise KeyStoreError where an index was made with another key: it would find nothing."""
    if hashes.proof != proof:
        raise KeyStoreError(
            "The key of the reservations is not the one that their index was made with.",
            f"Bring back the file {_KEY_FILE} that belongs to this registry.",
        )


def add(session: Session, reservation: int, places: Iterable[tuple[int, int]]) -> str:
    """Index a reservation under (hash, place); returns the digest of what was written."""
    rows = sorted(set(places))
    if rows:
        session.execute(
            insert(_ROWS),
            [{"shingle": shingle, "reservation": reservation, "place": place} for shingle, place in rows],
        )
    return digest(rows)


def remove(session: Session, reservation: int) -> None:
    """Take a reservation out of the index."""
    session.execute(delete(_ROWS).where(_ROWS.c.reservation == reservation))


def digest_of(session: Session, reservation: int) -> str:
    """The digest of what the index holds of a reservation."""
    rows = session.execute(
        select(_ROWS.c.shingle, _ROWS.c.place).where(_ROWS.c.reservation == reservation)
    ).all()
    return digest(sorted((row.shingle, row.place) for row in rows))


def digest(rows: Iterable[tuple[int, int]]) -> str:
    """Hex SHA-256 over (hash, place) in order."""
    said = hashlib.sha256()
    for shingle, place in rows:
        said.update(b"%d %d\n" % (shingle, place))
    return said.hexdigest()


def look_up(session: Session, asked: Iterable[tuple[int, int]]) -> dict[int, list[Found]]:
    """What reservations share with (hash, place) pairs, by reservation."""
    places: dict[int, list[int]] = defaultdict(list)
    for shingle, place in asked:
        places[shingle].append(place)
    found: dict[int, list[Found]] = defaultdict(list)
    for shingle, reservation, reserved_place in _rows(session, list(places)):
        found[reservation].extend(Found(reservation, reserved_place, place) for place in places[shingle])
    return found


def _rows(session: Session, wanted: list[int]) -> Iterator[Any]:
    connection = session.connection()
    statement = _LOOKUP[connection.dialect.name]
    for start in range(0, len(wanted), _LOOKED_UP):
        chunk = json.dumps(wanted[start : start + _LOOKED_UP])
        array = chunk if connection.dialect.name == "sqlite" else "{" + chunk[1:-1] + "}"
        yield from connection.execute(statement, {"wanted": array})
