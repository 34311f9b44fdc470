"""The signer of content credentials gives way to the next: by hand, and by itself before it ends."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID
from made_registries import Place

from consent.certificates import RENEWED_BEFORE, ROOT_YEARS, SIGNER_YEARS, BoughtChain, Certificates
from consent.credentials import Credentials
from consent.credentials_signing import sign_credentials
from consent.errors import KeyStoreError
from consent.key_files import shred
from consent.registry import Registry
from tests.consent.made_chains import KEYS, Authority, bought_chain
from tests.consent.signed_files import sound_file, statement


def of_registry(place: Place) -> Certificates:
    """The registry's certificates, for what no registry does: to make them in the past."""
    return Certificates(place.home / "keys", "consonance/test")


def signed(registry: Registry, path: Path, bought: BoughtChain | None = None) -> Path:
    sign_credentials(sound_file(path), statement(), registry.credentials.signer(bought))
    return path


def read(registry: Registry, path: Path) -> Credentials:
    found = registry.credentials.read(path)
    assert found is not None
    return found


def states(registry: Registry, bought: BoughtChain | None = None) -> dict[tuple[str, int], str]:
    listed = registry.keyring.inventory(bought)
    return {(key.kind, key.version): key.state for key in listed if key.kind.startswith("credentials")}


def test_what_the_old_signer_signed_stays_trusted(registry: Registry, place: Place, tmp_path: Path) -> None:
    assert states(registry) == {}
    before = signed(registry, tmp_path / "before.wav")
    assert registry.keyring.rotate_credentials() == 2
    after = signed(registry, tmp_path / "after.wav")
    elsewhere = place.open()
    for opened in (registry, elsewhere):
        assert [read(opened, path).state for path in (before, after)] == ["trusted", "trusted"]
    assert states(registry) == {
        ("credentials-root", 1): "current", ("credentials", 1): "kept", ("credentials", 2): "current",
    }  # fmt: skip
    assert not (place.home / "keys" / "credentials-1.p256").exists()
    listed = {(key.kind, key.version): key for key in registry.keyring.inventory()}
    entry = [entry for entry in registry.ledger_rows() if entry.kind == "key-rotation"][-1]
    named = listed["credentials", 2].fingerprint
    assert entry.body == {"key": "credentials", "version": 2, "certificate": named}
    assert registry.credentials.signer().certificate.fingerprint(SHA256()).hex() == named
    assert listed["credentials", 1].retired_at == listed["credentials", 2].made_at
    assert registry.check_ledger().ok
    elsewhere.close()


def test_a_signer_that_ends_soon_is_renewed_by_the_next_song(registry: Registry, place: Place) -> None:
    """Once, however many ask; and it is on the ledger as any other renewal."""
    lasts = timedelta(days=365.25 * SIGNER_YEARS)
    ending = datetime.now(UTC) + RENEWED_BEFORE - timedelta(days=1) - lasts
    of_registry(place).signer(now=ending)
    opened = [place.open() for _ in range(4)]
    chains: list[bytes] = []
    threads = [
        threading.Thread(target=lambda one=one: chains.append(one.credentials.signer().chain))
        for one in opened
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(chains) == 4 and len(set(chains)) == 1
    assert states(registry)["credentials", 2] == "current" and ("credentials", 3) not in states(registry)
    renewals = [entry.body["key"] for entry in registry.ledger_rows() if entry.kind == "key-rotation"]
    assert renewals == ["credentials"]
    for one in opened:
        one.close()


def test_without_the_roots_key_the_signer_goes_on_until_it_ends(
    registry: Registry, place: Place, tmp_path: Path
) -> None:
    lasts = timedelta(days=365.25 * SIGNER_YEARS)
    ending = datetime.now(UTC) + timedelta(days=100)
    of_registry(place).signer(now=ending - lasts)
    (place.home / "keys" / "credentials-root.p256").rename(tmp_path / "in a safe")
    song = signed(registry, tmp_path / "song.wav")
    assert read(registry, song).state == "trusted" and ("credentials", 2) not in states(registry)
    (warned,) = registry.credentials.faults()
    assert warned.usable and "root's key is gone" in warned.sentence
    (ended,) = registry.credentials.faults(now=ending + timedelta(days=1))
    assert not ended.usable
    (tmp_path / "in a safe").rename(place.home / "keys" / "credentials-root.p256")
    assert registry.credentials.faults() == []
    registry.credentials.signer()
    assert states(registry)["credentials", 2] == "current"


def test_numbers_are_never_given_twice(registry: Registry, place: Place, tmp_path: Path) -> None:
    """Where somebody moved the certificates away, new ones are made; their renewal finds a new number."""
    registry.credentials.signer()
    registry.keyring.rotate_credentials()
    registry.keyring.rotate_credentials()
    for path in (place.home / "keys").glob("credentials-*"):
        path.rename(tmp_path / path.name)
    again = place.open()
    song = signed(again, tmp_path / "again.wav")
    assert read(again, song).state == "trusted"
    assert again.keyring.rotate_credentials() == 4
    assert again.check_ledger().ok
    again.close()


def test_a_bought_certificate_signs_in_its_place(registry: Registry, tmp_path: Path) -> None:
    registry.credentials.signer()
    chain = bought_chain(tmp_path, KEYS["Es256"]())
    song = signed(registry, tmp_path / "song.wav", chain)
    assert states(registry, chain) == {
        ("credentials-root", 1): "current", ("credentials", 1): "kept", ("credentials-bought", 1): "current",
    }  # fmt: skip
    assert states(registry)["credentials-bought", 1] == "kept"
    registry.keyring.rotate_credentials()
    assert read(registry, song).state == "trusted"
    assert states(registry, chain)["credentials-bought", 1] == "current"


def test_faults_are_said_before_they_keep_songs_from_being_signed(
    registry: Registry, place: Place, tmp_path: Path
) -> None:
    door, now = registry.credentials, datetime.now(UTC)
    assert door.faults() == [] and not list((place.home / "keys").glob("credentials-*"))
    door.signer()
    assert door.faults() == []
    chain = bought_chain(tmp_path, KEYS["Es256"](), days=90)  # from a day ago
    files = (chain.chain, chain.key)
    chain.key.chmod(0o600)
    assert door.faults(files) == [] == door.faults(files, now + timedelta(days=58))
    (soon,) = door.faults(files, now + timedelta(days=60))
    assert soon.usable and "ends" in soon.sentence and soon.remedy
    (ended,) = door.faults(files, now + timedelta(days=90))
    assert not ended.usable and "not valid now" in ended.sentence
    chain.key.chmod(0o644)
    (open_to_all,) = door.faults(files)
    assert open_to_all.usable and "read by others" in open_to_all.sentence
    (missing,) = door.faults((tmp_path / "nothing.pem", chain.key))
    assert not missing.usable and "cannot be read" in missing.sentence
    last_year = now + timedelta(days=365.25 * ROOT_YEARS - 300)
    (root,) = door.faults(now=last_year)
    assert root.usable and root.sentence.startswith("The root")
    shred(place.home / "keys" / "credentials-1.p256")
    (lost,) = door.faults()
    assert not lost.usable and "gone" in lost.sentence


def test_a_chain_that_no_reader_accepts_is_said_before_anybody_sings(
    registry: Registry, tmp_path: Path
) -> None:
    """One for web servers, and one whose authority did not issue it."""
    for_servers = bought_chain(tmp_path, KEYS["Es256"](), usages=(ExtendedKeyUsageOID.SERVER_AUTH,))
    with pytest.raises(KeyStoreError, match=r"would not be accepted: .*certificate is invalid"):
        registry.credentials.signer(for_servers)
    chain = bought_chain(tmp_path, KEYS["Es256"]())
    end = b"-----END CERTIFICATE-----\n"
    chain.chain.write_bytes(chain.chain.read_bytes().partition(end)[0] + end + Authority().pem)
    for _ in range(2):
        with pytest.raises(KeyStoreError, match=r"would not be accepted: signingCredential\.untrusted"):
            registry.credentials.signer(chain)
    (fault,) = registry.credentials.faults((chain.chain, chain.key))
    assert not fault.usable and "issued by the next one" in fault.remedy


def test_a_damaged_certificate_does_not_keep_an_owner_from_withdrawing(
    registry: Registry, place: Place
) -> None:
    registry.credentials.signer()
    (place.home / "keys" / "credentials-1.pem").write_bytes(b"\0" * 100)
    opened = place.open()
    (fault,) = opened.credentials.faults()
    assert not fault.usable and "damaged" in fault.sentence
    opened.withdraw("ada")
    assert opened.voice("ada").state == "withdrawn"
    opened.close()
