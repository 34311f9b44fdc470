"""Audit paths out of the database: any complete subtree's root is one row, so a proof is one query."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from consent.errors import StoreError
from consent.ledger.tree import (
    HASH_BYTES,
    Span,
    Subtree,
    consistency_spans,
    fold,
    inclusion_spans,
    needed,
    subtrees,
)
from consent.records import LedgerRow

_NODES = select(LedgerRow.position, LedgerRow.leaf_hash, LedgerRow.subtrees).where(
    LedgerRow.position.in_(bindparam("positions", expanding=True))
)


def read_frontier(session: Session, size: int) -> list[bytes]:
    """The roots of the complete subtrees of the first `size` entries, largest first."""
    edge = subtrees((0, size))
    nodes = _read_nodes(session, edge)
    return [nodes[subtree] for subtree in edge]


def read_root(session: Session, size: int) -> bytes:
    """The Merkle root over the first `size` entries, as the stored subtrees give it."""
    return fold(read_frontier(session, size))


def inclusion_path(session: Session, index: int, size: int) -> tuple[bytes, ...]:
    """The path from entry `index` to the head over `size` entries (RFC 9162 §2.1.3.1)."""
    return _roots(session, inclusion_spans(index, size))


def consistency_path(session: Session, first: int, second: int) -> tuple[bytes, ...]:
    """The proof that `second` entries begin with the first `first` (RFC 9162 §2.1.4.1)."""
    return _roots(session, consistency_spans(first, second))


def _roots(session: Session, spans: Sequence[Span]) -> tuple[bytes, ...]:
    nodes = _read_nodes(session, needed(spans))
    return tuple(fold([nodes[subtree] for subtree in subtrees(span)]) for span in spans)


def _read_nodes(session: Session, wanted: Sequence[Subtree]) -> dict[Subtree, bytes]:
    """Roots of complete subtrees: each rests with the last leaf that it covers."""
    ends = {(level, number): ((number + 1) << level) - 1 for level, number in wanted}
    if not ends:
        return {}
    rows = session.execute(_NODES, {"positions": sorted(set(ends.values()))})
    found = {position: (leaf, closed) for position, leaf, closed in rows}
    nodes = {}
    for (level, number), position in ends.items():
        leaf, closed = found.get(position, (b"", b""))
        node = closed[HASH_BYTES * (level - 1) : HASH_BYTES * level] if level else leaf
        if len(node) != HASH_BYTES:
            raise StoreError(
                f"The ledger lacks entry {position}, or the hashes that rest with it.",
                "Run: consonance ledger fsck",
            )
        nodes[(level, number)] = bytes(node)
    return nodes
