"""Terms: every condition at its boundary, unknown ones deny, JSON keeps all, and the decision is total."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_registries import a_request

from consent.condition import Circumstances, Constraint
from consent.constraints import (
    Attribution,
    Forbidden,
    Language,
    Licensee,
    Name,
    Period,
    Project,
    Purpose,
    Renders,
    Seconds,
    SongSeconds,
    Territory,
)
from consent.decide import Grant, decide
from consent.errors import TermsError
from consent.request import ACTIONS, PURPOSES, Request
from consent.terms import CONSTRAINTS, Terms, Unknown

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
INSTANT = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("constraint", "request_", "circumstances", "holds"),
    [
        (Period(not_before=NOON), a_request(), Circumstances(NOON - INSTANT), False),
        (Period(not_before=NOON), a_request(), Circumstances(NOON), True),
        (Period(not_after=NOON), a_request(), Circumstances(NOON - INSTANT), True),
        (Period(not_after=NOON), a_request(), Circumstances(NOON), False),
        (Renders(5), a_request(), Circumstances(NOON, renders_used=4), True),
        (Renders(5), a_request(), Circumstances(NOON, renders_used=5), False),
        (Seconds(90.0), a_request(), Circumstances(NOON, seconds_used=30.0), True),
        (Seconds(90.0), a_request(), Circumstances(NOON, seconds_used=30.001), False),
        (SongSeconds(60.0), a_request(), Circumstances(NOON), True),
        (SongSeconds(59.999), a_request(), Circumstances(NOON), False),
        (Language(("ja",)), a_request(language="ja-JP"), Circumstances(NOON), True),
        (Language(("zh",)), a_request(language="cmn-Hans"), Circumstances(NOON), True),
        (Language(("ja",)), a_request(language="jam"), Circumstances(NOON), False),
        (Territory(("DE",)), a_request(territory="de"), Circumstances(NOON), True),
        (Project(("Opus 1",)), a_request(project="Opus 1"), Circumstances(NOON), True),
        (Project(("Opus 1",)), a_request(), Circumstances(NOON), False),
        (Licensee(anyone=True), a_request(), Circumstances(NOON), True),
        (Purpose(anything=True), a_request(purpose="political"), Circumstances(NOON), True),
        (Name("Ada"), a_request(presented_as="Ada "), Circumstances(NOON), False),
        (Attribution("Ada", "x.org"), a_request(credit="By Ada, see x.org"), Circumstances(NOON), True),
        (Attribution("Ada", "x.org"), a_request(credit="By Ada"), Circumstances(NOON), False),
        (Attribution("Ada", actions=("share-voice",)), a_request(), Circumstances(NOON), True),
        (Forbidden(("train",)), a_request(action="train"), Circumstances(NOON), False),
        (Forbidden(("train",)), a_request(), Circumstances(NOON), True),
    ],
)
def test_a_condition_at_its_boundary(
    constraint: Constraint, request_: Request, circumstances: Circumstances, holds: bool
) -> None:
    failure = constraint.check(request_, circumstances)
    assert (failure is None) is holds
    assert failure is None or failure.sentence.endswith((".", ")."))
    assert constraint.describe().endswith((".", ")."))


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=12)
lists = st.lists(words, min_size=1, max_size=3).map(tuple)
instants = st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC))
amounts = st.floats(0, 1e9)
constraints = st.one_of(
    lists.map(lambda users: Licensee(users=users)),
    st.just(Licensee(anyone=True)),
    st.lists(st.sampled_from(PURPOSES), min_size=1).map(lambda allowed: Purpose(tuple(allowed))),
    lists.map(Language),
    st.builds(Period, instants, st.none() | instants),
    st.integers(0, 10**9).map(Renders),
    amounts.map(Seconds),
    amounts.map(SongSeconds),
    lists.map(Territory),
    lists.map(Project),
    words.map(Name),
    st.builds(Attribution, words, words, st.lists(st.sampled_from(ACTIONS), min_size=1).map(tuple)),
    st.builds(Forbidden, st.lists(st.sampled_from(ACTIONS), min_size=1).map(tuple)),
)
terms = st.builds(
    Terms,
    st.lists(st.sampled_from(ACTIONS), min_size=1).map(tuple),
    st.lists(constraints, max_size=4).map(tuple),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(terms)
def test_terms_survive_json(said: Terms) -> None:
    assert Terms.from_json(said.to_json()) == said


def test_every_kind_of_condition_is_tried_here() -> None:
    tried = {Licensee, Purpose, Language, Period, Renders, Seconds, SongSeconds, Territory, Project, Name}
    assert set(CONSTRAINTS.values()) == tried | {Attribution, Forbidden}


@settings(max_examples=300)
@given(data=json_values | st.fixed_dictionaries({"actions": json_values, "constraints": json_values}))
def test_terms_of_any_shape_are_read_and_none_of_them_is_a_yes(data: Any) -> None:
    read = Terms.from_json(data)
    grant = Grant("g", "ada", read, NOON)
    if not (isinstance(data, dict) and data.get("actions") == ["sing"] and data.get("constraints") == []):
        assert not decide([grant], a_request(), NOON).allow


@given(kind=st.sampled_from(sorted(CONSTRAINTS)), field=st.text(max_size=8), value=json_values)
def test_a_condition_with_a_strange_field_denies(kind: str, field: str, value: Any) -> None:
    whole = {"actions": ["sing"], "constraints": [{"type": kind, field: value}]}
    read = Terms.from_json(whole)
    for constraint in read.constraints:
        if isinstance(constraint, Unknown):
            failure = constraint.check(a_request(), Circumstances(NOON))
            assert failure is not None and failure.code == "unknown-condition"
            with pytest.raises(TermsError):
                Terms.parse(whole, "here")
        else:
            assert Terms.from_json(read.to_json()) == read


def test_an_unknown_condition_is_kept_as_it_stands() -> None:
    entry = {"type": "moon-phase", "phase": "full", "since": [1, {"a": None}]}
    read = Terms.from_json({"actions": ["sing"], "constraints": [entry]})
    assert read.to_json()["constraints"] == [entry]


requests = st.builds(
    Request,
    voice=json_values | st.just("ada"),
    user=json_values | words,
    purpose=json_values | st.sampled_from(PURPOSES),
    work_digest=json_values | st.just("5" * 64),
    seconds=json_values | amounts,
    language=json_values | st.just("en"),
    territory=json_values,
    project=json_values,
    action=json_values | st.sampled_from(ACTIONS),
)


@settings(max_examples=400)
@given(grants=st.lists(terms, max_size=3), request_=requests)
def test_the_decision_is_total_and_agrees_with_its_conditions(grants: list[Terms], request_: Request) -> None:
    given_ = [Grant(f"g{number}", "ada", said, NOON) for number, said in enumerate(grants)]
    decision = decide(given_, request_, NOON)
    assert decision.allow == (decision.grant_id is not None) == (not decision.reasons)
    if decision.allow:
        said = next(grant.terms for grant in given_ if grant.id == decision.grant_id)
        assert request_.action in said.actions
        assert all(constraint.check(request_, Circumstances(NOON)) is None for constraint in said.constraints)


@pytest.mark.parametrize("state", ["withdrawn", "superseded", "damaged", "suspended", ""])
def test_only_an_active_grant_allows(state: str) -> None:
    said = Terms(("sing",), (Licensee(anyone=True), Purpose(anything=True)))
    assert decide([Grant("g", "ada", said, NOON)], a_request(), NOON).allow
    refused = decide([Grant("g", "ada", said, NOON, state=state)], a_request(), NOON)
    assert not refused.allow
    assert refused.reasons[0].grant == "g"


def test_an_error_in_a_condition_is_a_no() -> None:
    said = Terms(("sing",), (Period(not_after=datetime(2030, 1, 1)),))  # no time zone: cannot be compared
    decision = decide([Grant("g", "ada", said, NOON)], a_request(), NOON)
    assert [reason.code for reason in decision.reasons] == ["decision-error"]
