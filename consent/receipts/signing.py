"""How a receipt is signed and checked: Ed25519 over the RFC 8785 form of its `receipt` member.

The check needs the document and the registry's public key, nothing else: no registry, no network.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from consent.errors import ConsentError
from consent.ledger.log_keys import LogKeys

SCHEMA_VERSION = "consonance-receipt/1"
"""The form of our receipts, shaped after ISO/IEC TS 27560:2023."""

ALGORITHM = "Ed25519"
LONGEST_BYTES = 1 << 20
"""More than this no receipt's file takes."""
_DEEPEST = 32


class ReceiptError(ConsentError):
    """A receipt is not one, or not as the registry signed it (exit status 1)."""

    code = "bad-receipt"


def sign(receipt: Mapping[str, Any], origin: str, key: Ed25519PrivateKey) -> dict[str, Any]:
    """The whole document: the receipt and its signature by the ledger key of the log `origin`."""
    signature = {
        "algorithm": ALGORITHM,
        "key_id": key_id(origin, key.public_key().public_bytes_raw()),
        "value": base64.b64encode(key.sign(rfc8785.dumps(dict(receipt)))).decode(),
    }
    return {"receipt": dict(receipt), "signature": signature}


def check_receipt(document: object, keys: bytes | LogKeys) -> dict[str, Any]:
    """What a receipt says, once its signature holds under the registry's public key (32 bytes), or that one
    of its keys which signed the ledger when the receipt was written.

    1. It has the form of a receipt of a version that this program knows, and nothing beside it.
    2. It names the algorithm and this very key.
    3. The signature holds over exactly what it says (RFC 8785).

    Raises ReceiptError for anything else.
    """
    # 1
    receipt, signature = _members(document)
    if receipt.get("schema_version") != SCHEMA_VERSION:
        raise ReceiptError(
            f"The receipt is of the version {str(receipt.get('schema_version'))[:80]!r}.",
            f"This program reads {SCHEMA_VERSION}.",
        )
    ledger = receipt.get("ledger")
    origin = ledger.get("origin") if isinstance(ledger, dict) else None
    if not isinstance(origin, str):
        raise ReceiptError("The receipt does not name its ledger.")
    # 2
    entry = ledger.get("entry") if isinstance(ledger, dict) else None
    size = entry + 1 if type(entry) is int else 0
    public_key = keys if isinstance(keys, bytes) else keys.of(size).public
    if signature["algorithm"] != ALGORITHM or signature["key_id"] != key_id(origin, public_key):
        raise ReceiptError(
            "The receipt is not signed with this registry's key.",
            "Check it against the public key of the registry that it names.",
        )
    # 3
    try:
        value = base64.b64decode(signature["value"], validate=True)
        if base64.b64encode(value).decode() != signature["value"]:
            raise ValueError("bits beside the signature")
        Ed25519PublicKey.from_public_bytes(public_key).verify(value, rfc8785.dumps(receipt))
    except (ValueError, InvalidSignature, rfc8785.CanonicalizationError, RecursionError):
        raise ReceiptError("The receipt was altered: its signature does not hold.") from None
    return receipt


def read_receipt(raw: bytes) -> dict[str, Any]:
    """A receipt document from the bytes of a file: strict JSON, each name once, at most 1 MiB.

    Raises ReceiptError. The signature is for `check_receipt` to judge.
    """
    if len(raw) > LONGEST_BYTES:
        raise ReceiptError("The file is too large for a receipt.")
    try:
        document = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_once, parse_float=_exact, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise ReceiptError(f"The file is not a receipt: {error}.") from error
    if not isinstance(document, dict):
        raise ReceiptError("The file is not a receipt.")
    return document


def key_id(origin: str, public_key: bytes) -> str:
    """The ledger key's name and hash, as its checkpoints' signature lines carry them (C2SP signed-note)."""
    digest = hashlib.sha256(origin.encode() + b"\n\x01" + public_key).hexdigest()
    return f"{origin}+{digest[:8]}"


def _members(document: object) -> tuple[dict[str, Any], dict[str, str]]:
    """The receipt and its signature, if the document is made of just these."""
    if not isinstance(document, Mapping) or set(document) != {"receipt", "signature"}:
        raise ReceiptError("A receipt is made of a receipt and its signature.")
    receipt, signature = document["receipt"], document["signature"]
    if not isinstance(receipt, dict) or not _is_json(receipt, _DEEPEST):
        raise ReceiptError("What the receipt says is not JSON.")
    if (
        not isinstance(signature, Mapping)
        or set(signature) != {"algorithm", "key_id", "value"}
        or not all(isinstance(value, str) for value in signature.values())
    ):
        raise ReceiptError("A signature is made of algorithm, key_id and value.")
    return receipt, dict(signature)


def _is_json(value: object, depth: int) -> bool:
    if depth == 0:
        return False
    if isinstance(value, dict):
        return all(isinstance(name, str) and _is_json(member, depth - 1) for name, member in value.items())
    if isinstance(value, list):
        return all(_is_json(member, depth - 1) for member in value)
    return value is None or isinstance(value, (str, int, float))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("it says something twice")
    return read


def _exact(text: str) -> float:
    number = float(text)
    if repr(number) != text:
        raise ValueError(f"it writes the number {text[:40]} in a strange way")
    return number


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is no number")
