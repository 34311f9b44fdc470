"""The door to persons' data of one registry."""

from __future__ import annotations

from typing import Any

from consent.personal_data.erasure import Erasure, Resting, erase_person, resting_on
from consent.personal_data.export import export
from consent.personal_data.people import find_subject
from consent.store import Store


class PersonalData:
    """What a registry holds about people."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def export(self, who: str) -> dict[str, Any]:
        """Everything held about a person (id or handle), as JSON values. Raises UnknownName for nothing."""
        with self._store.read() as session:
            return export(self._store, session, who)

    def resting_on(self, who: str) -> Resting:
        """What would end with an erasure: voices, recordings and reservations that rest on the person."""
        with self._store.read() as session:
            return resting_on(session, find_subject(self._store, session, who))

    def erase(
        self, who: str, *, by: str | None = None, reason: str = "request", withdraw_voices: bool = False
    ) -> Erasure:
        """Erase what is held about a person (id or handle); the ledger still verifies afterwards.

        `by` is who asked for it (left out: the person), `reason` one of GROUNDS. What rests on their consent
        (`resting_on`) ends, which `withdraw_voices` confirms. Raises UnknownName for nothing held,
        ErasureNeedsWithdrawal without that confirmation, Refused where `by` may not withdraw.
        """
        return erase_person(self._store, who, by=by, ground=reason, withdraw_voices=withdraw_voices)
