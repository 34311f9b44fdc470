"""Certificate chains as an authority would sell them, for the tests of content credentials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from consent.certificates import BoughtChain

Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
NOW = datetime.now(UTC)

KEYS = {
    "Es256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "Es384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "Es512": lambda: ec.generate_private_key(ec.SECP521R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
    "Ps256": lambda: rsa.generate_private_key(65537, 2048),
}


@dataclass(frozen=True)
class Chain(BoughtChain):
    """The files that were bought, and the root that others know."""

    root: bytes = b""


class Authority:
    """Who issues certificates: by its own word, or below another authority."""

    def __init__(self, above: Authority | None = None) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.above = above
        self.name = f"An authority {'below another' if above else 'of its own'}"
        self.certificate = self.issue(
            above or self,
            _certificate(self.name, (above or self).name, self.key.public_key(), 3650)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0 if above else None), critical=True)
            .add_extension(_usage(authority=True), critical=True),
        )

    @staticmethod
    def issue(by: Authority, certificate: x509.CertificateBuilder) -> x509.Certificate:
        """Sign a certificate."""
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key())
        return certificate.add_extension(identifier, critical=False).sign(by.key, hashes.SHA256())

    @property
    def pem(self) -> bytes:
        """Its own certificate and those above it."""
        above = self.above.pem if self.above else b""
        return self.certificate.public_bytes(Encoding.PEM) + above


def bought_chain(
    folder: Path,
    key: Key,
    *,
    authority: Authority | None = None,
    days: int = 90,
    usages: Sequence[ObjectIdentifier] = (ExtendedKeyUsageOID.EMAIL_PROTECTION,),
    passphrase: bytes = b"",
) -> Chain:
    """A signer's certificate below an authority, from a day ago for so many days."""
    authority = authority or Authority()
    leaf = Authority.issue(
        authority,
        _certificate("A record label", authority.name, key.public_key(), days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False),
    )
    sealing = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    root = (authority.above or authority).certificate.public_bytes(Encoding.PEM)
    chain = Chain(folder / "chain.pem", folder / "key.pem", root)
    chain.chain.write_bytes(leaf.public_bytes(Encoding.PEM) + authority.pem)
    chain.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealing))
    return chain


def _certificate(subject: str, issuer: str, key: object, days: int) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, issuer)]))
        .public_key(key)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW - timedelta(days=1) + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)  # type: ignore[arg-type]
    )


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
