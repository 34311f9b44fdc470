"""Every way to tamper with the raw log, on SQLite and PostgreSQL: the checker names the entry."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from forged_ledgers import disarm, entries_of, write_anew
from hypothesis import given, settings
from hypothesis import strategies as st
from made_registries import Place
from sqlalchemy import Connection, text

import consent.ledger.fsck
from consent.canonical import canonical
from consent.ledger.fsck import Report, check_ledger
from consent.ledger.tree import leaf_hash
from consent.store import Store

LENGTH = 37
PLACES = (0, 1, 2, 7, 8, 15, 16, 22, 31, 32, 35, 36)


@pytest.fixture(scope="module")
def store(lasting_place: Place) -> Iterator[Store]:
    """A store whose log has 37 entries, some of them written together."""
    opened, count = Store.open(lasting_place.home, lasting_place.url), 0
    while count < LENGTH:
        with opened.write() as unit:
            for _ in range(min(1 + count % 3, LENGTH - count)):
                count = unit.append("refusal", {"number": count}) + 1
    yield opened
    opened.database.close()


@contextmanager
def tampering(store: Store) -> Iterator[Connection]:
    """A connection without the guards, whose changes are gone afterwards."""
    with store.database.engine.connect() as connection:
        disarm(connection)
        yield connection
        connection.rollback()


def check(store: Store, connection: Connection) -> Report:
    return check_ledger(connection, store.keys.ledger_public)


def edited_places(report: Report) -> set[int | None]:
    return {finding.position for finding in report.findings if "was edited" in finding.sentence}


def places(report: Report) -> set[int | None]:
    return {finding.position for finding in report.findings}


def sentences(report: Report) -> list[str]:
    return [finding.sentence for finding in report.findings]


def forged(number: int, at_ms: int, more: int) -> bytes:
    return canonical({"n": number, "kind": "refusal", "at_ms": at_ms, "body": {"number": number + more}})


def instant(connection: Connection, place: int) -> int:
    query = text("SELECT at_ms FROM checkpoints WHERE size = :size")
    return int(connection.execute(query, {"size": place + 1}).scalar_one())


def test_the_untouched_log_is_sound(store: Store) -> None:
    with store.read() as session:
        report = check(store, session.connection())
    assert report.ok and report.entries == LENGTH


COLUMNS = [("ledger", "position", column) for column in ("entry", "leaf_hash", "subtrees")] + [
    ("checkpoints", "size", column) for column in ("root", "signature")
]


@settings(max_examples=100, deadline=None)
@given(where=st.sampled_from(COLUMNS), place=st.integers(0, LENGTH - 1), bit=st.integers(0))
def test_one_flipped_bit_anywhere_in_the_log_is_named(
    store: Store, where: tuple[str, str, str], place: int, bit: int
) -> None:
    table, key, column = where
    number = place + (key == "size")
    with tampering(store) as connection:
        query = text(f"SELECT {column} FROM {table} WHERE {key} = :number")
        flipped = bytearray(connection.execute(query, {"number": number}).scalar_one())
        if not flipped:
            return  # most leaves close no subtree
        bit %= len(flipped) * 8
        flipped[bit // 8] ^= 1 << (bit % 8)
        change = text(f"UPDATE {table} SET {column} = :flipped WHERE {key} = :number")
        connection.execute(change, {"flipped": bytes(flipped), "number": number})
        report = check(store, connection)
    assert places(report) == {place}


@pytest.mark.parametrize("thoroughness", ["entry", "leaf", "hashes", "heads"])
def test_an_edited_entry_is_named(store: Store, thoroughness: str) -> None:
    """Also where leaf hash, all hashes, or all heads (by another key) were made to fit."""
    thief = Ed25519PrivateKey.generate()
    for place in PLACES:
        with tampering(store) as connection:
            entries = entries_of(connection)
            entries[place] = forged(place, instant(connection, place), 1000)
            if thoroughness == "hashes":
                write_anew(connection, entries)
            elif thoroughness == "heads":
                write_anew(connection, entries, lambda size, root, at_ms: thief.sign(root))
            else:
                leaf = ", leaf_hash = :leaf" if thoroughness == "leaf" else ""
                connection.execute(
                    text(f"UPDATE ledger SET entry = :entry{leaf} WHERE position = :place"),
                    {"entry": entries[place], "place": place, "leaf": leaf_hash(entries[place])},
                )
            report = check(store, connection)
        if thoroughness == "heads":  # not one head is signed: every entry is under suspicion
            assert places(report) >= set(range(LENGTH))
            continue
        assert edited_places(report) == {place}
        assert min(found for found in places(report) if found is not None) == place
        if thoroughness == "entry":
            assert places(report) == {place}


@pytest.mark.parametrize("how", ["row", "row and head", "closed", "closed and numbered"])
def test_a_dropped_entry_is_named(store: Store, how: str) -> None:
    for place in PLACES[:-1]:
        with tampering(store) as connection:
            entries = entries_of(connection)
            if how.startswith("row"):
                connection.execute(text("DELETE FROM ledger WHERE position = :place"), {"place": place})
                if how == "row and head":
                    connection.execute(
                        text("DELETE FROM checkpoints WHERE size = :size"), {"size": place + 1}
                    )
            else:
                del entries[place]
                if how == "closed and numbered":
                    entries[place:] = [
                        forged(number, instant(connection, number + 1), 1)
                        for number in range(place, LENGTH - 1)
                    ]
                write_anew(connection, entries)
            report = check(store, connection)
        if how == "closed and numbered":  # nothing tells it from edits up to the end, and a cut there
            assert place in edited_places(report)
            assert f"Entry {LENGTH - 1} was dropped from the ledger." in sentences(report)
        else:
            assert f"Entry {place} was dropped from the ledger." in sentences(report)
        assert min(found for found in places(report) if found is not None) == place


def test_the_last_entries_are_missed(store: Store) -> None:
    for count in (1, 5, LENGTH):
        with tampering(store) as connection:
            first = LENGTH - count
            connection.execute(text("DELETE FROM ledger WHERE position >= :first"), {"first": first})
            report = check(store, connection)
        assert [f"Entry {place} was dropped from the ledger." for place in range(first, LENGTH)] == sentences(
            report
        )[:count]


@pytest.mark.parametrize("rehashed", [False, True])
def test_entries_that_changed_places_are_named(store: Store, rehashed: bool) -> None:
    for one, other in ((0, 1), (3, 4), (7, 30), (35, 36), (0, 36)):
        with tampering(store) as connection:
            entries = entries_of(connection)
            entries[one], entries[other] = entries[other], entries[one]
            if rehashed:
                write_anew(connection, entries)
            else:
                for place in (one, other):
                    connection.execute(
                        text("UPDATE ledger SET entry = :entry WHERE position = :place"),
                        {"entry": entries[place], "place": place},
                    )
            report = check(store, connection)
        assert f"Entry {other} stands in the place of entry {one}: the ledger was reordered." in sentences(
            report
        )
        assert f"Entry {one} stands in the place of entry {other}: the ledger was reordered." in sentences(
            report
        )
        assert not any("dropped from the ledger" in sentence for sentence in sentences(report))


@pytest.mark.parametrize("numbered", [False, True])
def test_an_inserted_entry_is_named(store: Store, numbered: bool) -> None:
    for place in PLACES:
        with tampering(store) as connection:
            entries = entries_of(connection)
            at_ms = instant(connection, place)
            entries.insert(place, forged(place, at_ms, 500))
            if numbered:
                later = range(place + 1, LENGTH + 1)
                entries[place + 1 :] = [
                    forged(number, instant(connection, number - 1), -1) for number in later
                ]
            write_anew(connection, entries)
            report = check(store, connection)
        assert place in edited_places(report)
        assert min(found for found in places(report) if found is not None) == place
        assert f"The signed head after entry {LENGTH} is missing." in sentences(report)


def test_rows_that_were_put_where_none_can_stand_are_noticed(store: Store) -> None:
    added = "INSERT INTO ledger SELECT {place}, entry, leaf_hash, subtrees FROM ledger WHERE position = 3"
    for place in (-1, -(2**40), LENGTH, LENGTH + 5, 2**40):
        with tampering(store) as connection:
            connection.execute(text(added.format(place=place)))
            report = check(store, connection)
        assert not report.ok
        assert any(str(place) in sentence for sentence in sentences(report))


def test_heads_are_checked_one_by_one(store: Store) -> None:
    copied = "INSERT INTO checkpoints SELECT {size}, root, at_ms, signature FROM checkpoints WHERE size = 9"
    for statement, words in {
        "DELETE FROM checkpoints WHERE size = 9": "signed head after entry 8 is missing.",
        "UPDATE checkpoints SET at_ms = at_ms + 1 WHERE size = 9": "signed head after entry 8 was altered.",
        "UPDATE checkpoints SET root = signature WHERE size = 9": "signed head after entry 8 was altered.",
        copied.format(size=0): "belong to no entry",
        copied.format(size=LENGTH + 2): f"Entry {LENGTH} was dropped from the ledger.",
        "UPDATE ledger SET subtrees = leaf_hash WHERE position = 8": "rest with entry 8 were altered.",
        "UPDATE ledger SET subtrees = entry WHERE position = 31": "rest with entry 31 were altered.",
        "UPDATE ledger SET leaf_hash = entry WHERE position = 8": "rest with entry 8 were altered.",
    }.items():
        with tampering(store) as connection:
            connection.execute(text(statement))
            report = check(store, connection)
        assert any(words in sentence for sentence in sentences(report)), statement


def test_findings_about_a_ruined_log_stay_few(store: Store) -> None:
    """Not one finding for each of a million places, and none of them lost."""
    with tampering(store) as connection:
        connection.execute(text("DELETE FROM ledger WHERE position > 3"))
        row = "SELECT 1000000, root, at_ms, signature FROM checkpoints WHERE size = 9"
        connection.execute(text(f"INSERT INTO checkpoints {row}"))
        report = check(store, connection)
    assert "Entries 4 to 999999 were dropped from the ledger." in sentences(report)
    assert len(report.findings) < 20


def test_the_checker_shares_no_code_with_the_writer() -> None:
    folder = Path(consent.ledger.fsck.__file__).parent
    imported = set()
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            imported |= {name for name in names if name.split(".")[0] == "consent"}
    assert imported and all(name.startswith("consent.ledger.fsck") for name in imported)
