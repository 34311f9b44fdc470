"""What a receipt says: ISO/IEC TS 27560:2023's consent record, with our grant, terms, evidence and ledger.

The sections `pii_processing`, `party_identification` and `event` and their fields bear the standard's names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.clock import from_ms
from consent.constraints import ACTION_WORDS
from consent.errors import StoreError
from consent.receipts.events import EVENTS
from consent.receipts.signing import SCHEMA_VERSION
from consent.records import EvidenceRow, FactRow, GrantRow, PersonRow, RightRow, VoiceRow
from consent.store import Unit
from consent.terms import Terms

OPERATOR = ("operator_name", "operator_contact")
"""The facts that name whoever runs the registry: the PII controller."""

_PII = (
    ("voice model (singing, biometric)", True),
    ("recordings of the voice", True),
    ("name and contact of the voice's owner", False),
)


def make_document(
    unit: Unit,
    origin: str,
    receipt_id: str,
    event: str,
    voice: VoiceRow,
    grant: GrantRow | None,
    person: str,
) -> dict[str, Any]:
    """The unsigned receipt of an event that the transaction has just put on the ledger `origin`."""
    session, what = unit.session, EVENTS[event]
    terms = None if grant is None else Terms.from_json(grant.terms)
    principal = session.get(PersonRow, person)
    return {
        "schema_version": SCHEMA_VERSION,
        "standard": "ISO/IEC TS 27560:2023",
        "receipt_id": receipt_id,
        "record_id": f"voice-{voice.id}" if grant is None else grant.id,
        "pii_principal_id": person,
        "language": "en",
        "pii_processing": _processing(origin, voice, grant, terms),
        "party_identification": _parties(session, origin, person, principal),
        "event": {
            "event_id": event,
            "event_type": what.kind,
            "event_state": what.state,
            "event_time": unit.now.isoformat(),
            "validity_duration": _validity(grant),
            "entity_id": person,
            "sentence": what.sentence.format(voice=voice.name),
        },
        "voice": {"id": voice.id, "name": voice.name, "version": voice.version, "state": voice.state},
        "grant": None if grant is None else _grant(grant),
        "terms": None if grant is None or terms is None else _terms(grant, terms),
        "rights": _rights(session, voice.id),
        "evidence": _evidence(session, voice.id),
        "ledger": _entry(unit, origin, voice.id, None if grant is None else grant.id),
    }


def _processing(origin: str, voice: VoiceRow, grant: GrantRow | None, terms: Terms | None) -> dict[str, Any]:
    said = {} if grant is None else _said(grant.terms)
    actions = [] if terms is None else list(terms.actions)
    how = f"consonance withdraw {voice.id}" + ("" if grant is None else f" --grant {grant.id}")
    purposes = [
        {
            "purpose": action,
            "purpose_description": f"To {ACTION_WORDS.get(action, action)} with the voice {voice.name}.",
            "purpose_type": said.get("purpose", []),
            "lawful_basis": "consent",
            "pii_information": [
                {"pii_type": kind, "special_pii_category": special, "pii_optional": False}
                for kind, special in _PII
            ],
            "pii_controllers": [origin],
            "recipient_third_parties": said.get("licensee", []),
            "geographic_restrictions": said.get("territory", []),
        }
        for action in actions
    ]
    return {
        "purposes": purposes,
        "collection_method": "what the owner published or said to the registry; see evidence",
        "processing_method": "singing synthesis and, where allowed, training; each use is decided and logged",
        "storage_location": "the registry's home folder and database; weights encrypted (AES-256-GCM)",
        "retention_period": "until withdrawal; then keys and weights are destroyed at once",
        "withdrawal_method": how,
        "privacy_rights": [
            "withdraw: consonance withdraw",
            "see everything held: consonance personal-data export",
            "be erased: consonance personal-data erase",
        ],
    }


def _said(terms: object) -> dict[str, list[str]]:
    """To whom, for what and where, as the terms' own conditions list it."""
    found: dict[str, list[str]] = {}
    entries = terms.get("constraints", []) if isinstance(terms, Mapping) else []
    for entry in entries if isinstance(entries, list) else []:
        if not isinstance(entry, Mapping) or not isinstance(entry.get("type"), str):
            continue
        listed = entry.get("users" if entry["type"] == "licensee" else "allowed")
        if isinstance(listed, (list, tuple)):
            found[entry["type"]] = [str(item) for item in listed]
        elif entry.get("anyone") is True or entry.get("anything") is True:
            found[entry["type"]] = ["any"]
    return found


def _parties(session: Session, origin: str, person: str, principal: PersonRow | None) -> list[dict[str, str]]:
    name, contact = (session.get(FactRow, fact) for fact in OPERATOR)
    return [
        {
            "party_id": origin,
            "party_role": "PII controller",
            "party_name": name.value if name else "whoever runs this registry",
            "party_contact": contact.value if contact else "",
        },
        {
            "party_id": person,
            "party_role": "PII principal",
            "party_name": principal.name if principal else "",
            "party_contact": principal.contact if principal else "",
        },
    ]


def _validity(grant: GrantRow | None) -> dict[str, str | None]:
    since = until = None
    entries = grant.terms.get("constraints", []) if grant and isinstance(grant.terms, dict) else []
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, Mapping) and entry.get("type") == "period":
            since, until = entry.get("not_before") or since, entry.get("not_after") or until
    return {"from": str(since) if since else None, "until": str(until) if until else None}


def _grant(grant: GrantRow) -> dict[str, Any]:
    ended = None if grant.ended_at_ms is None else from_ms(grant.ended_at_ms).isoformat()
    return {
        "id": grant.id,
        "kind": grant.kind,
        "state": grant.state,
        "given_by": grant.given_by,
        "mandate": grant.mandate_id,
        "made_at": from_ms(grant.made_at_ms).isoformat(),
        "ended_at": ended,
    }


def _terms(grant: GrantRow, terms: Terms) -> dict[str, Any]:
    return {
        "sentences": terms.describe(),
        "sha256": hashlib.sha256(rfc8785.dumps(grant.terms)).hexdigest(),
        "machine_readable": grant.terms,
    }


def _rights(session: Session, voice: str) -> list[dict[str, Any]]:
    rows = session.scalars(select(RightRow).where(RightRow.voice_id == voice).order_by(RightRow.id))
    return [
        {"id": row.id, "kind": row.kind, "person": row.person_id, "state": row.state, "basis": row.basis}
        for row in rows
    ]


def _evidence(session: Session, voice: str) -> list[dict[str, str]]:
    rows = session.scalars(select(EvidenceRow).where(EvidenceRow.voice_id == voice).order_by(EvidenceRow.id))
    return [{"name": row.name, "sha256": row.sha256, "source": row.source} for row in rows]


def _entry(unit: Unit, origin: str, voice: str, grant: str | None) -> dict[str, Any]:
    """The ledger entry of the event: the transaction's newest that names the grant, or the voice.

    Raises StoreError when the transaction has logged nothing yet: a receipt follows its event.
    """
    placed = unit.writing.placed()
    if not placed:
        raise StoreError("A receipt was asked for before its event was on the ledger.")
    named = [entry for entry in placed if _names(entry.body, voice, grant)]
    entry = (named or placed)[-1]
    return {"origin": origin, "entry": entry.position, "leaf_hash": entry.leaf_hash.hex()}


def _names(body: Mapping[str, Any], voice: str, grant: str | None) -> bool:
    if grant is not None:
        return bool(body.get("grant") == grant or grant in body.get("grants", ()))
    return bool(body.get("voice") == voice)
