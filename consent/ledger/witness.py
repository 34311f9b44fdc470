"""A witness: remembers the last head of each ledger that it saw, and cosigns only what continues it.

By C2SP tlog-witness and tlog-cosignature (cosignature/v1). What it saw rests in one state file, which is on
disk before a cosignature leaves; two that a ledger shows different histories to hold the proof of it.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.clock import now_utc, to_ms
from consent.errors import KeyStoreError
from consent.key_files import fsync_folder
from consent.ledger.checkpoint import Head, open_head
from consent.ledger.consistency import Consistency
from consent.ledger.errors import AnotherLog, Fork, NotConsistent, ProofFormatError
from consent.ledger.log_keys import LogKeys, as_log_keys
from consent.ledger.notes import (
    COSIGNATURE,
    SignedNote,
    VerifierKey,
    checked_name,
    cosign,
    from_base64,
    to_base64,
)
from consent.ledger.tree import verify_consistency

MEDIA_TYPE = "application/vnd.consonance.witness-state+json"
VERSION = 1
_PRIVATE = "PRIVATE+KEY+"


@dataclass(frozen=True)
class WitnessKey:
    """A witness's private key and name, in a file as `PRIVATE+KEY+name+8 hex digits+base64`."""

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> VerifierKey:
        """Its verifier key."""
        return VerifierKey(self.name, COSIGNATURE, self.private.public_key().public_bytes_raw())

    @classmethod
    def make(cls, name: str, file: Path) -> WitnessKey:
        """Make a key in a file that is not there yet, readable by its owner alone. Raises FileExistsError."""
        key = cls(checked_name(name), Ed25519PrivateKey.generate())
        packed = to_base64(bytes([COSIGNATURE]) + key.private.private_bytes_raw())
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(f"{_PRIVATE}{name}+{key.public.id.hex()}+{packed}\n")
        return key

    @classmethod
    def read(cls, file: Path) -> WitnessKey:
        """Read a key file. Raises ProofFormatError, or KeyStoreError for one that others can read."""
        if file.stat().st_mode & 0o077:
            raise KeyStoreError(f"The key file {file} can be read by others.", f"Run: chmod 600 {file}")
        text = file.read_text(encoding="utf-8", errors="replace").strip()
        name, _, rest = text.removeprefix(_PRIVATE).partition("+")
        packed = from_base64(rest.partition("+")[2], f"The key in {file}")
        if not text.startswith(_PRIVATE) or len(packed) != 33 or packed[0] != COSIGNATURE:
            raise ProofFormatError(
                f"{file} holds no witness's key.", "Make one with: consonance witness --new NAME --key FILE"
            )
        key = cls(checked_name(name), Ed25519PrivateKey.from_private_bytes(packed[1:]))
        if rest.partition("+")[0] != key.public.id.hex():
            raise ProofFormatError(f"The key in {file} was altered.")
        return key


@dataclass(frozen=True)
class Seen:
    """The last head of a ledger that a witness cosigned, with the ledger's key."""

    log_key: VerifierKey
    head: Head
    note: str


class Witness:
    """One witness: its key, and its state file."""

    def __init__(self, key: WitnessKey, state: Path) -> None:
        self._key = key
        self._state = state

    def cosign(
        self,
        note: SignedNote,
        consistency: Consistency | None = None,
        log_keys: LogKeys | VerifierKey | None = None,
    ) -> SignedNote:
        """The note with this witness's cosignature; the state is on disk before it is given.

        1. The head's ledger is known, or `log_keys` makes it known; they also make a renewed key known.
        2. The ledger signed the head.
        3. It is no smaller than the last that was seen, and continues it: the same head, or `consistency`
           proves it.

        Raises AnotherLog (unknown ledger or another key), BadSignature, NotConsistent where the proof is
        missing or of other heads, and Fork where two heads of one ledger cannot both be true.
        """
        with _locked(self._state):
            seen = _read(self._state)
            origin = Head.parse(note.text).origin
            last = seen.get(origin)
            known = _known_key(Head.parse(note.text), last, log_keys)  # 1
            head = open_head(note, known)  # 2
            if last is not None:
                _require_continuation(last, head, consistency)  # 3
            line = cosign(self._key.name, self._key.private, note.text, to_ms(now_utc()) // 1000)
            own = SignedNote(note.text, tuple(s for s in note.signatures if s.key_id != line.key_id))
            cosigned = own.cosigned(line)
            seen[origin] = Seen(known, head, str(cosigned))
            _write(self._state, seen)
            return cosigned

    def seen(self) -> dict[str, Seen]:
        """The last head of every ledger, by origin. Raises ProofFormatError for a damaged state file."""
        return _read(self._state)


def _known_key(head: Head, last: Seen | None, log_keys: LogKeys | VerifierKey | None) -> VerifierKey:
    """The key that has to have signed a head. A renewed one is believed of a list in which the key that is
    known signed the head that was seen last."""
    if log_keys is None:
        if last is None:
            raise AnotherLog(
                f"The ledger {head.origin} is new to this witness.", "Give its key with --public-key, once."
            )
        return last.log_key
    keys = as_log_keys(log_keys)
    if last is not None and keys.of(last.head.size) != last.log_key:
        raise AnotherLog(f"The ledger {head.origin} is known to this witness by another key.")
    return keys.of(head.size)


def _require_continuation(last: Seen, head: Head, consistency: Consistency | None) -> None:
    before = last.head
    told = f"{before.origin}: a head over {before.size} entries was cosigned"
    if head.size == before.size:
        if head.root != before.root:
            raise Fork(f"{told}, and this one over as many has another root. The ledger has forked.")
        return
    small, large = sorted((before, head), key=lambda one: one.size)
    if small.size == 0 and small is before:
        return
    if consistency is None:
        raise NotConsistent(
            f"{told}; that this one over {head.size} belongs to the same history has to be proven.",
            f"Ask for: consonance ledger consistency {small.size} {large.size}. A ledger that was set back "
            "or forked has no such proof.",
        )
    given = (consistency.origin, consistency.first, consistency.second)
    if given != (before.origin, small.size, large.size):
        raise NotConsistent(f"{told}; the proof is of other heads: {given[1]} and {given[2]} of {given[0]}.")
    try:
        verify_consistency(small.size, large.size, small.root, large.root, consistency.path)
    except NotConsistent:
        raise Fork(
            f"{told}, and this one over {head.size} is of another history: the ledger was rewritten or has "
            "forked, or the proof is wrong."
        ) from None
    if small is head:
        raise NotConsistent(f"{told}; this one over {head.size} is an older one.")


def _read(state: Path) -> dict[str, Seen]:
    try:
        data: Any = json.loads(state.read_bytes() or b"null")
        if data is None:
            return {}
        if (data["media_type"], data["version"]) != (MEDIA_TYPE, VERSION):
            raise ValueError
        seen = {}
        for origin, said in data["logs"].items():
            key, note = VerifierKey.parse(said["public_key"]), SignedNote.parse(said["note"])
            seen[origin] = Seen(key, open_head(note, key), said["note"])
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ProofFormatError(f"{state} is not the state of a witness, or is damaged.") from None
    return seen


def _write(state: Path, seen: dict[str, Seen]) -> None:
    logs = {
        origin: {"public_key": str(one.log_key), "note": one.note} for origin, one in sorted(seen.items())
    }
    text = json.dumps(
        {"media_type": MEDIA_TYPE, "version": VERSION, "logs": logs}, indent=2, ensure_ascii=False
    )
    draft = state.with_name(f".{state.name}.{secrets.token_hex(8)}")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, state)
    fsync_folder(state.absolute().parent)


@contextmanager
def _locked(state: Path) -> Iterator[None]:
    handle = os.open(state.with_name(f".{state.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
