"""Heads of a log as C2SP tlog-checkpoints: origin, size, base64 root, and our own line with the instant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from consent.clock import from_ms, to_ms
from consent.ledger.errors import AnotherLog, ProofFormatError
from consent.ledger.log_keys import LogKeys, as_log_keys
from consent.ledger.notes import SignedNote, VerifierKey, from_base64, to_base64
from consent.ledger.tree import HASH_BYTES

_LAST_MS = 253_402_300_799_999  # the year 9999 ends
_WHOLE = re.compile(r"0|[1-9][0-9]{0,17}")


@dataclass(frozen=True)
class Checkpoint:
    """A signed head: `size` entries have the Merkle root `root`; `note` is the whole signed text."""

    origin: str
    size: int
    root: bytes
    at: datetime
    note: str


@dataclass(frozen=True)
class Head:
    """What the text of a head says; `at_ms` is None for a log that does not state the instant."""

    origin: str
    size: int
    root: bytes
    at_ms: int | None = None

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read the text of a head. Raises ProofFormatError."""
        lines = text.removesuffix("\n").split("\n")
        if len(lines) < 3 or not lines[0] or not _WHOLE.fullmatch(lines[1]):
            raise ProofFormatError("The signed note is no head of a log: no origin, size and root.")
        root = from_base64(lines[2], "The root in the head")
        if len(root) != HASH_BYTES:
            raise ProofFormatError("The root in the head is not a SHA-256 hash.")
        at = [line.removeprefix("at ") for line in lines[3:] if line.startswith("at ")]
        known = len(at) == 1 and _WHOLE.fullmatch(at[0]) and int(at[0]) <= _LAST_MS
        return cls(lines[0], int(lines[1]), root, int(at[0]) if known else None)

    def __str__(self) -> str:
        instant = "" if self.at_ms is None else f"at {self.at_ms}\n"
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n{instant}"


def open_head(note: SignedNote, keys: LogKeys | VerifierKey) -> Head:
    """The head in a note that its log signed, with the key that a head over so many entries needs.

    Raises AnotherLog, BadSignature or ProofFormatError.
    """
    head = Head.parse(note.text)
    log_key = as_log_keys(keys).of(head.size)
    if head.origin != log_key.name:
        raise AnotherLog(f"The head is of the ledger {head.origin}; the key is that of {log_key.name}.")
    if note.verify(log_key) is None:
        raise AnotherLog(f"The head of {head.origin} is not signed with the key that was given.")
    return head


def to_checkpoint(note: SignedNote) -> Checkpoint:
    """A head of one of our ledgers as a value. Raises ProofFormatError where it states no instant."""
    head = Head.parse(note.text)
    if head.at_ms is None:
        raise ProofFormatError("The head does not say when it was signed.")
    return Checkpoint(head.origin, head.size, head.root, from_ms(head.at_ms), str(note))


def head_of(checkpoint: Checkpoint) -> Head:
    """What a checkpoint says, without its signatures."""
    return Head(checkpoint.origin, checkpoint.size, checkpoint.root, to_ms(checkpoint.at))
