"""Content credentials of one registry: signs them for its songs, and reads those of any file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import bindparam, select

from consent.authorization import Authorization, is_genuine
from consent.certificates import RENEWED_BEFORE, BoughtChain, Signer, bought_signer
from consent.credentials import Credentials, read_credentials
from consent.credentials_signing import CredentialsError, Signed, sign_credentials
from consent.credentials_statement import CreditedSong, LedgerName, definition
from consent.credentials_trial import objection_to
from consent.errors import KeyStoreError, UnknownName
from consent.key_records import certificates_of
from consent.records import GrantRow, table_of
from consent.rotation import rotate_credentials
from consent.store import Store
from consent.terms import Terms

_TERMS = select(table_of(GrantRow).c.terms).where(table_of(GrantRow).c.id == bindparam("grant"))


BUY_BEFORE = timedelta(days=30)
"""A bought certificate that ends sooner is said to: who sells them needs days."""


_ACCEPTED = (
    "Each certificate has to be issued by the next one, and the first one be meant for C2PA claim signing or "
    "e-mail protection."
)


@dataclass(frozen=True)
class CredentialFault:
    """Something about the certificates, and what to do about it; `usable` says whether songs can be signed
    nevertheless."""

    sentence: str
    remedy: str
    usable: bool = True


class SongCredentials:
    """What signs a registry's songs, and what their readers are told to trust."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._certificates = certificates_of(store)
        self._tried: set[bytes] = set()
        """The chains (PEM) that were bought and have signed something that was accepted."""

    def signer(self, bought: BoughtChain | None = None) -> Signer:
        """Who signs: a chain that was bought, or the registry's own signer, made on first use and renewed
        before it ends.

        Raises KeyStoreError where nothing could be signed: to be asked before anybody sings.
        """
        if bought is None and self._certificates.due() and self._certificates.can_renew():
            rotate_credentials(self._store, if_due=True)
        signer = self._certificates.signer(bought)
        if bought is not None and signer.chain not in self._tried:
            if said := objection_to(signer, self.trusted()):
                raise KeyStoreError(f"What {bought.chain} signs would not be accepted: {said}.", _ACCEPTED)
            self._tried.add(signer.chain)
        return signer

    def sign(self, file: Path, authorization: Authorization, song: CreditedSong, signer: Signer) -> Signed:
        """Sign what a finished file says of itself; see `consent.credentials_signing.sign_credentials`.

        Raises CredentialsError, also for an authorisation that is not this registry's.
        """
        if not is_genuine(self._store.keys, authorization):
            raise CredentialsError("Credentials are signed only for a song that this registry authorised.")
        ledger = LedgerName(self._store.ledger.origin, str(self._store.ledger.keys.newest))
        terms = self._terms(authorization.grant)
        return sign_credentials(file, definition(authorization, terms, song, ledger), signer)

    def read(self, file: Path, sidecar: Path | None = None) -> Credentials | None:
        """The credentials of a file, judged by the certificates that this registry signs with; see
        `consent.credentials.read_credentials`."""
        return read_credentials(file, sidecar, self.trusted())

    def trusted(self) -> tuple[bytes, ...]:
        """The certificates that this registry's songs are signed under, as PEM: what others give their
        readers. No secret."""
        return self._certificates.trusted()

    def faults(
        self, files: tuple[Path, Path] | None = None, now: datetime | None = None
    ) -> list[CredentialFault]:
        """What keeps songs from being signed, or soon will; empty where all is well. Makes no own signer.

        `files` are the chain and the key that were bought. An own signer that is about to end is no fault:
        the next one takes over by itself.
        """
        bought = None if files is None else BoughtChain(*files)
        now = now or datetime.now(UTC)
        try:
            if bought is not None:
                ends = bought_signer(bought, now).certificate.not_valid_after_utc
                self.signer(bought)
                if bought.key.stat().st_mode & 0o077:
                    sentence = f"The key {bought.key} can be read by others."
                    return [CredentialFault(sentence, f"Run: chmod 600 {bought.key}")]
                if ends - now <= BUY_BEFORE:
                    sentence = f"The certificate in {bought.chain} ends {ends:%Y-%m-%d}."
                    return [CredentialFault(sentence, "Buy the next one: an expired one signs nothing.")]
            kept = self._certificates.kept()
            if bought is None and any(one.kind == "credentials" for one in kept):
                self._certificates.signer(now=now)
        except KeyStoreError as error:
            return [CredentialFault(error.sentence, error.remedy, usable=False)]
        own, certificates = [one for one in kept if one.kind == "credentials"], self._certificates
        if bought is None and own and certificates.due(now) and not certificates.can_renew(now):
            sentence = f"The signer of credentials ends {own[-1].ends:%Y-%m-%d}, and the root's key is gone."
            remedy = "Bring it back; the next signer then takes over by itself."
            return [CredentialFault(sentence, remedy, usable=now < own[-1].ends)]
        roots = [one for one in kept if one.kind == "credentials-root"]
        if not roots or roots[-1].ends - now > RENEWED_BEFORE:
            return []
        sentence = f"The root that songs are signed under ends {roots[-1].ends:%Y-%m-%d}."
        return [CredentialFault(sentence, "consonance keys rotate --credentials makes the next one.")]

    def _terms(self, grant: str) -> Terms:
        with self._store.read() as session:
            terms = session.connection().execute(_TERMS, {"grant": grant}).scalar()
        if terms is None:
            raise UnknownName(f"There is no grant {grant!r}.")
        return Terms.from_json(terms)
