"""Witnesses: they cosign what continues the head that they saw, and name a ledger with two histories."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from forged_ledgers import disarm, entries_of, set_back, write_anew
from made_registries import Place, a_release, a_request, database
from sqlalchemy import text

from consent.errors import KeyStoreError, StoreError
from consent.ledger.consistency import Consistency
from consent.ledger.cosigned import FOLDER
from consent.ledger.errors import (
    AnotherLog,
    BadSignature,
    Fork,
    NotConsistent,
    ProofError,
    ProofFormatError,
    WitnessMissing,
)
from consent.ledger.fsck import check_ledger
from consent.ledger.log import head_from
from consent.ledger.notes import ED25519, SignedNote, VerifierKey, cosign
from consent.ledger.proof import verify_proof
from consent.ledger.witness import Witness, WitnessKey
from consent.registry import Registry
from consent.store import HEAD_FILE


@dataclass(frozen=True)
class Log:
    """A registry's ledger, as a witness meets it."""

    place: Place
    registry: Registry
    witness: Witness
    key: WitnessKey
    folder: Path

    def grow(self, entries: int = 1) -> SignedNote:
        for _ in range(entries):
            self.registry.authorise(a_request())
        return self.head()

    def head(self) -> SignedNote:
        head = self.registry.ledger_head()
        assert head is not None
        return SignedNote.parse(head.note)

    def size(self) -> int:
        return int(self.head().text.split("\n")[1])

    def cosign(self, note: SignedNote, first: int | None = None) -> SignedNote:
        """The note cosigned, with a proof from `first` where it is given."""
        proof = None if first is None else self.registry.proofs.consistency(first, self.size())
        return self.witness.cosign(note, proof, self.registry.proofs.public_key)


@pytest.fixture
def log(place: Place, registry: Registry, tmp_path: Path) -> Log:
    key = WitnessKey.make("witness.example/1", tmp_path / "witness.key")
    return Log(place, registry, Witness(key, tmp_path / "state.json"), key, tmp_path)


@pytest.fixture
def sqlite_log(sqlite_registry: Registry, tmp_path: Path) -> Log:
    key = WitnessKey.make("witness.example/1", tmp_path / "witness.key")
    place = Place(tmp_path / "home", None)
    return Log(place, sqlite_registry, Witness(key, tmp_path / "state.json"), key, tmp_path)


def test_what_continues_the_last_head_is_cosigned_and_taken_back_in(log: Log) -> None:
    first = log.cosign(log.grow())
    assert log.registry.proofs.take_cosigned(first, log.key.public) == log.size() - 1
    assert log.registry.proofs.take_cosigned(first, log.key.public) == log.size() - 1  # known already
    before = int(first.text.split("\n")[1])
    record = log.registry.commit(log.registry.authorise(a_request()), a_release(log.folder))
    sha256 = record.files[0].sha256
    bare = log.registry.proofs.of_file(sha256)
    with pytest.raises(WitnessMissing):
        verify_proof(bare, log.registry.proofs.public_key, sha256, [log.key.public])
    second = log.cosign(log.head(), before)
    log.registry.proofs.take_cosigned(second, log.key.public)
    proof = log.registry.proofs.of_file(sha256)
    proven = verify_proof(proof, log.registry.proofs.public_key, sha256, [log.key.public])
    assert [name for name, _ in proven.witnesses] == ["witness.example/1"]
    kinds = [row.kind for row in log.registry.ledger_rows()]
    assert kinds.count("witness") == 2
    assert log.registry.check_ledger().ok
    assert len(list((log.place.home / FOLDER).glob("*.note"))) == 2


def test_a_cosignature_is_that_of_c2sp(sqlite_log: Log) -> None:
    note = sqlite_log.cosign(sqlite_log.head())
    line = note.find(sqlite_log.key.public)
    assert line is not None
    at_s = int.from_bytes(line.signature[:8], "big")
    covered = f"cosignature/v1\ntime {at_s}\n{note.text}".encode()
    sqlite_log.key.private.public_key().verify(line.signature[8:], covered)
    own = sqlite_log.registry.proofs.public_key
    assert [signature.name for signature in note.signatures] == [own.name, "witness.example/1"]
    again = sqlite_log.cosign(note)  # the same head once more: one line, at a later instant
    assert len(again.signatures) == 2 and again.verify(sqlite_log.key.public) >= at_s  # type: ignore[operator]


def test_a_witness_asks_for_the_proof_and_refuses_a_wrong_one(sqlite_log: Log) -> None:
    sqlite_log.cosign(sqlite_log.grow())
    seen = sqlite_log.size()
    note = sqlite_log.grow(3)
    with pytest.raises(NotConsistent, match="has to be proven"):
        sqlite_log.cosign(note)
    proof = sqlite_log.registry.proofs.consistency(seen, sqlite_log.size())
    for wrong in (
        replace(proof, first=seen - 1),
        replace(proof, second=seen),
        replace(proof, origin="other"),
    ):
        with pytest.raises(NotConsistent, match="of other heads"):
            sqlite_log.witness.cosign(note, wrong)
    whole = proof.to_json()
    for bit in range(len(whole) * 8):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << (bit % 8)
        with pytest.raises(ProofError):
            sqlite_log.witness.cosign(note, Consistency.from_json(bytes(changed)))
    assert sqlite_log.witness.cosign(note, proof).verify(sqlite_log.key.public)
    older = sqlite_log.registry.proofs.consistency(seen, sqlite_log.size())
    with pytest.raises(NotConsistent, match="older"):
        sqlite_log.witness.cosign(old_note(sqlite_log, seen), older)


def old_note(log: Log, size: int) -> SignedNote:
    """The head that the database holds over so many entries."""
    ledger = log.registry.proofs._store.ledger
    with log.registry.proofs._store.read() as session:
        head = head_from(session, size)
    assert head is not None
    return ledger.note(head)


def test_a_database_that_is_set_back_and_continued_is_a_fork(log: Log) -> None:
    log.grow()
    early = log.size()
    cosigned = log.cosign(log.grow(4))
    late = log.size()
    with database(log.place).begin() as connection:
        set_back(connection, early)
    with pytest.raises(StoreError, match="set back or rewritten"):
        log.registry.authorise(a_request())  # the head that is kept beside the database is over more
    (log.place.home / HEAD_FILE).unlink()
    reopened = log.place.open()
    other = replace(log, registry=reopened)
    with pytest.raises(NotConsistent):
        other.cosign(other.head())
    other.grow(late - early)
    with pytest.raises(Fork, match="another root"):
        other.cosign(other.head())
    other.grow(2)
    with pytest.raises(Fork, match="another history"):
        other.cosign(other.head(), late)
    with pytest.raises(Fork, match="does not hold the head"):
        reopened.proofs.take_cosigned(cosigned, log.key.public)
    assert reopened.check_ledger().ok  # within itself the fork is sound …
    kept = log.folder / "kept.note"
    kept.write_text(str(cosigned), encoding="utf-8")
    report = reopened.check_ledger([kept])  # … and it is not what the witness saw
    assert [finding.position for finding in report.findings] == [0]
    assert "rewritten or forked" in report.findings[0].sentence and str(kept) in report.findings[0].sentence
    reopened.close()


@pytest.mark.parametrize("thorough", [False, True])
def test_a_log_rewritten_with_the_true_key_is_told_by_what_was_cosigned(log: Log, thorough: bool) -> None:
    agreed = log.cosign(log.grow(2))
    log.registry.proofs.take_cosigned(agreed, log.key.public)
    edited = log.size()
    cosigned = log.cosign(log.grow(3), edited - 1)
    log.registry.proofs.take_cosigned(cosigned, log.key.public)
    home, store = log.place.home, log.registry.proofs._store
    with database(log.place).begin() as connection:
        entries = entries_of(connection)
        entries[edited] = entries[edited].replace(b'"purpose":"private"', b'"purpose":"for fun"')
        write_anew(connection, entries[:-1] if thorough else entries, store.ledger.signed)
        if thorough:  # nothing in database and home speaks of the second cosignature any more
            connection.execute(text("DELETE FROM cosignatures WHERE size > :size"), {"size": edited})
            for note in (home / FOLDER).glob("*.note"):
                if note.read_text(encoding="utf-8") == str(cosigned):
                    note.unlink()
    (home / HEAD_FILE).unlink()
    kept = log.folder / "kept.note"
    kept.write_text(str(cosigned), encoding="utf-8")
    reopened = log.place.open()
    assert reopened.check_ledger().ok is thorough
    told = [finding for finding in reopened.check_ledger([kept]).findings if str(kept) in finding.sentence]
    assert [finding.position for finding in told] == [edited - 1]
    assert f"rewritten or forked in entries {edited - 1} to {edited + 2}" in told[0].sentence
    other = replace(log, registry=reopened)
    with pytest.raises(Fork):
        other.cosign(other.head(), None if thorough else edited + 3)
    reopened.close()


def test_an_altered_or_dropped_cosignature_is_named(sqlite_log: Log) -> None:
    sqlite_log.registry.proofs.take_cosigned(sqlite_log.cosign(sqlite_log.grow()), sqlite_log.key.public)
    place = sqlite_log.size() - 1
    sentences = {
        "UPDATE cosignatures SET signature = x'00'": "the cosignature was altered",
        "UPDATE cosignatures SET witness = 'eve+00+00'": "the cosignature was altered",
        "UPDATE cosignatures SET size = size - 1": "was altered",
        "DELETE FROM cosignatures": "is not on record",
    }
    for statement, words in sentences.items():
        with (
            sqlite_log.registry.proofs._store.read() as session,
            session.connection().begin_nested() as change,
        ):
            disarm(session.connection())
            session.execute(text(statement))
            report = check_ledger(session.connection(), sqlite_log.registry.proofs.public_key.public)
            assert any(words in finding.sentence and finding.position == place for finding in report.findings)
            change.rollback()
    assert sqlite_log.registry.check_ledger().ok


def test_a_witness_knows_each_ledger_by_one_key(sqlite_log: Log, tmp_path: Path) -> None:
    note, own = sqlite_log.grow(), sqlite_log.registry.proofs.public_key
    with pytest.raises(AnotherLog, match="new to this witness"):
        sqlite_log.witness.cosign(note)
    stranger = VerifierKey(own.name, ED25519, Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    with pytest.raises(AnotherLog, match="not signed with the key"):
        sqlite_log.witness.cosign(note, None, stranger)
    with pytest.raises(BadSignature):
        line = replace(note.signatures[0], signature=bytes(64))
        sqlite_log.witness.cosign(replace(note, signatures=(line,)), None, own)
    with pytest.raises(BadSignature):
        sqlite_log.witness.cosign(replace(note, text=note.text.replace("at 1", "at 2")), None, own)
    sqlite_log.witness.cosign(note, None, own)
    assert sqlite_log.witness.cosign(note).verify(sqlite_log.key.public)  # known by now
    with pytest.raises(AnotherLog, match="by another key"):
        sqlite_log.witness.cosign(note, None, stranger)
    registry = Registry.open(tmp_path / "another")
    registry.seed(tmp_path / "voices")
    other = replace(sqlite_log, registry=registry)
    other.cosign(other.head())  # two ledgers, each with a history of its own
    registry.close()
    assert set(sqlite_log.witness.seen()) == {own.name, other.registry.proofs.public_key.name}


def test_what_no_witness_cosigned_is_not_taken_in(sqlite_log: Log) -> None:
    note, proofs = sqlite_log.grow(), sqlite_log.registry.proofs
    with pytest.raises(ProofFormatError, match="no cosignature"):
        proofs.take_cosigned(note, sqlite_log.key.public)
    with pytest.raises(ProofFormatError, match="witness's is needed"):
        proofs.take_cosigned(note, proofs.public_key)
    line = cosign(sqlite_log.key.name, Ed25519PrivateKey.generate(), note.text, 5)
    forged = note.cosigned(replace(line, key_id=sqlite_log.key.public.id))
    with pytest.raises(BadSignature):
        proofs.take_cosigned(forged, sqlite_log.key.public)
    assert "witness" not in {row.kind for row in sqlite_log.registry.ledger_rows()}


def test_key_and_state_of_a_witness_are_looked_at(sqlite_log: Log, tmp_path: Path) -> None:
    file, state = tmp_path / "witness.key", tmp_path / "state.json"
    assert WitnessKey.read(file).public == sqlite_log.key.public
    with pytest.raises(FileExistsError):
        WitnessKey.make("witness.example/2", file)
    whole = file.read_text(encoding="utf-8")
    for wrong in (
        "",
        "PRIVATE+KEY+",
        whole.replace("+", "-"),
        whole.replace("example", "exampel"),
        str(sqlite_log.key.public),
    ):
        (tmp_path / "wrong.key").write_text(wrong, encoding="utf-8")
        (tmp_path / "wrong.key").chmod(0o600)
        with pytest.raises(ProofFormatError):
            WitnessKey.read(tmp_path / "wrong.key")
    file.chmod(0o644)
    with pytest.raises(KeyStoreError, match="read by others"):
        WitnessKey.read(file)
    sqlite_log.cosign(sqlite_log.grow())
    data = json.loads(state.read_text(encoding="utf-8"))
    origin = sqlite_log.registry.proofs.public_key.name
    data["logs"][origin]["note"] = data["logs"][origin]["note"].replace("\n", "\n ", 1)
    for damaged in (json.dumps(data), "[]", "{", '{"media_type": "x"}'):
        state.write_text(damaged, encoding="utf-8")
        with pytest.raises(ProofError):
            sqlite_log.cosign(sqlite_log.head())
