"""The certificates behind content credentials: a root of the registry's own, or a chain that was bought."""

from __future__ import annotations

import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from consent.certificates import (
    C2PA_CLAIM_SIGNING,
    RENEWED_BEFORE,
    SIGNER_YEARS,
    Certificates,
    bought_signer,
)
from consent.credentials import read_credentials
from consent.credentials_signing import sign_credentials
from consent.errors import KeyStoreError
from tests.consent.made_chains import KEYS, Authority, bought_chain
from tests.consent.signed_files import sound_file, statement


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir()
    return folder


@pytest.fixture
def certificates(keys: Path) -> Certificates:
    return Certificates(keys, "consonance/test")


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return sound_file(tmp_path / "song.wav")


def test_the_own_signer_follows_the_profile(certificates: Certificates) -> None:
    signer = certificates.signer()
    (root_pem,) = certificates.trusted()
    root = x509.load_pem_x509_certificate(root_pem)
    signer.certificate.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    assert len(x509.load_pem_x509_certificates(signer.chain)) == 1, "the root is not sent along"

    of = signer.certificate.extensions
    assert of.get_extension_for_class(x509.BasicConstraints).value.ca is False
    usage = of.get_extension_for_class(x509.KeyUsage)
    assert usage.critical and usage.value.digital_signature and not usage.value.key_cert_sign
    usages = list(of.get_extension_for_class(x509.ExtendedKeyUsage).value)
    assert usages == [ExtendedKeyUsageOID.EMAIL_PROTECTION, C2PA_CLAIM_SIGNING]
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is True
    assert root.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign


def test_keys_and_certificates_are_made_once(certificates: Certificates, keys: Path) -> None:
    first, roots = certificates.signer(), certificates.trusted()
    again = Certificates(keys, "consonance/test")
    assert again.signer().chain == first.chain and again.trusted() == roots
    for file in keys.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {file.name for file in keys.iterdir()} == {
        "credentials-root.p256",
        "credentials-root.pem",
        "credentials-1.p256",
        "credentials-1.pem",
    }


def test_many_at_once_make_one(keys: Path) -> None:
    chains: list[bytes] = []

    def make() -> None:
        chains.append(Certificates(keys, "consonance/test").signer().chain)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(chains) == 8 and len(set(chains)) == 1


def test_a_lost_key_is_not_replaced(certificates: Certificates, keys: Path) -> None:
    certificates.signer()
    (keys / "credentials-1.p256").unlink()
    with pytest.raises(KeyStoreError, match="gone"):
        certificates.signer()


def test_a_signer_that_ends_soon_makes_room(certificates: Certificates, song: Path) -> None:
    now = datetime.now(UTC)
    ends = now + timedelta(days=round(365.25 * SIGNER_YEARS))
    assert not certificates.due(), "there is none yet"
    first = certificates.signer(now=now)
    assert not certificates.due(ends - RENEWED_BEFORE - timedelta(minutes=1))
    assert certificates.due(ends - RENEWED_BEFORE + timedelta(minutes=1))
    certificates.renew(now=ends - RENEWED_BEFORE + timedelta(minutes=1))
    second = certificates.signer()
    assert second.chain != first.chain and second.salt != first.salt
    assert second.certificate.not_valid_after_utc > first.certificate.not_valid_after_utc
    sign_credentials(song, statement(), first)
    found = read_credentials(song, None, certificates.trusted())
    assert found is not None and found.state == "trusted", "what the first one signed stays trusted"


def test_a_renewed_signer_leaves_no_key_of_the_old(
    certificates: Certificates, keys: Path, song: Path, tmp_path: Path
) -> None:
    old = certificates.signer()
    sign_credentials(song, statement(), old)
    assert (certificates.renew().number, certificates.renew(above=7).number) == (2, 8)
    certificates.forget_older()
    assert {file.name for file in keys.glob("credentials-[0-9]*")} == {
        "credentials-1.pem", "credentials-2.pem", "credentials-8.pem", "credentials-8.p256",
    }  # fmt: skip
    assert [(one.kind, one.number) for one in certificates.kept()] == [
        ("credentials-root", 1), ("credentials", 1), ("credentials", 2), ("credentials", 8),
    ]  # fmt: skip
    later = sound_file(tmp_path / "later.wav")
    sign_credentials(later, statement(), certificates.signer())
    for file in (song, later):
        found = read_credentials(file, None, certificates.trusted())
        assert found is not None and found.state == "trusted"


def test_a_root_is_renewed_before_a_signer_would_outlive_it(certificates: Certificates, song: Path) -> None:
    """Forty years on: nothing that is signed lacks a root that lasts, and the old root is still believed."""
    sign_credentials(song, statement(), certificates.signer())
    (first,) = certificates.trusted()
    now, made = datetime.now(UTC), []
    for years in (19, 29, 40):
        certificates.renew(now=now + timedelta(days=365.25 * years))
        made.append(certificates.signer().certificate)
    roots = [x509.load_pem_x509_certificate(pem) for pem in certificates.trusted()]
    assert len(roots) == 2 and certificates.trusted()[0] == first
    assert roots[0].subject != roots[1].subject
    made[0].verify_directly_issued_by(roots[0])
    made[1].verify_directly_issued_by(roots[1])
    assert all(one.not_valid_after_utc <= roots[-1].not_valid_after_utc for one in made)
    assert made[0].not_valid_after_utc <= roots[0].not_valid_after_utc
    found = read_credentials(song, None, certificates.trusted())
    assert found is not None and found.state == "trusted"


def test_the_keys_of_roots_are_needed_for_new_signers_only(
    certificates: Certificates, keys: Path, song: Path
) -> None:
    """So that a root's key may be kept elsewhere."""
    signer = certificates.signer()
    (keys / "credentials-root.p256").unlink()
    sign_credentials(song, statement(), certificates.signer())
    assert certificates.signer().chain == signer.chain
    found = read_credentials(song, None, certificates.trusted())
    assert found is not None and found.state == "trusted"
    with pytest.raises(KeyStoreError, match="gone"):
        certificates.renew()


@pytest.mark.parametrize("name", ["credentials-root.pem", "credentials-1.pem", "credentials-chain-0.pem"])
def test_a_damaged_certificate_is_said(name: str, certificates: Certificates, keys: Path) -> None:
    certificates.signer()
    (keys / name).write_text("-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n")
    with pytest.raises(KeyStoreError, match=f"{name} is damaged"):
        certificates.kept()
    whole = 2 if name.startswith("credentials-chain") else 1
    assert len(certificates.kept(but_damaged=True)) == whole
    if name == "credentials-1.pem":
        with pytest.raises(KeyStoreError, match="is damaged"):
            certificates.signer()
    else:
        with pytest.raises(KeyStoreError, match="is damaged"):
            certificates.trusted()


def test_a_key_beside_a_bought_certificate_is_not_kept(
    certificates: Certificates, keys: Path, tmp_path: Path
) -> None:
    """Some keep both in one file: what is printed for readers holds certificates only."""
    bought = bought_chain(tmp_path, KEYS["Es256"]())
    bought.chain.write_bytes(bought.chain.read_bytes() + bought.key.read_bytes())
    certificates.signer(bought)
    (kept,) = keys.glob("credentials-chain-*")
    for said in (kept.read_bytes(), *certificates.trusted()):
        assert b"PRIVATE" not in said and b"BEGIN CERTIFICATE" in said


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_bought_chain_signs(algorithm: str, certificates: Certificates, song: Path, tmp_path: Path) -> None:
    chain = bought_chain(tmp_path, KEYS[algorithm]())
    signer = certificates.signer(chain)
    assert signer.algorithm == algorithm
    sign_credentials(song, statement(), signer)
    for roots in (certificates.trusted(), (b"".join(certificates.trusted()),), (chain.root,)):
        found = read_credentials(song, None, roots)
        assert found is not None and (found.state, found.problems) == ("trusted", ())
        assert found.issuer == "A record label"


def test_what_a_bought_chain_signed_stays_ours(
    certificates: Certificates, song: Path, tmp_path: Path
) -> None:
    """Its signer is trusted by name, not all others under the same authority."""
    bought = bought_chain(tmp_path, KEYS["Es256"]())
    sign_credentials(song, statement(), certificates.signer(bought))
    own = certificates.signer()
    assert own.certificate.issuer.rfc4514_string().startswith("CN=consonance/test")
    found = read_credentials(song, None, certificates.trusted())
    assert found is not None and found.state == "trusted"


def test_a_bought_signer_is_known_on_a_file_that_was_changed(
    certificates: Certificates, song: Path, tmp_path: Path
) -> None:
    sign_credentials(song, statement(), certificates.signer(bought_chain(tmp_path, KEYS["Es256"]())))
    content = bytearray(song.read_bytes())
    content[20_000] ^= 1
    song.write_bytes(content)
    found = read_credentials(song, None, certificates.trusted())
    assert found is not None
    assert (found.state, found.problems) == ("invalid", ("assertion.dataHash.mismatch",))


def test_others_under_the_same_authority_are_not_ours(
    certificates: Certificates, song: Path, tmp_path: Path
) -> None:
    authority = Authority()
    ours = bought_chain(_folder(tmp_path / "ours"), KEYS["Es256"](), authority=authority)
    theirs = bought_chain(_folder(tmp_path / "theirs"), KEYS["Es256"](), authority=authority)
    certificates.signer(ours)
    sign_credentials(song, statement(), bought_signer(theirs, datetime.now(UTC)))
    one_file = b"".join(certificates.trusted())
    judged = ((certificates.trusted(), "valid"), ((one_file,), "valid"), ((authority.pem,), "trusted"))
    for roots, state in judged:
        found = read_credentials(song, None, roots)
        assert found is not None and found.state == state


@pytest.mark.parametrize("sent", [2, 3])
def test_a_chain_may_have_authorities_between(
    sent: int, certificates: Certificates, song: Path, tmp_path: Path
) -> None:
    """With its root behind it or without, which most authorities leave out."""
    between = Authority(Authority())
    chain = bought_chain(tmp_path, KEYS["Es256"](), authority=between)
    pieces = chain.chain.read_bytes().split(b"-----BEGIN")[1:]
    chain.chain.write_bytes(b"".join(b"-----BEGIN" + piece for piece in pieces[:sent]))
    sign_credentials(song, statement(), certificates.signer(chain))
    for roots in (certificates.trusted(), (chain.root,)):
        found = read_credentials(song, None, roots)
        assert found is not None and (found.state, found.problems) == ("trusted", ())


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("missing", "cannot be read"),
        ("text", "not a certificate chain"),
        ("huge", "too large"),
        ("passphrase", "passphrase"),
        ("another", "not that of the first certificate"),
        ("alone", "does not lead"),
        ("expired", "not valid now"),
        ("curve", "does not sign with the curve"),
    ],
)
def test_a_bad_chain_is_said(what: str, said: str, certificates: Certificates, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256K1()) if what == "curve" else KEYS["Es256"]()
    passphrase = b"secret" if what == "passphrase" else b""
    # An hour on the first day of a certificate that was made a day before: it has just ended.
    chain = bought_chain(tmp_path, key, days=0 if what == "expired" else 90, passphrase=passphrase)
    if what == "missing":
        chain.chain.unlink()
    elif what == "text":
        chain.chain.write_text("This is my certificate.")
    elif what == "alone":
        alone = chain.chain.read_bytes().partition(b"-----END CERTIFICATE-----\n")
        chain.chain.write_bytes(alone[0] + alone[1])
    elif what == "huge":
        chain.key.write_bytes(b"-" * (1 << 20))
    elif what == "another":
        other = tmp_path / "other"
        other.mkdir()
        chain.key.write_bytes(bought_chain(other, KEYS["Es256"]()).key.read_bytes())
    with pytest.raises(KeyStoreError, match=said):
        certificates.signer(chain)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
