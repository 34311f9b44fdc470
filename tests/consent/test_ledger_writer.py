"""The ledger's writer: it goes on only from what it wrote itself, and does so quickly."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from forged_ledgers import disarm, entries_of, write_anew
from made_registries import Place, database
from sqlalchemy import text

from consent.errors import StoreError
from consent.ledger.fsck import check_ledger
from consent.store import HEAD_FILE, Store


@pytest.fixture
def store(place: Place) -> Store:
    """A store whose log has a few entries, on each database in turn."""
    return a_store(place)


def a_store(place: Place) -> Store:
    opened = Store.open(place.home, place.url)
    for number in range(3):
        with opened.write() as unit:
            for part in range(number + 1):
                unit.append("refusal", {"number": number, "part": part})
    return opened


def size_of(store: Store) -> int:
    with store.read() as session:
        return int(session.execute(text("SELECT COUNT(*) FROM ledger")).scalar_one())


def is_sound(store: Store) -> bool:
    with store.read() as session:
        return check_ledger(session.connection(), store.keys.ledger_public).ok


def test_a_unit_that_fails_leaves_no_entry(store: Store, place: Place) -> None:
    before, head = size_of(store), (place.home / HEAD_FILE).read_bytes()
    with pytest.raises(RuntimeError), store.write() as unit:
        assert unit.append("refusal", {}) == before
        raise RuntimeError
    assert size_of(store) == before and (place.home / HEAD_FILE).read_bytes() == head
    with store.write() as unit:
        assert unit.append("refusal", {}) == before
    assert is_sound(store)


def test_a_kind_that_nobody_declared_is_not_logged(store: Store) -> None:
    with pytest.raises(ValueError, match="unknown ledger kind"), store.write() as unit:
        unit.append("rumour", {})


def test_many_writers_make_one_log(store: Store, place: Place) -> None:
    before, writers = (
        size_of(store),
        [store, Store.open(place.home, place.url), Store.open(place.home, place.url)],
    )

    def write(writer: Store) -> None:
        for number in range(8):
            with writer.write() as unit:
                unit.append("refusal", {"number": number})

    threads = [threading.Thread(target=write, args=(writer,)) for writer in (*writers, *writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert size_of(store) == before + 48 and is_sound(store)
    assert (place.home / HEAD_FILE).read_text(encoding="utf-8").split("\n")[1] == str(before + 48)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE checkpoints SET signature = root WHERE size = 6", "not signed by this registry"),
        ("UPDATE checkpoints SET at_ms = at_ms + 1 WHERE size = 6", "not signed by this registry"),
        ("UPDATE ledger SET subtrees = x'' WHERE position = 5", "lacks entry 5"),
        (
            "UPDATE ledger SET subtrees = leaf_hash WHERE position = 5",
            "do not lead to its newest signed head",
        ),
        ("DELETE FROM ledger WHERE position = 3", "lacks entry 3"),
        ("DELETE FROM checkpoints WHERE size = 6", "set back or rewritten"),
        ("DELETE FROM checkpoints", "set back or rewritten"),
    ],
)
def test_nothing_is_written_on_top_of_a_damaged_log(tmp_path: Path, statement: str, words: str) -> None:
    place = Place(tmp_path / "home", None)
    a_store(place).database.close()
    with database(place).begin() as connection:
        disarm(connection)
        connection.execute(text(statement))
    fresh = Store.open(place.home, place.url)
    before = size_of(fresh)
    with pytest.raises(StoreError, match=words), fresh.write() as unit:
        unit.append("refusal", {})
    assert size_of(fresh) == before


def test_a_writer_notices_what_happened_behind_its_back(store: Store, place: Place) -> None:
    """It remembers the right edge, and believes it only where the database's last head is still its own."""
    with database(place).begin() as connection:
        entries = entries_of(connection)
        forger = Ed25519PrivateKey.generate()
        write_anew(
            connection,
            [*entries[:-1], entries[-1].replace(b'"part":2', b'"part":7')],
            lambda *_: forger.sign(b""),
        )
    with pytest.raises(StoreError, match="not signed by this registry"), store.write() as unit:
        unit.append("refusal", {})


def test_rows_behind_the_last_head_are_never_covered_by_a_signature(store: Store, place: Place) -> None:
    with database(place).begin() as connection:
        disarm(connection)
        connection.execute(
            text("INSERT INTO ledger SELECT 6, entry, leaf_hash, subtrees FROM ledger WHERE position = 0")
        )
    with pytest.raises(Exception, match=r"UNIQUE|unique|append-only"), store.write() as unit:
        unit.append("refusal", {})


def test_a_kept_head_that_a_power_cut_left_empty_hinders_nobody(store: Store, place: Place) -> None:
    (place.home / HEAD_FILE).write_bytes(b"")
    with Store.open(place.home, place.url).write() as unit:
        place_of_entry = unit.append("refusal", {})
    assert (place.home / HEAD_FILE).read_text(encoding="utf-8").split("\n")[1] == str(place_of_entry + 1)


def test_a_copy_brought_back_on_purpose_goes_on_once_the_kept_head_is_moved_away(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "home", None)
    with store.write() as unit:
        unit.append("refusal", {})
    store.database.scrub()
    shutil.copy(tmp_path / "home" / "registry.db", tmp_path / "copy.db")
    with store.write() as unit:
        unit.append("refusal", {})
    store.database.close()
    for file in (tmp_path / "home").glob("registry.db*"):
        file.unlink()
    shutil.copy(tmp_path / "copy.db", tmp_path / "home" / "registry.db")
    store = Store.open(tmp_path / "home", None)
    with pytest.raises(StoreError, match="move that file away"), store.write() as unit:
        unit.append("refusal", {})
    (tmp_path / "home" / HEAD_FILE).rename(tmp_path / "lost.note")
    with store.write() as unit:
        assert unit.append("refusal", {}) == 1
