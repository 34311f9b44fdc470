"""The keys of one log, from its first to its present one: which of them signs a head is told by its size.

When a log's key is renewed, the old one signs the entry that names the new one; from the next entry on heads
are signed with the new. As text, a line for each key: `KEY until SIZE` for one that was renewed, `KEY` for
the present one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from consent.ledger.errors import ProofFormatError
from consent.ledger.notes import ED25519, VerifierKey

_LINE = re.compile(r"(\S+) until ([1-9][0-9]{0,17})")
_MOST_KEYS = 1000


@dataclass(frozen=True)
class LogKeys:
    """`renewed` are the earlier keys, each with the size of the last head that it may sign; `newest` the
    present one."""

    newest: VerifierKey
    renewed: tuple[tuple[VerifierKey, int], ...] = ()

    @classmethod
    def parse(cls, text: str) -> LogKeys:
        """Read the keys of one log. Raises ProofFormatError."""
        lines = [line.strip() for line in text.strip().split("\n")]
        if len(lines) > _MOST_KEYS:
            raise ProofFormatError("These are too many keys for one log.")
        newest, renewed = VerifierKey.parse(lines[-1]), []
        for line in lines[:-1]:
            said = _LINE.fullmatch(line)
            if said is None:
                raise ProofFormatError("A key before the last does not say until which size it signed.")
            renewed.append((VerifierKey.parse(said[1]), int(said[2])))
        sizes = [size for _, size in renewed]
        if sizes != sorted(set(sizes)):
            raise ProofFormatError("The keys are not in the order in which they signed.")
        if {(key.name, key.kind) for key in (newest, *(key for key, _ in renewed))} != {
            (newest.name, ED25519)
        }:
            raise ProofFormatError("These are not the keys of one registry's ledger.")
        return cls(newest, tuple(renewed))

    @property
    def name(self) -> str:
        """The origin of the log."""
        return self.newest.name

    def of(self, size: int) -> VerifierKey:
        """The key that signs a head over so many entries."""
        return next((key for key, last in self.renewed if size <= last), self.newest)

    def in_order(self) -> list[tuple[bytes, int | None]]:
        """Every public key (32 bytes) with the size of the last head that it signed, None for the present."""
        return [*((key.public, last) for key, last in self.renewed), (self.newest.public, None)]

    def __str__(self) -> str:
        return "\n".join([*(f"{key} until {last}" for key, last in self.renewed), str(self.newest)])


def as_log_keys(keys: LogKeys | VerifierKey | str) -> LogKeys:
    """The keys of a log, given as such, as its only key, or as text. Raises ProofFormatError."""
    if isinstance(keys, str):
        return LogKeys.parse(keys)
    if isinstance(keys, LogKeys):
        return keys
    if keys.kind != ED25519:
        raise ProofFormatError("This is a witness's key where a registry's is needed.")
    return LogKeys(keys)
