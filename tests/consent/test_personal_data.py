"""Persons' data: all of it is handed out, all of it goes, and the ledger still holds."""

from __future__ import annotations

import json
import random
import signal
from pathlib import Path
from typing import Any

import pytest
from killed_destruction import run_schedule
from made_recordings import recordings_toml
from made_registries import (
    Place,
    a_release,
    a_request,
    database,
    grant_terms,
    processes,
    voice_folder,
)
from sqlalchemy import text

from consent.personal_data import ErasureNeedsWithdrawal
from consent.records import Base
from consent.registry import Refused, Registry
from consent.song import Song

USER = "zebulon@quagga.example"
LYRICS = "A quagga never sang this xylophone line"


def sing(registry: Registry, folder: Path, user: str = USER, name: str = "song") -> Any:
    folder.mkdir(parents=True, exist_ok=True)
    authorization = registry.authorise(a_request(user=user, song=Song(LYRICS, ((60.0, 1.0),))))
    return registry.commit(authorization, a_release(folder, name))


def raw_files(place: Place) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(place.home.rglob("*")) if file.is_file())


def every_value(place: Place) -> str:
    """All that stands in the database outside of the ledger, as text."""
    said = []
    with database(place).connect() as connection:
        for table in Base.metadata.sorted_tables:
            said += [repr(tuple(row)) for row in connection.execute(table.select())]
    return "\n".join(said)


# --- export ------------------------------------------------------------------------------------------------


def test_a_user_gets_everything_under_their_handle(registry: Registry, tmp_path: Path) -> None:
    song = sing(registry, tmp_path / "out")
    with pytest.raises(Refused):
        registry.authorise(a_request(user=USER, purpose="advertising"))
    registry.jobs.enqueue(a_request(user=USER), {"title": "The quagga's song"})
    sing(registry, tmp_path / "other", user="somebody", name="other")
    given = json.loads(json.dumps(registry.personal_data.export(USER)))
    held = given["held"]
    assert [row["render_id"] for row in held["renders"]] == [f"{song.render_id:016x}"]
    assert [row["path"] for row in held["released_files"]] == [str(file.path) for file in song.files]
    assert len(held["releases"]) == len(held["authorisations"]) == len(held["jobs"]) == 1
    assert held["jobs"][0]["payload"] == {"title": "The quagga's song"}
    assert held["subjects"][0]["salt"] == "kept secret"
    assert [entry["kind"] for entry in given["ledger"]] == ["authorisation", "render", "refusal"]
    assert all(USER not in json.dumps(entry) for entry in given["ledger"])
    assert "somebody" not in json.dumps(given)


def test_an_owner_gets_their_voice_without_other_peoples_handles(registry: Registry, tmp_path: Path) -> None:
    sing(registry, tmp_path / "out")
    owner = owner_of(registry)
    given = json.loads(json.dumps(registry.personal_data.export(owner)))
    assert given["held"]["people"][0]["name"] == "Ada Singer"
    assert given["held"]["voices"][0]["id"] == "ada"
    about = given["about_your_voices"]
    assert len(about["renders"]) == 1 and about["renders"][0]["user_id"] == "somebody else"
    assert about["evidence"][0]["text"].startswith("Sing with it")
    assert about["voice_versions"][0]["wrapped_key"] == "kept secret"
    assert USER not in json.dumps(given)


def test_nothing_held_is_said(registry: Registry) -> None:
    with pytest.raises(Exception, match="holds nothing about 'nobody'"):
        registry.personal_data.export("nobody")
    with pytest.raises(Exception, match="holds nothing about"):
        registry.personal_data.erase("nobody")


# --- erasure -----------------------------------------------------------------------------------------------


def test_an_erased_user_is_nowhere(place: Place, voices: Path, tmp_path: Path) -> None:
    registry = place.open()
    registry.seed(voices)
    song = sing(registry, place.home / "songs" / "token")
    outside = sing(registry, tmp_path / "out", name="mine")
    waiting = registry.authorise(
        a_request(user=USER, song=Song(LYRICS, ((62.0, 1.0),)), work_digest="6" * 64)
    )
    job = registry.jobs.enqueue(
        a_request(user=USER, song=Song(LYRICS, ((64.0, 1.0),)), work_digest="8" * 64), {"token": "t"}
    )
    registry.grant("ada", grant_terms(), to=USER)
    registry.grant("ada", grant_terms(), to=[USER, "somebody"])
    assert USER in every_value(place) and LYRICS in every_value(place)

    done = registry.personal_data.erase(USER)

    assert done.jobs_removed == (job.id,) and len(done.grants_ended) == 1
    assert USER not in every_value(place) and LYRICS not in every_value(place)
    assert not song.files[0].path.startswith(str(tmp_path / "out")) and not Path(song.files[0].path).exists()
    assert Path(outside.files[0].path).exists(), "what lies outside of the registry's home is the user's"
    with pytest.raises(Refused):
        registry.commit(waiting, a_release(tmp_path, "late"))
    assert USER not in every_value(place)
    report = registry.check_ledger()
    assert report.ok, report.findings
    states = {grant.state for grant in registry.voice("ada").grants if grant.kind == "given"}
    assert states == {"active", "withdrawn"}
    assert registry.authorise(a_request(user="somebody", purpose="political"))
    if place.url is None:
        assert USER.encode() not in raw_files(place) and LYRICS.encode() not in raw_files(place)
    registry.close()


def test_pseudonyms_of_an_erased_user_lead_nowhere(registry: Registry, tmp_path: Path) -> None:
    sing(registry, tmp_path / "out")
    before = registry.personal_data.export(USER)
    registry.personal_data.erase(USER)
    with pytest.raises(Exception, match="holds nothing"):
        registry.personal_data.export(USER)
    registry.authorise(a_request(user=USER))
    after = registry.personal_data.export(USER)
    assert set(before["pseudonyms"]).isdisjoint(after["pseudonyms"])
    assert len(after["ledger"]) == 1


def test_an_owner_is_erased_with_their_voice(place: Place, tmp_path: Path) -> None:
    voices = voice_folder(tmp_path / "voices")
    toml = voices / "ada" / "voice.toml"
    toml.write_text(toml.read_text("utf-8").replace("Ada Singer", "Zoe Quagga"), "utf-8")
    terms = voices / "ada" / "TERMS.md"
    terms.write_text(f"{terms.read_text('utf-8')}Zoe Quagga lets you sing.\n", "utf-8")
    registry = place.open()
    registry.seed(voices)
    sing(registry, tmp_path / "out", user="somebody")
    job = registry.jobs.enqueue(a_request(user="somebody"), {})
    claimed = registry.jobs.claim("worker", 30.0)
    assert claimed is not None
    registry.jobs.finish(claimed, {"owner": "Zoe Quagga"})
    owner = owner_of(registry)
    with pytest.raises(ErasureNeedsWithdrawal, match="ada"):
        registry.personal_data.erase(owner)
    assert registry.voice("ada").state == "active" and "Zoe Quagga" in every_value(place)

    done = registry.personal_data.erase(owner, withdraw_voices=True)

    assert done.ended.voices == ("ada",)
    assert registry.voice("ada").state == "withdrawn"
    assert not list((place.home / "voices" / "ada").glob("*.sealed"))
    assert "Quagga" not in every_value(place)
    assert registry.jobs.get(job.id).result == {"owner": "erased:"}
    states = {(receipt.person == owner, receipt.state) for receipt in registry.receipts.of(voice="ada")}
    assert states == {(True, "erased"), (False, "intact")}
    report = registry.check_ledger()
    assert report.ok, report.findings
    assert all("Quagga" not in json.dumps(entry.body) for entry in registry.ledger_rows())
    if place.url is None:
        assert b"Quagga" not in raw_files(place)
    registry.seed(voices)
    assert "Quagga" not in every_value(place), "a folder that still names them brings nothing back"
    registry.close()


def test_an_erasure_can_be_asked_for_twice(registry: Registry, tmp_path: Path) -> None:
    owner = owner_of(registry)
    registry.personal_data.erase(owner, withdraw_voices=True)
    again = registry.personal_data.erase(owner)
    assert again.ended.in_words() == ""
    assert registry.check_ledger().ok


def test_a_name_that_is_a_word_spoils_nothing(registry: Registry, tmp_path: Path) -> None:
    sing(registry, tmp_path / "out", user="private")
    before = [grant.terms.to_json() for grant in registry.voice("ada").grants]
    registry.personal_data.erase("private")
    assert [grant.terms.to_json() for grant in registry.voice("ada").grants] == before
    assert registry.authorise(a_request())
    assert registry.check_ledger().ok


def test_an_erasure_has_a_ground(registry: Registry) -> None:
    with pytest.raises(Exception, match="no ground"):
        registry.personal_data.erase(owner_of(registry), reason="because")


def test_a_performer_takes_the_voice_along(registry: Registry) -> None:
    studio = next(right.person for right in registry.voice("ada").grants[0].rights
                  if right.kind == "recording-owner")  # fmt: skip
    assert registry.personal_data.resting_on(studio).voices == ("ada",)
    with pytest.raises(ErasureNeedsWithdrawal):
        registry.personal_data.erase(studio)
    registry.personal_data.erase(studio, withdraw_voices=True)
    assert registry.voice("ada").state == "withdrawn"
    assert registry.voice("ada").owner.name == "Ada Singer"
    assert registry.check_ledger().ok


def test_an_agent_leaves_no_name_behind(place: Place, voices: Path) -> None:
    registry = place.open()
    registry.seed(voices)
    label = registry.people.add("Quagga Records", kind="organisation", contact="quagga@example.org",
                                handle="quagga-label")  # fmt: skip
    owner = owner_of(registry)
    mandate = registry.people.appoint(
        label.id, owner, "label", acts=["grant", "approve"], evidence="Contract with Quagga Records, § 3"
    )
    grant = registry.grant("ada", grant_terms({"type": "approval", "people": 1, "by": ["quagga-label"]}),
                           to="somebody", by=label.id)  # fmt: skip
    with pytest.raises(Refused, match="approval"):
        registry.authorise(a_request(user="somebody", purpose="political", song=Song(LYRICS, ((60.0, 1.0),))))
    (asked,) = registry.approvals.waiting("quagga-label")
    registry.approvals.approve(asked.id, by="quagga-label", note="Quagga Records likes it")
    registry.personal_data.erase(label.id)
    assert "uagga" not in every_value(place).replace(LYRICS, "")
    assert registry.people.get(label.id).state == "erased"
    stands = {grant.id: grant for grant in registry.voice("ada").grants}
    assert stands[grant.id].mandate is not None and stands[grant.id].mandate.id == mandate.mandate.id
    assert stands[grant.id].mandate.state == "ended"
    report = registry.check_ledger()
    assert report.ok, report.findings
    registry.personal_data.erase("somebody")
    assert LYRICS not in every_value(place) and registry.approvals.get(asked.id).asked == {}
    assert registry.check_ledger().ok
    registry.close()


def test_recordings_end_with_whoever_sang_them(place: Place, voices: Path) -> None:
    (voices / "terms.txt").write_text("Yes.\n", encoding="utf-8")
    sets = recordings_toml("quaggas", terms="terms.txt") + recordings_toml("zebras", terms="terms.txt")
    (voices / "recordings.toml").write_text(sets, encoding="utf-8")
    registry = place.open()
    registry.seed(voices)
    assert registry.may_train("quaggas").allow and registry.may_train("zebras").allow
    singer = registry.people.add("Singer of quaggas").id
    assert registry.personal_data.export(singer)["held"]["recording_sources"][0]["name"] == "quaggas"
    done = registry.personal_data.erase(singer, withdraw_voices=True)
    assert done.ended.recordings == ("quaggas",)
    assert [reason.code for reason in registry.may_train("quaggas").reasons] == ["withdrawn"]
    assert registry.may_train("zebras").allow
    assert "Singer of quaggas" not in every_value(place)
    assert registry.check_ledger().ok
    registry.close()


def test_a_reserved_voice_is_forgotten_with_its_holder(registry: Registry) -> None:
    holder = registry.people.add("Zoe Quagga").id
    vector = {"version": 1, "values": [float(number) for number in range(19)]}
    voice = registry.reservations.reserve(
        "voice", holder="Zoe Quagga", data={"takes": [vector]}, evidence="Zoe Quagga says no."
    )
    drawn = random.Random(7)
    notes = [[drawn.randint(55, 74), drawn.choice([0.25, 0.5, 0.75, 1.0])] for _ in range(64)]
    melody = registry.reservations.reserve(
        "melody", holder="Zoe Quagga", title="Quagga", data={"notes": notes}, source="https://example.org"
    )
    with pytest.raises(ErasureNeedsWithdrawal, match=voice.id):
        registry.personal_data.erase(holder)
    done = registry.personal_data.erase(holder, withdraw_voices=True)
    assert done.ended.reservations == (voice.id,)
    ended, stands = registry.reservations.get(voice.id), registry.reservations.get(melody.id)
    assert (ended.state, ended.data, ended.evidence) == ("ended", {}, "")
    assert (stands.state, stands.holder) == ("active", "erased:")
    assert registry.reservations.faults() == () and registry.check_ledger().ok


def test_a_killed_erasure_is_finished_by_asking_again(place: Place, tmp_path: Path) -> None:
    voices = voice_folder(tmp_path / "voices")
    outcomes = set()
    for touches in (40, 220, 5000) if place.url is None else (200,):
        here = Place(tmp_path / f"home {touches}", None) if place.url is None else place
        registry = here.open()
        registry.seed(voices)
        sing(registry, tmp_path / f"out {touches}", user="somebody")
        owner = owner_of(registry)
        process = processes().Process(target=run_schedule, args=(touches, here, owner))
        process.start()
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL)
        again = here.open()
        state = again.voice("ada").state
        outcomes.add((process.exitcode == 0, state))
        assert again.check_ledger().ok
        again.personal_data.erase(owner, withdraw_voices=True)
        assert "Ada Singer" not in every_value(here)
        assert again.check_ledger().ok
        if place.url is None:
            assert b"Ada Singer" not in raw_files(here)
        again.close()
        registry.close()
    wanted = {(False, "active"), (False, "withdrawn"), (True, "withdrawn")}
    assert outcomes == wanted if place.url is None else outcomes <= wanted


def owner_of(registry: Registry) -> str:
    with registry._store.read() as session:
        return str(session.execute(text("SELECT owner_id FROM voices WHERE id = 'ada'")).scalar())
