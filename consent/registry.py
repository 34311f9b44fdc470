"""The public door of the consent core: who may sing with whose voice, and proof of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from consent import (
    gate,
    opening,
    release,
    renders,
    rotation,
    seeding,
    subjects,
    suspension,
    training,
    voices,
    withdrawal,
)
from consent.approvals import Approvals
from consent.authorization import Authorization
from consent.base_register import Bases
from consent.decide import Decision, Grant
from consent.destruction import DestructionSchedule
from consent.disclosure import Disclosure, disclose
from consent.errors import Refused
from consent.housekeeping import Housekeeping, keep_house
from consent.jobs import Jobs
from consent.keyring import Keyring
from consent.label_code import Labels
from consent.ledger.checkpoint import Checkpoint
from consent.ledger.cosigned import kept_notes
from consent.ledger.fsck import Report, check_ledger
from consent.ledger.log import Entry, entries, last_head
from consent.ledger.proving import Proofs
from consent.lifecycle import Lifecycle
from consent.manifests import Manifests
from consent.notices import Notices
from consent.people import People
from consent.personal_data import PersonalData
from consent.receipts import Receipts
from consent.recordings import Recordings, all_recordings
from consent.release import Release
from consent.renders import RenderRecord
from consent.request import Request
from consent.reservations import Reservations, Sound
from consent.song_credentials import SongCredentials
from consent.store import Store
from consent.suspension import Suspension
from consent.terms import Terms
from consent.tracing import Tracing
from consent.training import MODEL_TRAINING, TrainingPermission
from consent.voices import Voice
from consent.withdrawal import Withdrawal
from consent.worker import SealedKey

__all__ = [
    "Authorization",
    "Decision",
    "Grant",
    "Refused",
    "Registry",
    "Release",
    "RenderRecord",
    "Request",
    "Terms",
    "Voice",
    "Withdrawal",
]


class Registry:
    """Voices, grants, authorisations, releases and the ledger of all that was allowed, refused and
    withdrawn."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.jobs = Jobs(store)
        self.people = People(store)
        self.lifecycle = Lifecycle(store)
        self.approvals = Approvals(store)
        self.proofs = Proofs(store)
        self.notices = Notices(store)
        self.keyring = Keyring(store)
        self.bases = Bases(store)
        self.receipts = Receipts(store)
        self.destruction = DestructionSchedule(store)
        self.reservations = Reservations(store)
        self.personal_data = PersonalData(store)
        self.tracing = Tracing(store)
        self.manifests = Manifests(store)
        self.credentials = SongCredentials(store)
        self.labels = Labels(store)

    @property
    def home(self) -> Path:
        """The folder that it rests in: keys, sealed voices, settings."""
        return self._store.home

    @classmethod
    def open(cls, home: Path, database_url: str | None = None) -> Registry:
        """Open the registry that rests in `home` (keys, sealed voices, and `registry.db` unless a URL is
        given).

        Founds it where there is none, and settles what a killed process left. `database_url` may name a
        PostgreSQL. Raises KeyStoreError or StoreError for a registry that is damaged or not of this version.
        """
        store = Store.open(Path(home).absolute(), database_url)
        release.recover(store)
        withdrawal.finish_withdrawals(store)
        rotation.settle(store)
        registry = cls(store)
        registry.lifecycle.expire_due()
        registry.approvals.expire_due()
        return registry

    def seed(self, voices_folder: Path) -> tuple[str, ...]:
        """Take in the shipped voices (docs/voices.md); returns what had changed. Cheap when nothing has."""
        return seeding.seed(self._store, Path(voices_folder))

    def voices(self) -> list[Voice]:
        """Every voice that the registry knows, by id, withdrawn ones too."""
        with self._store.read() as session:
            return voices.load_voices(self._store, session)

    def voice(self, voice: str) -> Voice:
        """One voice with its owner, evidence and grants. Raises UnknownName."""
        with self._store.read() as session:
            return voices.load_voice(self._store, session, voice)

    def grant(
        self,
        voice: str,
        terms: Terms | Mapping[str, Any],
        to: str | Sequence[str] | None = None,
        by: str | None = None,
    ) -> Grant:
        """Record what a voice's owner allows, to the users `to` where the terms themselves do not say to
        whom; it is in force at once. `by` acts for the owner; left out, the owner does.

        Raises TermsError for terms that are not understood, UnknownName for the voice, Refused for a
        withdrawn voice or without authority. `lifecycle` has the long way: draft, offer, accept, activate.
        """
        return self.lifecycle.give(voice, terms, to, by)

    def may(self, request: Request) -> Decision:
        """Whether a use would be allowed now, with every reason if not. Hands out nothing and logs
        nothing."""
        with self._store.read() as session:
            return gate.judge(self._store, session, request).decision

    def authorise(self, request: Request) -> Authorization:
        """Allow one song, or raise Refused with every reason; either way one ledger entry."""
        return gate.authorise(self._store, request)

    def unseal(self, authorization: Authorization) -> dict[str, bytes]:
        """The voice's weight files by name: the only way to them. Raises Refused for anything but a yes that
        stands."""
        return opening.unseal(self._store, authorization)

    def seal_for(self, authorization: Authorization, worker_public_key: bytes) -> SealedKey:
        """The voice's data key, sealed to a worker's X25519 key (32 bytes) for this one authorisation.

        `consent.worker.open_voice` opens it there. Raises as `unseal`; KeyStoreError for no such key.
        """
        return opening.seal_for(self._store, authorization, worker_public_key)

    def commit(self, authorization: Authorization, finished: Release) -> RenderRecord:
        """Release a song: consent once more, record, ledger entry, signed head and files, all or none.

        Raises Refused when consent no longer covers it, ReleaseError for files that cannot be placed.
        """
        return release.commit(self._store, authorization, finished)

    def withdraw(
        self, voice: str, grant: str | None = None, reason: str = "", by: str | None = None
    ) -> Withdrawal:
        """End a grant, or the whole voice when none is named. Raises UnknownName, Refused without
        authority."""
        return withdrawal.withdraw(self._store, voice, grant, reason, by)

    def suspend(
        self, voice: str, grant: str | None = None, reason: str = "", by: str | None = None
    ) -> Suspension:
        """Let a grant rest, or the whole voice when none is named. Raises UnknownName, Refused."""
        if grant is not None:
            return self.lifecycle.suspend(grant, by, reason, voice)
        return suspension.suspend_voice(self._store, voice, reason, by)

    def resume(self, voice: str, grant: str | None = None, by: str | None = None) -> None:
        """End a suspension. Raises UnknownName, or Refused where nothing is suspended or without
        authority."""
        if grant is not None:
            self.lifecycle.resume(grant, by, voice)
        else:
            suspension.resume_voice(self._store, voice, by)

    def housekeeping(self) -> Housekeeping:
        """Do everything that time makes due: endings, destruction, retention. Call it now and then."""
        return keep_house(self._store)

    def may_train(
        self, recording: str, purpose: str = MODEL_TRAINING, by: str = "", sound: Sound | None = None
    ) -> Decision:
        """Whether a model may be trained from the recordings of that name, with every reason if not."""
        with self._store.read() as session:
            return training.may_train(self._store, session, recording, purpose, by, sound)

    def authorise_training(
        self, recording: str, purpose: str = MODEL_TRAINING, by: str = "", sound: Sound | None = None
    ) -> TrainingPermission:
        """Ask performer and owner of recordings before training or adapting from them; logged.

        Raises Refused with every reason.
        """
        return training.authorise_training(self._store, recording, purpose, by, sound)

    def recordings(self) -> list[Recordings]:
        """Every set of recordings that somebody declared, by name, with both answers."""
        with self._store.read() as session:
            return all_recordings(self._store, session)

    def withdraw_recordings(self, name: str, reason: str = "") -> bool:
        """End the permission to train from recordings, whether a voice is shipped of them or not; marks the
        bases that hold them. Says whether it stood until now. Raises UnknownName."""
        return self.bases.withdraw_recordings(name, reason)

    def disclosure(self, voice: str) -> Disclosure:
        """What a voice was trained on, file by file. Raises UnknownName."""
        with self._store.read() as session:
            return disclose(self._store, session, voice)

    def render(self, render_id: int) -> RenderRecord | None:
        """The song that was released under a render id, or None."""
        with self._store.read() as session:
            return renders.load_render(session, render_id)

    def find_by_sha256(self, sha256: str) -> RenderRecord | None:
        """The song that a file with this SHA-256 (hex) was released for, or None."""
        with self._store.read() as session:
            return renders.find_by_sha256(session, sha256)

    def watermark_keys(self) -> list[tuple[int, bytes]]:
        """The watermark keys as (version, 32 bytes), oldest first; the last one marks."""
        return self._store.keys.watermark_keys()

    def ledger_head(self) -> Checkpoint | None:
        """The newest signed head of the ledger, or None while it is empty."""
        with self._store.read() as session:
            head = last_head(session)
            return None if head is None else self._store.ledger.checkpoint(head)

    def ledger_rows(
        self, voice: str | None = None, kind: str | None = None, newest: int | None = None
    ) -> list[Entry]:
        """Every ledger entry, oldest first; or those of one voice or kind, or only the newest so many."""
        with self._store.read() as session:
            return entries(session, voice, kind, newest)

    def check_ledger(self, notes: Sequence[Path] = ()) -> Report:
        """Recompute the whole ledger and compare it with the records; see `consent.ledger.fsck`.

        `notes` are files with signed heads that somebody else kept: what they saw, this ledger has to hold.
        """
        kept = kept_notes(self._store.home, notes)
        with self._store.read() as session:
            known = subjects.reader(self._store, session)
            return check_ledger(session.connection(), self._store.ledger.keys.in_order(), kept, known)

    def close(self) -> None:
        """Give the database connections back."""
        self._store.database.close()
