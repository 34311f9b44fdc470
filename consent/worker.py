"""A worker's side of a sealed voice: its own key pair, and the opening of what was sealed to it.

The registry seals a version's data key to a worker's public key with HPKE (RFC 9180, mode base, DHKEM(X25519,
HKDF-SHA256), HKDF-SHA256, AES-256-GCM) for one authorisation: what binds it is in `info`, so that it opens
for no other authorisation, voice, version or worker. Needs neither the registry's database nor its keys.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from consent.authorization import Authorization
from consent.canonical import canonical
from consent.errors import KeyStoreError
from consent.sealing import open_sealed, read_sealed

_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


@dataclass(frozen=True)
class SealedKey:
    """A version's data key as one worker may open it for one authorisation; noise to everybody else.

    `authorization` is the authorisation's id, `worker` the worker's fingerprint, `sealed` the encapsulated
    key (32 bytes) and the ciphertext with its tag.
    """

    authorization: str
    worker: str
    sealed: bytes

    def to_json(self) -> dict[str, str]:
        """The sealed key as it travels: its three fields, the bytes in base64."""
        sealed = base64.b64encode(self.sealed).decode()
        return {"authorization": self.authorization, "worker": self.worker, "sealed": sealed}

    @classmethod
    def from_json(cls, data: Mapping[str, str]) -> SealedKey:
        """The reverse of `to_json`. Raises KeyStoreError for anything else."""
        try:
            if set(data) != {"authorization", "worker", "sealed"}:
                raise ValueError("fields")
            return cls(
                str(data["authorization"]),
                str(data["worker"]),
                base64.b64decode(data["sealed"], validate=True),
            )
        except (ValueError, TypeError):
            raise KeyStoreError("This is no sealed key.") from None


class WorkerKey:
    """A worker's key pair (X25519). The private half never leaves this object."""

    def __init__(self, private: X25519PrivateKey) -> None:
        self._private = private
        self.public_key = private.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> WorkerKey:
        """A new key pair, as short-lived as its holder likes."""
        return cls(X25519PrivateKey.generate())

    def open(self, sealed: SealedKey, authorization: Authorization) -> bytes:
        """The data key that was sealed to this worker for this authorisation. Raises KeyStoreError."""
        info = _binding(authorization, self.public_key)
        try:
            return _SUITE.decrypt(sealed.sealed, self._private, info=info)
        except (InvalidTag, ValueError, TypeError):
            raise KeyStoreError("The key was sealed for another authorisation or another worker.") from None


def seal_to_worker(data_key: bytes, authorization: Authorization, worker_public_key: bytes) -> SealedKey:
    """Seal a data key to a worker for one authorisation, which the caller has looked at.

    Raises KeyStoreError for what is no X25519 public key (32 bytes, not of low order).
    """
    try:
        public = X25519PublicKey.from_public_bytes(worker_public_key)
        info = _binding(authorization, worker_public_key)
        sealed = _SUITE.encrypt(data_key, public, info=info)
    except (ValueError, TypeError):
        raise KeyStoreError(
            "The worker's key is no X25519 public key.", "Give the 32 bytes of WorkerKey.public_key."
        ) from None
    return SealedKey(authorization.id, fingerprint(worker_public_key), sealed)


def open_voice(
    sealed: SealedKey, authorization: Authorization, sealed_file: Path | bytes, worker_key: WorkerKey
) -> dict[str, bytes]:
    """The weight files of a voice by name, from its sealed file (its path, or its bytes).

    Raises KeyStoreError when key, authorisation, worker and file do not belong together; StoreError when the
    file is gone.
    """
    data_key = worker_key.open(sealed, authorization)
    voice, version = authorization.voice, authorization.voice_version
    if isinstance(sealed_file, Path):
        return read_sealed(sealed_file, data_key, voice, version)
    return open_sealed(sealed_file, data_key, voice, version)


def fingerprint(public_key: bytes) -> str:
    """What names a worker in records: SHA-256 of its public key, in hex."""
    return hashlib.sha256(public_key).hexdigest()


def _binding(authorization: Authorization, worker_public_key: bytes) -> bytes:
    """HPKE's info: all that a sealed key is bound to."""
    bound = {
        "authorisation": authorization.id,
        "mac": authorization.mac,
        "voice": authorization.voice,
        "version": authorization.voice_version,
        "worker": fingerprint(worker_public_key),
    }
    return b"consonance sealed key 1\n" + canonical(bound)
