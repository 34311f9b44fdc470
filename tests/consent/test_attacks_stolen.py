"""A store that was copied: without its keys it is noise, and the keys without it open nothing."""

from __future__ import annotations

import math
import shutil
import zlib
from collections import Counter
from pathlib import Path

import pytest
from made_registries import BASE, WEIGHTS, Place, a_request, database, voice_folder
from sqlalchemy import text

from consent.errors import ConsentError, KeyStoreError
from consent.keys import KeyStore, decrypt
from consent.registry import Registry
from consent.sealing import read_sealed


@pytest.fixture
def stolen(registry: Registry, place: Place) -> Path:
    """A copy of the home folder, keys and all; `place.home` is the original."""
    registry.authorise(a_request())
    registry.close()
    return Path(shutil.copytree(place.home, place.home.with_name("stolen")))


def test_a_database_with_sealed_voices_opens_nothing(place: Place, stolen: Path, tmp_path: Path) -> None:
    """Without `keys`, with keys of one's own, and with all keys but the voice's."""
    shutil.rmtree(stolen / "keys")
    with pytest.raises(KeyStoreError, match="not those of this registry"):
        Registry.open(stolen, place.url)
    shutil.rmtree(stolen / "keys")
    other = Registry.open(tmp_path / "own")
    other.seed(voice_folder(tmp_path / "voices"))
    other.close()
    shutil.copytree(tmp_path / "own" / "keys", stolen / "keys")
    with pytest.raises(KeyStoreError, match="not those of this registry"):
        Registry.open(stolen, place.url)
    shutil.rmtree(stolen / "keys")
    shutil.copytree(place.home / "keys", stolen / "keys")
    shutil.copy(tmp_path / "own" / "keys" / "voices" / "ada.kek", stolen / "keys" / "voices" / "ada.kek")
    opened = Registry.open(stolen, place.url)
    with pytest.raises(KeyStoreError, match="does not open with its key"):
        opened.unseal(opened.authorise(a_request()))


@pytest.mark.parametrize("lost", ["registry.db", "voices"])
def test_keys_without_what_they_lock_open_nothing(
    sqlite_registry: Registry, tmp_path: Path, lost: str
) -> None:
    """Of a home folder without its database, or without the sealed weights."""
    authorization = sqlite_registry.authorise(a_request())
    sqlite_registry.close()
    home = tmp_path / "home"
    for path in home.glob(f"{lost}*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(ConsentError):
        Registry.open(home).unseal(authorization)


def test_a_backup_from_before_the_withdrawal_opens_nothing(
    place: Place, stolen: Path, tmp_path: Path
) -> None:
    """The backup holds database and sealed weights as they were; the keys are kept apart, and are gone."""
    with database(place).connect() as connection:
        wrapped = connection.execute(text("SELECT wrapped_key FROM voice_versions")).scalar()
    registry = place.open()
    registry.withdraw("ada")
    assert not list((place.home / "keys" / "voices").iterdir())
    sealed = next((stolen / "voices" / "ada").glob("*.sealed"))
    keys = KeyStore(place.home / "keys")
    for voice in ("ada", "ada@2", ""):
        with pytest.raises(KeyStoreError):
            keys.unwrap(voice, sealed.stem, bytes(wrapped))
    for path in (place.home / "keys").glob("*.*"):
        for key in (path.read_bytes(), bytes(wrapped)[-32:], bytes(wrapped)[4:36]):
            with pytest.raises(KeyStoreError):
                read_sealed(sealed, key, "ada", sealed.stem)
    if place.url is None:
        shutil.rmtree(stolen / "keys")
        shutil.copytree(place.home / "keys", stolen / "keys")
        with pytest.raises(KeyStoreError, match="is gone"):
            opened = Registry.open(stolen)
            opened.unseal(opened.authorise(a_request()))


def test_no_weights_and_no_keys_lie_in_what_is_copied(place: Place, stolen: Path) -> None:
    """Not in any file, the database's own and its log included, nor any key's bytes outside `keys`."""
    secrets = [path.read_bytes() for path in (place.home / "keys").rglob("*") if path.is_file()]
    secrets += [WEIGHTS[:16], BASE[:16]]
    with database(place).connect() as connection:
        wrapped = bytes(connection.execute(text("SELECT wrapped_key FROM voice_versions")).scalar_one())
        if place.url:
            rows = connection.execute(text("SELECT CAST(voice_versions AS TEXT) FROM voice_versions"))
            assert not [row for row in rows for secret in secrets if secret.hex() in str(row)]
    sealed = next((stolen / "voices" / "ada").glob("*.sealed"))
    voice_key = (place.home / "keys" / "voices" / "ada.kek").read_bytes()
    secrets.append(decrypt(voice_key, wrapped[4:], "ada", sealed.stem))
    for path in stolen.rglob("*"):
        if path.is_file() and (stolen / "keys") not in path.parents:
            content = path.read_bytes()
            assert not [secret for secret in secrets if secret in content], path.name


def test_a_sealed_voice_has_no_structure(sqlite_registry: Registry, tmp_path: Path, voices: Path) -> None:
    """As many ones as zeros, every byte as often, nothing to compress, no mark, no two alike; of weights that
    are one byte over and over."""
    (voices / "ada" / "weights.safetensors").write_bytes(bytes(1 << 20))
    sqlite_registry.seed(voices)
    path = next((tmp_path / "home" / "voices" / "ada").glob("*.sealed"))
    sealed = path.read_bytes()
    bits = len(sealed) * 8
    ones = int.from_bytes(sealed, "big").bit_count()
    assert abs(ones - bits / 2) < 6 * math.sqrt(bits) / 2
    counts = Counter(sealed)
    expected = len(sealed) / 256
    chi_squared = sum((counts[byte] - expected) ** 2 / expected for byte in range(256))
    assert 255 - 6 * math.sqrt(2 * 255) < chi_squared < 255 + 6 * math.sqrt(2 * 255)
    assert len(zlib.compress(sealed, 9)) >= len(sealed)
    for mark in (b"CONS", b"safetensors", b"{", b"weights"):
        assert not sealed.startswith(mark)
    assert len({sealed[at : at + 16] for at in range(0, len(sealed) - 15, 16)}) == len(sealed) // 16
    sqlite_registry.keyring.rotate_voice("ada")
    again = next((tmp_path / "home" / "voices" / "ada").glob("*.sealed")).read_bytes()
    same = sum(a == b for a, b in zip(sealed, again, strict=True))
    assert len(again) == len(sealed) and abs(same - expected) < 6 * math.sqrt(expected)


def test_every_bit_of_a_sealed_voice_counts(sqlite_registry: Registry, tmp_path: Path) -> None:
    """One bit changed anywhere, a byte more or less: it does not open."""
    authorization = sqlite_registry.authorise(a_request())
    path = next((tmp_path / "home" / "voices" / "ada").glob("*.sealed"))
    sealed = path.read_bytes()
    changed = [bytearray(sealed) for _ in range(60)]
    for number, content in enumerate(changed):
        content[number * (len(sealed) - 1) // 59] ^= 1 << number % 8
    for content in (*map(bytes, changed), sealed[:-1], sealed + b"\0", b"", sealed[1:], sealed[:12]):
        path.write_bytes(content)
        with pytest.raises(KeyStoreError):
            sqlite_registry.unseal(authorization)
    path.write_bytes(sealed)
    assert sqlite_registry.unseal(authorization)["weights.safetensors"] == WEIGHTS
