"""The proof that comes with a released song, and its verification with the registry's public key alone; pure.

A proof is RFC 8785 JSON: the ledger's entry of the release, its place, the path of hashes to a signed head
(RFC 9162 §2.1.3), the head as a C2SP signed note, and the verifier keys of the witnesses that cosigned it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785

from consent.canonical import canonical
from consent.clock import from_ms
from consent.ledger.checkpoint import open_head
from consent.ledger.errors import (
    AnotherFile,
    AnotherLog,
    NotARelease,
    ProofFormatError,
    WitnessMissing,
)
from consent.ledger.log_keys import LogKeys, as_log_keys
from consent.ledger.notes import COSIGNATURE, ED25519, SignedNote, VerifierKey, from_base64, to_base64
from consent.ledger.tree import HASH_BYTES, leaf_hash, verify_inclusion

MEDIA_TYPE = "application/vnd.consonance.proof+json"
VERSION = 1
SUFFIX = ".proof"
LONGEST_BYTES = 1 << 20
_LONGEST_PATH = 64
_MEMBERS = {"media_type", "version", "origin", "index", "entry", "path", "head", "witnesses"}
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Proof:
    """What proves a release: entry, place, path (from leaf to root), signed head, and who cosigned it."""

    origin: str
    index: int
    entry: bytes
    path: tuple[bytes, ...]
    head: SignedNote
    witnesses: tuple[VerifierKey, ...] = ()

    def to_json(self) -> bytes:
        """The proof as it is kept in a file."""
        return canonical(
            {
                "media_type": MEDIA_TYPE,
                "version": VERSION,
                "origin": self.origin,
                "index": self.index,
                "entry": self.entry.decode(),
                "path": [to_base64(node) for node in self.path],
                "head": str(self.head),
                "witnesses": [str(key) for key in self.witnesses],
            }
        )

    @classmethod
    def from_json(cls, text: bytes) -> Proof:
        """Read a proof. Raises ProofFormatError for anything but the one form in which it is written."""
        if len(text) > LONGEST_BYTES:
            raise ProofFormatError(f"The proof is longer than {LONGEST_BYTES} bytes.")
        try:
            data = json.loads(text)
            whole = isinstance(data, dict) and canonical(data) == text
        except (ValueError, RecursionError, rfc8785.CanonicalizationError):
            whole = False
        if (
            not whole
            or set(data) != _MEMBERS
            or data["media_type"] != MEDIA_TYPE
            or type(data["index"]) is not int
        ):
            raise ProofFormatError("This is not a proof of a released song, or it was altered.")
        if data["version"] != VERSION or type(data["version"]) is not int:
            raise ProofFormatError(
                f"The proof is of version {data['version']}; this program reads version {VERSION}.",
                "Use the program version that made it.",
            )
        return cls(
            origin=_text(data["origin"], "origin"),
            index=data["index"],
            entry=_text(data["entry"], "entry").encode(),
            path=_path(data["path"]),
            head=SignedNote.parse(_text(data["head"], "head")),
            witnesses=tuple(VerifierKey.parse(text) for text in _texts(data["witnesses"], "witnesses")),
        )


@dataclass(frozen=True)
class ProvenRelease:
    """What a proof says of a song, all of it signed: whose voice, under which grant, when, which files.

    `user` is a pseudonym. `witnesses` are those that cosigned the head, with the instant of each. Whether the
    grant was withdrawn since is not in it.
    """

    origin: str
    index: int
    at: datetime
    release: str
    render_id: str
    authorisation: str
    voice: str
    voice_version: str
    grant: str
    terms_sha256: str
    user: str
    work_digest: str
    performance_sha256: str
    duration_ms: int
    file_sha256s: tuple[str, ...]
    head_size: int
    head_at: datetime
    witnesses: tuple[tuple[str, datetime], ...]


def verify_proof(
    proof: Proof,
    public_key: LogKeys | VerifierKey | str,
    sha256: str,
    witnesses: Sequence[VerifierKey | str] = (),
) -> ProvenRelease:
    """Check that a file with this SHA-256 (hex) was released by the registry whose public key is given.

    1. The key is a log's key, and proof, head and key are of one ledger.
    2. The head is signed with it, and every other signature under it is a cosignature that fits.
    3. Every witness that is asked for is among those.
    4. The path leads from the entry to the head.
    5. The entry is that of a release, in the place and before the instant that the proof says.
    6. The file is one of the release.

    Raises AnotherLog, BadSignature, WitnessMissing, NotIncluded, NotARelease, AnotherFile or
    ProofFormatError, each of which says what is wrong.
    """
    keys = as_log_keys(public_key)
    if proof.origin != keys.name:  # 1
        raise AnotherLog(f"The proof is of the ledger {proof.origin}; the key is that of {keys.name}.")
    head = open_head(proof.head, keys)  # 2
    cosigned = _cosignatures(proof)
    for asked in witnesses:  # 3
        key = as_key(asked, COSIGNATURE)
        if key not in cosigned:
            raise WitnessMissing(f"The witness {key.name} has not cosigned the head of this proof.")
    verify_inclusion(leaf_hash(proof.entry), proof.index, head.size, proof.path, head.root)  # 4
    at_ms, body = _release(proof)  # 5
    if head.at_ms is None or not 0 <= at_ms <= head.at_ms:
        raise NotARelease("The entry bears a later instant than the head over it.")
    proven = _proven(proof, at_ms, body, head.size, head.at_ms, cosigned)
    if sha256.lower() not in proven.file_sha256s:  # 6
        raise AnotherFile(
            "The proof is of another file, or the file was changed after its release: "
            f"its SHA-256 {sha256.lower()} is none of those that were released."
        )
    return proven


def as_key(key: VerifierKey | str, kind: int) -> VerifierKey:
    """A verifier key of a kind. Raises ProofFormatError for one of the other kind, or none."""
    parsed = VerifierKey.parse(key) if isinstance(key, str) else key
    if parsed.kind != kind:
        other = (
            "a witness's key where a registry's" if kind == ED25519 else "a registry's key where a witness's"
        )
        raise ProofFormatError(f"This is {other} is needed.")
    return parsed


def _cosignatures(proof: Proof) -> dict[VerifierKey, datetime]:
    """The witnesses under the head, all of them checked; nothing else stands there."""
    if len(set(proof.witnesses)) != len(proof.witnesses):
        raise ProofFormatError("The proof names a witness twice.")
    if len(proof.head.signatures) != 1 + len(proof.witnesses):
        raise ProofFormatError("Head and proof do not name the same witnesses.")
    cosigned = {}
    for key in proof.witnesses:
        at_s = proof.head.verify(as_key(key, COSIGNATURE))
        if at_s is None:
            raise WitnessMissing(f"The witness {key.name} has not cosigned the head of this proof.")
        try:
            cosigned[key] = from_ms(at_s * 1000)
        except OverflowError:
            raise ProofFormatError(f"The witness {key.name} cosigned at no instant.") from None
    return cosigned


def _release(proof: Proof) -> tuple[int, Mapping[str, Any]]:
    try:
        data = json.loads(proof.entry)
        if canonical(data) != proof.entry or set(data) != {"n", "kind", "at_ms", "body"}:
            raise ValueError
        place, at_ms, body = data["n"], data["at_ms"], data["body"]
    except (ValueError, TypeError, RecursionError, rfc8785.CanonicalizationError):
        raise NotARelease("The entry is not one of a ledger.") from None
    if (
        data["kind"] != "render"
        or place != proof.index
        or type(at_ms) is not int
        or not isinstance(body, dict)
    ):
        raise NotARelease("The entry is not that of a released song, or belongs to another place.")
    return at_ms, body


def _proven(
    proof: Proof,
    at_ms: int,
    body: Mapping[str, Any],
    size: int,
    head_at_ms: int,
    cosigned: Mapping[VerifierKey, datetime],
) -> ProvenRelease:
    try:
        texts = {name: _said(body, member) for name, member in _RELEASE_MEMBERS.items()}
        digests = tuple(_said(file, "sha256") for file in body["files"])
        duration_ms = body["duration_ms"]
        if type(duration_ms) is not int or not all(map(_DIGEST.fullmatch, digests)):
            raise TypeError
    except (KeyError, TypeError):
        raise NotARelease("The entry of the release lacks what a release says.") from None
    return ProvenRelease(
        origin=proof.origin,
        index=proof.index,
        at=from_ms(at_ms),
        duration_ms=duration_ms,
        file_sha256s=digests,
        head_size=size,
        head_at=from_ms(head_at_ms),
        witnesses=tuple((key.name, at) for key, at in cosigned.items()),
        **texts,
    )


_RELEASE_MEMBERS = {
    "release": "release",
    "render_id": "render",
    "authorisation": "authorisation",
    "voice": "voice",
    "voice_version": "version",
    "grant": "grant",
    "terms_sha256": "terms_sha256",
    "user": "user",
    "work_digest": "work",
    "performance_sha256": "performance",
}


def _said(body: Mapping[str, Any], member: str) -> str:
    value = body[member]
    if not isinstance(value, str):
        raise TypeError
    return value


def _path(nodes: object) -> tuple[bytes, ...]:
    path = tuple(from_base64(node, "The path") for node in _texts(nodes, "path"))
    if len(path) > _LONGEST_PATH or any(len(node) != HASH_BYTES for node in path):
        raise ProofFormatError("The path of the proof is not one of SHA-256 hashes.")
    return path


def _text(value: object, member: str) -> str:
    if not isinstance(value, str):
        raise ProofFormatError(f"The proof's member {member!r} is not a text.")
    return value


def _texts(value: object, member: str) -> list[str]:
    if not isinstance(value, list):
        raise ProofFormatError(f"The proof's member {member!r} is not a list.")
    return [_text(item, member) for item in value]
