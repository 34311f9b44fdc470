"""kill -9 at every step of a key rotation: the next opening settles it, and the voice opens."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from killed_rotation import rotate
from made_registries import BASE, WEIGHTS, Place, a_request, processes, voice_folder

STRIDES = {"voice": 3, "macs": 7, "ledger": 3, "watermark": 5, "credentials": 3}
"""Every so many touches one is killed; on PostgreSQL, where the same code runs, every forty-first."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("what", STRIDES)
def test_a_rotation_that_is_killed_leaves_a_registry_that_works(
    place: Place, tmp_path: Path, what: str
) -> None:
    first = place.open()
    first.seed(voice_folder(tmp_path / "voices"))
    under_way = first.authorise(a_request())
    first.credentials.signer()
    first.close()
    outcomes = []
    for touches, tried in tries(place, what):
        process = processes().Process(target=rotate, args=(what, touches, tried))
        process.start()
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL)
        registry = tried.open()
        opened = registry.unseal(under_way)
        assert opened == {"weights.safetensors": WEIGHTS, "base.safetensors": BASE}, touches
        assert registry.unseal(registry.authorise(a_request())) == opened, touches
        assert [grant.state for grant in registry.voice("ada").grants] == ["active"], touches
        assert len(list((tried.home / "voices" / "ada").iterdir())) == 1, touches
        assert len(list((tried.home / "keys" / "voices").glob("*.kek"))) == 1, touches
        logged = {
            (entry.body["key"], entry.body["version"])
            for entry in registry.ledger_rows()
            if entry.kind == "key-rotation"
        }
        assert len(list((tried.home / "keys").glob("ledger*.ed25519"))) == 1, touches
        for key in registry.keyring.inventory():
            assert key.version == 1 or (key.kind, key.version) in logged, touches
        signers = [key for key in registry.keyring.inventory() if key.kind == "credentials"]
        assert [key.state for key in signers] == ["kept"] * (len(signers) - 1) + ["current"], touches
        assert registry.credentials.signer().chain and registry.credentials.faults() == [], touches
        older = [tried.home / "keys" / f"credentials-{key.version}.p256" for key in signers[:-1]]
        assert not any(secret.exists() for secret in older), touches
        report = registry.check_ledger()
        assert report.ok, (touches, report.findings)
        registry.close()
        outcomes.append((process.exitcode != 0, bool(logged)))
        if process.exitcode == 0:
            break
    assert outcomes[0] == (True, False) and outcomes[-1] == (False, True)
    assert (True, True) in outcomes or place.url or what == "watermark"


def tries(place: Place, what: str) -> Iterator[tuple[int, Place]]:
    """After how many touches to kill, and where: SQLite's home is copied afresh for each."""
    if place.url is not None:
        yield from ((touches, place) for touches in range(0, 2000, 41))
        return
    for touches in range(0, 1500, STRIDES[what]):
        home = place.home.with_name(f"home {touches}")
        shutil.copytree(place.home, home)
        yield touches, Place(home, None)
