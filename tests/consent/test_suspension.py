"""Suspension and withdrawal between any two steps of a render: no song is released, and resuming mends it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from acting import FUTURE, codes, owner_of
from made_registries import WEIGHTS, Place, a_release, a_request, database, grant_terms
from sqlalchemy import text

from consent.errors import JobLost, UnknownName
from consent.registry import Refused, Registry
from consent.suspension import Suspension
from consent.withdrawal import Withdrawal

STEPS = ("enqueue", "claim", "authorise", "unseal", "commit")


STOPS: dict[str, Callable[[Registry, str, str], object]] = {
    "suspend the grant": lambda registry, voice, grant: registry.suspend(voice, grant),
    "suspend the voice": lambda registry, voice, grant: registry.suspend(voice, reason="let me think"),
    "withdraw the grant": lambda registry, voice, grant: registry.withdraw(voice, grant),
    "withdraw the voice": lambda registry, voice, grant: registry.withdraw(voice),
    "end the performer's consent": lambda registry, voice, grant: registry.people.withdraw_right(
        voice, "performer"
    ),
    "end the recordings' permission": lambda registry, voice, grant: registry.people.withdraw_right(
        voice, "recording-owner"
    ),
}


def _voice_for_each_step(voices: Path) -> None:
    """Ada under a name for each step, so that one registry serves them all."""
    for step in STEPS:
        shutil.copytree(voices / "ada", voices / step)
        toml = voices / step / "voice.toml"
        toml.write_text(toml.read_text("utf-8").replace('id = "ada"', f'id = "{step}"'), encoding="utf-8")


@pytest.mark.parametrize("how", STOPS)
def test_after_any_step_of_a_render_nothing_gets_out(
    place: Place, voices: Path, tmp_path: Path, how: str
) -> None:
    _voice_for_each_step(voices)
    registry = place.open()
    registry.seed(voices)
    for number, step in enumerate(STEPS):
        grant = registry.grant(step, grant_terms(), to="ben@example.org").id
        asked = a_request(voice=step, purpose="commercial")
        job = registry.jobs.enqueue(asked, {})
        claimed = registry.jobs.claim("worker", 60) if number >= STEPS.index("claim") else None
        authorization = registry.authorise(asked) if number >= STEPS.index("authorise") else None
        if authorization and number >= STEPS.index("unseal"):
            assert registry.unseal(authorization)["weights.safetensors"] == WEIGHTS
        if authorization and step == "commit":
            out = registry.commit(authorization, a_release(tmp_path, "in-time"))
            authorization = registry.authorise(asked)
        done = STOPS[how](registry, step, grant)
        assert isinstance(done, (Suspension, Withdrawal)) and done.cancelled_jobs == (job.id,)
        assert registry.jobs.claim("worker", 60) is None
        with pytest.raises(Refused):
            registry.jobs.enqueue(asked, {})
        with pytest.raises(Refused):
            registry.authorise(asked)
        if claimed:
            with pytest.raises(JobLost):
                registry.jobs.heartbeat(claimed, 60)
        if authorization:
            with pytest.raises(Refused):
                registry.unseal(authorization)
            with pytest.raises(Refused):
                registry.commit(authorization, a_release(tmp_path, f"late-{step}"))
            assert not list(tmp_path.glob(f"late-{step}*"))
    assert isinstance(done, (Suspension, Withdrawal))
    assert [song.render_id for song in done.songs] == [out.render_id]
    assert (
        f"one of your songs is out: {out.render_id:016x}"
        in registry.notices.of_person("ben@example.org")[0].text
    )
    assert registry.check_ledger().ok
    registry.close()


def test_a_suspended_voice_keeps_its_keys_and_sings_again(
    registry: Registry, place: Place, voices: Path, tmp_path: Path
) -> None:
    ada = owner_of(registry)
    authorization = registry.authorise(a_request())
    out = registry.commit(registry.authorise(a_request()), a_release(tmp_path))
    job = registry.jobs.enqueue(a_request(), {})
    done = registry.suspend("ada", reason="let me think")
    assert (done.voice, done.grant, done.cancelled_jobs) == ("ada", None, (job.id,))
    assert [song.render_id for song in done.songs] == [out.render_id]
    assert codes(lambda: registry.commit(authorization, a_release(tmp_path, "late"))) == {"suspended"}
    assert all(song.allowed_now for song in done.songs)  # what is out stays out
    assert f"out: {out.render_id:016x}" in registry.notices.of_person("ben@example.org")[0].text
    (voices / "ada" / "TERMS.md").write_text("Sing with it, for yourself. And never, Never sell it.\n")
    registry.seed(voices)  # new words do not wake a voice that rests
    assert registry.voice("ada").state == "suspended"
    assert codes(lambda: place.open().authorise(a_request())) == {"suspended"}
    assert codes(lambda: registry.suspend("ada")) == {"illegal-move"}
    registry.resume("ada")
    assert codes(lambda: registry.resume("ada")) == {"illegal-move"}
    later = registry.authorise(a_request())
    assert registry.unseal(later)["weights.safetensors"] == WEIGHTS
    events = [receipt.event for receipt in registry.receipts.of(person=ada) if "voice" in receipt.event]
    assert events == ["voice-suspended", "voice-resumed"]
    with pytest.raises(UnknownName):
        registry.suspend("eva")
    registry.withdraw("ada")
    assert codes(lambda: registry.resume("ada")) == codes(lambda: registry.suspend("ada")) == {"illegal-move"}
    assert registry.check_ledger().ok


def test_a_suspended_grant_rests_through_new_terms(registry: Registry, voices: Path) -> None:
    standing = registry.voice("ada").grants[0].id
    given = registry.grant("ada", grant_terms(), to="ben@example.org")
    jobs = [registry.jobs.enqueue(a_request(purpose=purpose), {}) for purpose in ("commercial", "private")]
    done = registry.suspend("ada", standing)
    assert (done.grant, done.cancelled_jobs) == (standing, (jobs[1].id,))
    assert registry.authorise(a_request()).grant == given.id
    (voices / "ada" / "TERMS.md").write_text("Sing with it, for yourself. And never, Never sell it.\n")
    registry.seed(voices)
    states = {grant.id: grant.state for grant in registry.voice("ada").grants}
    assert standing not in states and sorted(states.values()) == ["active", "suspended"]
    resting = next(name for name, state in states.items() if state == "suspended")
    with pytest.raises(UnknownName):
        registry.resume("eva", resting)
    registry.resume("ada", resting)
    assert registry.lifecycle.get(resting).state == "active"
    assert registry.check_ledger().ok


def test_what_is_woken_in_the_raw_database_stays_silent_whatever_is_done_to_it(
    sqlite_registry: Registry, voices: Path, tmp_path: Path
) -> None:
    place, registry = Place(tmp_path / "home", None), sqlite_registry
    standing = registry.voice("ada").grants[0].id
    given = registry.grant("ada", grant_terms(), to="cleo")
    registry.suspend("ada", given.id)
    registry.suspend("ada")
    with database(place).begin() as connection:
        connection.execute(text("UPDATE voices SET state = 'active'"))
        connection.execute(text("UPDATE grants SET state = 'active', ends_at_ms = 1"))
    assert codes(lambda: place.open().authorise(a_request())) == {"damaged"}
    assert not registry.check_ledger().ok
    for attempt in (
        lambda: registry.suspend("ada"),
        lambda: registry.resume("ada"),
        lambda: registry.grant("ada", grant_terms(), to="cleo"),
    ):
        assert codes(attempt) == {"damaged"}
    with database(place).begin() as connection:
        connection.execute(text("UPDATE voices SET state = 'suspended'"))
    registry.resume("ada")
    for attempt in (
        lambda: registry.suspend("ada", given.id),
        lambda: registry.lifecycle.confirm(given.id),
        lambda: registry.authorise(a_request(user="cleo", purpose="commercial")),
    ):
        assert "damaged" in codes(attempt)
    registry.people.set_minor(registry.voice("ada").owner.id, FUTURE)
    registry.seed(voices)
    states = {grant.id: grant.state for grant in place.open().voice("ada").grants}
    assert states == {standing: "damaged", given.id: "damaged"}
    with database(place).begin() as connection:
        connection.execute(text("UPDATE people SET minor_until_ms = NULL"))
        connection.execute(text("UPDATE voices SET state = 'suspended'"))
    assert codes(lambda: registry.people.set_handle(registry.voice("ada").owner.id, "ada")) == {"damaged"}
    (voices / "ada" / "TERMS.md").write_text("Sing with it, for yourself. And never, Never sell it.\n")
    registry.seed(voices)  # an altered voice takes nothing new in
    assert {grant.id for grant in registry.voice("ada").grants} == {standing, given.id}
