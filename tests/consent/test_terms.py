"""Terms: every condition at its boundary, unknown ones deny, JSON keeps all, contradictions are refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from drawn_terms import BY_KIND, a_grant, a_song, constraints, json_values, terms
from hypothesis import given, settings
from hypothesis import strategies as st
from made_registries import a_request

from consent.condition import Circumstances, Constraint
from consent.constraints import (
    CONSTRAINTS,
    Approval,
    Attribution,
    ChangesStated,
    Content,
    Enclosure,
    Forbidden,
    Language,
    Licensee,
    Name,
    NoFurtherTraining,
    Period,
    Price,
    Project,
    Purpose,
    Renders,
    Seconds,
    Share,
    SongSeconds,
    Statement,
    Territory,
    Works,
)
from consent.decide import decide
from consent.errors import TermsError
from consent.inquiry import ContentFinding
from consent.request import ACTIONS, PURPOSES, Request
from consent.terms import Terms, Unknown, in_words

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
INSTANT = timedelta(milliseconds=1)
AT_NOON = Circumstances(NOON)
CLEAR = ContentFinding("en-swearing", "explicit", False, "The lyrics swear.")
BORDERLINE = ContentFinding("en-innuendo", "explicit", True, "The lyrics may be meant so.")
NAMED = ContentFinding("named-person: Jo Doe", "named-person", False, "The lyrics name Jo Doe.")
README = "ab" * 32


def examined(*findings: ContentFinding, by: tuple[str, ...] = ()) -> Circumstances:
    return Circumstances(NOON, content=findings, approved_by=by)


@pytest.mark.parametrize(
    ("constraint", "request_", "circumstances", "holds"),
    [
        (Period(not_before=NOON), a_request(), Circumstances(NOON - INSTANT), False),
        (Period(not_before=NOON), a_request(), AT_NOON, True),
        (Period(not_after=NOON), a_request(), Circumstances(NOON - INSTANT), True),
        (Period(not_after=NOON), a_request(), AT_NOON, False),
        (Renders(5), a_request(), Circumstances(NOON, renders_used=4), True),
        (Renders(5), a_request(), Circumstances(NOON, renders_used=5), False),
        (Renders(0), a_request(), AT_NOON, False),
        (Seconds(90.0), a_request(), Circumstances(NOON, seconds_used=30.0), True),
        (Seconds(90.0), a_request(), Circumstances(NOON, seconds_used=30.001), False),
        (Seconds(90.0), a_request(seconds=60.001), Circumstances(NOON, seconds_used=30.0), False),
        (Seconds(0.3), a_request(seconds=0.1), Circumstances(NOON, seconds_used=0.2), True),
        (SongSeconds(60.0), a_request(), AT_NOON, True),
        (SongSeconds(59.999), a_request(), AT_NOON, False),
        (Language(("ja",)), a_request(language="ja-JP"), AT_NOON, True),
        (Language(("zh",)), a_request(language="cmn-Hans"), AT_NOON, True),
        (Language(("zh",)), a_request(language="zh-yue"), AT_NOON, False),
        (Language(("yue",)), a_request(language="zh-yue"), AT_NOON, True),
        (Language(("ja",)), a_request(language="jam"), AT_NOON, False),
        (Territory(("DE",)), a_request(territory="de"), AT_NOON, True),
        (Territory(("DE",)), a_request(territory="DE-BY"), AT_NOON, True),
        (Territory(("DE-BY",)), a_request(territory="DE"), AT_NOON, False),
        (Territory(("DE",)), a_request(territory="DE-XX"), AT_NOON, False),
        (Territory(("DE",)), a_request(territory="AT"), AT_NOON, False),
        (Territory(("DE",)), a_request(), AT_NOON, False),
        (Territory(worldwide=True), a_request(), AT_NOON, True),
        (Project(("Opus 1",)), a_request(project="Opus 1"), AT_NOON, True),
        (Project(("Opus 1",)), a_request(project="opus 1"), AT_NOON, False),
        (Project(("Opus 1",)), a_request(), AT_NOON, False),
        (Licensee(anyone=True), a_request(), AT_NOON, True),
        (Licensee(("ben@example.org",)), a_request(), AT_NOON, True),
        (Licensee(("Ben@example.org",)), a_request(), AT_NOON, False),
        (Purpose(anything=True), a_request(purpose="political"), AT_NOON, True),
        (Purpose(("commercial",)), a_request(purpose="advertising"), AT_NOON, False),
        (Purpose(("commercial",)), a_request(purpose="political"), AT_NOON, False),
        (Purpose(("commercial",)), a_request(purpose="private"), AT_NOON, False),
        (Purpose(("commercial",)), a_request(purpose="commercial"), AT_NOON, True),
        (Purpose(("private",)), a_request(purpose="model-training", action="train"), AT_NOON, False),
        (Name("Ada"), a_request(presented_as="Ada"), AT_NOON, True),
        (Name("Ada"), a_request(presented_as="Ada "), AT_NOON, False),
        (Name("Ada"), a_request(), AT_NOON, False),
        (Attribution("Ada", "x.org"), a_request(credit="By Ada, see x.org"), AT_NOON, True),
        (Attribution("Ada", "x.org"), a_request(credit="By Ada"), AT_NOON, False),
        (Attribution("Ada", "x.org"), a_request(credit="See x.org"), AT_NOON, False),
        (Attribution("Ada", actions=("share-voice",)), a_request(), AT_NOON, True),
        (Forbidden(("train",)), a_request(action="train"), AT_NOON, False),
        (Forbidden(("train",)), a_request(), AT_NOON, True),
        (Works(iswc=("T-034.524.680-1",)), a_request(), AT_NOON, False),
        (Works(iswc=("T-034.524.680-1",)), a_request(song=a_song(iswc="t 0345246801")), AT_NOON, True),
        (Works(iswc=("T-034.524.680-1",)), a_request(song=a_song(iswc="T-034.524.680-2")), AT_NOON, False),
        (Works(isrc=("US-RC1-76-07839",)), a_request(song=a_song()), AT_NOON, True),
        (Works(isrc=("US-RC1-76-07838",)), a_request(song=a_song()), AT_NOON, False),
        (Works(titles=("ROW  your ｂｏａｔ",)), a_request(song=a_song()), AT_NOON, True),
        (Works(titles=("Row Your Boa",)), a_request(song=a_song()), AT_NOON, False),
        (Works(titles=("x",)), a_request(song=a_song(title="", iswc="", isrc="")), AT_NOON, False),
        (Works(titles=("x",)), a_request(action="share-voice"), AT_NOON, True),
        (Works(anything=True), a_request(), AT_NOON, True),
        (Content(("explicit",)), a_request(), examined(), False),
        (Content(("explicit",)), a_request(song=a_song()), AT_NOON, False),
        (Content(("explicit",)), a_request(song=a_song()), examined(), True),
        (Content(("explicit",)), a_request(song=a_song()), examined(CLEAR), False),
        (Content(("explicit",)), a_request(song=a_song()), examined(CLEAR, by=("ada",)), False),
        (Content(("explicit",)), a_request(song=a_song()), examined(BORDERLINE), False),
        (Content(("explicit",)), a_request(song=a_song()), examined(BORDERLINE, by=("ada",)), True),
        (Content(("explicit",)), a_request(song=a_song()), examined(BORDERLINE, CLEAR, by=("a",)), False),
        (Content(("hateful",)), a_request(song=a_song()), examined(CLEAR), True),
        (Content(persons=("Jo Doe",)), a_request(song=a_song()), AT_NOON, False),
        (Content(persons=("Jo Doe",)), a_request(song=a_song()), examined(), True),
        (Content(persons=("Jo Doe",)), a_request(song=a_song()), examined(NAMED), False),
        (Content(persons=("Jo Dow",)), a_request(song=a_song()), examined(NAMED), True),
        (Content(persons=("Jo Doe",)), a_request(song=a_song(lyrics="ＪＯ-dóe!")), examined(), False),
        (Content(persons=("Jo Doe",)), a_request(song=a_song(title="For Jo Doe")), examined(), False),
        (Content(persons=("Ann",)), a_request(song=a_song(lyrics="I cannot")), examined(), True),
        (Content(persons=("Max Müller",)), a_request(song=a_song(lyrics="m a x mul-ler")), examined(), False),
        (Content(persons=("山田太郎",)), a_request(song=a_song(lyrics="ああ山田 太郎よ")), examined(), False),
        (Approval(), a_request(), AT_NOON, False),
        (Approval(), a_request(), examined(by=("ada",)), True),
        (Approval(2), a_request(), examined(by=("ada", "ada")), False),
        (Approval(2), a_request(), examined(by=("ada", "bo")), True),
        (Approval(2, ("ada", "bo")), a_request(), examined(by=("ada", "cy")), False),
        (Approval(1, ("bo",)), a_request(), examined(by=("ada",)), False),
        (Approval(1, ("bo",)), a_request(), examined(by=("ada", "bo")), True),
        (Price("5.00", "EUR"), a_request(), AT_NOON, False),
        (Price("5.00", "EUR"), a_request(accepted_price="5.00 EUR per render"), AT_NOON, True),
        (Price("5.00", "EUR"), a_request(accepted_price="5.00 EUR per second"), AT_NOON, False),
        (Price("5.00", "EUR"), a_request(accepted_price="4.99 EUR per render"), AT_NOON, False),
        (Price("90", "USD", "flat"), a_request(accepted_price="90 USD flat"), AT_NOON, True),
        (Enclosure("readme.txt", README), a_request(), AT_NOON, True),
        (Enclosure("readme.txt", README), a_request(action="share-voice"), AT_NOON, False),
        (
            Enclosure("readme.txt", README),
            a_request(action="share-voice", enclosed=("cd" * 32,)),
            AT_NOON,
            False,
        ),
        (Enclosure("readme.txt", README), a_request(action="share-voice", enclosed=(README,)), AT_NOON, True),
        (
            Enclosure("LICENCE", README, or_credit="under PDL"),
            a_request(action="share-voice", credit="Ada, under PDL 3.2"),
            AT_NOON,
            True,
        ),
        (
            Enclosure("LICENCE", README, or_credit="under PDL"),
            a_request(action="share-voice", credit="Ada"),
            AT_NOON,
            False,
        ),
        (ChangesStated(), a_request(), AT_NOON, True),
        (ChangesStated(), a_request(action="edit-recordings"), AT_NOON, False),
        (ChangesStated(), a_request(action="edit-recordings", changes_stated=True), AT_NOON, True),
        (NoFurtherTraining(), a_request(), AT_NOON, True),
        (NoFurtherTraining(), a_request(further_training=True), AT_NOON, False),
        (NoFurtherTraining(), a_request(purpose="model-training"), AT_NOON, False),
        (Statement("forbids", "her pictures"), a_request(), AT_NOON, True),
    ],
)
def test_a_condition_at_its_boundary(
    constraint: Constraint, request_: Request, circumstances: Circumstances, holds: bool
) -> None:
    failure = constraint.check(request_, circumstances)
    assert (failure is None) is holds
    assert failure is None or failure.sentence.endswith(".")
    assert constraint.describe().endswith(".")


def test_every_kind_of_condition_but_a_statement_is_refused_somewhere_above() -> None:
    [mark] = test_a_condition_at_its_boundary.pytestmark  # type: ignore[attr-defined]
    for outcome, exempt in ((True, set()), (False, {Statement})):
        tried = {type(constraint) for constraint, _, _, holds in mark.args[1] if holds is outcome}
        assert tried == set(CONSTRAINTS.values()) - exempt


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_number_of_songs_ends_at_exactly_that_number(at_most: int, used: int) -> None:
    failure = Renders(at_most).check(a_request(), Circumstances(NOON, renders_used=used))
    assert (failure is None) == (used < at_most)


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(1, 10**6))
def test_seconds_end_at_exactly_that_millisecond(at_most: int, used: int, asked: int) -> None:
    request_, circumstances = a_request(seconds=asked / 1000), Circumstances(NOON, seconds_used=used / 1000)
    failure = Seconds(at_most / 1000).check(request_, circumstances)
    assert (failure is None) == (used + asked <= at_most)


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6))
def test_a_period_holds_from_its_first_instant_to_before_its_last(offset: int, length: int) -> None:
    now = NOON + offset * INSTANT
    failure = Period(NOON, NOON + length * INSTANT).check(a_request(), Circumstances(now))
    assert (failure is None) == (0 <= offset < length)


def test_the_price_is_refused_in_the_words_that_accept_it() -> None:
    price = Price("12.50", "EUR", "second", (Share("Ada", "2/3"), Share("Her label", "1/3")))
    failure = price.check(a_request(), AT_NOON)
    assert failure is not None and "12.50 EUR per second" in failure.sentence
    assert price.check(a_request(accepted_price=price.spoken()), AT_NOON) is None


def test_content_names_the_rule_that_fired() -> None:
    failure = Content(("explicit",)).check(a_request(song=a_song()), examined(CLEAR))
    assert failure is not None
    assert failure.code == "content" and "en-swearing" in failure.sentence
    failure = Content(("explicit",)).check(a_request(song=a_song()), examined(BORDERLINE))
    assert failure is not None
    assert failure.code == "approval-needed" and "en-innuendo" in failure.sentence


def test_the_owner_s_own_words_stand_beside_a_refusal() -> None:
    said = Terms(("sing",), (Forbidden(("sell-voice",), quote="Never sell it"),))
    [_, failure] = said.check(a_request(action="sell-voice"), AT_NOON)
    assert failure.sentence == "The owner forbids to sell the voice itself (“Never sell it”)."
    assert in_words(said.constraints[0]).endswith("(“Never sell it”).")


@given(terms)
def test_terms_survive_json(said: Terms) -> None:
    assert Terms.from_json(said.to_json()) == said
    assert Terms.from_json(json.loads(json.dumps(said.to_json()))) == said


def test_every_kind_of_condition_is_drawn_here() -> None:
    assert set(BY_KIND) == set(CONSTRAINTS)


@settings(max_examples=300)
@given(data=json_values | st.fixed_dictionaries({"actions": json_values, "constraints": json_values}))
def test_terms_of_any_shape_are_read_and_none_of_them_is_a_yes(data: Any) -> None:
    read = Terms.from_json(data)
    if not (isinstance(data, dict) and data.get("actions") == ["sing"] and data.get("constraints") == []):
        assert not decide([a_grant(read, NOON)], a_request(), NOON).allow


@given(kind=st.sampled_from(sorted(CONSTRAINTS)), field=st.text(max_size=8), value=json_values)
def test_a_condition_with_a_strange_field_denies(kind: str, field: str, value: Any) -> None:
    whole = {"actions": ["sing"], "constraints": [{"type": kind, field: value}]}
    read = Terms.from_json(whole)
    for constraint in read.constraints:
        if isinstance(constraint, Unknown):
            [failure] = read.check(a_request(), AT_NOON)
            assert failure.code == "unknown-condition"
            with pytest.raises(TermsError):
                Terms.parse(whole, "here")
        else:
            assert Terms.from_json(read.to_json()) == read


@given(constraint=constraints, value=json_values, data=st.data())
def test_a_condition_whose_field_is_replaced_is_another_condition_or_denies(
    constraint: Constraint, value: Any, data: st.DataObject
) -> None:
    entry = constraint.to_json()
    field = data.draw(st.sampled_from(sorted(set(entry) - {"type"}) or ["quote"]))
    read = Terms.from_json({"actions": ["sing"], "constraints": [{**entry, field: value}]})
    [condition] = read.constraints
    if isinstance(condition, Unknown):
        assert read.check(a_request(), AT_NOON)[0].code == "unknown-condition"
    else:
        assert condition.to_json().get(field, value) == value or isinstance(value, (int, float))


def test_an_unknown_condition_is_kept_as_it_stands() -> None:
    entry = {"type": "moon-phase", "phase": "full", "since": [1, {"a": None}]}
    read = Terms.from_json({"actions": ["sing"], "constraints": [entry]})
    assert read.to_json()["constraints"] == [entry]


ANYONE = {"type": "licensee", "anyone": True}
ANYTHING = {"type": "purpose", "anything": True}


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ([ANYONE], "do not say their purpose"),
        ([ANYTHING], "do not say their licensee"),
        ([ANYONE, ANYTHING, {"type": "forbidden", "actions": ["sing"]}], "allow and forbid"),
        (
            [{"type": "licensee", "users": ["a"]}, {"type": "licensee", "users": ["b"]}, ANYTHING],
            "licensee conditions leave nothing",
        ),
        (
            [
                ANYONE,
                {"type": "purpose", "allowed": ["private"]},
                {"type": "purpose", "allowed": ["political"]},
            ],
            "purpose",
        ),
        ([ANYONE, ANYTHING, {"type": "name", "text": "A"}, {"type": "name", "text": "B"}], "name"),
        (
            [
                ANYONE,
                ANYTHING,
                {"type": "territory", "allowed": ["DE"]},
                {"type": "territory", "allowed": ["AT"]},
            ],
            "territory",
        ),
        (
            [
                ANYONE,
                ANYTHING,
                {"type": "period", "not_after": "2026-01-01T00:00:00Z"},
                {"type": "period", "not_before": "2026-01-01T00:00:00Z"},
            ],
            "no instant",
        ),
        (
            [
                ANYONE,
                ANYTHING,
                {"type": "price", "amount": "1", "currency": "EUR"},
                {"type": "price", "amount": "2", "currency": "EUR"},
            ],
            "two prices",
        ),
        ([ANYONE, ANYTHING, {"type": "works", "iswc": ["T-034.524.680-2"]}], "check digit"),
        ([ANYONE, ANYTHING, {"type": "works", "isrc": ["XX"]}], "no ISRC"),
        ([ANYONE, ANYTHING, {"type": "territory", "allowed": ["UK"]}], "ISO 3166"),
        ([ANYONE, ANYTHING, {"type": "price", "amount": "1", "currency": "EURO"}], "ISO 4217"),
        ([ANYONE, ANYTHING, {"type": "price", "amount": "1e3", "currency": "EUR"}], "decimal"),
        (
            [
                ANYONE,
                ANYTHING,
                {
                    "type": "price",
                    "amount": "1",
                    "currency": "EUR",
                    "split": [{"party": "a", "share": "0.9"}],
                },
            ],
            "add up to 9/10",
        ),
        ([ANYONE, ANYTHING, {"type": "content", "forbidden": ["gluten"]}], "unknown categories"),
        ([ANYONE, ANYTHING, {"type": "approval", "people": 3}], "1 or 2"),
        ([ANYONE, ANYTHING, {"type": "approval", "people": 2, "by": ["a"]}], "fewer people"),
        ([ANYONE, ANYTHING, {"type": "language", "allowed": ["english!"]}], "BCP 47"),
        ([ANYONE, {"type": "purpose", "allowed": ["fun"]}], "unknown purposes"),
        ([ANYONE, ANYTHING, {"type": "renders", "at_most": 2**60}], "smaller number"),
        ([ANYONE, ANYTHING] * 101, "more than 200 conditions"),
        ([ANYONE, ANYTHING, {"type": "name", "text": "x" * 10_001}], "10000 characters"),
    ],
)
def test_terms_that_nobody_can_mean_are_refused_with_the_place(conditions: list[Any], words: str) -> None:
    with pytest.raises(TermsError, match=words) as refused:
        Terms.parse({"actions": ["sing"], "constraints": conditions}, "voice.toml: [grant]")
    assert refused.value.sentence.startswith("voice.toml: [grant]")


def test_a_territory_may_narrow_another() -> None:
    said = [{"type": "territory", "allowed": [code]} for code in ("DE", "DE-BY")]
    read = Terms.parse({"actions": ["sing"], "constraints": [ANYONE, ANYTHING, *said]}, "here")
    assert [failure.code for failure in read.check(a_request(territory="DE"), AT_NOON)] == ["territory"]
    assert read.check(a_request(territory="DE-BY"), AT_NOON) == []


def test_every_action_and_purpose_is_known_to_the_conditions() -> None:
    for purpose in PURPOSES:
        assert Purpose((purpose,)).check(a_request(purpose=purpose), AT_NOON) is None
    for action in ACTIONS:
        assert Forbidden((action,)).check(a_request(action=action), AT_NOON) is not None
