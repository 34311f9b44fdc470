"""Which of the log's keys a head has to be signed with."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Keys:
    """The log's public keys (32 bytes each), first to last, each with the size of the last head that it may
    sign; None for the present one."""

    def __init__(self, keys: Sequence[tuple[bytes, int | None]]) -> None:
        self._keys = [(Ed25519PublicKey.from_public_bytes(public), last) for public, last in keys]

    def of(self, size: int) -> Ed25519PublicKey:
        """The key that has to sign a head over so many entries."""
        for key, last in self._keys:
            if last is None or size <= last:
                return key
        return self._keys[-1][0]
