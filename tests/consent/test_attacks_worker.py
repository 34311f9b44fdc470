"""Keys sealed to a worker: they open for that worker, that authorisation and that voice, and nothing else."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from acting import codes
from made_registries import BASE, WEIGHTS, Place, a_release, a_request

from consent.errors import KeyStoreError, StoreError
from consent.opening import MOST_WORKERS
from consent.registry import Authorization, Registry
from consent.worker import SealedKey, WorkerKey, open_voice

OPENED = {"weights.safetensors": WEIGHTS, "base.safetensors": BASE}


def sealed_file(place: Place) -> Path:
    return next((place.home / "voices" / "ada").glob("*.sealed"))


def test_a_worker_elsewhere_opens_what_was_sealed_to_it(registry: Registry, place: Place) -> None:
    """With the sealed key as it travels, from the file's path or its bytes, and without a registry."""
    authorization, worker = registry.authorise(a_request()), WorkerKey.generate()
    sealed = registry.seal_for(authorization, worker.public_key)
    arrived = SealedKey.from_json(sealed.to_json())
    assert arrived == sealed
    assert open_voice(arrived, authorization, sealed_file(place), worker) == OPENED
    assert open_voice(arrived, authorization, sealed_file(place).read_bytes(), worker) == OPENED
    logged = registry.ledger_rows()[-1]
    assert (logged.kind, logged.body["worker"]) == ("sealing", sealed.worker)
    assert registry.check_ledger().ok


def test_it_opens_for_no_other_worker_or_authorisation(registry: Registry, place: Place) -> None:
    """Nor when any field of the authorisation is another, the MAC and the id included."""
    authorization, worker = registry.authorise(a_request()), WorkerKey.generate()
    sealed = registry.seal_for(authorization, worker.public_key)
    second = registry.authorise(a_request())
    file = sealed_file(place)
    with pytest.raises(KeyStoreError, match="another authorisation or another worker"):
        open_voice(sealed, authorization, file, WorkerKey.generate())
    with pytest.raises(KeyStoreError, match="another authorisation or another worker"):
        open_voice(sealed, second, file, worker)
    for name in ("id", "voice", "voice_version", "mac"):
        forged = replace(authorization, **{name: getattr(authorization, name) + "x"})
        with pytest.raises(KeyStoreError):
            open_voice(sealed, forged, file, worker)
    swapped = replace(sealed, authorization=second.id)
    with pytest.raises(KeyStoreError):
        open_voice(swapped, second, file, worker)
    assert {field.name for field in fields(SealedKey)} == {"authorization", "worker", "sealed"}


def test_every_bit_of_a_sealed_key_counts(sqlite_registry: Registry, tmp_path: Path) -> None:
    authorization, worker = sqlite_registry.authorise(a_request()), WorkerKey.generate()
    sealed = sqlite_registry.seal_for(authorization, worker.public_key)
    for bit in range(len(sealed.sealed) * 8):
        content = bytearray(sealed.sealed)
        content[bit // 8] ^= 1 << bit % 8
        with pytest.raises(KeyStoreError):
            worker.open(replace(sealed, sealed=bytes(content)), authorization)
    for content in (b"", sealed.sealed[:-1], sealed.sealed + b"\0", sealed.sealed[32:]):
        with pytest.raises(KeyStoreError):
            worker.open(replace(sealed, sealed=content), authorization)
    assert len(worker.open(sealed, authorization)) == 32


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"authorization": "a", "worker": "b"},
        {"authorization": "a", "worker": "b", "sealed": "%"},
        None,
        [],
    ],
)
def test_what_is_no_sealed_key_is_refused(said: object) -> None:
    with pytest.raises(KeyStoreError, match="no sealed key"):
        SealedKey.from_json(said)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33), bytes(32), b"\x01" + bytes(31), "key"])
def test_what_is_no_workers_key_gets_nothing(sqlite_registry: Registry, key: object) -> None:
    """All zeros and one are points of low order: what is sealed to them anybody opens (RFC 7748 §6.1)."""
    authorization = sqlite_registry.authorise(a_request())
    before = sqlite_registry.ledger_head()
    with pytest.raises(KeyStoreError, match="no X25519 public key"):
        sqlite_registry.seal_for(authorization, key)  # type: ignore[arg-type]
    assert sqlite_registry.ledger_head() == before


def test_an_authorisation_goes_to_few_workers(registry: Registry) -> None:
    """Each is logged once, however often it asks; the next one too many is refused, and that is logged."""
    authorization = registry.authorise(a_request())
    workers = [WorkerKey.generate() for _ in range(MOST_WORKERS)]
    for worker in workers + workers:
        assert worker.open(registry.seal_for(authorization, worker.public_key), authorization)
    kinds = [entry.kind for entry in registry.ledger_rows()]
    assert kinds.count("sealing") == MOST_WORKERS
    attempt = WorkerKey.generate()
    assert codes(lambda: registry.seal_for(authorization, attempt.public_key)) == {"too-many-workers"}
    assert registry.ledger_rows()[-1].body["stage"] == "seal"
    assert registry.check_ledger().ok


def test_nothing_is_sealed_once_the_yes_is_gone(registry: Registry, tmp_path: Path) -> None:
    """After the release, after the grant's end, after the voice's."""
    worker = WorkerKey.generate().public_key
    used = registry.authorise(a_request())
    registry.commit(used, a_release(tmp_path))
    assert codes(lambda: registry.seal_for(used, worker)) == {"used-up"}
    authorization = registry.authorise(a_request())
    registry.withdraw("ada", authorization.grant)
    assert "withdrawn" in codes(lambda: registry.seal_for(authorization, worker))
    registry.withdraw("ada")
    assert "withdrawn" in codes(lambda: registry.seal_for(authorization, worker))


def test_a_key_from_before_a_rotation_opens_nothing_after_it(registry: Registry, place: Place) -> None:
    """A worker that kept what it was given has the old data key: the new sealed file is under another."""
    authorization, worker = registry.authorise(a_request()), WorkerKey.generate()
    sealed = registry.seal_for(authorization, worker.public_key)
    registry.keyring.rotate_voice("ada")
    with pytest.raises(KeyStoreError):
        open_voice(sealed, authorization, sealed_file(place), worker)
    anew = registry.seal_for(authorization, worker.public_key)
    assert open_voice(anew, authorization, sealed_file(place), worker) == OPENED


def test_a_sealed_file_that_is_gone_is_said(sqlite_registry: Registry, tmp_path: Path) -> None:
    authorization, worker = sqlite_registry.authorise(a_request()), WorkerKey.generate()
    sealed = sqlite_registry.seal_for(authorization, worker.public_key)
    with pytest.raises(StoreError, match="is gone"):
        open_voice(sealed, authorization, tmp_path / "nowhere", worker)


def test_an_authorisation_of_another_registry_gets_no_key(
    sqlite_registry: Registry, tmp_path: Path, voices: Path
) -> None:
    other = Registry.open(tmp_path / "other")
    other.seed(voices)
    foreign: Authorization = other.authorise(a_request())
    assert codes(lambda: sqlite_registry.seal_for(foreign, WorkerKey.generate().public_key)) == {"forged"}
