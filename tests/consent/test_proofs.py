"""Proofs: paths through the tree against pymerkle, and what comes with a released song, bit by bit."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from made_registries import Place, a_release, a_request, voice_folder
from pymerkle import InmemoryTree
from sqlalchemy import text

from consent.canonical import canonical
from consent.errors import ConsentError, UnknownName
from consent.ledger.errors import (
    AnotherFile,
    AnotherLog,
    BadSignature,
    NotARelease,
    NotConsistent,
    NotIncluded,
    ProofError,
    ProofFormatError,
    WitnessMissing,
)
from consent.ledger.log import last_head
from consent.ledger.notes import COSIGNATURE, ED25519, SignedNote, VerifierKey, cosign
from consent.ledger.paths import consistency_path, inclusion_path, read_root
from consent.ledger.proof import Proof, verify_proof
from consent.ledger.proving import beside
from consent.ledger.tree import (
    consistency_spans,
    inclusion_spans,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from consent.ledger.witness import Witness, WitnessKey
from consent.registry import Registry, RenderRecord
from consent.store import Store

MOST = 70


@pytest.fixture(scope="module")
def oracle() -> InmemoryTree:
    """pymerkle's tree over entries b"0", b"1" …"""
    return InmemoryTree.init_from_entries([b"%d" % number for number in range(MOST)], algorithm="sha256")


def root_of_span(span: tuple[int, int]) -> bytes:
    """The root over some of the entries, by a tree of pymerkle's own."""
    leaves = [b"%d" % number for number in range(*span)]
    root: bytes = InmemoryTree.init_from_entries(leaves, algorithm="sha256").get_root()
    return root


def subproof(first: int, start: int, end: int, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162 §2.1.4.1 word for word, over pymerkle's roots (its own paths are longer)."""
    if first == end - start:
        return [] if whole else [root_of_span((start, end))]
    split = 1
    while split * 2 < end - start:
        split *= 2
    if first <= split:
        return [*subproof(first, start, start + split, whole), root_of_span((start + split, end))]
    return [*subproof(first - split, start + split, end, False), root_of_span((start, start + split))]


places = st.integers(1, MOST).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size)))


@given(place=places, other=st.integers(0, MOST), bit=st.integers(0, 255), data=st.data())
def test_inclusion_paths_are_those_of_pymerkle(
    oracle: InmemoryTree, place: tuple[int, int], other: int, bit: int, data: st.DataObject
) -> None:
    index, size = place
    path = [root_of_span(span) for span in inclusion_spans(index, size)]
    theirs = oracle.prove_inclusion(index + 1, size).serialize()["path"]
    assert [node.hex() for node in path] == theirs[1:]
    leaf, root = leaf_hash(b"%d" % index), oracle.get_root(size)
    verify_inclusion(leaf, index, size, path, root)
    wrong: list[tuple[bytes, int, int, list[bytes], bytes]] = [
        (flipped(leaf, bit), index, size, path, root),
        (leaf, index, size, path, flipped(root, bit)),
        (leaf, index, size, [*path, leaf], root),
        (leaf, size, size, path, root),
        (leaf, -1, size, path, root),
    ]
    if other < size and other != index:
        wrong.append((leaf, other, size, path, root))
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        wrong.append((leaf, index, size, [*path[:at], flipped(path[at], bit), *path[at + 1 :]], root))
        wrong.append((leaf, index, size, [*path[:at], path[at][:-1], *path[at + 1 :]], root))
        wrong.append((leaf, index, size, path[:-1], root))
    for case in wrong:
        with pytest.raises(NotIncluded):
            verify_inclusion(*case)


@given(pair=st.tuples(st.integers(0, MOST), st.integers(0, MOST)).map(sorted), bit=st.integers(0, 255))
def test_consistency_proofs_are_those_of_rfc_9162(oracle: InmemoryTree, pair: list[int], bit: int) -> None:
    first, second = pair
    path = [root_of_span(span) for span in consistency_spans(first, second)]
    old = oracle.get_root(first) if first else hashlib.sha256(b"").digest()
    new = oracle.get_root(second) if second else hashlib.sha256(b"").digest()
    if 0 < first < second:
        assert path == subproof(first, 0, second, True)
    verify_consistency(first, second, old, new, path)
    wrong = [
        (first, second, flipped(old, bit), new, path),
        (first, second, old, new, [*path, old]),
        (second + 1, first, old, new, path),
    ]
    if first:
        wrong.append((first, second, old, flipped(new, bit), path))
    for at in range(len(path)):
        wrong.append((first, second, old, new, [*path[:at], flipped(path[at], bit), *path[at + 1 :]]))
        wrong.append((first, second, old, new, path[:at] + path[at + 1 :]))
    for case in wrong:
        with pytest.raises(NotConsistent):
            verify_consistency(*case)


def test_paths_for_leaves_that_are_not_there_are_not_made() -> None:
    for call in (
        lambda: inclusion_spans(3, 3),
        lambda: inclusion_spans(-1, 3),
        lambda: consistency_spans(4, 3),
    ):
        with pytest.raises(ValueError, match=r"lea[fv]"):
            call()


def test_the_database_gives_roots_and_paths_over_every_size(place: Place, oracle: InmemoryTree) -> None:
    """One real log, written in units of uneven size by two writers in turn."""
    writers = [Store.open(place.home, place.url) for _ in range(2)]
    sizes, count = [], 0
    for turn, width in enumerate((1, 1, 2, 1, 5, 1, 1, 8, 3, 16, 1, 13)):
        with writers[turn // 2 % 2].write() as unit:
            for number in range(count, count + width):
                assert unit.append("refusal", {"number": number}) == number
        count += width
        sizes.append(count)
    with writers[0].read() as session:
        rows = session.execute(text("SELECT entry FROM ledger ORDER BY position"))
        leaves = [bytes(entry) for (entry,) in rows]
        tree = InmemoryTree.init_from_entries(leaves, algorithm="sha256")
        heads = session.execute(text("SELECT size, root FROM checkpoints ORDER BY size")).all()
        assert [size for size, _ in heads] == list(range(1, count + 1))
        assert all(bytes(root) == tree.get_root(size) == read_root(session, size) for size, root in heads)
        for size in sizes:
            for index in range(size):
                path = inclusion_path(session, index, size)
                assert [node.hex() for node in path] == tree.prove_inclusion(index + 1, size).serialize()[
                    "path"
                ][1:]
                verify_consistency(
                    index,
                    size,
                    read_root(session, index),
                    tree.get_root(size),
                    consistency_path(session, index, size),
                )
    for writer in writers:
        writer.database.close()


@dataclass(frozen=True)
class Song:
    """A registry with a song that a witness cosigned, and one that none did."""

    registry: Registry
    folder: Path
    record: RenderRecord
    sha256: str
    proof: Proof
    witness: VerifierKey
    plain: Proof

    @property
    def key(self) -> VerifierKey:
        return self.registry.proofs.public_key


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Song]:
    folder = tmp_path_factory.mktemp("proofs")
    registry = Registry.open(folder / "home")
    registry.seed(voice_folder(folder / "voices"))
    record = registry.commit(registry.authorise(a_request()), a_release(folder))
    plain = registry.proofs.of_render(record.render_id)
    for _ in range(3):
        registry.authorise(a_request())
    witness = WitnessKey.make("witness.example", folder / "witness.key")
    head = registry.ledger_head()
    assert head is not None
    cosigned = Witness(witness, folder / "state.json").cosign(
        SignedNote.parse(head.note), None, registry.proofs.public_key
    )
    registry.proofs.take_cosigned(cosigned, witness.public)
    sha256 = hashlib.sha256((folder / "song.wav").read_bytes()).hexdigest()
    yield Song(registry, folder, record, sha256, registry.proofs.of_file(sha256), witness.public, plain)
    registry.close()


def test_a_proof_says_whose_voice_under_which_grant_and_when(song: Song) -> None:
    entry = next(row for row in song.registry.ledger_rows() if row.kind == "render")
    for proof, witnesses in ((song.proof, (song.witness,)), (song.plain, ())):
        again = Proof.from_json(proof.to_json())
        assert again == proof
        proven = verify_proof(again, song.key, song.sha256, witnesses)
        assert (proven.voice, proven.voice_version, proven.render_id) == (
            "ada",
            song.record.voice_version,
            f"{song.record.render_id:016x}",
        )
        assert (proven.index, proven.at, proven.grant) == (entry.position, entry.at, entry.body["grant"])
        assert proven.terms_sha256 == terms_digest(song.registry, proven.grant)
        assert song.sha256 in proven.file_sha256s and len(proven.file_sha256s) == 2
        assert [name for name, _ in proven.witnesses] == [key.name for key in witnesses]
        assert proven.head_at >= proven.at and proven.duration_ms == 60_000
    assert song.registry.proofs.of_render(song.record.render_id) == song.proof


def terms_digest(registry: Registry, grant: str) -> str:
    return next(
        row.body["terms_sha256"]
        for row in registry.ledger_rows()
        if row.kind == "grant" and row.body["grant"] == grant
    )


def test_one_flipped_bit_anywhere_in_a_proof_is_rejected(song: Song) -> None:
    whole = song.proof.to_json()
    verify_proof(
        Proof.from_json(whole), song.key, song.sha256
    )  # no witness is asked for: its line counts all the same
    for bit in range(len(whole) * 8):
        with pytest.raises(ProofError):
            verify_proof(Proof.from_json(flipped(whole, bit)), song.key, song.sha256)


@pytest.mark.parametrize("which", ["key", "sha256", "witness"])
def test_one_flipped_bit_in_what_a_proof_is_held_against_is_rejected(song: Song, which: str) -> None:
    given = {"key": str(song.key), "sha256": song.sha256, "witness": str(song.witness)}
    raw = given[which].encode()
    for bit in range(len(raw) * 8):
        changed = {**given, which: flipped(raw, bit).decode("latin-1")}
        if changed["sha256"].lower() == song.sha256:  # hex in capitals is the same digest
            continue
        with pytest.raises(ProofError):
            verify_proof(song.proof, changed["key"], changed["sha256"], [changed["witness"]])


def test_one_flipped_bit_in_a_field_is_rejected_even_where_the_file_is_written_anew(song: Song) -> None:
    """Whoever alters a proof can also write it in canonical form again: what is signed has to hold it."""
    data = json.loads(song.proof.to_json())
    entry = data["entry"].encode()
    changes: list[dict[str, Any]] = [{"index": song.proof.index ^ 1 << bit} for bit in range(40)]
    for bit in range(len(entry) * 8):
        changed = flipped(entry, bit)
        if changed.isascii():
            changes.append({"entry": changed.decode()})
    for at, node in enumerate(song.proof.path):
        for bit in range(256):
            path = [*song.proof.path[:at], flipped(node, bit), *song.proof.path[at + 1 :]]
            changes.append({"path": [base64.b64encode(one).decode() for one in path]})
    for bit in range(8 * len(data["origin"])):
        if (origin := flipped(data["origin"].encode(), bit)).isascii():
            changes.append({"origin": origin.decode()})
    for line in range(2):
        for bit in range(8 * len(song.proof.head.signatures[line].signature)):
            lines = list(song.proof.head.signatures)
            lines[line] = replace(lines[line], signature=flipped(lines[line].signature, bit))
            changes.append({"head": str(replace(song.proof.head, signatures=tuple(lines)))})
    changes += [{"version": 2}, {"version": True}, {"media_type": "text/plain"}, {"witnesses": []}]
    changes += [{"path": data["path"][::-1]}, {"path": []}, {"path": data["path"] * 2}, {"index": 5.0}]
    for change in changes:
        with pytest.raises(ProofError):
            verify_proof(Proof.from_json(canonical({**data, **change})), song.key, song.sha256)


@pytest.mark.parametrize(
    "member", ["media_type", "version", "origin", "index", "entry", "path", "head", "witnesses"]
)
@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [7], [None], True])
def test_a_proof_of_another_shape_is_rejected(song: Song, member: str, value: object) -> None:
    data = json.loads(song.proof.to_json())
    for changed in ({**data, member: value}, {name: data[name] for name in data if name != member}):
        with pytest.raises(ProofError):
            verify_proof(Proof.from_json(canonical(changed)), song.key, song.sha256, [song.witness])
    with pytest.raises(ProofFormatError):
        Proof.from_json(canonical({**data, "more": value}))


@pytest.mark.parametrize("said", [b"", b"{", b"null", b"[" * 100_000, b"7" * 5000, b"\xff", b" " * (1 << 21)])
def test_what_is_no_proof_is_refused_in_a_sentence(said: bytes) -> None:
    with pytest.raises(ProofFormatError, match="proof"):
        Proof.from_json(said)


def test_each_error_names_what_is_wrong(song: Song) -> None:
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    own_name, other_name = (
        VerifierKey(song.key.name, ED25519, other),
        VerifierKey("consonance/x", ED25519, other),
    )
    stranger = VerifierKey("stranger.example", COSIGNATURE, other)
    with pytest.raises(AnotherLog):
        verify_proof(song.proof, other_name, song.sha256)
    with pytest.raises(AnotherLog):
        verify_proof(song.proof, own_name, song.sha256)
    with pytest.raises(ProofFormatError):
        verify_proof(song.proof, song.witness, song.sha256)
    with pytest.raises(ProofFormatError):
        verify_proof(song.proof, song.key, song.sha256, [song.key])
    with pytest.raises(WitnessMissing):
        verify_proof(song.plain, song.key, song.sha256, [song.witness])
    with pytest.raises(WitnessMissing):
        verify_proof(song.proof, song.key, song.sha256, [stranger])
    with pytest.raises(AnotherFile):
        verify_proof(song.proof, song.key, "0" * 64)
    forged = replace(song.proof, entry=song.proof.entry.replace(b'"voice":"ada"', b'"voice":"eva"'))
    with pytest.raises(NotIncluded):
        verify_proof(forged, song.key, song.sha256)
    signature = replace(song.plain.head.signatures[0], signature=bytes(64))
    with pytest.raises(BadSignature):
        verify_proof(
            replace(song.plain, head=replace(song.plain.head, signatures=(signature,))), song.key, song.sha256
        )


def test_a_cosignature_that_no_witness_is_named_for_is_rejected(song: Song) -> None:
    line = cosign("more.example", Ed25519PrivateKey.generate(), song.plain.head.text, 1)
    with pytest.raises(ProofFormatError):
        verify_proof(replace(song.plain, head=song.plain.head.cosigned(line)), song.key, song.sha256)


def test_an_entry_that_is_no_release_proves_none(song: Song) -> None:
    with song.registry.proofs._store.read() as session:
        head = last_head(session)
        assert head is not None
        note = song.registry.proofs._store.ledger.note(head)
        for index in (0, song.proof.index - 1, song.proof.index + 1):
            entry = session.execute(
                text("SELECT entry FROM ledger WHERE position = :n"), {"n": index}
            ).scalar_one()
            path = inclusion_path(session, index, head.size)
            with pytest.raises(NotARelease):
                verify_proof(Proof(song.key.name, index, bytes(entry), path, note), song.key, song.sha256)


def test_proofs_of_what_was_never_released_are_not_made(song: Song) -> None:
    for ask in (
        lambda: song.registry.proofs.of_file("0" * 64),
        lambda: song.registry.proofs.of_render(7),
        lambda: song.registry.proofs.of_release("nothing"),
        lambda: song.registry.proofs.consistency(3, 10_000),
    ):
        with pytest.raises(UnknownName):
            ask()


def test_a_proof_stands_beside_its_file_whole_or_not_at_all(song: Song) -> None:
    file = song.folder / "song.mp3"
    written = song.registry.proofs.write_beside(file)
    assert written == beside(file) == song.folder / "song.mp3.proof"
    whole = written.read_bytes()
    assert Proof.from_json(whole) == song.proof
    release = json.loads(song.proof.entry)["body"]["release"]
    again = song.registry.proofs.write_for_release(release, [file, song.folder / "song.wav"])
    assert [path.read_bytes() for path in again] == [whole, whole]
    with pytest.raises(OSError, match="nowhere"):
        song.registry.proofs.write_for_release(release, [song.folder / "nowhere" / "song.wav"])
    assert not list(song.folder.glob(".song*"))


def test_keys_and_notes_are_read_in_one_form_only(song: Song) -> None:
    key, note = str(song.key), str(song.proof.head)
    assert VerifierKey.parse(f"{key}\n") == song.key
    for wrong in ("", "name", "name+00000000+", key + "A", key.replace("+", " ", 1), key.lower(), f"x{key}"):
        with pytest.raises(ConsentError):
            VerifierKey.parse(wrong)
    assert SignedNote.parse(note) == song.proof.head
    for wrong in (
        "",
        "\n\n",
        note[:-1],
        note + "\n",
        note.replace("— ", "- "),
        note.replace("\n\n", "\n"),
        note + "x",
    ):
        with pytest.raises(ProofFormatError):
            SignedNote.parse(wrong)


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)
