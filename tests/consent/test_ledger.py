"""The ledger: an RFC 6962 tree with signed heads that the database itself lets nobody change."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from made_registries import Place, a_release, a_request, database, grant_terms
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from consent.ledger.tree import fold, grow, leaf_hash
from consent.registry import Refused, Registry


def merkle_tree_hash(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word: the oracle."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = merkle_tree_hash(leaves[:split]), merkle_tree_hash(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70))
def test_growing_the_frontier_gives_the_root_of_rfc_6962(leaves: list[bytes]) -> None:
    frontier: list[bytes] = []
    for size, leaf in enumerate(leaves):
        frontier, _ = grow(frontier, size, leaf_hash(leaf))
        assert fold(frontier) == merkle_tree_hash(leaves[: size + 1])


def test_every_decision_is_one_entry(registry: Registry, tmp_path: Path) -> None:
    start = len(registry.ledger_rows())
    authorization = registry.authorise(a_request())
    with pytest.raises(Refused):
        registry.authorise(a_request(purpose="political"))
    registry.commit(authorization, a_release(tmp_path))
    granted = registry.grant("ada", grant_terms(), to="cleo")
    registry.withdraw("ada", granted.id)
    registry.withdraw("ada")
    kinds = [entry.kind for entry in registry.ledger_rows()[start:]]
    decided = ("authorisation", "refusal", "render", "grant", "withdrawal")
    decisions = [
        kind for kind in kinds if kind in decided
    ]  # permissions end with the voice, things are shredded
    assert decisions == ["authorisation", "refusal", "render", "grant", "withdrawal", "withdrawal"]
    assert [entry.position for entry in registry.ledger_rows()] == list(range(start + len(kinds)))
    report = registry.check_ledger()
    assert report.ok and report.entries == start + len(kinds)


def test_rows_are_read_by_voice_and_kind_and_from_the_end(registry: Registry) -> None:
    for purpose in ("private", "political", "private"):
        if purpose == "political":
            with pytest.raises(Refused):
                registry.authorise(a_request(purpose=purpose))
        else:
            registry.authorise(a_request(purpose=purpose))
    whole = registry.ledger_rows()
    assert (
        registry.ledger_rows(newest=2) == whole[-2:] and registry.ledger_rows(newest=len(whole) + 5) == whole
    )
    assert [row.kind for row in registry.ledger_rows(kind="authorisation", newest=1)] == ["authorisation"]
    assert registry.ledger_rows(kind="refusal") == [whole[-2]]
    assert registry.ledger_rows(voice="ada", kind="refusal") == [whole[-2]]
    assert registry.ledger_rows(voice="nobody") == []


def test_the_head_is_a_note_that_the_registrys_key_signed(registry: Registry, place: Place) -> None:
    registry.authorise(a_request())
    head = registry.ledger_head()
    assert head is not None
    body, signature_line = head.note.split("\n\n")
    origin, size, root, _ = body.split("\n")
    assert (origin, int(size), base64.b64decode(root)) == (head.origin, head.size, head.root)
    key = Ed25519PrivateKey.from_private_bytes(
        (place.home / "keys" / "ledger.ed25519").read_bytes()
    ).public_key()
    marked = base64.b64decode(signature_line.split(" ")[2])
    assert marked[:4] == hashlib.sha256(origin.encode() + b"\n\x01" + key.public_bytes_raw()).digest()[:4]
    key.verify(marked[4:], body.encode() + b"\n")
    with database(place).connect() as connection:
        leaves = [
            bytes(entry)
            for (entry,) in connection.execute(text("SELECT entry FROM ledger ORDER BY position"))
        ]
    assert head.root == merkle_tree_hash(leaves)
    assert (place.home / "ledger.head").read_text(encoding="utf-8") == head.note


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET entry = entry WHERE position = 0",
        "DELETE FROM ledger WHERE position = 1",
        "DELETE FROM checkpoints",
        "UPDATE checkpoints SET at_ms = 0",
        "INSERT INTO ledger SELECT position + 1000, entry, leaf_hash, subtrees FROM ledger",
        "INSERT INTO checkpoints SELECT size + 1000, root, at_ms, signature FROM checkpoints",
        "INSERT INTO ledger SELECT -1 - position, entry, leaf_hash, subtrees FROM ledger",
    ],
)
def test_the_database_lets_nobody_change_the_log(registry: Registry, place: Place, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), database(place).begin() as connection:
        connection.execute(text(statement))


def test_sqlite_lets_nobody_replace_an_entry(sqlite_registry: Registry, tmp_path: Path) -> None:
    statement = text(
        "INSERT OR REPLACE INTO ledger SELECT 0, entry, leaf_hash, subtrees FROM ledger WHERE position = 1"
    )
    with (
        pytest.raises(DBAPIError, match="append-only"),
        database(Place(tmp_path / "home", None)).begin() as connection,
    ):
        connection.execute(statement)


def test_the_database_lets_nobody_empty_the_log(registry: Registry, place: Place) -> None:
    statement = "TRUNCATE ledger" if place.url else "DELETE FROM ledger"  # SQLite has no TRUNCATE
    with pytest.raises(DBAPIError, match="append-only"), database(place).begin() as connection:
        connection.execute(text(statement))
