"""ODRL: terms go out and come in without loss, and what is not understood denies."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from drawn_terms import BY_KIND, a_grant, json_values, terms
from hypothesis import given, settings
from hypothesis import strategies as st
from made_registries import a_request

from consent.condition import Constraint
from consent.constraints import Attribution, Forbidden, Language, Licensee, Period, Price, Purpose, Territory
from consent.decide import decide
from consent.errors import TermsError
from consent.odrl import Policy, from_odrl, to_odrl
from consent.odrl_names import CONTEXT
from consent.terms import Terms, Unknown

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def written(said: Terms, **parties: Any) -> Any:
    return json.loads(json.dumps(to_odrl(said, "urn:consonance:voice:ada", **parties)))


@settings(max_examples=300)
@given(terms)
def test_terms_go_out_and_come_in_without_loss(said: Terms) -> None:
    policy = written(said, assigner="urn:consonance:person:ada")
    read = Policy.from_json(policy)
    assert read.terms == said
    assert json.loads(json.dumps(read.to_json())) == policy


@pytest.mark.parametrize("kind", sorted(BY_KIND))
@given(data=st.data())
@settings(max_examples=25)
def test_every_kind_of_condition_goes_out_and_comes_in(kind: str, data: st.DataObject) -> None:
    said = Terms(("sing",), (data.draw(BY_KIND[kind]),))
    assert from_odrl(written(said)) == said


@given(st.lists(json_values, max_size=3))
def test_conditions_that_are_not_understood_are_kept_word_for_word(entries: list[Any]) -> None:
    kept = [entry for entry in entries if entry == entry and json.loads(json.dumps(entry)) == entry]
    said = Terms.from_json(
        {"actions": ["sing", "hum"], "constraints": [{"type": "x", "is": e} for e in kept]}
    )
    assert from_odrl(written(said)) == said


PIECES = (
    Licensee(anyone=True),
    Purpose(("private", "commercial")),
    Language(("ja",)),
    Period(NOON, NOON.replace(year=2027)),
    Territory(("DE",)),
    Price("5.00", "EUR"),
    Attribution("Ada", "https://example.org"),
    Forbidden(("sell-voice",), quote="Never sell it"),
)


@settings(max_examples=200)
@given(data=st.data(), value=json_values)
def test_a_policy_that_was_changed_anywhere_reads_as_what_it_says_or_denies(
    data: st.DataObject, value: Any
) -> None:
    policy = changed = written(Terms(("sing",), PIECES))
    changed = copy.deepcopy(policy)
    place: Any = changed
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if isinstance(place[key], (dict, list)) and place[key] and data.draw(st.booleans()):
            place = place[key]
        else:
            break
    if data.draw(st.booleans()):
        place[key] = value
    elif isinstance(place, dict):
        place["consonance:more"] = value
    try:
        read = Policy.from_json(changed)
    except TermsError:
        return
    denies = any(isinstance(condition, Unknown) for condition in read.terms.constraints)
    again = json.loads(json.dumps(read.to_json()))
    assert denies or not read.terms.actions or _plain(again) == _plain(changed)


def _plain(policy: Any) -> Any:
    """A policy without what says nothing: order, empty lists, what is so anyway, one value for a list."""
    if isinstance(policy, list):
        return sorted((_plain(value) for value in policy), key=repr)
    if not isinstance(policy, dict):
        return repr(policy)
    so_anyway = {"@context", "profile", "conflict", "consonance:order"}
    return {
        key: _plain(value if isinstance(value, list) or key == "@id" else [value])
        for key, value in policy.items()
        if key not in so_anyway and value not in ("", []) and (key, value) != ("@type", "Set")
    }


def foreign(**changes: Any) -> dict[str, Any]:
    """A policy as another program writes it."""
    permission = {"action": ["consonance:sing"], "constraint": [], **changes.pop("permission", {})}
    return {"@context": CONTEXT, "@type": "Set", "uid": "urn:x", "permission": [permission], **changes}


def test_the_words_of_other_programs_are_understood() -> None:
    read = from_odrl(
        foreign(
            permission={
                "action": "http://www.w3.org/ns/odrl/2/distribute",
                "assignee": "ben@example.org",
                "constraint": [
                    {"leftOperand": "odrl:spatial", "operator": "odrl:eq", "rightOperand": "DE"},
                    {
                        "leftOperand": "dateTime",
                        "operator": "lt",
                        "rightOperand": {"@value": "2026-07-01T14:00:00+02:00", "@type": "xsd:dateTime"},
                    },
                ],
            }
        )
    )
    assert read == Terms(
        ("share-voice",),
        (Territory(("DE",)), Period(not_after=NOON), Licensee(users=("ben@example.org",))),
    )


@pytest.mark.parametrize(
    "policy",
    [
        foreign(obligation=[{"action": "compensate"}]),
        foreign(inheritFrom="urn:other"),
        foreign(conflict="perm"),
        foreign(profile="urn:another"),
        foreign(prohibition=[{"action": "print"}]),
        foreign(prohibition=[{"action": ["sell"], "remedy": [{"action": "delete"}]}]),
        foreign(permission={"action": ["consonance:sing", "play"]}),
        foreign(permission={"duty": [{"action": "delete"}]}),
        foreign(permission={"refinement": []}),
        foreign(
            permission={"constraint": [{"leftOperand": "system", "operator": "eq", "rightOperand": "x"}]}
        ),
        foreign(
            permission={"constraint": [{"leftOperand": "spatial", "operator": "neq", "rightOperand": "DE"}]}
        ),
        foreign(
            permission={"constraint": [{"leftOperand": "count", "operator": "lteq", "rightOperand": 5.5}]}
        ),
        foreign(
            permission={"constraint": [{"leftOperand": "count", "operator": "lteq", "rightOperand": True}]}
        ),
        foreign(
            permission={
                "constraint": [
                    {
                        "leftOperand": "dateTime",
                        "operator": "lt",
                        "rightOperand": {"@value": "2030-01-01T00:00:00", "@type": "xsd:dateTime"},
                    }
                ]
            }
        ),
        foreign(permission={"constraint": [17]}),
        {**foreign(), "@context": "https://example.org/mine"},
        {**foreign(), "@type": "Privacy"},
        {**foreign(), "permission": foreign()["permission"] * 2},
        {**foreign(), "assignee": {"@type": "PartyCollection"}},
    ],
)
def test_what_is_not_understood_denies(policy: dict[str, Any]) -> None:
    read = from_odrl(policy)
    assert any(isinstance(condition, Unknown) for condition in read.constraints)
    assert not decide([a_grant(read, NOON)], a_request(), NOON).allow
    assert from_odrl(json.loads(json.dumps(to_odrl(read, "x")))) == read


def test_a_policy_without_any_of_that_allows() -> None:
    assert decide([a_grant(from_odrl(foreign()), NOON)], a_request(), NOON).allow


@given(json_values | st.dictionaries(st.sampled_from(["permission", "prohibition", "@context"]), json_values))
def test_no_value_but_a_policy_is_a_yes(data: Any) -> None:
    try:
        read = from_odrl(data)
    except TermsError:
        return
    assert not decide([a_grant(read, NOON)], a_request(), NOON).allow


def test_an_agreement_is_made_to_somebody_whom_the_terms_name() -> None:
    said = Terms(("sing",), (Licensee(users=("ben", "cy")), Purpose(anything=True)))
    policy = written(said, assigner="ada", assignee="ben")
    assert policy["@type"] == "Agreement" and from_odrl(policy) == said
    with pytest.raises(ValueError, match="not made to 'dan'"):
        written(said, assigner="ada", assignee="dan")
    conditions: tuple[Constraint, ...] = (Purpose(anything=True), Licensee(users=("dan",)))
    policy["permission"][0]["constraint"] = [
        piece for piece in policy["permission"][0]["constraint"] if piece["leftOperand"] != "recipient"
    ]
    policy["assignee"] = "dan"
    assert set(from_odrl(policy).constraints) == set(conditions)
