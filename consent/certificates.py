"""The certificates that content credentials are signed under: a registry's own root, or a chain that was
bought.

The own root and the signer below it follow the certificate profile of C2PA 2.x (14.5.1). Their keys rest with
the registry's other keys. Readers that do not know the root find the signature whole and its signer unknown;
a chain from a certificate authority of the C2PA trust list makes them know it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from consent.errors import KeyStoreError
from consent.key_files import make_file, make_key, read_key

C2PA_CLAIM_SIGNING = ObjectIdentifier("1.3.6.1.4.1.62558.2.1")
"""The extended key usage of C2PA 2.x for signers of claims. Readers' older default asks for e-mail
protection: the own signer has both."""

ROOT_YEARS, SIGNER_YEARS = 30, 20
RENEWED_BEFORE = timedelta(days=365)
"""A signer that ends sooner than this signs nothing new: the next one does. Songs bear no time stamp of an
authority, so what an expired signer signed stays whole but is called expired."""

_CLOCKS_DIFFER = timedelta(hours=1)
_LARGEST_PEM = 1 << 16
_CURVES: dict[str, tuple[str, int, hashes.HashAlgorithm]] = {
    "secp256r1": ("Es256", 32, hashes.SHA256()),
    "secp384r1": ("Es384", 48, hashes.SHA384()),
    "secp521r1": ("Es512", 66, hashes.SHA512()),
}
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

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


@dataclass(frozen=True)
class BoughtChain:
    """PEM files: `chain` holds the signer's certificate first, then every one above it; `key` its private key
    without a passphrase (ECDSA, Ed25519 or RSA)."""

    chain: Path
    key: Path


class Certificates:
    """The signer of one registry, made on first use, and the certificates whose word it takes."""

    def __init__(self, folder: Path, name: str) -> None:
        """`folder` is that of the registry's keys; `name` goes into the own root's subject."""
        self._folder, self._name = folder, name

    def signer(self, bought: BoughtChain | None = None, now: datetime | None = None) -> Signer:
        """Who signs now: the bought chain, or else the own signer.

        Raises KeyStoreError for files that are missing, damaged, expired, or do not fit.
        """
        now = now or datetime.now(UTC)
        if bought is None:
            return self._own_signer(now)
        signer = bought_signer(bought, now)
        self._remember(signer, _small_file(bought.chain))
        return signer

    def trusted(self) -> tuple[bytes, ...]:
        """What `read_credentials` is told to trust, as PEM: the own root, and every bought chain that
        ever signed here, of which its first certificate alone is meant."""
        self._root(datetime.now(UTC))
        known = [self._folder / "credentials-root.pem", *sorted(self._folder.glob("credentials-chain-*.pem"))]
        return tuple(path.read_bytes() for path in known)

    def _own_signer(self, now: datetime) -> Signer:
        """The newest own signer, or a new one where that is about to expire."""
        number = 1 + max((int(path.stem.rpartition("-")[2]) for path in self._own()), default=0)
        if number > 1:
            found = self._load_own(number - 1)
            if found.certificate.not_valid_after_utc - now > RENEWED_BEFORE:
                return found
        root, root_key = self._root(now)
        secret = self._folder / f"credentials-{number}.p256"
        make_key(secret)
        key = _p256(read_key(secret))
        certificate = (
            _certificate(f"{self._name}, songs {number}", key.public_key(), root.subject, now, SIGNER_YEARS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION, C2PA_CLAIM_SIGNING]),
                critical=False,
            )
            .add_extension(_issued_by(root), critical=False)
            .sign(root_key, hashes.SHA256())
        )
        make_file(self._folder / f"credentials-{number}.pem", _pem(certificate))
        return self._load_own(number)

    def _own(self) -> list[Path]:
        return list(self._folder.glob("credentials-[0-9]*.pem"))

    def _load_own(self, number: int) -> Signer:
        chain = (self._folder / f"credentials-{number}.pem").read_bytes()
        return _signer(chain, _p256(read_key(self._folder / f"credentials-{number}.p256")))

    def _root(self, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        place, secret = self._folder / "credentials-root.pem", self._folder / "credentials-root.p256"
        if not place.exists():
            make_key(secret)
        key = _p256(read_key(secret))
        if not place.exists():
            name = _subject(f"{self._name}, root")
            certificate = (
                _certificate(f"{self._name}, root", key.public_key(), name, now, ROOT_YEARS)
                .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
                .add_extension(_usage(signs_certificates=True), critical=True)
                .sign(key, hashes.SHA256())
            )
            make_file(place, _pem(certificate))
        return x509.load_pem_x509_certificate(place.read_bytes()), key

    def _remember(self, signer: Signer, chain: bytes) -> None:
        """Keep a bought chain: its songs stay known when another one signs."""
        digest = signer.certificate.fingerprint(hashes.SHA256()).hex()[:16]
        place = self._folder / f"credentials-chain-{digest}.pem"
        if not place.exists():
            make_file(place, chain)


def bought_signer(bought: BoughtChain, now: datetime) -> Signer:
    """The signer of a bought chain. Raises KeyStoreError, which says what is wrong with its files."""
    chain_file, key_file = bought.chain, bought.key
    chain, pem = _small_file(chain_file), _small_file(key_file)
    try:
        certificates = x509.load_pem_x509_certificates(chain)
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyStoreError(
            f"{chain_file} and {key_file} are not a certificate chain and its key: {error}.",
            "Give PEM files; the key without a passphrase.",
        ) from error
    if not isinstance(key, Private):
        raise KeyStoreError(f"The key {key_file} is of a kind that C2PA does not sign with.")
    if key.public_key() != certificates[0].public_key():
        raise KeyStoreError(
            f"The key {key_file} is not that of the first certificate in {chain_file}.",
            "The signer's own certificate stands first.",
        )
    ends = certificates[0].not_valid_after_utc
    if not certificates[0].not_valid_before_utc <= now < ends:
        raise KeyStoreError(f"The certificate in {chain_file} is not valid now; it ends {ends:%Y-%m-%d}.")
    if len(certificates) < 2 or any(not issues(authority) for authority in certificates[1:]):
        raise KeyStoreError(
            f"{chain_file} does not lead from the signer's certificate to an authority.",
            "Put every certificate above the signer's behind it, the authority's last.",
        )
    sent = [one for one in certificates if one.issuer != one.subject]  # C2PA 2.x: the root is not sent along
    return _signer(b"".join(map(_pem, sent)), key)


def _signer(chain: bytes, key: Private) -> Signer:
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


def _p256(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """The P-256 key of 32 random bytes (FIPS 186-5, A.2.1, without the extra bits: the bias is 2⁻³²)."""
    return ec.derive_private_key(int.from_bytes(secret, "big") % (_P256_ORDER - 1) + 1, ec.SECP256R1())


def _certificate(
    name: str, key: ec.EllipticCurvePublicKey, issuer: x509.Name, now: datetime, years: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_subject(name))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + timedelta(days=round(365.25 * years)))
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


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _small_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_PEM + 1)
    except OSError as error:
        raise KeyStoreError(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > _LARGEST_PEM:
        raise KeyStoreError(f"{path} is too large to be a certificate chain or a key.")
    return content


def issues(certificate: x509.Certificate) -> bool:
    """Whether a certificate is an authority's."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False
