"""Whether the ledger itself says so wherever the key of its heads changes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from consent.ledger.fsck.report import Findings
from consent.ledger.fsck.walk import LoggedEntry


class Handovers:
    """The comparison: every change of key is an entry that the old key signed, and none names another key."""

    def __init__(self, keys: Sequence[tuple[bytes, int | None]], findings: Findings) -> None:
        self._findings = findings
        self._awaited = {
            last - 1: following.hex() for (_, last), (following, _) in pairwise(keys) if last is not None
        }

    def compare(self, entries: Sequence[LoggedEntry]) -> None:
        """Take in a page of entries."""
        for entry in entries:
            if entry.kind != "key-rotation" or entry.body.get("key") != "ledger":
                continue
            if self._awaited.pop(entry.position, None) != entry.body.get("public_key"):
                self._findings.say(
                    entry.position,
                    f"Entry {entry.position} hands the ledger over to a key that is not this registry's.",
                )

    def end(self) -> None:
        """What shows only at the end: changes of key of which no entry speaks."""
        for position in sorted(self._awaited):
            self._findings.say(
                position, f"The ledger's key changed after entry {position}, and that entry does not say so."
            )
