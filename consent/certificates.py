"""The certificates that content credentials are signed under: a registry's own, or a chain that was bought.

The own root and the signers below it rest with the registry's other keys. Readers that do not know the root
find the signature whole and its signer unknown; a chain from a certificate authority of the C2PA trust list
makes them know it. A certificate stays for good, so that what it signed stays known; its key goes when the
next signer takes over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from consent.certificate_making import (
    C2PA_CLAIM_SIGNING,
    ROOT_YEARS,
    SIGNER_YEARS,
    p256_key,
    root_certificate,
    signer_certificate,
)
from consent.claim_signer import Private, Signer, signer_of
from consent.errors import KeyStoreError
from consent.key_files import make_file, make_key, read_key, shred

__all__ = [
    "C2PA_CLAIM_SIGNING",
    "RENEWED_BEFORE",
    "ROOT_YEARS",
    "SIGNER_YEARS",
    "BoughtChain",
    "Certificates",
    "KeptCertificate",
    "Signer",
    "bought_signer",
    "issues",
]

RENEWED_BEFORE = timedelta(days=365)
"""A signer that ends sooner than this signs nothing new: the next one does. Songs bear no time stamp of an
authority, so what an expired signer signed stays whole but is called expired."""

ROOT_RENEWED_BEFORE = timedelta(days=3650)
"""No new signer is made under a root that ends sooner than this: it could not last."""

Kind = Literal["credentials-root", "credentials", "credentials-bought"]
OWN: tuple[Kind, Kind] = ("credentials-root", "credentials")
_LARGEST_PEM = 1 << 16


@dataclass(frozen=True)
class BoughtChain:
    """PEM files: `chain` holds the signer's certificate first, then every one above it; `key` its private key
    without a passphrase (ECDSA, Ed25519 or RSA)."""

    chain: Path
    key: Path


@dataclass(frozen=True)
class KeptCertificate:
    """A certificate that this registry keeps: an own root or signer by its number, or a bought signer.

    `fingerprint` is the SHA-256 of its DER form (hex), as every tool shows it.
    """

    kind: Kind
    number: int
    fingerprint: str
    begins: datetime
    ends: datetime


class Certificates:
    """The signers of one registry, the first made on first use, and the certificates whose word it takes."""

    def __init__(self, folder: Path, name: str) -> None:
        """`folder` is that of the registry's keys; `name` goes into the own root's subject."""
        self._folder, self._name = folder, name

    def signer(self, bought: BoughtChain | None = None, now: datetime | None = None) -> Signer:
        """Who signs now: the bought chain, or else the newest own signer.

        Raises KeyStoreError for files that are missing, damaged, expired, or do not fit.
        """
        now = now or datetime.now(UTC)
        if bought is None:
            return self._own_signer(now)
        signer = bought_signer(bought, now)
        self._remember(bought.chain)
        return signer

    def due(self, now: datetime | None = None) -> bool:
        """Whether the own signer ends so soon that the next one should sign. Raises KeyStoreError."""
        number = self._newest("credentials")
        if not number:
            return False
        ends = _certificates(self._signer_file(number))[0].not_valid_after_utc
        return ends - (now or datetime.now(UTC)) <= RENEWED_BEFORE

    def can_renew(self, now: datetime | None = None) -> bool:
        """Whether the root's key is there, which the next own signer needs."""
        number = self._newest("credentials-root")
        try:
            if not number or self._ends_soon(number, now or datetime.now(UTC)):
                return True  # a new root will be made
            read_key(self._file("credentials-root", number, "p256"))
        except KeyStoreError:
            return False
        return True

    def renew(self, above: int = 0, now: datetime | None = None) -> KeptCertificate:
        """Make the next own signer, which signs from now on, under a number above that. Raises KeyStoreError.

        Whoever renews holds the registry's lock. What earlier ones signed stays known; their keys stay until
        `forget_older`.
        """
        number = max(above, self._newest("credentials")) + 1
        self._make_signer(number, now or datetime.now(UTC))
        return _kept("credentials", number, _certificates(self._signer_file(number))[0])

    def forget_older(self) -> None:
        """Destroy the keys of the own signers and roots that others have taken the place of."""
        for name in OWN:
            for number in range(1, self._newest(name)):
                shred(self._file(name, number, "p256"))

    def kept(self, but_damaged: bool = False) -> list[KeptCertificate]:
        """Every certificate that is kept, in the order in which they came, kind by kind; makes none.

        Raises KeyStoreError for a damaged file, unless those are to be left out (`but_damaged`).
        """
        places: list[tuple[Kind, int, Path]] = []
        for kind in OWN:
            numbers = range(1, self._newest(kind) + 1)
            places += [(kind, number, self._file(kind, number, "pem")) for number in numbers]
        places += [("credentials-bought", 0, path) for path in self._bought_chains()]
        found = []
        for kind, number, place in places:
            try:
                found += [_kept(kind, number, _certificates(place)[0])] if place.exists() else []
            except KeyStoreError:
                if not but_damaged:
                    raise
        bought = sorted((one for one in found if not one.number), key=lambda one: one.begins)
        numbered = [replace(one, number=number) for number, one in enumerate(bought, 1)]
        return [one for one in found if one.number] + numbered

    def trusted(self) -> tuple[bytes, ...]:
        """What `read_credentials` is told to trust, as PEM: every own root, and every bought chain that ever
        signed here, of which its first certificate alone is meant. Raises KeyStoreError for damaged files."""
        if not self._newest("credentials-root"):
            self._make_root(1, datetime.now(UTC))
        roots = [
            self._file("credentials-root", number, "pem")
            for number in range(1, self._newest("credentials-root") + 1)
        ]
        known = [path for path in roots if path.exists()] + self._bought_chains()
        return tuple(b"".join(map(_pem, _certificates(path))) for path in known)

    def _own_signer(self, now: datetime) -> Signer:
        """The newest own signer, or the first one."""
        number = self._newest("credentials")
        if not number:
            number = 1
            self._make_signer(number, now)
        try:
            return self._load_own(number)
        except KeyStoreError:
            newest = self._newest("credentials")
            if newest == number:  # else another process has just renewed it
                raise
            return self._load_own(newest)

    def _make_signer(self, number: int, now: datetime) -> None:
        root, root_key = self._root(now)
        secret = self._file("credentials", number, "p256")
        make_key(secret)
        key = p256_key(read_key(secret)).public_key()
        made = signer_certificate(f"{self._name}, songs {number}", key, root, root_key, now)
        make_file(self._signer_file(number), _pem(made))

    def _load_own(self, number: int) -> Signer:
        chain = _certificates(self._signer_file(number))
        key = p256_key(read_key(self._file("credentials", number, "p256")))
        if chain[0].public_key() != key.public_key():
            raise KeyStoreError(f"The key of {self._signer_file(number)} is another's.")
        return signer_of(b"".join(map(_pem, chain)), key)

    def _root(self, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        """The root that vouches for a new signer: the newest, or the next where that ends too soon."""
        number = self._newest("credentials-root")
        if number and not self._ends_soon(number, now):
            root = _certificates(self._file("credentials-root", number, "pem"))[0]
            return root, p256_key(read_key(self._file("credentials-root", number, "p256")))
        self._make_root(number + 1, now)
        return self._root(now)

    def _ends_soon(self, number: int, now: datetime) -> bool:
        """Whether a root would not last for a new signer."""
        root = _certificates(self._file("credentials-root", number, "pem"))[0]
        return root.not_valid_after_utc - now <= ROOT_RENEWED_BEFORE

    def _make_root(self, number: int, now: datetime) -> None:
        secret = self._file("credentials-root", number, "p256")
        make_key(secret)
        name = f"{self._name}, root" if number == 1 else f"{self._name}, root {number}"
        root = root_certificate(name, p256_key(read_key(secret)), now)
        make_file(self._file("credentials-root", number, "pem"), _pem(root))

    def _newest(self, name: str) -> int:
        """The number of the newest certificate of that name, 0 where there is none."""
        stems = (path.stem for path in self._folder.glob("credentials*.pem"))
        found = (re.fullmatch(rf"{name}(?:-([1-9][0-9]*))?", stem) for stem in stems)
        return max((int(match[1] or 1) for match in found if match), default=0)

    def _file(self, name: str, number: int, suffix: str) -> Path:
        """Where a certificate or its key rests; the first root has no number."""
        first_root = (name, number) == ("credentials-root", 1)
        return self._folder / f"{name if first_root else f'{name}-{number}'}.{suffix}"

    def _signer_file(self, number: int) -> Path:
        return self._file("credentials", number, "pem")

    def _bought_chains(self) -> list[Path]:
        return sorted(self._folder.glob("credentials-chain-*.pem"))

    def _remember(self, chain: Path) -> None:
        """Keep the certificates of a bought chain: its songs stay known when another one signs."""
        certificates = _certificates(chain)
        digest = certificates[0].fingerprint(hashes.SHA256()).hex()[:16]
        place = self._folder / f"credentials-chain-{digest}.pem"
        if not place.exists():
            make_file(place, b"".join(map(_pem, certificates)))


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
    return signer_of(b"".join(map(_pem, sent)), key)


def _kept(kind: Kind, number: int, certificate: x509.Certificate) -> KeptCertificate:
    return KeptCertificate(
        kind,
        number,
        certificate.fingerprint(hashes.SHA256()).hex(),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
    )


def _certificates(path: Path) -> list[x509.Certificate]:
    """The certificates in a PEM file, at least one. Raises KeyStoreError."""
    try:
        return x509.load_pem_x509_certificates(_small_file(path))
    except ValueError as error:
        raise KeyStoreError(
            f"The certificate file {path} is damaged.", "Bring it back from a backup of the keys."
        ) from error


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
