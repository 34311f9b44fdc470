"""Content credentials of one registry: signs them for its songs, and reads those of any file."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import bindparam, select

from consent.authorization import Authorization, is_genuine
from consent.certificates import BoughtChain, Certificates, Signer
from consent.credentials import Credentials, read_credentials
from consent.credentials_signing import CredentialsError, Signed, sign_credentials
from consent.credentials_statement import CreditedSong, LedgerName, definition
from consent.errors import UnknownName
from consent.records import GrantRow, table_of
from consent.store import Store
from consent.terms import Terms

_TERMS = select(table_of(GrantRow).c.terms).where(table_of(GrantRow).c.id == bindparam("grant"))


class SongCredentials:
    """What signs a registry's songs, and what their readers are told to trust."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._certificates = Certificates(store.keys.folder, store.ledger.origin)

    def signer(self, bought: BoughtChain | None = None) -> Signer:
        """Who signs: a chain that was bought, or the registry's own signer, made on first use.

        Raises KeyStoreError where nothing could be signed: to be asked before anybody sings.
        """
        return self._certificates.signer(bought)

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

    def _terms(self, grant: str) -> Terms:
        with self._store.read() as session:
            terms = session.connection().execute(_TERMS, {"grant": grant}).scalar()
        if terms is None:
            raise UnknownName(f"There is no grant {grant!r}.")
        return Terms.from_json(terms)
