"""The decision: pure and total. Every reason is given; a wrong value anywhere is never a yes."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from drawn_terms import BOTH_RIGHTS, WRONG, a_grant, a_mandate, a_song, facts_found, json_values, terms, words
from hypothesis import given, settings
from hypothesis import strategies as st
from made_registries import a_request

from consent.condition import Circumstances, Constraint, Failure
from consent.constraints import Approval, Content, Language, Licensee, Name, Period, Price, Purpose, Renders
from consent.decide import STATE_SENTENCES, Grant, decide
from consent.inquiry import ContentFinding, Hit, Inquiry
from consent.request import ACTIONS, PURPOSES, Request
from consent.rights import Right
from consent.terms import Terms

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
INSTANT = timedelta(milliseconds=1)
ANYTHING = Terms(("sing",), (Licensee(anyone=True), Purpose(anything=True)))


def codes(grants: Any, request: Any = None, now: Any = NOON, inquiry: Any = None) -> list[str]:
    decision = decide(grants, a_request() if request is None else request, now, inquiry)
    assert decision.allow == (not decision.reasons) == (decision.grant_id is not None)
    return [reason.code for reason in decision.reasons]


def test_a_grant_with_both_rights_allows() -> None:
    assert decide([a_grant(ANYTHING, NOON)], a_request(), NOON).grant_id == "g"


@pytest.mark.parametrize("state", [*STATE_SENTENCES, "", "ACTIVE", "moon"])
def test_only_an_active_grant_allows(state: str) -> None:
    refused = decide([a_grant(ANYTHING, NOON, state=state)], a_request(), NOON)
    assert [reason.code for reason in refused.reasons] == [
        state if state in STATE_SENTENCES else "strange-state"
    ]
    assert refused.reasons[0].grant == "g"


@pytest.mark.parametrize(
    ("rights", "expected"),
    [
        (BOTH_RIGHTS, []),
        (BOTH_RIGHTS[:1], ["no-recording-permission"]),
        (BOTH_RIGHTS[1:], ["no-performer-consent"]),
        ((), ["no-performer-consent", "no-recording-permission"]),
        ((BOTH_RIGHTS[0], BOTH_RIGHTS[0]), ["no-recording-permission"]),
        ((replace(BOTH_RIGHTS[0], state="withdrawn"), BOTH_RIGHTS[1]), ["no-performer-consent"]),
        ((replace(BOTH_RIGHTS[0], state="damaged"), BOTH_RIGHTS[1]), ["no-performer-consent"]),
        ((replace(BOTH_RIGHTS[0], actions=("train",)), BOTH_RIGHTS[1]), ["no-performer-consent"]),
        ((replace(BOTH_RIGHTS[0], not_before=NOON), BOTH_RIGHTS[1]), []),
        ((replace(BOTH_RIGHTS[0], not_before=NOON + INSTANT), BOTH_RIGHTS[1]), ["no-performer-consent"]),
        ((replace(BOTH_RIGHTS[0], not_after=NOON + INSTANT), BOTH_RIGHTS[1]), []),
        ((replace(BOTH_RIGHTS[0], not_after=NOON), BOTH_RIGHTS[1]), ["no-performer-consent"]),
        ((BOTH_RIGHTS[0], replace(BOTH_RIGHTS[1], not_after=NOON)), ["no-recording-permission"]),
        ((replace(BOTH_RIGHTS[0], state="withdrawn"), *BOTH_RIGHTS), []),
        ((replace(BOTH_RIGHTS[0], not_after=NOON), *BOTH_RIGHTS), []),
    ],
)
def test_performer_and_recording_owner_both_have_to_allow(
    rights: tuple[Right, ...], expected: list[str]
) -> None:
    assert codes([a_grant(ANYTHING, NOON, rights=rights)]) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"state": "withdrawn"}, ["mandate-ended"]),
        ({"state": "damaged"}, ["mandate-ended"]),
        ({"not_before": NOON}, []),
        ({"not_before": NOON + INSTANT}, ["mandate-ended"]),
        ({"not_after": NOON + INSTANT}, []),
        ({"not_after": NOON}, ["mandate-ended"]),
    ],
)
def test_a_grant_ends_with_the_mandate_behind_it(changes: dict[str, Any], expected: list[str]) -> None:
    assert codes([a_grant(ANYTHING, NOON, mandate=a_mandate(**changes))]) == expected


def test_every_hit_of_a_reservation_denies_whatever_is_granted() -> None:
    hits = (Hit("r1", "melody", "The melody is reserved."), Hit("r2", "lyrics", "The words are reserved."))
    assert codes([a_grant(ANYTHING, NOON)], inquiry=Inquiry(hits=hits)) == ["reserved", "reserved"]
    assert codes([], inquiry=Inquiry(hits=hits)) == ["reserved", "reserved", "no-grant"]


def test_all_that_fails_is_said_at_once() -> None:
    said = Terms(
        ("train",),
        (
            Licensee(users=("cy",)),
            Purpose(("political",)),
            Language(("ja",)),
            Period(not_after=NOON),
            Renders(0),
            Name("Ada"),
            Price("1", "EUR"),
            Approval(2),
            Content(("explicit",)),
        ),
    )
    bare = a_grant(said, NOON, state="suspended", rights=(), mandate=a_mandate(state="withdrawn"))
    assert codes([bare]) == [
        "suspended",
        "no-performer-consent",
        "no-recording-permission",
        "mandate-ended",
        "action",
        "licensee",
        "purpose",
        "language",
        "expired",
        "renders",
        "name",
        "price",
        "approval-needed",
        "missing-fact",
    ]


def test_an_approval_counts_for_its_own_grant_alone() -> None:
    said = Terms(("sing",), (Approval(),))
    assert codes([a_grant(said, NOON)], inquiry=Inquiry(approvals={"h": ("ada",)})) == ["approval-needed"]
    assert codes([a_grant(said, NOON)], inquiry=Inquiry(approvals={"g": ("ada",)})) == []


def test_a_borderline_finding_waits_for_an_approval() -> None:
    said = Terms(("sing",), (Content(("drugs",)),))
    finding = ContentFinding("en-pills", "drugs", True, "The lyrics speak of pills.")
    request = a_request(song=a_song())
    waiting = facts_found(content=(finding,))
    assert codes([a_grant(said, NOON)], request, inquiry=waiting) == ["approval-needed"]
    approved = facts_found(content=(finding,), approvals={"g": ("ada",)})
    assert codes([a_grant(said, NOON)], request, inquiry=approved) == []


def test_the_oldest_grant_that_covers_a_use_is_the_one() -> None:
    grants = [a_grant(ANYTHING, NOON + number * INSTANT, id=f"g{number}") for number in (2, 0, 1)]
    assert decide(grants, a_request(), NOON).grant_id == "g0"
    grants[1] = replace(grants[1], state="withdrawn")
    assert decide(grants, a_request(), NOON).grant_id == "g1"


class Evil(Constraint):
    """A condition that fails in every way that Python has."""

    type = "evil"

    def __init__(self, error: BaseException | None) -> None:
        object.__setattr__(self, "error", error)

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if self.error is not None:  # type: ignore[attr-defined]
            raise self.error  # type: ignore[attr-defined]
        return None

    def describe(self) -> str:
        return "Evil."


class Unspeakable(Exception):
    """An error that cannot even be said."""

    def __repr__(self) -> str:
        raise RuntimeError

    __str__ = __repr__


@pytest.mark.parametrize(
    "error", [ValueError("x"), RecursionError(), MemoryError(), Unspeakable(), KeyError(1)]
)
def test_an_error_in_a_condition_is_a_no(error: Exception) -> None:
    assert codes([a_grant(Terms(("sing",), (Evil(error),)), NOON)]) == ["decision-error"]
    assert codes([a_grant(Terms(("sing",), (Evil(None),)), NOON)]) == []


def test_a_condition_without_a_time_zone_is_a_no() -> None:
    said = Terms(("sing",), (Period(not_after=datetime(2030, 1, 1)),))
    assert codes([a_grant(said, NOON)]) == ["decision-error"]


FULL_REQUEST = a_request(
    territory="DE",
    project="Opus 1",
    credit="Ada",
    presented_as="Ada",
    song=a_song(),
    accepted_price="1 EUR flat",
)
FULL_GRANT = a_grant(ANYTHING, NOON, mandate=a_mandate())
FULL_INQUIRY = facts_found(content=(ContentFinding("r", "drugs", True, "s"),), approvals={"g": ("ada",)})
assert decide([FULL_GRANT], FULL_REQUEST, NOON, FULL_INQUIRY).allow
OPTIONAL = {"territory", "project", "credit", "presented_as", "song", "accepted_price"}


def fits(name: str, value: object) -> bool:
    """Whether a value is one that a request's field can have."""
    if name in ("voice", "user", "language"):
        return isinstance(value, str) and bool(value)
    if name in OPTIONAL:
        return value is None or (isinstance(value, str) and name != "song")
    if name in ("further_training", "changes_stated"):
        return isinstance(value, bool)
    if name == "enclosed":
        return isinstance(value, tuple) and all(isinstance(item, str) for item in value)
    return name == "seconds" and value == 1.5


@pytest.mark.parametrize("name", [field.name for field in fields(Request)])
def test_a_request_with_a_wrong_value_is_refused(name: str) -> None:
    for value in WRONG:
        allowed = decide([FULL_GRANT], replace(FULL_REQUEST, **{name: value}), NOON, FULL_INQUIRY).allow
        assert not allowed or fits(name, value), (name, value)


@pytest.mark.parametrize("name", [field.name for field in fields(Grant)])
def test_a_grant_with_a_wrong_value_is_refused(name: str) -> None:
    for value in WRONG:
        decision = decide([replace(FULL_GRANT, **{name: value})], FULL_REQUEST, NOON, FULL_INQUIRY)
        fine = {
            "id": isinstance(value, str),
            "kind": isinstance(value, str),
            "mandate": value is None,
            "renders_used": isinstance(value, int) and not isinstance(value, bool) and value >= 0,
            "seconds_used": type(value) in (int, float) and 0 <= value < 10**300,  # type: ignore[operator]
        }
        assert not decision.allow or fine.get(name, False), (name, value)


@pytest.mark.parametrize("kind", [Right, type(a_mandate()), Hit, ContentFinding])
def test_a_wrong_value_within_the_facts_is_refused(kind: type[Any]) -> None:
    whole = {Right: BOTH_RIGHTS[0], Hit: None, ContentFinding: FULL_INQUIRY.content[0]}.get(kind, a_mandate())  # type: ignore[index]
    for field in fields(kind):
        for value in WRONG:
            if isinstance(value, str) or (value is None and "not_" in field.name):
                continue
            if kind is Hit:
                inquiry = facts_found(hits=(replace(Hit("r", "k", "s"), **{field.name: value}),))
                decision = decide([FULL_GRANT], FULL_REQUEST, NOON, inquiry)
            elif kind is ContentFinding:
                if field.name == "borderline" and value is True:
                    continue
                inquiry = facts_found(content=(replace(whole, **{field.name: value}),))
                decision = decide([FULL_GRANT], FULL_REQUEST, NOON, inquiry)
            elif kind is Right:
                rights = (replace(whole, **{field.name: value}), BOTH_RIGHTS[1])
                decision = decide([replace(FULL_GRANT, rights=rights)], FULL_REQUEST, NOON)
            else:
                mandate = replace(whole, **{field.name: value})
                decision = decide([replace(FULL_GRANT, mandate=mandate)], FULL_REQUEST, NOON)
            assert not decision.allow, (kind, field.name, value)


@pytest.mark.parametrize(
    "value", [v for v in WRONG if v not in ((), [], {})], ids=lambda value: repr(value).partition(" at 0x")[0]
)
def test_anything_else_than_grants_requests_instants_and_facts_is_refused(value: Any) -> None:
    assert codes(value)
    assert codes([value])
    assert codes([FULL_GRANT], request=value) if value is not None else True
    assert codes([FULL_GRANT], now=value)
    assert codes([FULL_GRANT], inquiry=value) if value is not None else True
    for name in ("hits", "content", "approvals"):
        facts = Inquiry(**{name: value})
        assert (
            codes([FULL_GRANT], inquiry=facts) or (name == "content" and value is None) or value in ((), {})
        )


def test_a_naive_instant_is_refused() -> None:
    assert codes([FULL_GRANT], FULL_REQUEST, NOON.replace(tzinfo=None)) == ["decision-error"]


requests = st.builds(
    Request,
    voice=json_values | st.just("ada"),
    user=json_values | words,
    purpose=json_values | st.sampled_from(PURPOSES),
    work_digest=json_values | st.just("5" * 64),
    seconds=json_values | st.floats(0, 1e9),
    language=json_values | st.just("en"),
    territory=json_values,
    project=json_values,
    action=json_values | st.sampled_from(ACTIONS),
    song=st.none() | st.just(a_song()) | json_values,
    accepted_price=json_values,
    further_training=st.booleans() | json_values,
    enclosed=st.just(()) | json_values,
    changes_stated=st.booleans() | json_values,
)


@settings(max_examples=300)
@given(grants=st.lists(terms, max_size=3), request_=requests, approved=st.booleans())
def test_the_decision_is_total_pure_and_agrees_with_its_conditions(
    grants: list[Terms], request_: Request, approved: bool
) -> None:
    given_ = [a_grant(said, NOON, id=f"g{number}") for number, said in enumerate(grants)]
    approvals = {grant.id: ("ada", "bo") for grant in given_} if approved else {}
    facts = Inquiry(content=(), approvals=approvals)
    decision = decide(given_, request_, NOON, facts)
    assert decision == decide(tuple(reversed(given_)), request_, NOON, facts)
    assert decision.allow == (decision.grant_id is not None) == (not decision.reasons)
    if decision.allow:
        said = next(grant.terms for grant in given_ if grant.id == decision.grant_id)
        around = Circumstances(NOON, content=(), approved_by=approvals.get(str(decision.grant_id), ()))
        assert request_.action in said.actions
        assert all(constraint.check(request_, around) is None for constraint in said.constraints)
