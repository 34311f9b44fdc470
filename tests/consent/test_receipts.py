"""Receipts: signed, bound to their ledger entry, checkable by anybody, worthless once a bit is changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_registries import Place, database, grant_terms
from sqlalchemy import text

from consent.receipts import EVENTS, ReceiptError, check_receipt, in_words, issue, read_receipt
from consent.registry import Registry

Way = tuple[str | int, ...]


def receive(registry: Registry, event: str = "grant-activated", grant: str | None = None) -> dict[str, Any]:
    """A receipt for Ada over one of her grants, as a transition issues it."""
    voice = registry.voice("ada")
    grant = grant or voice.grants[0].id
    person = owner_of(registry)
    before = {receipt.id for receipt in registry.receipts.of()}
    with registry._store.write() as unit:
        unit.append("grant-state", {"grant": grant, "voice": "ada", "state": "active"})
        issue(registry._store, unit, event=event, voice="ada", grant=grant, person=person)
    (made,) = [receipt for receipt in registry.receipts.of() if receipt.id not in before]
    assert made.document is not None
    return dict(made.document)


def owner_of(registry: Registry) -> str:
    with registry._store.read() as session:
        return str(session.execute(text("SELECT owner_id FROM voices WHERE id = 'ada'")).scalar())


def leaves(value: Any, way: Way = ()) -> Iterator[tuple[Way, Any]]:
    """Every value of a JSON document that holds no other."""
    if isinstance(value, dict) and value:
        for name, member in value.items():
            yield from leaves(member, (*way, name))
    elif isinstance(value, list) and value:
        for number, member in enumerate(value):
            yield from leaves(member, (*way, number))
    else:
        yield way, value


def put(document: Any, way: Way, value: Any) -> Any:
    changed = copy.deepcopy(document)
    place = changed
    for step in way[:-1]:
        place = place[step]
    place[way[-1]] = value
    return changed


def neighbours(value: Any) -> Iterator[Any]:
    """Values that differ from one by as little as can be."""
    if isinstance(value, str):
        for place, sign in enumerate(value):
            for bit in (1, 32):
                yield value[:place] + chr(ord(sign) ^ bit) + value[place + 1 :]
        yield value + " "
        if value:
            yield value[:-1]
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, float)):
        yield value + 1
        yield -value if value else 1
    else:
        yield "something" if value is None else None


def test_every_value_of_a_receipt_is_covered(sqlite_registry: Registry) -> None:
    document = receive(sqlite_registry)
    key = sqlite_registry.receipts.public_key()
    assert check_receipt(document, key) == document["receipt"]
    tried = 0
    for way, value in leaves(document):
        for other in neighbours(value):
            with pytest.raises(ReceiptError):
                check_receipt(put(document, way, other), key)
            tried += 1
    assert tried > 1000


def test_nothing_can_be_taken_out_or_slipped_in(sqlite_registry: Registry) -> None:
    document = receive(sqlite_registry)
    key = sqlite_registry.receipts.public_key()
    for way, _ in leaves(document):
        *parents, last = way
        changed = copy.deepcopy(document)
        place = changed
        for step in parents:
            place = place[step]
        del place[last]
        with pytest.raises(ReceiptError):
            check_receipt(changed, key)
    for added in ({**document, "more": 1}, put(document, ("receipt", "more"), 1)):
        with pytest.raises(ReceiptError):
            check_receipt(added, key)
    with pytest.raises(ReceiptError):
        check_receipt(put(document, ("signature", "more"), "x"), key)


def test_every_bit_of_a_receipt_file_counts(sqlite_registry: Registry) -> None:
    document = receive(sqlite_registry)
    key = sqlite_registry.receipts.public_key()
    raw = json.dumps(document, ensure_ascii=False, indent=2).encode()
    assert check_receipt(read_receipt(raw), key)
    start = raw.index(b'"signature"')
    places = [*range(0, start, 23), *range(start, len(raw))]
    for place in places:
        for bit in range(8):
            changed = raw[:place] + bytes([raw[place] ^ (1 << bit)]) + raw[place + 1 :]
            with pytest.raises(ReceiptError):
                check_receipt(read_receipt(changed), key)


def test_another_registry_did_not_sign_it(sqlite_registry: Registry, tmp_path: Any, voices: Any) -> None:
    other = Registry.open(tmp_path / "other home")
    other.seed(voices)
    with pytest.raises(ReceiptError, match="not signed with this registry's key"):
        other.receipts.check(receive(sqlite_registry))
    with pytest.raises(ReceiptError):
        sqlite_registry.receipts.check(receive(other))


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
        | st.fixed_dictionaries({"receipt": inner, "signature": inner}),
        max_leaves=8,
    )
)  # fmt: skip
def test_anything_else_is_no_receipt(thing: Any) -> None:
    with pytest.raises(ReceiptError):
        check_receipt(thing, bytes(range(32)))


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"\xff", b"{" * 100_000, b"[" * 100_000, b'{"a": 1, "a": 1}', b'{"a": NaN}',
     b" " * (1 << 21), b'{"a": 1e999}', b'{"receipt": {"a": 0.10}, "signature": {}}', b"9" * 5000],
)  # fmt: skip
def test_a_file_that_holds_no_receipt_is_turned_away(raw: bytes) -> None:
    with pytest.raises(ReceiptError):
        check_receipt(read_receipt(raw), bytes(32))


def test_a_receipt_says_what_the_standard_asks_for(registry: Registry) -> None:
    registry.receipts.name_operator("The Choir e. V.", "choir@example.org")
    said = receive(registry)["receipt"]
    voice = registry.voice("ada")
    assert said["standard"] == "ISO/IEC TS 27560:2023"
    assert said["record_id"] == voice.grants[0].id
    assert said["pii_principal_id"] == owner_of(registry)
    parties = {party["party_role"]: party["party_name"] for party in said["party_identification"]}
    assert parties == {"PII controller": "The Choir e. V.", "PII principal": "Ada Singer"}
    assert (said["event"]["event_type"], said["event"]["event_state"]) == ("explicit consent", "given")
    assert said["terms"]["sentences"] == voice.grants[0].terms.describe()
    assert {purpose["purpose"] for purpose in said["pii_processing"]["purposes"]} == {"sing", "train"}
    assert all(purpose["purpose_type"] == ["private", "non-commercial"]
               for purpose in said["pii_processing"]["purposes"])  # fmt: skip
    assert {text["sha256"] for text in said["evidence"]} == {text.sha256 for text in voice.evidence}
    assert "consonance withdraw ada" in said["pii_processing"]["withdrawal_method"]
    words = "\n".join(in_words(said))
    assert "Ada Singer" in words and "The Choir e. V. choir@example.org" in words
    assert all(sentence in words for sentence in said["terms"]["sentences"])


def test_a_receipt_names_its_own_ledger_entry(registry: Registry) -> None:
    said = receive(registry)["receipt"]
    entry = registry.ledger_rows()[said["ledger"]["entry"]]
    assert entry.kind == "grant-state" and entry.body["grant"] == said["record_id"]
    assert entry.leaf_hash.hex() == said["ledger"]["leaf_hash"]
    assert registry.check_ledger().ok


def test_no_receipt_without_an_event(sqlite_registry: Registry) -> None:
    registry = sqlite_registry
    person, count = owner_of(registry), len(registry.receipts.of())
    with pytest.raises(Exception, match="before its event"), registry._store.write() as unit:
        issue(registry._store, unit, event="grant-activated", voice="ada", grant=None, person=person)
    with pytest.raises(KeyError), registry._store.write() as unit:
        unit.append("grant-state", {"voice": "ada"})
        issue(registry._store, unit, event="something", voice="ada", grant=None, person=person)
    assert len(registry.receipts.of()) == count


def test_every_event_has_its_receipt(sqlite_registry: Registry) -> None:
    for event in sorted(EVENTS):
        said = receive(sqlite_registry, event)["receipt"]
        assert said["event"]["event_id"] == event
        assert "Ada" in said["event"]["sentence"]


def test_every_change_gives_its_receipt(registry: Registry) -> None:
    """What the owner holds after a grant's whole life, in order, each bound to the entry of its change."""
    grant = registry.grant("ada", grant_terms(), to="ben@example.org")
    registry.lifecycle.suspend(grant.id)
    registry.lifecycle.resume(grant.id)
    registry.withdraw("ada", grant.id)
    registry.withdraw("ada")
    rows = registry.ledger_rows()
    given = [receipt for receipt in registry.receipts.of(person=owner_of(registry), voice="ada")]
    of_grant = [receipt.event for receipt in given if receipt.grant == grant.id]
    assert of_grant == ["grant-activated", "grant-suspended", "grant-resumed", "grant-withdrawn"]
    assert {"right-given", "right-withdrawn", "voice-withdrawn"} <= {receipt.event for receipt in given}
    for receipt in given:
        assert receipt.state == "intact" and receipt.document is not None
        ledger = registry.receipts.check(receipt.document)["ledger"]
        entry = rows[receipt.ledger_index]
        assert (ledger["entry"], ledger["leaf_hash"]) == (entry.position, entry.leaf_hash.hex())
        body = entry.body
        assert receipt.grant in (None, body.get("grant"), *body.get("grants", ()))
        assert body["voice"] == "ada"


Change = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.mark.parametrize(
    "change",
    [
        lambda document: put(document, ("receipt", "event", "event_state"), "withdrawn"),
        lambda document: put(document, ("signature", "value"), document["signature"]["value"].swapcase()),
        lambda document: document["receipt"],
    ],
)
def test_a_receipt_altered_in_the_database_shows(place: Place, voices: Any, change: Change) -> None:
    registry = place.open()
    registry.seed(voices)
    document = receive(registry)
    name = document["receipt"]["receipt_id"]
    assert registry.receipts.get(name).state == "intact"
    with database(place).begin() as connection:
        altered = json.dumps(change(document))
        connection.execute(
            text("UPDATE receipts SET document = :altered WHERE id = :name"),
            {"altered": altered, "name": name},
        )
    assert registry.receipts.get(name).state == "damaged"
    with database(place).begin() as connection:
        connection.execute(
            text("UPDATE receipts SET document = :kept, event = 'grant-withdrawn' WHERE id = :name"),
            {"kept": json.dumps(document), "name": name},
        )
    assert registry.receipts.get(name).state == "damaged"
    registry.close()
