"""Approvals: one or two distinct people say yes to exactly this song, and nobody else's song profits."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from acting import SONG, codes, owner_of, turn_clock
from made_registries import Place, a_release, a_request, database, grant_terms, voice_folder
from sqlalchemy import text

from consent.errors import UnknownName
from consent.registry import Refused, Registry, Request
from consent.song import Song


def _with_people(registry: Registry, voices: Path) -> Registry:
    """A registry in which Ada, her label and her manager are known, and Ada has granted nothing yet."""
    registry.seed(voice_folder(voices, grant=""))
    owner_of(registry)
    registry.people.add("Nine Records", kind="organisation", handle="nine")
    registry.people.add("Mia Manager", handle="mia")
    registry.people.add("Stranger", handle="stranger")
    registry.people.appoint("nine", "ada", "label", ["approve"])
    return registry


@pytest.fixture
def waiting(registry: Registry, voices: Path) -> Registry:
    """Such a registry, on each database in turn."""
    return _with_people(registry, voices)


def _grant(registry: Registry, **approval: Any) -> str:
    condition = {"type": "approval", **approval}
    return registry.grant("ada", grant_terms(condition), to=["ben@example.org", "eve"]).id


def _a_song(**changes: Any) -> Request:
    return a_request(**{"song": SONG, "purpose": "commercial", **changes})


def _ask(registry: Registry, request: Request) -> int:
    """The number under which a song waits after it was refused."""
    with pytest.raises(Refused) as refused:
        registry.authorise(request)
    assert {reason.code for reason in refused.value.reasons} == {"approval-needed", "approval-asked"}
    number = registry.approvals.waiting()[-1].id
    assert f"number {number}" in str(refused.value)
    return number


def test_a_song_waits_for_its_owner_and_is_sung_after_the_yes(waiting: Registry, tmp_path: Path) -> None:
    grant = _grant(waiting, people=1)
    number = _ask(waiting, _a_song())
    assert _ask(waiting, _a_song()) == number and len(waiting.approvals.waiting()) == 1
    (seen,) = waiting.approvals.waiting("ada")
    assert (seen.asked["title"], seen.asked["lyrics"]) == ("The star", "Twinkle twinkle")
    assert (seen.user, seen.asked["purpose"], seen.grant) == ("ben@example.org", "commercial", grant)
    assert "approval of one person" in seen.rules[0]
    assert [request.id for request in waiting.approvals.waiting("nine")] == [number]
    assert waiting.approvals.waiting("stranger") == waiting.approvals.waiting("mia") == []
    for person in ("ada", "nine"):
        assert f"number {number}" in waiting.notices.of_person(person, unread=True)[0].text
    for by in ("stranger", "mia"):
        assert codes(lambda by=by: waiting.approvals.approve(number, by)) == {"no-authority"}
    with pytest.raises(UnknownName):
        waiting.approvals.approve(number, "nobody")
    with pytest.raises(UnknownName):
        waiting.approvals.approve(999, "ada")
    decided = waiting.approvals.approve(number, "ada", "Lovely")
    assert (decided.state, [answer.note for answer in decided.answers]) == ("approved", ["Lovely"])
    assert "may be sung now. Lovely" in waiting.notices.of_person("ben@example.org")[0].text
    released = waiting.commit(waiting.authorise(_a_song()), a_release(tmp_path))
    assert released.grant == grant and released.allowed_now
    assert codes(lambda: waiting.approvals.decline(number, "nine")) == {"decided"}
    logged = str([entry.body for entry in waiting.ledger_rows()])
    assert "Twinkle" not in logged and "The star" not in logged and "ben@example.org" not in logged
    assert waiting.check_ledger().ok


def test_an_approval_is_for_this_song_this_user_and_this_use_only(waiting: Registry) -> None:
    first = _grant(waiting, people=1)
    waiting.approvals.approve(_ask(waiting, _a_song()), "ada")
    assert waiting.may(_a_song()).allow and waiting.may(_a_song(seconds=61.0)).allow
    others = [
        _a_song(user="eve"),
        _a_song(purpose="political"),
        _a_song(work_digest="6" * 64),
        _a_song(language="ja"),
        _a_song(territory="DE"),
        _a_song(project="Winter"),
        _a_song(song=Song("Twinkle twonkle", SONG.melody, SONG.sounds, SONG.title)),
        _a_song(song=Song(SONG.lyrics, SONG.melody[:1], SONG.sounds, SONG.title)),
        _a_song(song=Song(SONG.lyrics, SONG.melody, SONG.sounds, "Another title")),
        _a_song(song=None),
    ]
    for other in others:
        assert {reason.code for reason in waiting.may(other).reasons} == {"approval-needed"}
    again = waiting.grant("ada", grant_terms({"type": "approval", "people": 1}), to="ben@example.org")
    waiting.withdraw("ada", first)
    needed = [reason.grant for reason in waiting.may(_a_song()).reasons if reason.code == "approval-needed"]
    assert needed == [again.id]


def test_two_people_are_two_different_people(waiting: Registry) -> None:
    _grant(waiting, people=2)
    number = _ask(waiting, _a_song())
    assert waiting.approvals.approve(number, "nine").state == "waiting"
    assert codes(lambda: waiting.approvals.approve(number, "nine")) == {"answered"}
    assert waiting.approvals.waiting("nine") == [] and len(waiting.approvals.waiting("ada")) == 1
    assert "one more person" in str(waiting.may(_a_song()).reasons)
    assert waiting.approvals.approve(number, "ada").state == "approved"
    assert waiting.may(_a_song()).allow


def test_only_those_whom_the_grant_names_approve(waiting: Registry) -> None:
    mia = waiting.people.get("mia")
    _grant(waiting, people=2, by=[mia.id, "nine"])
    number = _ask(waiting, _a_song())
    assert codes(lambda: waiting.approvals.approve(number, "ada")) == {"no-authority"}
    assert [request.id for request in waiting.approvals.waiting("mia")] == [number]
    waiting.approvals.approve(number, "mia")
    assert waiting.approvals.approve(number, "nine").state == "approved"
    assert waiting.may(_a_song()).allow


def test_one_no_is_enough_and_asking_again_changes_nothing(waiting: Registry) -> None:
    _grant(waiting, people=2)
    number = _ask(waiting, _a_song())
    waiting.approvals.approve(number, "nine")
    assert waiting.approvals.decline(number, "ada", "Not this one").state == "declined"
    assert not waiting.may(_a_song()).allow
    assert "will not be sung. Not this one" in waiting.notices.of_person("ben@example.org")[0].text
    head = len(waiting.ledger_rows())
    with pytest.raises(Refused, match=f"The request, number {number}, was declined"):
        waiting.authorise(_a_song())
    assert waiting.approvals.waiting() == [] and len(waiting.ledger_rows()) == head + 1


def test_a_request_that_nobody_answers_runs_out_and_its_words_are_erased(
    waiting: Registry, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    _grant(waiting, people=1)
    number = _ask(waiting, _a_song())
    expires_at = waiting.approvals.get(number).expires_at
    assert waiting.approvals.expire_due() == ()
    patience = expires_at - waiting.approvals.get(number).asked_at
    turn_clock(monkeypatch, patience)
    assert waiting.approvals.get(number).state == "expired" and waiting.approvals.waiting() == []
    assert codes(lambda: waiting.approvals.approve(number, "ada")) == {"decided"}
    assert waiting.approvals.expire_due() == (number,)
    again = _ask(waiting, _a_song())
    assert again != number
    waiting.approvals.approve(again, "ada")
    assert waiting.approvals.get(number).asked["lyrics"] == "Twinkle twinkle"
    turn_clock(monkeypatch, patience + timedelta(days=31))
    place.open().close()  # opening does what time makes due
    for decided in (number, again):
        assert waiting.approvals.get(decided).asked == {} and waiting.approvals.get(decided).rules == ()
    assert waiting.may(_a_song()).allow  # the yes itself stays
    with database(place).connect() as connection:
        assert "Twinkle" not in str(connection.execute(text("SELECT * FROM approvals")).all())


@pytest.mark.parametrize(
    "change",
    [
        "approvals SET state = 'approved'",
        "approvals SET needed = 1",
        "approvals SET binding = 'x'",
        "approval_answers SET at_ms = at_ms + 1",
        "approval_answers SET person_id = (SELECT id FROM people WHERE handle = 'mia') WHERE note = 'label'",
    ],
)
def test_an_answer_that_is_changed_in_the_raw_database_counts_for_nothing(
    sqlite_registry: Registry, voices: Path, tmp_path: Path, change: str
) -> None:
    waiting, place = _with_people(sqlite_registry, voices), Place(tmp_path / "home", None)
    _grant(waiting, people=2)
    number = _ask(waiting, _a_song())
    waiting.approvals.approve(number, "nine", "label")
    if "answers" in change:
        waiting.approvals.approve(number, "ada")
    with database(place).begin() as connection:
        connection.execute(text(f"UPDATE {change}"))
    assert not place.open().may(_a_song()).allow


def test_of_two_who_say_yes_at_once_only_one_decides(waiting: Registry) -> None:
    _grant(waiting, people=1)
    number = _ask(waiting, _a_song())
    start, outcomes = threading.Barrier(2), []

    def approve(by: str) -> None:
        start.wait()
        try:
            outcomes.append(waiting.approvals.approve(number, by).state)
        except Refused as refused:
            outcomes.append(refused.reasons[0].code)

    threads = [threading.Thread(target=approve, args=(by,)) for by in ("ada", "nine")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["approved", "decided"]
    assert len(waiting.approvals.get(number).answers) == 1
    assert waiting.check_ledger().ok


def test_what_waits_ends_with_the_grant_and_a_yes_does_not_outlive_it(waiting: Registry) -> None:
    grant = _grant(waiting, people=1)
    approved = _ask(waiting, _a_song())
    waiting.approvals.approve(approved, "ada")
    authorization = waiting.authorise(_a_song())
    number = _ask(waiting, _a_song(work_digest="6" * 64))
    waiting.withdraw("ada", grant)
    assert waiting.approvals.get(number).state == "expired"
    assert codes(lambda: waiting.approvals.approve(number, "ada")) == {"decided"}
    assert "withdrawn" in codes(lambda: waiting.unseal(authorization))
    assert not waiting.may(_a_song()).allow
