"""The newest head, kept beside the database, where a database set back to an old copy is noticed."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from consent.ledger.checkpoint import Head, open_head
from consent.ledger.errors import ProofError
from consent.ledger.notes import SignedNote
from consent.ledger.signer import Signer


class KeptHead:
    """One small file with a signed note."""

    def __init__(self, path: Path, signer: Signer) -> None:
        self.path = path
        self._signer = signer
        self._seen: tuple[str, Head] | None = None

    def read(self) -> Head | None:
        """The head that was kept; None where there is none, or none that this registry signed.

        A file that a power cut left empty hinders nobody; `fsck` names one that is not a signed head. What
        was looked at before, byte for byte, is not verified again.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
            seen = self._seen
            if seen is not None and seen[0] == text:
                return seen[1]
            head = open_head(SignedNote.parse(text), self._signer.keys)
        except (FileNotFoundError, UnicodeDecodeError, ProofError):
            return None
        self._seen = (text, head)
        return head

    def write(self, note: SignedNote, head: Head) -> None:
        """Keep a head's note, unless one over more entries is kept: two writers may end out of order."""
        kept = self.read()
        if kept is not None and kept.size > head.size:
            return
        draft = self.path.with_name(f".{self.path.name}.{secrets.token_hex(8)}")
        text = str(note)
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, self.path)
        self._seen = (text, head)
