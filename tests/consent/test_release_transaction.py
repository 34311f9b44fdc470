"""A release is all or nothing: consent, records, ledger and files; quotas hold however many race."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import pytest
from made_registries import Place, a_release, a_request, database, grant_terms, processes
from sqlalchemy import text

from consent.errors import ReleaseError
from consent.registry import Refused, Registry, Release


def leftovers(folder: Path) -> list[str]:
    """Every file of a song in the folder that is not under its final name."""
    hidden = [file.name for file in folder.glob(".consonance-*")]
    return hidden + [file.name for file in (folder / "staging").glob("*")]


def test_a_release_puts_files_records_and_ledger_in_place(registry: Registry, tmp_path: Path) -> None:
    authorization = registry.authorise(a_request())
    record = registry.commit(authorization, a_release(tmp_path, seconds=58.5))
    assert [Path(file.path) for file in record.files] == [tmp_path / "song.wav", tmp_path / "song.mp3"]
    for file in record.files:
        content = Path(file.path).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (file.sha256, file.size_bytes)
        assert registry.find_by_sha256(file.sha256.upper()) == record
    assert leftovers(tmp_path) == []
    assert registry.render(authorization.render_id) == record
    assert (record.owner, record.voice_name, record.seconds) == ("Ada Singer", "Ada", 58.5)
    assert record.allowed_now
    entry = registry.ledger_rows()[record.ledger_index]
    assert entry.kind == "render"
    assert entry.body["render"] == f"{authorization.render_id:016x}"
    assert [file["sha256"] for file in entry.body["files"]] == [file.sha256 for file in record.files]
    assert registry.render(1) is None
    assert registry.find_by_sha256("0" * 64) is None
    assert registry.check_ledger().ok


def test_the_same_song_released_again_is_another_entry_of_one_render(
    registry: Registry, tmp_path: Path
) -> None:
    first = registry.commit(registry.authorise(a_request()), a_release(tmp_path))
    second = registry.commit(registry.authorise(a_request()), a_release(tmp_path))
    assert second.render_id == first.render_id
    assert (first.releases, second.releases) == (1, 2)
    assert second.ledger_index > first.ledger_index
    report = registry.check_ledger()
    assert report.ok and report.notices == ()


def test_the_ledger_holds_no_personal_data(registry: Registry, tmp_path: Path) -> None:
    request = a_request(user="Benedikt Secret", project="Secret project", territory="DE")
    registry.commit(registry.authorise(request), a_release(tmp_path, "secret-name"))
    with pytest.raises(Refused):
        registry.authorise(a_request(user="Benedikt Secret", voice="Benedikt Secret", purpose="Secret"))
    said = repr([entry.body for entry in registry.ledger_rows()])
    assert "Secret" not in said and "secret-name" not in said and str(tmp_path) not in said


def test_withdrawal_before_the_commit_leaves_no_audio(registry: Registry, tmp_path: Path) -> None:
    authorization = registry.authorise(a_request())
    registry.unseal(authorization)
    release = a_release(tmp_path)
    registry.withdraw("ada", authorization.grant)
    with pytest.raises(Refused, match="has withdrawn the grant"):
        registry.commit(authorization, release)
    assert leftovers(tmp_path) == [] and not (tmp_path / "song.wav").exists()
    assert registry.render(authorization.render_id) is None
    assert registry.ledger_rows()[-1].body["stage"] == "commit"
    assert registry.check_ledger().ok


def test_a_song_longer_than_the_grant_allows_is_not_released(registry: Registry, tmp_path: Path) -> None:
    registry.grant("ada", grant_terms({"type": "song-seconds", "at_most": 60}), to="ben@example.org")
    authorization = registry.authorise(a_request(purpose="commercial"))
    with pytest.raises(Refused, match=r"may last 60 s; this one takes 60\.5 s"):
        registry.commit(authorization, a_release(tmp_path, seconds=60.5))
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(
    "obstacle", ["final is a folder", "no such folder", "staged is gone", "digest differs"]
)
def test_files_that_cannot_be_placed_release_nothing(
    registry: Registry, tmp_path: Path, obstacle: str
) -> None:
    authorization = registry.authorise(a_request())
    release = a_release(tmp_path)
    (tmp_path / "song.wav").write_bytes(b"an older song")
    files = list(release.files)
    if obstacle == "final is a folder":
        (tmp_path / "song.mp3").mkdir()
    elif obstacle == "no such folder":
        files[1] = (files[1][0], tmp_path / "nowhere" / "song.mp3")
    elif obstacle == "staged is gone":
        files[1][0].unlink()
    digests = ("0" * 64, "0" * 64) if obstacle == "digest differs" else ()
    with pytest.raises(ReleaseError):
        registry.commit(authorization, Release(tuple(files), 60.0, "7" * 64, digests))
    assert registry.render(authorization.render_id) is None
    assert (tmp_path / "song.wav").read_bytes() == b"an older song"
    assert list(tmp_path.glob(".consonance-*")) == []
    report = registry.check_ledger()
    assert report.ok
    assert registry.unseal(authorization)  # not used up


def test_a_grant_of_five_songs_gives_five_to_sixteen_threads(registry: Registry, tmp_path: Path) -> None:
    registry.grant("ada", grant_terms({"type": "renders", "at_most": 5}), to="ben@example.org")
    outcomes: list[str] = []
    start = threading.Barrier(16)

    def race(number: int) -> None:
        folder = tmp_path / f"racer {number}"
        folder.mkdir()
        start.wait()
        try:
            request = a_request(purpose="commercial", work_digest=f"{number:064x}")
            registry.commit(registry.authorise(request), a_release(folder))
            outcomes.append("released")
        except Refused as refused:
            assert {reason.code for reason in refused.reasons} <= {"renders", "purpose"}
            outcomes.append("refused")

    racers = [threading.Thread(target=race, args=(number,)) for number in range(16)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(outcomes) == ["refused"] * 11 + ["released"] * 5
    assert len(list(tmp_path.glob("racer */song.wav"))) == 5
    assert len(list(tmp_path.glob("racer */staging/*"))) == 0
    assert registry.check_ledger().ok


def _race_alone(place: Place, folder: Path) -> None:
    registry = place.open()
    try:
        registry.commit(registry.authorise(a_request(purpose="commercial")), a_release(folder))
    except Refused:
        (folder / "refused").touch()


def test_a_grant_of_five_songs_gives_five_to_sixteen_processes(
    registry: Registry, place: Place, tmp_path: Path
) -> None:
    registry.grant("ada", grant_terms({"type": "renders", "at_most": 5}), to="ben@example.org")
    registry.close()
    context = processes()
    folders = [tmp_path / f"racer {number}" for number in range(16)]
    racers = []
    for folder in folders:
        folder.mkdir()
        racers.append(context.Process(target=_race_alone, args=(place, folder)))
        racers[-1].start()
    for racer in racers:
        racer.join()
    assert [racer.exitcode for racer in racers] == [0] * 16
    assert sum((folder / "song.wav").exists() for folder in folders) == 5
    assert sum((folder / "refused").exists() for folder in folders) == 11
    assert place.open().check_ledger().ok


def test_six_processes_found_one_registry(place: Place, voices: Path) -> None:
    context = processes()
    founders = [context.Process(target=_found, args=(place, voices)) for _ in range(6)]
    for founder in founders:
        founder.start()
    for founder in founders:
        founder.join()
    assert [founder.exitcode for founder in founders] == [0] * 6
    registry = place.open()
    assert [entry.kind for entry in registry.ledger_rows()].count("grant") == 1
    assert registry.unseal(registry.authorise(a_request()))
    assert registry.check_ledger().ok


def _found(place: Place, voices: Path) -> None:
    registry = place.open()
    registry.seed(voices)
    registry.unseal(registry.authorise(a_request()))


def test_a_quota_that_is_wound_back_in_the_database_opens_nothing(
    registry: Registry, place: Place, tmp_path: Path
) -> None:
    grant = registry.grant("ada", grant_terms({"type": "renders", "at_most": 1}), to="carl")
    wish = a_request(user="carl", purpose="commercial")
    registry.commit(registry.authorise(wish), a_release(tmp_path))
    with pytest.raises(Refused, match="All 1 songs"):
        registry.authorise(wish)
    with database(place).begin() as connection:
        connection.execute(text("UPDATE grant_use SET renders = 0, ms = 0"))
    for opened in (registry, place.open()):
        with pytest.raises(Refused, match="is not what the registry wrote"):
            opened.authorise(wish)
    findings = [finding.sentence for finding in registry.check_ledger().findings]
    assert any(grant.id in sentence and "counts 0 songs" in sentence for sentence in findings)
