"""The checker's own hashing, canonical form and signatures (RFC 6962 §2.1, RFC 8785, C2SP signed notes)."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from consent.ledger.fsck.keys import Keys

HASH = 32


def as_bytes(stored: object) -> bytes:
    """What a column holds as bytes, whatever somebody put there."""
    if isinstance(stored, bytes | memoryview):
        return bytes(stored)
    return stored.encode() if isinstance(stored, str) else b""


def as_value(stored: object) -> object:
    """What a JSON column holds, which one database gives as text and the other as a value."""
    try:
        return json.loads(stored) if isinstance(stored, str) else stored
    except (ValueError, RecursionError):
        return "damaged"


def hash_of_entry(raw: bytes) -> bytes:
    """The leaf hash of an entry's bytes."""
    return hashlib.sha256(b"\0" + raw).digest()


def joined(left: bytes, right: bytes) -> bytes:
    """The hash of a node over two."""
    return hashlib.sha256(b"\1" + left + right).digest()


def grown(peaks: list[bytes], size: int, leaf: bytes) -> tuple[list[bytes], bytes]:
    """The peaks of `size` leaves after one more; and the hashes of the subtrees that it closed, end to
    end."""
    merges = (~size & (size + 1)).bit_length() - 1
    keep = len(peaks) - merges
    closed = []
    for peak in reversed(peaks[keep:]):
        leaf = joined(peak, leaf)
        closed.append(leaf)
    return [*peaks[:keep], leaf], b"".join(closed)


def folded(peaks: list[bytes]) -> bytes:
    """The root over peaks."""
    if not peaks:
        return hashlib.sha256(b"").digest()
    root = peaks[-1]
    for peak in peaks[-2::-1]:
        root = joined(peak, root)
    return root


def places_of_peaks(size: int) -> list[tuple[int, int]]:
    """Where the peaks of `size` leaves rest, largest first: (place of the last leaf, level)."""
    found, end = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            end += 1 << level
            found.append((end - 1, level))
    return found


def parsed_entry(raw: bytes) -> dict[str, Any] | None:
    """An entry, if these bytes are one in canonical form."""
    try:
        data = json.loads(raw)
        whole = isinstance(data, dict) and (canonical_json if b"." in raw else _written)(data) == raw
    except (ValueError, RecursionError):
        return None
    if not whole or set(data) != {"n", "kind", "at_ms", "body"} or not isinstance(data["body"], dict):
        return None
    numbers = isinstance(data["n"], int) and isinstance(data["at_ms"], int)
    return data if numbers and isinstance(data["kind"], str) else None


def canonical_json(data: object) -> bytes:
    """RFC 8785 for what a ledger holds: keys in ASCII, whole numbers, and decimals of everyday size."""
    return _written(_whole(data))


def _written(data: object) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _whole(data: object) -> object:
    """Numbers as RFC 8785 writes them: 5.0 is 5."""
    if isinstance(data, dict):
        return {name: _whole(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_whole(value) for value in data]
    return int(data) if isinstance(data, float) and data.is_integer() else data


def head_text(origin: str, size: int, root: bytes, at_ms: int) -> str:
    """What a head signs (C2SP tlog-checkpoint, with the instant in an extension line)."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\nat {at_ms}\n"


def is_signed(key: Ed25519PublicKey, text: str, signature: bytes) -> bool:
    """Whether the key signed the text."""
    try:
        key.verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True


def is_cosigned(witness: str, text: str, signature: bytes) -> bool:
    """Whether a witness, named by its verifier key, put this cosignature/v1 (instant, then Ed25519) under a
    head."""
    try:
        packed = base64.b64decode(witness.split("+", 2)[2], validate=True)
        covered = f"cosignature/v1\ntime {int.from_bytes(signature[:8], 'big')}\n{text}"
        return is_signed(Ed25519PublicKey.from_public_bytes(packed[1:]), covered, signature[8:])
    except (ValueError, IndexError):
        return False


@dataclass(frozen=True)
class NotedHead:
    """A head out of a signed note that was kept elsewhere."""

    origin: str
    size: int
    root: bytes


def head_in_note(note: str, keys: Keys) -> NotedHead | None:
    """The head in a note, if any of its signature lines is by the key that such a head needs."""
    try:
        body, lines = note.split("\n\n")
        origin, size, root = body.split("\n")[:3]
        signatures = [base64.b64decode(line.rsplit(" ", 1)[1])[4:] for line in lines.strip().split("\n")]
        head = NotedHead(origin, int(size), base64.b64decode(root))
    except (ValueError, IndexError):
        return None
    key = keys.of(head.size)
    return head if any(is_signed(key, body + "\n", signature) for signature in signatures) else None
