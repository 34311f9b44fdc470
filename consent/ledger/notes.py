"""Signed notes and their keys, by C2SP signed-note and tlog-cosignature; pure.

A note is a text, an empty line, and signature lines `— name base64(key id ‖ signature)`. A log signs its
heads as Ed25519 (type 1); a witness adds a timestamped cosignature/v1 (type 4).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from consent.ledger.errors import BadSignature, ProofFormatError

ED25519, COSIGNATURE = 1, 4
_KEY_ID_BYTES, _KEY_BYTES, _SIGNATURE_BYTES, _TIME_BYTES = 4, 32, 64, 8
_LONGEST_NOTE = 1 << 16
_DASH = "— "


@dataclass(frozen=True)
class VerifierKey:
    """A public key and the name that it signs as; `kind` is ED25519 (a log) or COSIGNATURE (a witness)."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read `name+8 hex digits+base64(kind ‖ 32 bytes)`. Raises ProofFormatError."""
        name, _, rest = text.strip().partition("+")
        digits, _, encoded = rest.partition("+")
        packed = from_base64(encoded, "The key")
        if len(packed) != 1 + _KEY_BYTES or packed[0] not in (ED25519, COSIGNATURE):
            raise ProofFormatError("The key is not an Ed25519 key of a log or witness.")
        key = cls(checked_name(name), packed[0], packed[1:])
        if digits != key.id.hex():
            raise ProofFormatError("The key's name and its digits do not belong together.")
        return key

    @property
    def id(self) -> bytes:
        """The first 4 bytes of SHA-256(name ‖ 0x0A ‖ kind ‖ key)."""
        covered = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(covered).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"


@dataclass(frozen=True)
class Signature:
    """One signature line: the signer's name, its key's id, and the signature's bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {to_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True)
class SignedNote:
    """A text that ends with a line feed, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, note: str) -> SignedNote:
        """Read a note. Raises ProofFormatError for anything that is not written exactly as a note is."""
        head, mark, tail = note.rpartition("\n\n")
        if not mark or not tail.endswith("\n") or len(note) > _LONGEST_NOTE:
            raise ProofFormatError("The signed note has no text, no signature, or no end.")
        parsed = cls(head + "\n", tuple(_signature(line) for line in tail[:-1].split("\n")))
        if str(parsed) != note:
            raise ProofFormatError("The signed note is not written as notes are.")
        return parsed

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def find(self, key: VerifierKey) -> Signature | None:
        """The signature line of a key, unchecked; None where it has not signed."""
        own = [line for line in self.signatures if (line.name, line.key_id) == (key.name, key.id)]
        if len(own) > 1:
            raise ProofFormatError(f"The note bears two signatures of {key.name}.")
        return own[0] if own else None

    def verify(self, key: VerifierKey) -> int | None:
        """Check the signature of a key; gives a cosignature's instant (seconds from 1970 UTC), else 0.

        None where the key has not signed. Raises BadSignature for a signature that does not fit.
        """
        line = self.find(key)
        return None if line is None else _verify(self.text, key, line.signature)

    def cosigned(self, line: Signature) -> SignedNote:
        """This note with one more signature line; the same line twice is one."""
        return self if line in self.signatures else SignedNote(self.text, (*self.signatures, line))


def sign(name: str, key: Ed25519PrivateKey, text: str) -> Signature:
    """A log's signature under its own text."""
    owner = VerifierKey(name, ED25519, key.public_key().public_bytes_raw())
    return Signature(name, owner.id, key.sign(text.encode()))


def cosign(name: str, key: Ed25519PrivateKey, text: str, at_s: int) -> Signature:
    """A witness's cosignature/v1 of a head, at `at_s` seconds from 1970 UTC."""
    owner = VerifierKey(name, COSIGNATURE, key.public_key().public_bytes_raw())
    stamped = at_s.to_bytes(_TIME_BYTES, "big")
    return Signature(name, owner.id, stamped + key.sign(_cosigned_text(text, at_s)))


def from_base64(text: str, what: str) -> bytes:
    """Decode base64 that is written in the one standard way. Raises ProofFormatError."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ProofFormatError(f"{what} is not base64.") from None
    if to_base64(decoded) != text:
        raise ProofFormatError(f"{what} is not base64 as it is written.")
    return decoded


def to_base64(data: bytes) -> str:
    """Standard base64, padded."""
    return base64.b64encode(data).decode()


def checked_name(name: str) -> str:
    """A signer's name, which has no space, plus or control character. Raises ProofFormatError."""
    if not name or "+" in name or not name.isprintable() or any(letter.isspace() for letter in name):
        raise ProofFormatError("A signer's name is empty, or holds a space or a plus.")
    return name


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    packed = from_base64(encoded, "A signature")
    if not line.startswith(_DASH) or len(packed) <= _KEY_ID_BYTES:
        raise ProofFormatError("A line under the signed note is not a signature.")
    return Signature(checked_name(name), packed[:_KEY_ID_BYTES], packed[_KEY_ID_BYTES:])


def _verify(text: str, key: VerifierKey, signature: bytes) -> int:
    stamp = signature[:_TIME_BYTES] if key.kind == COSIGNATURE else b""
    at_s = int.from_bytes(stamp, "big")
    covered = _cosigned_text(text, at_s) if key.kind == COSIGNATURE else text.encode()
    bare = signature[len(stamp) :]
    try:
        if len(bare) != _SIGNATURE_BYTES:
            raise InvalidSignature
        Ed25519PublicKey.from_public_bytes(key.public).verify(bare, covered)
    except (InvalidSignature, ValueError):
        sentence = f"The signature of {key.name} does not fit the head that it stands under."
        raise BadSignature(sentence) from None
    return at_s


def _cosigned_text(text: str, at_s: int) -> bytes:
    return f"cosignature/v1\ntime {at_s}\n{text}".encode()
