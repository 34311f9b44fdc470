"""New keys in the place of old ones: what was sealed opens, what was vouched for stands, the old keys are
gone."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from made_registries import BASE, WEIGHTS, Place, a_release, a_request, database, grant_terms
from sqlalchemy import text

from consent.errors import KeyStoreError, UnknownName
from consent.key_files import make_key
from consent.macs import covered_tables
from consent.records import Base
from consent.registry import Refused, Registry

OPENED = {"weights.safetensors": WEIGHTS, "base.safetensors": BASE}


def key_files(place: Place) -> set[str]:
    return {str(path.relative_to(place.home / "keys")) for path in (place.home / "keys").rglob("*.*")}


def test_a_voice_opens_under_its_new_keys(registry: Registry, place: Place, voices: Path) -> None:
    """The old key-encryption key, data key and file are gone, and a copy of the old file opens no more."""
    authorization = registry.authorise(a_request())
    sealed_before = next((place.home / "voices" / "ada").glob("*.sealed"))
    stolen = sealed_before.read_bytes()
    elsewhere = place.open()
    for generation in (2, 3):
        assert registry.keyring.rotate_voice("ada") == (authorization.voice_version,)
        assert {name for name in key_files(place) if "voices/" in name} == {f"voices/ada@{generation}.kek"}
        sealed = list((place.home / "voices" / "ada").iterdir())
        assert [path.name for path in sealed] == [f"{authorization.voice_version}@{generation}.sealed"]
        for opened in (registry, elsewhere, place.open()):
            assert opened.unseal(authorization) == OPENED
    sealed[0].write_bytes(stolen)
    with pytest.raises(KeyStoreError):
        registry.unseal(authorization)
    sealed[0].unlink()
    registry.seed(voices)  # a sealed file that is gone comes back under its new key and name
    assert registry.unseal(authorization) == OPENED and sealed[0].exists()
    entries = [entry for entry in registry.ledger_rows() if entry.kind == "key-rotation"]
    assert [entry.body["version"] for entry in entries] == [2, 3]
    assert registry.check_ledger().ok
    elsewhere.close()


def test_a_voice_under_new_keys_is_withdrawn_as_any_other(registry: Registry, place: Place) -> None:
    authorization = registry.authorise(a_request())
    registry.keyring.rotate_voice("ada")
    registry.withdraw("ada")
    assert not list((place.home / "keys" / "voices").iterdir())
    assert not list((place.home / "voices" / "ada").iterdir())
    with pytest.raises(Refused):
        registry.unseal(authorization)
    with pytest.raises(Refused, match="No weights"):
        registry.keyring.rotate_voice("ada")
    with pytest.raises(UnknownName):
        registry.keyring.rotate_voice("../ada")


def test_a_damaged_voice_is_left_as_it_is(registry: Registry, place: Place) -> None:
    sealed = next((place.home / "voices" / "ada").glob("*.sealed"))
    content = bytearray(sealed.read_bytes())
    content[100] ^= 1
    sealed.write_bytes(content)
    before, head = key_files(place), registry.ledger_head()
    with pytest.raises(KeyStoreError):
        registry.keyring.rotate_voice("ada")
    assert key_files(place) == before and sealed.read_bytes() == content
    assert registry.ledger_head() == head


def test_every_mac_is_by_the_new_key(registry: Registry, place: Place) -> None:
    """Grants stand, a damaged one stays damaged, and the song under way may end before the old key goes."""
    under_way = registry.authorise(a_request())
    damaged = registry.grant("ada", grant_terms(), to="eve")
    raw = database(place)
    with raw.begin() as connection:
        connection.execute(text("UPDATE grants SET made_at_ms = 1 WHERE id = :id"), {"id": damaged.id})
    elsewhere = place.open()
    elsewhere.may(a_request())  # has read the old key
    assert registry.keyring.rotate_macs() > 0
    for opened in (registry, elsewhere, place.open()):
        assert opened.may(a_request()).allow
        states = {grant.id: grant.state for grant in opened.voice("ada").grants}
        assert states[damaged.id] == "damaged" and sorted(states.values()) == ["active", "damaged"]
    with raw.connect() as connection:
        old = {
            table.__table__.name: connection.execute(
                text(f"SELECT count(*) FROM {table.__table__.name} WHERE mac LIKE '1:%'")
            ).scalar()
            for table, _, _ in covered_tables()
        }
    assert old.pop("grants") == 1 and not any(old.values())
    assert {"mac-1.hmac", "mac-2.hmac"} <= key_files(place)
    assert elsewhere.authorise(a_request()).mac.startswith("2:")
    registry.commit(under_way, a_release(place.home.parent))
    place.open().close()
    assert "mac-1.hmac" not in key_files(place)
    assert registry.check_ledger().ok
    elsewhere.close()


def test_a_key_that_others_may_know_goes_at_once(registry: Registry, place: Place) -> None:
    under_way = registry.authorise(a_request())
    registry.keyring.rotate_macs(at_once=True)
    assert {name for name in key_files(place) if name.startswith("mac-")} == {"mac-2.hmac"}
    with pytest.raises(Refused):
        registry.unseal(under_way)
    with pytest.raises(Refused):
        registry.commit(under_way, a_release(place.home.parent))
    assert registry.unseal(registry.authorise(a_request())) == OPENED


def test_every_room_with_macs_says_what_they_cover() -> None:
    """`covered_tables` raises for a table of which nobody says it."""
    tables = {table.__table__.name for table, _, _ in covered_tables()}
    named = {table.name for table in Base.metadata.sorted_tables if "mac" in table.columns}
    assert tables == named - {"authorisations"} and "grants" in tables


def test_old_songs_stay_readable_under_a_new_watermark_key(registry: Registry, place: Place) -> None:
    before = registry.watermark_keys()
    assert registry.keyring.rotate_watermark() == 2
    after = place.open().watermark_keys()
    assert after[:1] == before and [version for version, _ in after] == [1, 2]
    assert registry.watermark_keys() == after and len({key for _, key in after}) == 2
    assert registry.ledger_rows()[-1].body == {"key": "watermark", "version": 2}


def test_the_list_of_keys_shows_no_key(registry: Registry, place: Place) -> None:
    registry.keyring.rotate_watermark()
    registry.keyring.rotate_macs()
    registry.keyring.rotate_voice("ada")
    listed = registry.keyring.inventory()
    states = {(key.kind, key.voice, key.version): key.state for key in listed}
    assert states["mac", None, 1] == "destroyed" and states["mac", None, 2] == "current"
    assert states["watermark", None, 1] == "kept" and states["watermark", None, 2] == "current"
    assert states["voice", "ada", 2] == "current" and ("voice", "ada", 1) not in states
    said = repr(listed)
    for path in (place.home / "keys").rglob("*"):
        if path.is_file():
            assert path.read_bytes().hex()[:16] not in said
    assert len({key.fingerprint for key in listed}) == len(listed)


@pytest.mark.parametrize("name", ["mac-1.hmac", "watermark-1.key"])
def test_a_key_that_was_exchanged_is_noticed(sqlite_registry: Registry, tmp_path: Path, name: str) -> None:
    """Another key under the same name, and no key at all."""
    path = tmp_path / "home" / "keys" / name
    path.unlink()
    make_key(path)
    with pytest.raises(KeyStoreError, match="or is another"):
        Registry.open(tmp_path / "home")


def test_a_rotation_leaves_expiry_alone(sqlite_registry: Registry) -> None:
    """The fields of an authorisation under way are still covered, by the key that is kept for it."""
    under_way = sqlite_registry.authorise(a_request())
    sqlite_registry.keyring.rotate_macs()
    assert sqlite_registry.unseal(under_way) == OPENED
    for forged in (
        replace(under_way, expires_at=under_way.expires_at + timedelta(hours=1)),
        replace(under_way, mac="2" + under_way.mac[1:]),
    ):
        with pytest.raises(Refused):
            sqlite_registry.unseal(forged)


def test_songs_go_on_while_every_key_is_renewed(registry: Registry, place: Place, tmp_path: Path) -> None:
    """Others, who know nothing of it, authorise, open and release without a pause and without a refusal."""
    singers, done, failed = 3, threading.Event(), []
    songs = [0] * singers

    def sing(number: int) -> None:
        opened = place.open()
        folder = tmp_path / f"singer {number}"
        folder.mkdir()
        try:
            while not (songs[number] and done.is_set()):
                authorization = opened.authorise(a_request(work_digest=f"{number:02x}{songs[number]:062x}"))
                assert opened.unseal(authorization) == OPENED
                opened.commit(authorization, a_release(folder, f"song {songs[number]}"))
                songs[number] += 1
        except BaseException as error:
            failed.append(error)
        finally:
            opened.close()

    threads = [threading.Thread(target=sing, args=(number,)) for number in range(singers)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        registry.keyring.rotate_voice("ada")
        registry.keyring.rotate_macs()
        registry.keyring.rotate_ledger_key()
        registry.keyring.rotate_watermark()
    done.set()
    for thread in threads:
        thread.join()
    assert failed == [] and sum(songs) >= singers
    report = place.open().check_ledger()
    assert report.ok, report.findings
    assert len(list(tmp_path.glob("singer */*.wav"))) == sum(songs)
