"""The keyring: which keys a registry has, and new ones in their place. It shows fingerprints, never keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest

from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import select

from consent import key_records, rotation
from consent.certificates import BoughtChain
from consent.clock import from_ms
from consent.keys import read_key
from consent.records import KeyRow
from consent.store import Store


@dataclass(frozen=True)
class KeyInfo:
    """One key: what it is for, its version (a voice key's generation), its fingerprint (hex) and its dates.

    `kind` is ledger, mac, watermark, recipe or voice; or credentials-root, credentials (the own signers) or
    credentials-bought, and then it is a certificate that is meant. `state` is current, kept (it checks or
    reads what is older), destroyed, or expired. `made_at` of a voice's key is the time of its file;
    `ends_at` is known of certificates.
    """

    kind: str
    voice: str | None
    version: int
    fingerprint: str
    state: str
    made_at: datetime
    retired_at: datetime | None
    ends_at: datetime | None = None


class Keyring:
    """The keys of one registry, as its operator sees and renews them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def inventory(self, bought: BoughtChain | None = None) -> list[KeyInfo]:
        """Every key that this registry has or had, by kind, voice and version.

        `bought`: the chain that signs credentials in place of the own signer. Raises KeyStoreError.
        """
        with self._store.read() as session:
            own = KeyRow.kind.in_(key_records.KINDS)
            rows = session.scalars(select(KeyRow).where(own).order_by(KeyRow.kind, KeyRow.version)).all()
        there = {kind: self._store.keys.registry_keys(kind) for kind in key_records.KINDS}
        found = [
            KeyInfo(
                kind=row.kind,
                voice=None,
                version=row.version,
                fingerprint=row.fingerprint,
                state=_state(row, row.version in there[row.kind]),
                made_at=from_ms(row.made_at_ms),
                retired_at=None if row.retired_at_ms is None else from_ms(row.retired_at_ms),
            )
            for row in rows
        ]
        return found + self._certificates(bought) + self._voice_keys()

    def rotate_voice(self, voice: str) -> tuple[str, ...]:
        """Put a voice's weights under new keys; returns the versions. See `rotation.rotate_voice`."""
        return rotation.rotate_voice(self._store, voice)

    def rotate_macs(self, at_once: bool = False) -> int:
        """Give grants and all other rows with a MAC one by a new key; returns how many.

        Songs under way may end first, unless `at_once` (for a key that others may know): then their
        authorisations are revoked.
        """
        return rotation.rotate_macs(self._store, at_once)

    def rotate_ledger_key(self) -> int:
        """Sign the ledger with a new key, which the old one names; returns its version.

        Whoever verifies offline needs the new list of keys (`registry.proofs.public_keys`).
        """
        return rotation.rotate_ledger_key(self._store)

    def rotate_watermark(self) -> int:
        """Mark the songs to come with a new key; returns its version. Older songs stay readable."""
        return rotation.rotate_watermark(self._store)

    def rotate_recipes(self) -> int:
        """Seal the recipes of the songs to come with a new key; returns its version."""
        return rotation.rotate_recipes(self._store)

    def rotate_credentials(self) -> int:
        """Sign the credentials of the songs to come with a new key; returns the signer's number."""
        return rotation.rotate_credentials(self._store)

    def _certificates(self, bought: BoughtChain | None) -> list[KeyInfo]:
        certificates = key_records.certificates_of(self._store)
        signs = None if bought is None else certificates.signer(bought).certificate
        kept, found = certificates.kept(), []
        for one, following in zip_longest(kept, kept[1:]):
            followed = following is not None and following.kind == one.kind != "credentials-bought"
            if one.kind == "credentials-bought":
                current = signs is not None and signs.fingerprint(SHA256()).hex() == one.fingerprint
            else:
                current = not followed and (signs is None or one.kind == "credentials-root")
            state = "current" if current else "kept"
            found.append(
                KeyInfo(
                    kind=one.kind,
                    voice=None,
                    version=one.number,
                    fingerprint=one.fingerprint,
                    state="expired" if one.ends <= datetime.now(UTC) else state,
                    made_at=one.begins,
                    retired_at=following.begins if following is not None and followed else None,
                    ends_at=one.ends,
                )
            )
        return found

    def _voice_keys(self) -> list[KeyInfo]:
        found = []
        for voice in self._store.keys.voices_with_keys():
            generations = self._store.keys.voice_keys(voice)
            for generation, path in generations.items():
                found.append(
                    KeyInfo(
                        kind="voice",
                        voice=voice,
                        version=generation,
                        fingerprint=key_records.fingerprint("voice", read_key(path)),
                        state="current" if generation == max(generations) else "kept",
                        made_at=from_ms(path.stat().st_mtime_ns // 1_000_000),
                        retired_at=None,
                    )
                )
        return found


def _state(row: KeyRow, there: bool) -> str:
    if not there:
        return "destroyed"
    return "current" if row.retired_at_ms is None else "kept"
