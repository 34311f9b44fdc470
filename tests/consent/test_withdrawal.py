"""Law 4: withdrawal is one transaction, after which nothing of the voice opens, starts or is released."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_registries import WEIGHTS, Place, a_release, a_request, database, grant_terms
from sqlalchemy import text

from consent.errors import UnknownName
from consent.registry import Refused, Registry


def test_a_withdrawn_voice_is_gone_at_once(registry: Registry, place: Place, tmp_path: Path) -> None:
    out = registry.commit(registry.authorise(a_request()), a_release(tmp_path))
    authorization = registry.authorise(a_request())
    job = registry.jobs.enqueue(a_request(), {"lyrics": "la"})
    sealed = next((place.home / "voices" / "ada").glob("*.sealed"))
    done = registry.withdraw("ada", reason="I sing alone from now on")
    assert [song.render_id for song in done.songs] == [out.render_id]
    assert done.cancelled_jobs == (job.id,)
    assert done.keys_destroyed == (authorization.voice_version,)
    assert len(done.grants) == 1
    assert not sealed.exists() and not (place.home / "keys" / "voices" / "ada.kek").exists()
    with database(place).connect() as connection:
        assert connection.execute(text("SELECT wrapped_key FROM voice_versions")).scalars().all() == [None]
    for attempt in (
        lambda: registry.authorise(a_request()),
        lambda: registry.unseal(authorization),
        lambda: registry.commit(authorization, a_release(tmp_path, "late")),
        lambda: registry.grant("ada", grant_terms(), to="cleo"),
        lambda: registry.jobs.enqueue(a_request(), {}),
    ):
        with pytest.raises(Refused, match="owner of Ada has withdrawn the voice"):
            attempt()
    assert registry.jobs.claim("worker", 60) is None
    assert not (tmp_path / "late.wav").exists()
    still = registry.render(out.render_id)
    assert still is not None and not still.allowed_now
    assert registry.voice("ada").state == "withdrawn"
    assert registry.check_ledger().ok


def test_another_process_sees_a_withdrawal_at_once(registry: Registry, place: Place, tmp_path: Path) -> None:
    elsewhere = place.open()
    authorization = elsewhere.authorise(a_request())
    assert elsewhere.unseal(authorization)["weights.safetensors"] == WEIGHTS
    registry.withdraw("ada")
    with pytest.raises(Refused):
        elsewhere.unseal(authorization)
    with pytest.raises(Refused):
        elsewhere.commit(authorization, a_release(tmp_path))
    assert not (tmp_path / "song.wav").exists()


def test_withdrawing_one_grant_leaves_the_others(registry: Registry, tmp_path: Path) -> None:
    standing = registry.voice("ada").grants[0].id
    given = registry.grant("ada", grant_terms(), to="ben@example.org")
    under_given = registry.authorise(a_request(purpose="commercial"))
    under_standing = registry.authorise(a_request())
    jobs = [registry.jobs.enqueue(a_request(purpose=purpose), {}) for purpose in ("commercial", "private")]
    done = registry.withdraw("ada", given.id)
    assert done.grants == (given.id,) and done.cancelled_jobs == (jobs[0].id,) and done.keys_destroyed == ()
    with pytest.raises(Refused, match=f"withdrawn the grant {given.id}"):
        registry.unseal(under_given)
    assert under_standing.grant == standing
    assert registry.commit(under_standing, a_release(tmp_path)).allowed_now
    claimed = registry.jobs.claim("worker", 60)
    assert claimed is not None and claimed.id == jobs[1].id


def test_withdrawing_again_changes_nothing(registry: Registry) -> None:
    registry.withdraw("ada")
    head = registry.ledger_head()
    again = registry.withdraw("ada")
    assert (again.grants, again.keys_destroyed) == ((), ())
    assert registry.ledger_head() == head


def test_what_is_not_there_cannot_be_withdrawn(registry: Registry) -> None:
    with pytest.raises(UnknownName):
        registry.withdraw("eva")
    with pytest.raises(UnknownName):
        registry.withdraw("ada", "grant-of-nobody")


def test_a_withdrawn_voice_is_never_seeded_back(registry: Registry, place: Place, voices: Path) -> None:
    registry.withdraw("ada")
    (voices / "ada" / "weights.safetensors").write_bytes(b"new weights")
    toml = voices / "ada" / "voice.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('"1.0"', '"2.0"'), encoding="utf-8")
    registry.seed(voices)
    assert registry.seed(voices) == ()
    assert registry.voice("ada").state == "withdrawn"
    assert not list((place.home / "voices").rglob("*.sealed"))
    with pytest.raises(Refused):
        place.open().authorise(a_request())


def test_a_withdrawn_standing_grant_is_never_seeded_back(registry: Registry, voices: Path) -> None:
    registry.withdraw("ada", registry.voice("ada").grants[0].id)
    for _ in range(2):
        with (voices / "ada" / "TERMS.md").open("a", encoding="utf-8") as file:
            file.write("New words.\n")
        registry.seed(voices)
        with pytest.raises(Refused, match="has withdrawn the grant"):
            registry.authorise(a_request())
