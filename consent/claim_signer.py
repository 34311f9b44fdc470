"""Who signs manifests: a key of a kind that C2PA knows, and the certificates that vouch for it.

Signatures are raw COSE ones (RFC 9053). ECDSA is deterministic (RFC 6979), so that the same song is signed
the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from consent.errors import KeyStoreError

_CURVES: dict[str, tuple[str, int, hashes.HashAlgorithm]] = {
    "secp256r1": ("Es256", 32, hashes.SHA256()),
    "secp384r1": ("Es384", 48, hashes.SHA384()),
    "secp521r1": ("Es512", 66, hashes.SHA512()),
}

Private = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Signer:
    """Who signs manifests: COSE algorithm (Es256 … Ed25519), PEM chain without its root, and the signing.

    `sign` gives the raw signature over bytes: for ECDSA r and s, always the same for the same bytes
    (RFC 6979). `salt` is known to nobody else.
    """

    algorithm: str
    chain: bytes
    sign: Callable[[bytes], bytes]
    salt: bytes

    @property
    def certificate(self) -> x509.Certificate:
        """The signer's own certificate."""
        return x509.load_pem_x509_certificates(self.chain)[0]


def signer_of(chain: bytes, key: Private) -> Signer:
    """The signer behind a PEM chain. Raises KeyStoreError for a key that C2PA does not sign with."""
    secret = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    salt = hashlib.sha256(b"consonance credentials salt\n" + secret).digest()
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return Signer("Ed25519", chain, key.sign, salt)
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
        return Signer("Ps256", chain, lambda data: key.sign(data, pss, hashes.SHA256()), salt)
    if key.curve.name not in _CURVES:
        raise KeyStoreError(f"C2PA does not sign with the curve {key.curve.name}.", "Use P-256.")
    algorithm, size, digest = _CURVES[key.curve.name]

    def sign(data: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(digest, deterministic_signing=True)))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    return Signer(algorithm, chain, sign, salt)
