"""A new key for the ledger's heads: handed over by the old one, followed by every checker, and no other."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from made_registries import Place, a_release, a_request

from consent.errors import KeyStoreError
from consent.key_files import make_key
from consent.ledger.errors import AnotherLog, ProofError, ProofFormatError
from consent.ledger.fsck import check_ledger
from consent.ledger.log_keys import LogKeys
from consent.ledger.notes import COSIGNATURE, ED25519, SignedNote, VerifierKey
from consent.ledger.proof import verify_proof
from consent.ledger.witness import Witness, WitnessKey
from consent.receipts.signing import ReceiptError, check_receipt
from consent.registry import Registry


def test_every_head_is_signed_with_the_key_of_its_time(registry: Registry, place: Place) -> None:
    """Through two renewals, in a process that knows nothing of them, after a restart; old keys are gone."""
    elsewhere = place.open()
    registry.authorise(a_request())
    first = registry.proofs.public_keys
    for version in (2, 3):
        assert registry.keyring.rotate_ledger_key() == version
        for opened in (elsewhere, registry, place.open()):
            opened.authorise(a_request())
            report = opened.check_ledger()
            assert report.ok, report.findings
        privates = [path.name for path in (place.home / "keys").glob("ledger*.ed25519")]
        assert privates == [f"ledger-{version}.ed25519"]
    keys = registry.proofs.public_keys
    assert elsewhere.proofs.public_keys == keys == place.open().proofs.public_keys
    assert keys.renewed[0][0] == first.newest and len(keys.renewed) == 2
    assert LogKeys.parse(str(keys)) == keys
    states = {key.version: key.state for key in registry.keyring.inventory() if key.kind == "ledger"}
    assert states == {1: "destroyed", 2: "destroyed", 3: "current"}
    rotations = [entry for entry in registry.ledger_rows() if entry.kind == "key-rotation"]
    assert [last for _, last in keys.renewed] == [entry.position + 1 for entry in rotations]
    elsewhere.close()


def test_no_other_key_is_followed(sqlite_registry: Registry) -> None:
    """The checker takes the keys that it is given, in order, and what the ledger says of each change."""
    sqlite_registry.authorise(a_request())
    sqlite_registry.keyring.rotate_ledger_key()
    sqlite_registry.authorise(a_request())
    keys = sqlite_registry.proofs.public_keys.in_order()
    (first, last), (second, _) = keys
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with sqlite_registry._store.read() as session:
        connection = session.connection()
        assert check_ledger(connection, keys).ok
        for wrong in (
            first,
            second,
            [(second, last), (first, None)],
            [(first, last), (stranger, None)],
            [(stranger, last), (second, None)],
            [(first, (last or 0) - 1), (second, None)],
            [(first, (last or 0) + 1), (second, None)],
            [(first, last), (stranger, (last or 0) + 1), (second, None)],
        ):
            assert not check_ledger(connection, wrong).ok, wrong


def test_a_handover_that_the_registry_did_not_make_is_named(sqlite_registry: Registry) -> None:
    """An entry that names a key which is not in the registry's own list."""
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    with sqlite_registry._store.write() as unit:
        unit.append("key-rotation", {"key": "ledger", "version": 2, "public_key": stranger})
    assert any("hands the ledger over" in found.sentence for found in sqlite_registry.check_ledger().findings)


def test_proofs_from_before_and_after_verify_offline(registry: Registry, tmp_path: Path) -> None:
    """With the list of keys both; with one key only what it signed."""
    released = []
    for name in ("before", "after"):
        record = registry.commit(registry.authorise(a_request()), a_release(tmp_path, name))
        proof = registry.proofs.of_file(record.files[-1].sha256)
        released.append((proof, hashlib.sha256((tmp_path / f"{name}.wav").read_bytes()).hexdigest(), name))
        if name == "before":
            registry.keyring.rotate_ledger_key()
    released = [(registry.proofs.of_file(sha256), sha256, name) for _, sha256, name in released]
    keys = registry.proofs.public_keys
    for proof, sha256, name in released:
        assert verify_proof(proof, keys, sha256).voice == "ada"
        assert verify_proof(proof, str(keys), sha256).voice == "ada"
        right, wrong = keys.renewed[0][0], keys.newest
        if name == "after":
            right, wrong = wrong, right
        assert verify_proof(proof, right, sha256).voice == "ada"
        with pytest.raises(ProofError):
            verify_proof(proof, wrong, sha256)


def test_an_old_key_signs_no_new_head(registry: Registry) -> None:
    """Whoever got hold of a renewed key cannot speak for the entries after it."""
    old = registry._store.ledger.signing_key
    registry.authorise(a_request())
    registry.keyring.rotate_ledger_key()
    registry.authorise(a_request())
    keys = registry.proofs.public_keys
    head = registry.ledger_head()
    assert head is not None
    from consent.ledger.checkpoint import open_head
    from consent.ledger.notes import sign

    text = SignedNote.parse(head.note).text
    assert open_head(SignedNote.parse(head.note), keys).size == head.size
    with pytest.raises(AnotherLog):
        open_head(SignedNote(text, (sign(head.origin, old, text),)), keys)


def test_receipts_from_before_and_after_hold(registry: Registry) -> None:
    registry.withdraw("ada", registry.voice("ada").grants[0].id)
    before = [receipt.document for receipt in registry.receipts.of()]
    registry.keyring.rotate_ledger_key()
    registry.withdraw("ada")
    after = [receipt.document for receipt in registry.receipts.of()][len(before) :]
    assert before and after
    keys = registry.proofs.public_keys
    for document in before + after:
        assert registry.receipts.check(document)
    for document, wrong in ((before[0], keys.newest.public), (after[-1], keys.renewed[0][0].public)):
        with pytest.raises(ReceiptError):
            check_receipt(document, wrong)
    assert {receipt.state for receipt in registry.receipts.of()} == {"intact"}


def test_a_witness_follows_a_key_that_it_is_shown(sqlite_registry: Registry, tmp_path: Path) -> None:
    """Of the registry's list, in which the key that it knows signed what it saw; of no other list."""
    witness = Witness(WitnessKey.make("witness.example.org", tmp_path / "witness"), tmp_path / "state")

    def note() -> SignedNote:
        head = sqlite_registry.ledger_head()
        assert head is not None
        return SignedNote.parse(head.note)

    first = sqlite_registry.ledger_head()
    assert first is not None
    witness.cosign(note(), None, sqlite_registry.proofs.public_keys)
    sqlite_registry.keyring.rotate_ledger_key()
    sqlite_registry.authorise(a_request())
    second = sqlite_registry.ledger_head()
    assert second is not None
    proof = sqlite_registry.proofs.consistency(first.size, second.size)
    keys = sqlite_registry.proofs.public_keys
    with pytest.raises(AnotherLog):
        witness.cosign(note(), proof)
    with pytest.raises(AnotherLog):
        witness.cosign(note(), proof, LogKeys(keys.newest))
    assert len(witness.cosign(note(), proof, keys).signatures) == 2
    sqlite_registry.authorise(a_request())
    third = sqlite_registry.ledger_head()
    assert third is not None
    assert witness.cosign(note(), sqlite_registry.proofs.consistency(second.size, third.size))


def test_a_public_key_that_is_gone_is_said(sqlite_registry: Registry, tmp_path: Path) -> None:
    sqlite_registry.keyring.rotate_ledger_key()
    public = tmp_path / "home" / "keys" / "ledger-1.pub"
    content = public.read_text()
    public.write_text("nonsense")
    with pytest.raises(KeyStoreError, match="damaged"):
        Registry.open(tmp_path / "home")
    public.unlink()
    with pytest.raises(KeyStoreError, match="is gone"):
        Registry.open(tmp_path / "home")
    public.write_text(content)
    assert Registry.open(tmp_path / "home").check_ledger().ok


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: lines[::-1],
        lambda lines: [lines[0].replace(" until ", " before "), lines[1]],
        lambda lines: [lines[0], lines[0], lines[1]],
        lambda lines: [lines[0], f"{lines[1]} until 9"],
        lambda lines: [lines[0].replace("until ", "until 0"), lines[1]],
        lambda lines: [*lines, "and more"],
        lambda lines: [""],
    ],
)
def test_a_list_of_keys_that_was_altered_is_none(damage: object) -> None:
    keys = [
        VerifierKey("log.example.org", ED25519, Ed25519PrivateKey.generate().public_key().public_bytes_raw())
        for _ in range(2)
    ]
    whole = LogKeys(keys[1], ((keys[0], 7),))
    assert LogKeys.parse(str(whole)) == whole
    with pytest.raises(ProofFormatError):
        LogKeys.parse("\n".join(damage(str(whole).split("\n"))))  # type: ignore[operator]
    witness = VerifierKey("log.example.org", COSIGNATURE, keys[0].public)
    with pytest.raises(ProofFormatError):
        LogKeys.parse(str(witness))


def test_an_old_key_that_was_half_shredded_is_forgotten(sqlite_registry: Registry, tmp_path: Path) -> None:
    """Killed between overwriting and removing it: its file holds a key, and it is not the one that signed."""
    sqlite_registry.authorise(a_request())
    sqlite_registry.keyring.rotate_ledger_key()
    expected = sqlite_registry.proofs.public_keys
    make_key(tmp_path / "home" / "keys" / "ledger.ed25519")
    opened = Registry.open(tmp_path / "home")
    assert not (tmp_path / "home" / "keys" / "ledger.ed25519").exists()
    assert opened.proofs.public_keys == expected == sqlite_registry.proofs.public_keys
    assert opened.authorise(a_request()) and opened.check_ledger().ok
