"""Who may act for whom: mandates, guardians, estates, at every boundary instant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from acting import EVERY_ACT, FUTURE, PAST, codes, owner_of, turn_clock
from made_registries import Place, a_request, database, grant_terms
from sqlalchemy import text

from consent.authority import authority
from consent.errors import BadRecord, ConsentError, UnknownName
from consent.registry import Refused, Registry

INSTANT = timedelta(milliseconds=1)


def _may(registry: Registry, actor: str, principal: str, act: str, now: datetime) -> str | None:
    """The mandate under which somebody may act for Ada's owner at an instant, "" for in person, None for
    not at all."""
    with registry._store.read() as session:
        try:
            mandate = authority(registry._store, session, actor, principal, "ada", act, now)
        except Refused:
            return None
    return "" if mandate is None else mandate.id


def test_a_label_acts_within_its_mandate_and_not_an_instant_outside(registry: Registry) -> None:
    ada = owner_of(registry)
    label = registry.people.add("Nine Records", kind="organisation", handle="nine")
    begins, ends = PAST + timedelta(days=1), PAST + timedelta(days=2)
    made = registry.people.appoint(
        "nine", "ada", "label", ["suspend", "grant"], voices=["ada"], not_before=begins, not_after=ends
    )
    assert (made.acts, made.voices) == (("grant", "suspend"), ("ada",))
    for now, allowed in ((begins - INSTANT, False), (begins, True), (ends - INSTANT, True), (ends, False)):
        assert (_may(registry, label.id, ada, "grant", now) == made.mandate.id) is allowed
        assert _may(registry, label.id, ada, "withdraw", now) is None
        assert _may(registry, ada, ada, "withdraw", now) == ""
    assert _may(registry, ada, label.id, "grant", begins) is None
    assert codes(lambda: registry.grant("ada", grant_terms(), to="cleo", by="nine")) == {"mandate-ended"}
    assert codes(lambda: registry.suspend("ada", by="nine")) == {"mandate-ended"}
    with pytest.raises(UnknownName, match="nobody called 'zoe'"):
        registry.grant("ada", grant_terms(), to="cleo", by="zoe")


def test_a_mandate_is_for_its_voices_and_its_acts_only(registry: Registry) -> None:
    owner_of(registry)
    registry.people.add("Nine Records", kind="organisation", handle="nine")
    registry.people.add("Stranger", handle="stranger")
    registry.people.appoint("nine", "ada", "label", ["approve"], voices=["ada"])
    for attempt in (
        lambda: registry.grant("ada", grant_terms(), to="cleo", by="nine"),
        lambda: registry.withdraw("ada", by="nine"),
        lambda: registry.suspend("ada", by="nine"),
        lambda: registry.withdraw("ada", by="stranger"),
        lambda: registry.lifecycle.draft("ada", grant_terms(), to="cleo", by="stranger"),
        lambda: registry.people.appoint("stranger", "ada", "agent", ["grant"], by="nine"),
        lambda: registry.people.appoint("stranger", "ada", "agent", ["grant"], by="stranger"),
    ):
        assert codes(attempt) == {"no-authority"}
    assert registry.voice("ada").state == "active"
    assert registry.check_ledger().ok


def test_a_grant_rests_when_the_mandate_behind_it_ends_until_it_is_confirmed(registry: Registry) -> None:
    ada = owner_of(registry)
    registry.withdraw("ada", registry.voice("ada").grants[0].id)
    registry.people.add("Nine Records", kind="organisation", handle="nine")
    mandate = registry.people.appoint("nine", ada, "label", EVERY_ACT).mandate
    given = registry.grant("ada", grant_terms(), to="ben@example.org", by="nine")
    assert given.mandate == mandate
    authorization = registry.authorise(a_request(purpose="commercial"))
    assert registry.people.end_mandate(mandate.id, by="nine").mandate.state == "ended"
    assert "mandate-ended" in codes(lambda: registry.authorise(a_request(purpose="commercial")))
    assert "mandate-ended" in codes(lambda: registry.unseal(authorization))
    (notice,) = registry.notices.of_person("ada", unread=True)[:1]
    assert given.id in notice.text and "until they are confirmed" in notice.text
    assert codes(lambda: registry.lifecycle.confirm(given.id, by="nine")) == {"mandate-ended"}
    assert registry.lifecycle.confirm(given.id).mandate is None
    assert registry.authorise(a_request(purpose="commercial")).grant == given.id
    assert registry.check_ledger().ok


def test_only_a_guardian_acts_for_a_minor_and_only_until_they_come_of_age(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = owner_of(registry)
    standing = registry.voice("ada").grants[0].id
    mother = registry.people.add("Mother", handle="mother")
    registry.people.add("Nine Records", kind="organisation", handle="nine")
    registry.people.appoint("nine", "ada", "label", EVERY_ACT)
    with pytest.raises(BadRecord, match="is not a minor"):
        registry.people.appoint("mother", "ada", "guardian", EVERY_ACT, evidence="birth certificate")
    of_age = registry.people.mandates()[0].made_at + timedelta(days=30)
    job = registry.jobs.enqueue(a_request(), {})
    registry.people.set_minor("ada", of_age)
    assert registry.lifecycle.get(standing).state == "suspended"
    assert registry.jobs.get(job.id).state == "cancelled"
    with pytest.raises(BadRecord, match="Say what shows"):
        registry.people.appoint("mother", "ada", "guardian", EVERY_ACT)
    assert codes(
        lambda: registry.people.appoint("mother", ada, "guardian", EVERY_ACT, evidence="x", by="ada")
    ) == {"no-authority"}
    guardian = registry.people.appoint("mother", "ada", "guardian", EVERY_ACT, evidence="birth certificate")
    for attempt in (
        lambda: registry.resume("ada", standing),
        lambda: registry.grant("ada", grant_terms(), to="cleo"),
        lambda: registry.withdraw("ada", by="ada"),
        lambda: registry.grant("ada", grant_terms(), to="cleo", by="nine"),
        lambda: registry.people.appoint("nine", "ada", "agent", ["grant"]),
    ):
        assert codes(attempt) == {"minor"}
    registry.resume("ada", standing, by="mother")
    assert registry.authorise(a_request()).grant == standing
    given = registry.grant("ada", grant_terms(), to="cleo", by="mother")
    for now, mandate, in_person in (
        (of_age - INSTANT, guardian.mandate.id, None),
        (of_age, None, ""),
        (of_age + timedelta(days=9), None, ""),
    ):
        assert _may(registry, mother.id, ada, "grant", now) == mandate
        assert _may(registry, ada, ada, "grant", now) == in_person
    cleo = a_request(user="cleo", purpose="commercial")
    assert registry.may(cleo).grant_id == given.id
    turn_clock(monkeypatch, timedelta(days=30, seconds=1))
    assert "mandate-ended" in {reason.code for reason in registry.may(cleo).reasons}
    assert "mandate-ended" in codes(lambda: registry.withdraw("ada", by="mother"))
    registry.lifecycle.confirm(given.id, by="ada")
    assert registry.may(cleo).allow


def test_the_estate_acts_for_the_dead_and_nobody_else(registry: Registry) -> None:
    ada = owner_of(registry)
    registry.people.add("Nine Records", kind="organisation", handle="nine")
    registry.people.appoint("nine", "ada", "label", EVERY_ACT)
    under_label = registry.grant("ada", grant_terms(), to="cleo", by="nine")
    estate = registry.people.add("Estate of Ada Singer", kind="estate", handle="estate")
    with pytest.raises(BadRecord, match="not recorded as deceased"):
        registry.people.appoint("estate", "ada", "estate", EVERY_ACT, evidence="will")
    registry.people.record_death("ada")
    will = registry.people.appoint("estate", "ada", "estate", EVERY_ACT, evidence="certificate of probate")
    now = registry.people.mandates("estate")[0].made_at
    assert _may(registry, estate.id, ada, "withdraw", now) == will.mandate.id
    for attempt in (
        lambda: registry.withdraw("ada", by="ada"),
        lambda: registry.withdraw("ada"),
        lambda: registry.suspend("ada", by="nine"),
        lambda: registry.people.appoint("nine", "ada", "agent", ["grant"]),
    ):
        assert codes(attempt) == {"deceased"}
    cleo = a_request(user="cleo", purpose="commercial")
    assert "mandate-ended" in {reason.code for reason in registry.may(cleo).reasons}
    assert registry.may(a_request()).allow  # what she allowed in person outlives her
    registry.lifecycle.confirm(under_label.id, by="estate")
    assert registry.may(cleo).grant_id == under_label.id
    assert registry.withdraw("ada", by="estate").keys_destroyed
    assert registry.check_ledger().ok


def test_either_permission_ends_the_voice_alone(registry: Registry, place: Place) -> None:
    owner_of(registry)
    performer, studio = registry.people.rights("ada")
    assert (performer.right.kind, studio.right.kind) == ("performer", "recording-owner")
    registry.people.set_handle(studio.right.person, "studio")
    assert codes(lambda: registry.people.withdraw_right("ada", "recording-owner", by="ada")) == {
        "no-authority"
    }
    with pytest.raises(UnknownName):
        registry.people.withdraw_right("ada", "composer")
    job = registry.jobs.enqueue(a_request(), {})
    done = registry.people.withdraw_right("ada", "recording-owner", by="studio")
    assert done.rights == (studio.right.id,) and done.keys_destroyed and done.cancelled_jobs == (job.id,)
    assert registry.voice("ada").state == "withdrawn"
    states = {record.right.kind: record.right.state for record in registry.people.rights("ada")}
    assert states == {"performer": "active", "recording-owner": "withdrawn"}
    assert "The owner of the recordings" in registry.notices.of_person("ada")[0].text
    assert not list((place.home / "voices").rglob("*.sealed"))
    assert registry.check_ledger().ok


def test_a_voice_without_the_performers_consent_waits_for_it(
    registry: Registry, voices, place: Place
) -> None:  # type: ignore[no-untyped-def]
    from consent.people import Shown

    toml = voices / "ada" / "voice.toml"
    whole = toml.read_text(encoding="utf-8")
    start, end = whole.index("[rights.performer]"), whole.index("[rights.recording-owner]")
    toml.write_text(whole[:start] + whole[end:], encoding="utf-8")
    registry.seed(voices)
    assert [reason.code for reason in registry.may(a_request()).reasons] == ["no-performer-consent"]
    ada = owner_of(registry)
    words = Shown("Ada says so.", "letter.txt", "Yes, let it sing.", "let it sing")
    with pytest.raises(BadRecord, match="Nothing shows"):
        registry.people.give_right("ada", "performer", "ada", ["sing"], Shown("", "letter", ""))
    registry.people.add("Stranger", handle="stranger")
    for attempt in (
        lambda: registry.people.give_right("ada", "performer", ada, ["sing"], words, by="stranger"),
        lambda: registry.people.give_right("ada", "performer", ada, ["sing"], words, given_by="stranger"),
    ):
        assert codes(attempt) == {"no-authority"}
    given = registry.people.give_right("ada", "performer", ada, ["sing"], words)
    assert registry.may(a_request()).allow
    assert given.showing.evidence_name in {text.name for text in registry.voice("ada").evidence}
    ended = registry.people.give_right("ada", "performer", ada, ["sing"], words, not_after=PAST)
    assert [reason.code for reason in registry.may(a_request()).reasons] == ["no-performer-consent"]
    assert ended.right.id != given.right.id and registry.check_ledger().ok


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("people", "minor_until_ms = 1"),
        ("people", "deceased = {true}"),
        ("mandates", "not_after_ms = 99999999999999"),
        ("mandates", 'acts = \'["grant", "withdraw"]\''),
        ("mandates", "capacity = 'agent'"),
        ("rights", 'actions = \'["sing", "train", "sell-voice"]\''),
        ("rights", "not_after_ms = 99999999999999"),
        ("voices", "owner_id = (SELECT id FROM people WHERE handle = 'nine')"),
    ],
)
def test_what_is_changed_in_the_raw_database_stands_for_nothing(
    sqlite_registry: Registry,
    tmp_path,
    table: str,
    change: str,  # type: ignore[no-untyped-def]
) -> None:
    registry = sqlite_registry
    owner_of(registry)
    registry.withdraw("ada", registry.voice("ada").grants[0].id)
    registry.people.add("Nine Records", kind="organisation", handle="nine")
    registry.people.appoint("nine", "ada", "label", ["grant"], not_after=FUTURE)
    given = registry.grant("ada", grant_terms(), to="ben@example.org", by="nine")
    assert registry.may(a_request()).grant_id == given.id
    with database(Place(tmp_path / "home", None)).begin() as connection:
        connection.execute(text(f"UPDATE {table} SET {change.format(true=1)}"))
    elsewhere = Registry.open(tmp_path / "home")
    assert not elsewhere.may(a_request()).allow
    if table != "rights":
        with pytest.raises(ConsentError, match="not what the registry wrote"):
            elsewhere.grant("ada", grant_terms(), to="cleo", by="nine")


def test_people_are_written_down_once_and_whole(registry: Registry) -> None:
    owner_of(registry)
    nine = registry.people.add("Nine", kind="organisation", contact="nine@example.org", handle="nine")
    assert registry.people.get("nine") == registry.people.get(nine.id) == nine
    wrong: list[tuple[Callable[[], object], str]] = [
        (lambda: registry.people.add(" "), "has a name"),
        (lambda: registry.people.add("X", kind="cat"), "'cat' is not one of"),
        (lambda: registry.people.add("X", handle="nine"), "somebody else's"),
        (lambda: registry.people.set_handle("nine", "ada"), "somebody else's"),
        (lambda: registry.people.add("X", kind="estate", minor_until=FUTURE), "Only a person"),
        (lambda: registry.people.record_death("nine"), "Only a person"),
        (lambda: registry.people.set_minor("nine", FUTURE), "Only a person"),
        (lambda: registry.people.appoint("nine", "ada", "friend", ["grant"]), "'friend' is not one of"),
        (lambda: registry.people.appoint("nine", "ada", "label", []), "A mandate is for some of"),
        (lambda: registry.people.appoint("nine", "ada", "label", ["sing"]), "A mandate is for some of"),
        (lambda: registry.people.appoint("ada", "ada", "label", ["grant"]), "for themselves"),
        (
            lambda: registry.people.appoint("nine", "ada", "label", ["grant"], not_after=PAST),
            "end before it begins",
        ),
    ]
    for attempt, words in wrong:
        with pytest.raises(BadRecord, match=words):
            attempt()
    with pytest.raises(UnknownName):
        registry.people.appoint("nine", "ada", "label", ["grant"], voices=["eva"])
    assert registry.check_ledger().ok
    logged = " ".join(str(entry.body) for entry in registry.ledger_rows())
    assert "Nine" not in logged and "Ada Singer" not in logged and nine.id not in logged
