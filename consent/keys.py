"""Key custody: every secret is a small file under `home/keys`, outside the database, readable by its owner
alone.

A voice's weights are sealed with a data key per voice version (AES-256-GCM); the data key rests in the
database, wrapped by the voice's key-encryption key, which rests in a file. Withdrawal erases both: a backup
of either alone is noise.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from consent.canonical import canonical
from consent.errors import KeyStoreError
from consent.key_files import KEY_BYTES, fsync_folder, make_key, read_key, settled_time, shred, write_file

__all__ = ["KEY_BYTES", "KeyStore", "decrypt", "encrypt", "fsync_folder", "make_key", "read_key", "shred"]

_NONCE_BYTES = 12
_GENERATION_BYTES = 4
_SINGLE = ("render-id.hmac", "pseudonym.hmac")
_SUFFIXES = {"ledger": "ed25519", "mac": "hmac", "watermark": "key", "recipe": "key"}


class KeyStore:
    """The key files of one registry. Made on first use; every read checks length and permissions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in (folder, folder / "voices"):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in _SINGLE:
            make_key(folder / name)
        make_key(folder / "watermark-1.key")
        make_key(folder / "recipe-1.key")
        if not any(folder.glob("ledger*.ed25519")):
            make_key(self._registry_key("ledger", 1))
        if not any(folder.glob("mac-*.hmac")):
            with suppress(FileNotFoundError):  # the first version's name for it
                os.rename(folder / "authorisation.hmac", folder / "mac-1.hmac")
            make_key(folder / "mac-1.hmac")
        self._macs, self._macs_seen_ns = self._read_macs()
        self.render_id = read_key(folder / "render-id.hmac")
        self._pseudonym = read_key(folder / "pseudonym.hmac")

    @property
    def ledger_public(self) -> bytes:
        """The public key of the newest key that signs the ledger's heads: 32 bytes."""
        newest = list(self.registry_keys("ledger").values())[-1]
        return Ed25519PrivateKey.from_private_bytes(newest).public_key().public_bytes_raw()

    def fingerprint(self) -> str:
        """A digest of the keys that a registry never changes, to notice a database beside another's keys."""
        return hashlib.sha256(b"consonance keys\n" + self.render_id + self._pseudonym).hexdigest()

    def first_fingerprint(self) -> str:
        """What the first version wrote down to know its keys again."""
        first = self._mac_keys().get(1, b"")
        return hashlib.sha256(b"consonance keys" + self.ledger_public + first).hexdigest()

    def mac(self, purpose: str, covered: Mapping[str, Any]) -> str:
        """HMAC-SHA256 over the purpose, a line feed and the RFC 8785 form of what is covered.

        Written "version:hex"; the newest key signs. Raises rfc8785.CanonicalizationError for what is no JSON.
        """
        keys = self._mac_keys()
        version = max(keys)
        return f"{version}:{_mac(keys[version], purpose, covered)}"

    def check_mac(self, purpose: str, covered: Mapping[str, Any], mac: object) -> bool:
        """Whether a MAC is one of ours over exactly this, by any key that is still kept; never raises."""
        if type(mac) is not str:
            return False
        version, _, digest = mac.partition(":")
        if not re.fullmatch(r"[1-9][0-9]{0,8}", version):
            return False
        key = self._mac_keys().get(int(version))
        if key is None:
            return False
        try:
            return hmac.compare_digest(_mac(key, purpose, covered).encode(), digest.encode())
        except (rfc8785.CanonicalizationError, TypeError, ValueError, AttributeError, RecursionError):
            return False  # something of another type than we ever sign

    def pseudonym(self, name: str, salt: bytes = b"") -> str:
        """What stands for a person in the ledger: 32 hex digits that only key and salt together tie to a
        name (`consent.subjects` keeps the salts)."""
        return hmac.digest(self._pseudonym, salt + name.encode(), "sha256").hex()[:32]

    def _mac_keys(self) -> dict[int, bytes]:
        """Every MAC key by version; looks again when the folder changed, as another process may rotate."""
        if os.stat(self.folder).st_mtime_ns != self._macs_seen_ns:
            self._macs, self._macs_seen_ns = self._read_macs()
        return self._macs

    def registry_keys(self, kind: str) -> dict[int, bytes]:
        """The registry's own keys of a kind that comes in versions (`_SUFFIXES`), oldest first."""
        keys = {}
        for file in self.folder.glob(f"{kind}*.{_SUFFIXES[kind]}"):
            try:
                keys[_version(file)] = read_key(file)
            except KeyStoreError:
                if file.exists():  # else another process has just destroyed it
                    raise
        if not keys:
            raise KeyStoreError(f"The {kind} keys in {self.folder} are gone.")
        return dict(sorted(keys.items()))

    def destroy_registry_key(self, kind: str, version: int) -> bool:
        """Shred one version of the registry's own keys; says whether it was there."""
        return shred(self._registry_key(kind, version))

    def renewed_ledger_keys(self) -> dict[int, tuple[bytes, int]]:
        """The public keys that signed the ledger's heads before the present one, each with the size of the
        last head that it signed. Raises KeyStoreError for a file that is damaged."""
        found = {}
        for file in sorted(self.folder.glob("ledger-*.pub")):
            try:
                public, last = file.read_text(encoding="ascii").split(" until ")
                found[_version(file)] = (bytes.fromhex(public), int(last))
            except ValueError:
                raise KeyStoreError(f"The key file {file} is damaged.") from None
        return found

    def keep_renewed_ledger_key(self, version: int, public: bytes, last: int) -> None:
        """Write down which public key signed the heads up to the one over `last` entries."""
        write_file(self.folder / f"ledger-{version}.pub", f"{public.hex()} until {last}\n".encode())

    def _registry_key(self, kind: str, version: int) -> Path:
        number = "" if (kind, version) == ("ledger", 1) else f"-{version}"
        return self.folder / f"{kind}{number}.{_SUFFIXES[kind]}"

    def _read_macs(self) -> tuple[dict[int, bytes], int]:
        seen_ns = settled_time(self.folder)  # before reading: a change meanwhile is seen next time
        return self.registry_keys("mac"), seen_ns

    def watermark_keys(self) -> list[tuple[int, bytes]]:
        """All watermark keys as (version, 32 bytes), oldest first; the last one marks."""
        return list(self.registry_keys("watermark").items())

    def new_registry_key(self, kind: str) -> int:
        """Make the key of a kind that signs or marks from now on; returns its version. The others go on
        checking and reading."""
        version = max(self.registry_keys(kind)) + 1
        make_key(self._registry_key(kind, version))
        return version

    def voices_with_keys(self) -> list[str]:
        """The voices that have key-encryption keys here, by name."""
        return sorted({path.stem.partition("@")[0] for path in (self.folder / "voices").glob("*.kek")})

    def voice_keys(self, voice: str) -> dict[int, Path]:
        """Where the key-encryption keys of a voice rest, by generation, oldest first; none once destroyed."""
        named = self.folder / "voices"
        later = [(_generation(path), path) for path in named.glob(f"{voice}@*.kek")]
        first = named / f"{voice}.kek"
        return dict([(1, first)] * first.exists() + sorted(later))

    def new_voice_key(self, voice: str) -> int:
        """Make the key-encryption key that wraps from now on; returns its generation."""
        generation = max(self.voice_keys(voice), default=0) + 1
        make_key(self._voice_key(voice, generation))
        return generation

    def wrap(self, voice: str, version: str, data_key: bytes) -> bytes:
        """Encrypt a version's data key under its voice's newest key-encryption key, made where there is none.

        Four bytes say which generation that is, then follows what `encrypt` gives.
        """
        generation = max(self.voice_keys(voice), default=0) or self.new_voice_key(voice)
        key = read_key(self._voice_key(voice, generation))
        return generation.to_bytes(_GENERATION_BYTES, "big") + encrypt(key, data_key, voice, version)

    def unwrap(self, voice: str, version: str, wrapped: bytes) -> bytes:
        """The data key of a version. Raises KeyStoreError when the key-encryption key is gone or another."""
        key = read_key(self._voice_key(voice, generation_of(wrapped)))
        return decrypt(key, wrapped[_GENERATION_BYTES:], voice, version)

    def destroy(self, voice: str) -> bool:
        """Shred every key-encryption key of a voice; says whether there was one."""
        return any([shred(path) for path in self.voice_keys(voice).values()])

    def _voice_key(self, voice: str, generation: int) -> Path:
        name = f"{voice}.kek" if generation == 1 else f"{voice}@{generation}.kek"
        return self.folder / "voices" / name


def generation_of(wrapped: bytes) -> int:
    """Which generation of its voice's key-encryption key a wrapped key needs."""
    return int.from_bytes(wrapped[:_GENERATION_BYTES], "big")


def encrypt(key: bytes, plain: bytes, voice: str, version: str) -> bytes:
    """AES-256-GCM with voice and version as associated data: 12-byte nonce, then ciphertext and tag."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, _associated(voice, version))


def decrypt(key: bytes, sealed: bytes, voice: str, version: str) -> bytes:
    """The reverse of `encrypt`. Raises KeyStoreError for another key, voice or version, or a changed bit."""
    nonce, ciphertext = sealed[:_NONCE_BYTES], memoryview(sealed)[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, _associated(voice, version))
    except (InvalidTag, ValueError):
        raise KeyStoreError(f"What is sealed for {voice} {version} does not open with its key.") from None


def _mac(key: bytes, purpose: str, covered: Mapping[str, Any]) -> str:
    return hmac.digest(key, purpose.encode() + b"\n" + canonical(covered), "sha256").hex()


def _version(file: Path) -> int:
    """The number in the name of a key that comes in versions: 2 for watermark-2.key."""
    return int(file.stem.partition("-")[2] or 1)


def _generation(path: Path) -> int:
    digits = path.stem.rpartition("@")[2]
    return int(digits) if digits.isdecimal() else 0


def _associated(voice: str, version: str) -> bytes:
    return f"{voice}\n{version}".encode()
