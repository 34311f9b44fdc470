"""Certificates of a registry's own: a root, and the signers below it, after C2PA 2.x (14.5.1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

C2PA_CLAIM_SIGNING = ObjectIdentifier("1.3.6.1.4.1.62558.2.1")
"""The extended key usage of C2PA 2.x for signers of claims. Readers' older default asks for e-mail
protection: the own signer has both."""

ROOT_YEARS, SIGNER_YEARS = 30, 20
_YEAR = timedelta(days=365.25)
_CLOCKS_DIFFER = timedelta(hours=1)
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def root_certificate(name: str, key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    """A root that vouches for signers, for ROOT_YEARS from now on."""
    return (
        _certificate(name, key.public_key(), _subject(name), now, _after(now, ROOT_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def signer_certificate(
    name: str,
    key: ec.EllipticCurvePublicKey,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> x509.Certificate:
    """A signer's certificate below a root, for SIGNER_YEARS from now on; it does not outlive the root."""
    ends = min(_after(now, SIGNER_YEARS), root.not_valid_after_utc)
    return (
        _certificate(name, key, root.subject, now, ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION, C2PA_CLAIM_SIGNING]), critical=False
        )
        .add_extension(_issued_by(root), critical=False)
        .sign(root_key, hashes.SHA256())
    )


def p256_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """The P-256 key of 32 random bytes (FIPS 186-5, A.2.1, without the extra bits: the bias is 2⁻³²)."""
    return ec.derive_private_key(int.from_bytes(secret, "big") % (_P256_ORDER - 1) + 1, ec.SECP256R1())


def _after(now: datetime, years: int) -> datetime:
    return now + years * _YEAR


def _certificate(
    name: str, key: ec.EllipticCurvePublicKey, issuer: x509.Name, now: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_subject(name))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _subject(name: str) -> x509.Name:
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Consonance, a local registry")
    return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _issued_by(root: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
