"""What an attacker does who holds the raw database, and more or less of the registry's keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, text

from consent.ledger.tree import fold, grow, leaf_hash

GUARDED = ("ledger", "checkpoints", "cosignatures")


def disarm(connection: Connection) -> None:
    """Take away the triggers that guard the ledger."""
    if connection.dialect.name == "postgresql":
        for table in GUARDED:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    for name in (
        connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
    ):
        connection.execute(text(f"DROP TRIGGER {name}"))


def entries_of(connection: Connection) -> list[bytes]:
    """Every entry, oldest first."""
    return [
        bytes(entry) for (entry,) in connection.execute(text("SELECT entry FROM ledger ORDER BY position"))
    ]


def write_anew(
    connection: Connection, entries: Sequence[bytes], sign: Callable[[int, bytes, int], bytes] | None = None
) -> None:
    """Put these entries in the place of the log's, with every hash computed anew; heads too if `sign` can."""
    disarm(connection)
    connection.execute(text("DELETE FROM ledger"))
    frontier: list[bytes] = []
    rows, heads = [], []
    at_ms = connection.execute(text("SELECT MIN(at_ms) FROM checkpoints")).scalar_one()
    for place, entry in enumerate(entries):
        leaf = leaf_hash(entry)
        frontier, closed = grow(frontier, place, leaf)
        rows.append({"position": place, "entry": entry, "leaf": leaf, "subtrees": b"".join(closed)})
        at_ms = instant_of(entry, at_ms)
        if sign is not None:
            root = fold(frontier)
            heads.append(
                {"size": place + 1, "root": root, "at_ms": at_ms, "signed": sign(place + 1, root, at_ms)}
            )
    connection.execute(text("INSERT INTO ledger VALUES (:position, :entry, :leaf, :subtrees)"), rows)
    if heads:
        connection.execute(text("DELETE FROM checkpoints"))
        connection.execute(text("INSERT INTO checkpoints VALUES (:size, :root, :at_ms, :signed)"), heads)


def set_back(connection: Connection, size: int) -> None:
    """Bring the database back to what it was when the log had so many entries, of authorisations alone."""
    disarm(connection)
    for table, place in (
        ("authorisations", "ledger_index"),
        ("cosignatures", "ledger_index"),
        ("ledger", "position"),
    ):
        connection.execute(text(f"DELETE FROM {table} WHERE {place} >= :size"), {"size": size})
    connection.execute(text("DELETE FROM checkpoints WHERE size > :size"), {"size": size})


def instant_of(entry: bytes, otherwise: int) -> int:
    """The instant that an entry bears."""
    digits = entry.partition(b'"at_ms":')[2].partition(b",")[0]
    return int(digits) if digits.isdigit() else otherwise
