"""The proof that one head of a ledger continues another, as a file; pure.

RFC 8785 JSON: origin, both sizes, and the path of RFC 9162 §2.1.4 in base64.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import rfc8785

from consent.canonical import canonical
from consent.ledger.errors import ProofFormatError
from consent.ledger.notes import from_base64, to_base64

MEDIA_TYPE = "application/vnd.consonance.consistency+json"
VERSION = 1
_MEMBERS = {"media_type", "version", "origin", "first", "second", "path"}
_LONGEST_BYTES = 1 << 16


@dataclass(frozen=True)
class Consistency:
    """The path that proves that the ledger of `second` entries begins with the one of `first`."""

    origin: str
    first: int
    second: int
    path: tuple[bytes, ...]

    def to_json(self) -> bytes:
        """The proof as it is kept in a file."""
        return canonical(
            {
                "media_type": MEDIA_TYPE,
                "version": VERSION,
                "origin": self.origin,
                "first": self.first,
                "second": self.second,
                "path": [to_base64(node) for node in self.path],
            }
        )

    @classmethod
    def from_json(cls, text: bytes) -> Consistency:
        """Read a proof. Raises ProofFormatError for anything but the one form in which it is written."""
        try:
            data: Any = json.loads(text) if len(text) <= _LONGEST_BYTES else None
            whole = isinstance(data, dict) and canonical(data) == text and set(data) == _MEMBERS
        except (ValueError, RecursionError, rfc8785.CanonicalizationError):
            whole = False
        if (
            not whole
            or (data["media_type"], data["version"]) != (MEDIA_TYPE, VERSION)
            or type(data["first"]) is not int
            or type(data["second"]) is not int
            or not isinstance(data["origin"], str)
            or not isinstance(data["path"], list)
            or not all(isinstance(node, str) for node in data["path"])
        ):
            raise ProofFormatError("This is not a consistency proof, or it was altered.")
        path = tuple(from_base64(node, "The path") for node in data["path"])
        return cls(data["origin"], data["first"], data["second"], path)
