"""The life of a grant: each move, each that is refused, and who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from acting import PAST, codes, owner_of, turn_clock
from made_registries import Place, a_request, grant_terms

from consent.errors import TermsError, UnknownName
from consent.lifecycle import MOVES
from consent.registry import Grant, Registry

BEN = "ben@example.org"
STATES = ("draft", "offered", "accepted", "active", "suspended", "expired", "withdrawn")


def _in_state(registry: Registry, state: str) -> Grant:
    """A grant to Ben that has come to a state by the moves that lead there."""
    life = registry.lifecycle
    terms = grant_terms(*([{"type": "period", "not_after": PAST.isoformat()}] if state == "expired" else []))
    grant = life.draft("ada", terms, to=BEN)
    if state == "expired":
        life.expire_due()
    elif state == "withdrawn":
        registry.withdraw("ada", grant.id)
    else:
        path: list[Callable[[], object]] = [
            lambda: life.offer(grant.id),
            lambda: life.accept(grant.id, BEN),
            lambda: life.activate(grant.id),
            lambda: life.suspend(grant.id),
        ]
        for move in path[: STATES.index(state)]:
            move()
    assert life.get(grant.id).state == state
    return grant


def test_every_move_that_is_not_in_the_table_is_refused(registry: Registry) -> None:
    life = registry.lifecycle
    moves: dict[str, tuple[str, Callable[[str], object]]] = {
        "offer": ("offered", lambda grant: life.offer(grant)),
        "accept": ("accepted", lambda grant: life.accept(grant, BEN)),
        "activate": ("active", lambda grant: life.activate(grant)),
        "resume": ("active", lambda grant: life.resume(grant)),
        "suspend": ("suspended", lambda grant: life.suspend(grant)),
    }
    from_state = {"offer": "draft", "accept": "offered", "activate": "accepted", "resume": "suspended"}
    for state in STATES:
        grant = _in_state(registry, state)
        for name, (to, move) in moves.items():
            if to in MOVES[state] and from_state.get(name, state) == state:
                moved = _in_state(registry, state)
                move(moved.id)
                assert life.get(moved.id).state == to
            else:
                assert codes(lambda move=move, grant=grant: move(grant.id)) == {"illegal-move"}, (state, name)
        assert life.get(grant.id).state == state
    assert registry.check_ledger().ok


def test_the_long_way_tells_everybody_and_is_logged(registry: Registry) -> None:
    ada, life = owner_of(registry), registry.lifecycle
    draft = life.draft("ada", grant_terms(), to=BEN)
    asked = a_request(purpose="commercial")
    for state, move in (
        ("draft", lambda: life.offer(draft.id)),
        ("offered", lambda: life.accept(draft.id, BEN)),
        ("accepted", lambda: life.activate(draft.id)),
    ):
        assert state in {reason.code for reason in registry.may(asked).reasons}
        move()
    authorization = registry.authorise(asked)
    assert authorization.grant == draft.id
    said = [notice.text for notice in registry.notices.of_person(BEN, unread=True)]
    assert len(said) == 2 and "was put in force" in said[0] and "was offered" in said[1]
    assert f"{BEN} has accepted" in registry.notices.of_person("ada")[0].text
    newest = registry.notices.of_person("ada")[0]
    with pytest.raises(UnknownName):
        registry.notices.read(newest.id, BEN)
    assert registry.notices.read(newest.id, "ada").read_at is not None
    assert newest.id not in {notice.id for notice in registry.notices.of_person(ada, unread=True)}
    entries = [entry for entry in registry.ledger_rows() if entry.body.get("grant") == draft.id]
    moves = [(entry.kind, entry.body.get("from"), entry.body.get("state")) for entry in entries]
    assert moves[:4] == [
        ("grant", None, "draft"),
        ("grant-state", "draft", "offered"),
        ("grant-state", "offered", "accepted"),
        ("grant-state", "accepted", "active"),
    ]
    receipts = [receipt.event for receipt in registry.receipts.of(person=ada) if receipt.grant == draft.id]
    assert receipts == ["grant-made", "grant-offered", "grant-accepted", "grant-activated"]


def test_a_grant_is_accepted_or_declined_by_those_it_is_made_to(registry: Registry) -> None:
    life = registry.lifecycle
    offered = _in_state(registry, "offered")
    assert codes(lambda: life.accept(offered.id, "eve")) == {"licensee"}
    assert codes(lambda: life.decline(offered.id, "eve")) == {"licensee"}
    assert life.decline(offered.id, BEN, "too dear").state == "withdrawn"
    assert codes(lambda: life.decline(_in_state(registry, "active").id, BEN)) == {"illegal-move"}
    with pytest.raises(UnknownName):
        life.offer("grant-of-nobody")
    with pytest.raises(TermsError):
        life.draft("ada", {"actions": ["hum"], "constraints": []})
    assert registry.check_ledger().ok


def test_what_has_run_out_is_swept_into_expired(
    registry: Registry, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, life = owner_of(registry), registry.lifecycle
    ends = registry.ledger_rows()[-1].at + timedelta(days=1)
    terms = grant_terms({"type": "period", "not_after": ends.isoformat()})
    given = registry.grant("ada", terms, to=BEN)
    assert life.expire_due() == ()
    head = registry.ledger_head()
    turn_clock(monkeypatch, timedelta(days=1))
    assert "expired" in {reason.code for reason in registry.may(a_request(purpose="commercial")).reasons}
    assert codes(lambda: registry.suspend("ada", given.id)) == {"expired"}
    assert registry.ledger_head() == head
    place.open().close()  # opening does what time makes due
    assert life.get(given.id).state == "expired"
    assert "has run out" in registry.notices.of_person(BEN)[0].text
    assert "grant-expired" in [receipt.event for receipt in registry.receipts.of(person=ada)]
    assert life.expire_due() == ()
    assert registry.check_ledger().ok


def test_a_withdrawn_voice_grants_nothing_more(registry: Registry) -> None:
    life = registry.lifecycle
    states = {state: _in_state(registry, state) for state in STATES}
    registry.withdraw("ada")
    assert {life.get(grant.id).state for grant in states.values()} == {"withdrawn"}
    assert codes(lambda: life.draft("ada", grant_terms(), to=BEN)) == {"withdrawn"}
    assert codes(lambda: life.offer(states["draft"].id)) == {"illegal-move"}
    assert [grant.id for grant in life.grants("ada", "withdrawn")][1:] == [g.id for g in states.values()]
    assert registry.check_ledger().ok
