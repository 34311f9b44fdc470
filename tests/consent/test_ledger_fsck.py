"""The checker names what was edited, dropped, moved, cut off or forged in the raw database file."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from made_registries import a_release, a_request, grant_terms, voice_folder

from consent.ledger.fsck import Report
from consent.registry import Refused, Registry


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a registry with two dozen entries of every kind, closed, and of its songs."""
    folder = tmp_path_factory.mktemp("life")
    registry = Registry.open(folder / "home")
    registry.seed(voice_folder(folder / "voices"))
    for number in range(6):
        authorization = registry.authorise(a_request(work_digest=f"{number:064x}"))
        (folder / f"song {number}").mkdir()
        registry.commit(authorization, a_release(folder / f"song {number}"))
        granted = registry.grant("ada", grant_terms({"type": "seconds", "at_most": 90.5}), to="cleo")
        with pytest.raises(Refused):
            registry.authorise(a_request(purpose="political"))
    registry.withdraw("ada", granted.id)
    assert registry.check_ledger().ok
    registry.close()
    return folder


@pytest.fixture
def lived(life: Path, tmp_path: Path) -> Path:
    """A copy of that registry's home."""
    shutil.copytree(life / "home", tmp_path / "home")
    return tmp_path / "home"


def raw(home: Path) -> sqlite3.Connection:
    """The raw database file, without the triggers that guard it."""
    connection = sqlite3.connect(home / "registry.db", isolation_level=None)
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    return connection


def check(home: Path) -> Report:
    registry = Registry.open(home)
    report = registry.check_ledger()
    registry.close()
    return report


def named(report: Report) -> set[int | None]:
    return {finding.position for finding in report.findings}


@pytest.mark.parametrize("rehash", [False, True])
@pytest.mark.parametrize("position", [0, 1, 2, 7, 12, -1])
def test_an_edited_entry_is_named_and_no_other(lived: Path, position: int, rehash: bool) -> None:
    connection = raw(lived)
    if position < 0:
        position = connection.execute("SELECT MAX(position) FROM ledger").fetchone()[0]
    entry = connection.execute("SELECT entry FROM ledger WHERE position = ?", (position,)).fetchone()[0]
    data = json.loads(entry)
    data["body"]["voice"] = "eva"
    edited = json.dumps(data, sort_keys=True, separators=(",", ":")).encode()
    connection.execute("UPDATE ledger SET entry = ? WHERE position = ?", (edited, position))
    if rehash:
        leaf = hashlib.sha256(b"\0" + edited).digest()
        connection.execute("UPDATE ledger SET leaf_hash = ? WHERE position = ?", (leaf, position))
    report = check(lived)
    assert named(report) == {position}
    assert f"Entry {position} was edited" in report.findings[0].sentence


@pytest.mark.parametrize("with_head", [False, True])
def test_a_dropped_entry_is_named(lived: Path, with_head: bool) -> None:
    connection = raw(lived)
    connection.execute("DELETE FROM ledger WHERE position = 5")
    if with_head:
        connection.execute("DELETE FROM checkpoints WHERE size = 6")
    report = check(lived)
    assert any(finding.sentence == "Entry 5 was dropped from the ledger." for finding in report.findings)
    assert 6 not in named(report)


def test_a_dropped_entry_whose_gap_was_closed_is_named(lived: Path) -> None:
    connection = raw(lived)
    connection.execute("DELETE FROM ledger WHERE position = 5")
    connection.execute("UPDATE ledger SET position = -position WHERE position > 5")
    connection.execute("UPDATE ledger SET position = -position - 1 WHERE position < 0")
    sentences = [finding.sentence for finding in check(lived).findings]
    assert "Entry 5 was dropped from the ledger." in sentences
    assert "Entry 6 stands in the place of entry 5: the ledger was reordered." in sentences


def test_entries_that_changed_places_are_named(lived: Path) -> None:
    connection = raw(lived)
    for old, new in ((4, -1), (9, 4), (-1, 9)):
        connection.execute("UPDATE ledger SET position = ? WHERE position = ?", (new, old))
    report = check(lived)
    assert named(report) >= {4, 9}
    sentences = [finding.sentence for finding in report.findings]
    assert "Entry 9 stands in the place of entry 4: the ledger was reordered." in sentences
    assert "Entry 4 stands in the place of entry 9: the ledger was reordered." in sentences


def test_an_end_that_was_cut_off_is_noticed(lived: Path) -> None:
    connection = raw(lived)
    last = connection.execute("SELECT MAX(position) FROM ledger").fetchone()[0]
    connection.execute("DELETE FROM ledger WHERE position = ?", (last,))
    connection.execute("DELETE FROM checkpoints WHERE size = ?", (last + 1,))
    assert any("was cut off" in finding.sentence for finding in check(lived).findings)


def test_a_database_set_back_to_an_old_copy_is_noticed(lived: Path) -> None:
    raw(lived).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = (lived / "registry.db").read_bytes()
    registry = Registry.open(lived)
    registry.withdraw("ada", registry.voice("ada").grants[0].id)
    registry.close()
    for file in lived.glob("registry.db*"):
        file.unlink()
    (lived / "registry.db").write_bytes(copy)
    assert any("was cut off" in finding.sentence for finding in check(lived).findings)


def test_a_head_that_another_key_signed_is_named(lived: Path) -> None:
    connection = raw(lived)
    root, at_ms = connection.execute("SELECT root, at_ms FROM checkpoints WHERE size = 4").fetchone()
    (name,) = connection.execute("SELECT value FROM facts WHERE name = 'registry_id'").fetchone()
    body = f"consonance/{name}\n4\n{base64.b64encode(root).decode()}\nat {at_ms}\n".encode()
    for key, found in ((Ed25519PrivateKey.generate(), {3}), (registry_key(lived), set())):
        connection.execute("UPDATE checkpoints SET signature = ? WHERE size = 4", (key.sign(body),))
        assert named(check(lived)) == found


def registry_key(home: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes((home / "keys" / "ledger.ed25519").read_bytes())


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM released_files WHERE position = 1", "record of the release"),
        ("UPDATE released_files SET sha256 = 'x'", "record of the release"),
        ("UPDATE releases SET duration_ms = 1", "record of the release"),
        ("UPDATE renders SET grant_id = 'g'", "record of the release"),
        ("DELETE FROM released_files; DELETE FROM releases", "released a song that is not on record"),
        ("INSERT INTO releases SELECT 'more', render_id, 'a', grant_id, 1, 'p', 1, 99 FROM releases LIMIT 1",
         "is on record and not on the ledger"),
        ("DELETE FROM authorisations", "authorisation of entry"),
        ("UPDATE authorisations SET grant_id = 'g'", "record of the authorisation"),
        ("UPDATE grants SET state = 'active'", "the ledger says otherwise"),
        ("UPDATE grants SET state = 'withdrawn'", "the ledger says otherwise"),
        ("UPDATE grants SET terms = '{}'", "terms of the grant"),
        ("DELETE FROM grants", "grant of entry"),
        ("UPDATE voices SET state = 'withdrawn'", "voice ada is withdrawn on record"),
    ],
)  # fmt: skip
def test_records_that_contradict_the_ledger_are_named(lived: Path, statement: str, words: str) -> None:
    raw(lived).executescript(statement)
    assert any(words in finding.sentence for finding in check(lived).findings)


def test_a_released_file_that_its_owner_changed_or_moved_is_a_notice(lived: Path, life: Path) -> None:
    changed, moved = life / "song 1" / "song.wav", life / "song 2" / "song.wav"
    was = changed.read_bytes()
    changed.write_bytes(b"edited in a studio")
    moved.rename(moved.with_suffix(".moved"))
    report = check(lived)
    changed.write_bytes(was)
    moved.with_suffix(".moved").rename(moved)
    assert report.ok
    assert sorted(notice.split("/")[-2] for notice in report.notices) == ["song 1", "song 2"]


def test_a_thing_that_is_no_ledger_is_reported_not_raised(lived: Path) -> None:
    connection = raw(lived)
    connection.execute("UPDATE ledger SET entry = x'00ff', leaf_hash = x''")
    connection.execute("UPDATE checkpoints SET root = x'01', signature = x''")
    (lived / "ledger.head").write_text("no note", encoding="utf-8")
    report = check(lived)
    assert not report.ok
    assert named(report) >= {None, *range(report.entries)}
