"""Issuing receipts, in the transaction that changes something, and finding them again."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import select

from consent.clock import from_ms, to_ms
from consent.destruction import used
from consent.errors import UnknownName
from consent.receipts.document import OPERATOR, make_document
from consent.receipts.events import OF_THE_CLOCK
from consent.receipts.signing import ReceiptError, check_receipt, sign
from consent.records import FactRow, GrantRow, PersonRow, ReceiptRow, VoiceRow
from consent.store import Store, Unit


@dataclass(frozen=True)
class Receipt:
    """A receipt as it is kept: `state` is intact, damaged (no longer what was signed) or erased (the words
    are gone, their SHA-256 stays)."""

    id: str
    event: str
    at: datetime
    person: str
    voice: str
    grant: str | None
    ledger_index: int
    sha256: str
    state: str
    document: Mapping[str, Any] | None


def issue(store: Store, unit: Unit, *, event: str, voice: str, grant: str | None, person: str) -> None:
    """Write a signed receipt for `person` (its id) over what the transaction has just put on the ledger.

    `event` is one of EVENTS; where the person acted in it, the dates of the destruction schedule move. Call
    it after `unit.append`. Raises KeyError for another event, NoResultFound for a voice or grant that is not
    there, StoreError when the transaction has logged nothing.
    """
    unit.session.flush()
    if event not in OF_THE_CLOCK:
        used(unit, voice)
    receipt_id = f"receipt-{secrets.token_hex(8)}"
    receipt = make_document(
        unit,
        store.ledger.origin,
        receipt_id,
        event,
        unit.session.get_one(VoiceRow, voice),
        None if grant is None else unit.session.get_one(GrantRow, grant),
        person,
    )
    document = sign(receipt, store.ledger.origin, store.ledger.signing_key)
    unit.session.add(
        ReceiptRow(
            id=receipt_id,
            person_id=person,
            voice_id=voice,
            grant_id=grant,
            event=event,
            at_ms=to_ms(unit.now),
            ledger_index=receipt["ledger"]["entry"],
            sha256=hashlib.sha256(rfc8785.dumps(document)).hexdigest(),
            document=document,
        )
    )


class Receipts:
    """The receipts of one registry."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, *, person: str | None = None, voice: str | None = None) -> list[Receipt]:
        """The receipts of a person (id or handle), over a voice, or all; oldest first. Raises UnknownName for
        a person or voice that is not there."""
        with self._store.read() as session:
            query = select(ReceiptRow).order_by(ReceiptRow.ledger_index, ReceiptRow.id)
            if person is not None:
                known = session.scalars(
                    select(PersonRow).where((PersonRow.id == person) | (PersonRow.handle == person))
                ).first()
                if known is None:
                    raise UnknownName(f"The registry knows no person {person!r}.")
                query = query.where(ReceiptRow.person_id == known.id)
            if voice is not None:
                if session.get(VoiceRow, voice) is None:
                    raise UnknownName(f"The registry knows no voice {voice!r}.")
                query = query.where(ReceiptRow.voice_id == voice)
            return [self._receipt(row) for row in session.scalars(query)]

    def get(self, receipt_id: str) -> Receipt:
        """One receipt. Raises UnknownName."""
        with self._store.read() as session:
            row = session.get(ReceiptRow, receipt_id)
            if row is None:
                raise UnknownName(f"The registry holds no receipt {receipt_id!r}.")
            return self._receipt(row)

    def check(self, document: object) -> dict[str, Any]:
        """What a receipt says, once it is shown that this registry signed it. Raises ReceiptError."""
        return check_receipt(document, self._store.ledger.keys)

    def public_key(self) -> bytes:
        """The key that receipts are signed with now: Ed25519, 32 bytes."""
        return self._store.ledger.keys.newest.public

    def name_operator(self, name: str, contact: str) -> None:
        """Say who runs the registry, and how to reach them: the controller that receipts name from now on."""
        with self._store.write() as unit:
            for fact, value in zip(OPERATOR, (name, contact), strict=True):
                unit.session.merge(FactRow(name=fact, value=value))

    def _receipt(self, row: ReceiptRow) -> Receipt:
        return Receipt(
            id=row.id,
            event=row.event,
            at=from_ms(row.at_ms),
            person=row.person_id,
            voice=row.voice_id,
            grant=row.grant_id,
            ledger_index=row.ledger_index,
            sha256=row.sha256,
            state=self._state(row),
            document=row.document,
        )

    def _state(self, row: ReceiptRow) -> str:
        if row.document is None:
            return "erased"
        try:
            said = self.check(row.document)
            kept = [row.id, row.person_id, row.event, row.ledger_index, row.voice_id]
            told = [said["receipt_id"], said["pii_principal_id"], said["event"]["event_id"]]
            told += [said["ledger"]["entry"], said["voice"]["id"]]
            same = kept == told and row.sha256 == hashlib.sha256(rfc8785.dumps(row.document)).hexdigest()
        except (ReceiptError, KeyError, TypeError):
            return "damaged"
        return "intact" if same else "damaged"


def in_words(receipt: Mapping[str, Any]) -> Iterable[str]:
    """A checked receipt line by line, for a person to read or print."""
    event, parties = receipt["event"], {p["party_role"]: p for p in receipt["party_identification"]}
    principal, controller = parties["PII principal"], parties["PII controller"]
    yield f"Receipt {receipt['receipt_id']}"
    yield event["sentence"]
    yield f"When: {event['event_time']}"
    yield f"For: {principal['party_name'] or principal['party_id']}"
    yield f"From: {controller['party_name']} {controller['party_contact']}".rstrip()
    if receipt["grant"]:
        yield f"Grant: {receipt['grant']['id']} ({receipt['grant']['state']})"
    for sentence in receipt["terms"]["sentences"] if receipt["terms"] else ():
        yield f"  {sentence}"
    for right in receipt["rights"]:
        yield f"Permission: {right['kind']}, by {right['person']} ({right['state']})"
    for text in receipt["evidence"]:
        yield f"Shown by: {text['name']} (SHA-256 {text['sha256'][:16]}…) {text['source']}".rstrip()
    yield f"To end it: {receipt['pii_processing']['withdrawal_method']}"
    ledger = receipt["ledger"]
    yield f"Ledger: entry {ledger['entry']} of {ledger['origin']}, leaf {ledger['leaf_hash']}"
