"""Law 1: no song without a yes. What opens the weights, what does not, and what the refusal says."""

from __future__ import annotations

import hmac
import time
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_registries import BASE, WEIGHTS, Place, a_release, a_request, database, grant_terms, voice_folder
from sqlalchemy import text

from consent.authorization import Authorization, derive_render_id
from consent.errors import KeyStoreError, TermsError, UnknownName
from consent.registry import Refused, Registry


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def test_an_allowed_song_opens_the_weights(registry: Registry) -> None:
    authorization = registry.authorise(a_request())
    assert authorization.voice == "ada"
    assert authorization.grant == registry.voice("ada").grants[0].id
    assert authorization.credit == "Voice: Ada https://example.org/ada"
    assert 0 < authorization.render_id < 2**64
    assert registry.unseal(authorization) == {"weights.safetensors": WEIGHTS, "base.safetensors": BASE}


def test_the_same_song_has_the_same_render_id_and_another_song_another(registry: Registry) -> None:
    first = registry.authorise(a_request())
    assert registry.authorise(a_request(seconds=61.0)).render_id == first.render_id
    for other in ({"work_digest": "6" * 64}, {"user": "cleo"}):
        assert registry.authorise(a_request(**other)).render_id != first.render_id


def test_a_render_id_that_another_recipe_holds_is_not_given_twice(registry: Registry, place: Place) -> None:
    taken = registry.authorise(a_request()).render_id
    with database(place).begin() as connection:
        connection.execute(text("UPDATE authorisations SET recipe = 'of another song'"))
    again = registry.authorise(a_request()).render_id
    assert again != taken
    assert registry.authorise(a_request()).render_id == again


def test_the_render_id_is_the_start_of_the_hmac_of_the_recipe() -> None:
    recipe = {"voice": "ada", "version": "1", "grant": "g", "user": "ben", "work": "5" * 64}
    canonical = '{"grant":"g","user":"ben","version":"1","voice":"ada","work":"' + "5" * 64 + '"}'
    expected = hmac.digest(b"k" * 32, canonical.encode(), "sha256")[:8]
    assert derive_render_id(b"k" * 32, recipe).to_bytes(8, "big") == expected
    assert derive_render_id(b"k" * 32, recipe, 1) != derive_render_id(b"k" * 32, recipe)


@pytest.mark.parametrize(
    ("constraint", "changes", "code", "words"),
    [
        ({"type": "licensee", "users": ["cleo"]}, {}, "licensee", "was not made to 'ben@example.org'"),
        ({"type": "language", "allowed": ["ja", "zh"]}, {}, "language", "may sing in ja or zh, not in 'en'"),
        ({"type": "song-seconds", "at_most": 30}, {}, "song-seconds", "may last 30 s; this one takes 60.0 s"),
        ({"type": "seconds", "at_most": 59.5}, {}, "seconds", "has 59.5 s left"),
        ({"type": "renders", "at_most": 0}, {}, "renders", "All 0 songs"),
        ({"type": "territory", "allowed": ["DE"]}, {}, "territory", "names no country"),
        ({"type": "territory", "allowed": ["DE"]}, {"territory": "FR"}, "territory", "not for FR"),
        ({"type": "project", "allowed": ["Opus 1"]}, {"project": "Opus 2"}, "project", "'Opus 2'"),
        ({"type": "name", "text": "Ada"}, {"presented_as": "Eva"}, "name", "must be named 'Ada', not 'Eva'"),
        ({"type": "attribution", "credit": "Grace"}, {}, "attribution", "must name Grace"),
        ({"type": "period", "not_after": "2020-01-01T00:00:00Z"}, {}, "expired", "ended at 2020-01-01"),
        ({"type": "period", "not_before": "2099-01-01T00:00:00Z"}, {}, "not-yet-valid", "begins at 2099"),
    ],
)
def test_a_refusal_names_the_condition(
    tmp_path: Path, constraint: dict[str, Any], changes: dict[str, Any], code: str, words: str
) -> None:
    registry = Registry.open(tmp_path / "home")
    registry.seed(voice_folder(tmp_path / "voices", grant=""))
    anyone = [] if constraint["type"] == "licensee" else [{"type": "licensee", "anyone": True}]
    registry.grant("ada", grant_terms(constraint, *anyone))
    with pytest.raises(Refused, match=words) as refused:
        registry.authorise(a_request(**changes))
    assert codes(refused) == {code}
    assert refused.value.exit_status == 3
    assert registry.ledger_rows()[-1].kind == "refusal"


def test_every_failing_condition_is_named(registry: Registry) -> None:
    registry.withdraw("ada", registry.voice("ada").grants[0].id)
    registry.grant("ada", grant_terms({"type": "language", "allowed": ["ja"]}), to="cleo")
    with pytest.raises(Refused) as refused:
        registry.authorise(a_request())
    assert codes(refused) == {"withdrawn", "licensee", "language"}


def test_a_voice_that_nobody_granted_or_knows_is_refused(tmp_path: Path) -> None:
    registry = Registry.open(tmp_path / "home")
    registry.seed(voice_folder(tmp_path / "voices", grant=""))
    with pytest.raises(Refused, match="Nobody has granted") as refused:
        registry.authorise(a_request())
    assert codes(refused) == {"no-grant"}
    with pytest.raises(Refused, match="knows no voice 'eva'"):
        registry.authorise(a_request(voice="eva"))
    with pytest.raises(UnknownName):
        registry.grant("eva", grant_terms(), to="ben")


@pytest.mark.parametrize(
    "changes",
    [
        {"work_digest": ""},
        {"seconds": float("nan")},
        {"seconds": -1},
        {"seconds": "60"},
        {"purpose": "anything"},
        {"user": ""},
        {"user": None},
        {"language": None},
        {"voice": None},
        {"territory": 49},
        {"action": "copy"},
        {"action": "train"},
    ],
)
def test_a_request_that_lacks_a_fact_is_refused(sqlite_registry: Registry, changes: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        sqlite_registry.authorise(a_request(**changes))
    assert sqlite_registry.ledger_rows()[-1].kind == "refusal"
    assert sqlite_registry.check_ledger().ok


def test_may_asks_without_a_trace(registry: Registry) -> None:
    before = registry.ledger_head()
    assert registry.may(a_request()).allow
    sale = registry.may(a_request(action="sell-voice"))
    assert not sale.allow
    assert {reason.code for reason in sale.reasons} == {
        "action",
        "forbidden",
        "no-performer-consent",
        "no-recording-permission",
    }
    assert any("Never sell it" in reason.sentence for reason in sale.reasons)
    assert registry.ledger_head() == before


def altered(value: object, bit: int) -> object:
    """The value with one bit flipped, of the same type."""
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1 << (bit % 40))
    if isinstance(value, float):
        return value + 2.0 ** (bit % 20 - 10)
    if isinstance(value, int):
        return value ^ (1 << (bit % 64))
    if value is None or value == "":
        return "DE"
    assert isinstance(value, str)
    place = (bit // 7) % len(value)
    return value[:place] + chr(ord(value[place]) ^ (1 << (bit % 7))) + value[place + 1 :]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from([field.name for field in fields(Authorization)]), bit=st.integers(0, 10_000))
def test_an_authorisation_with_one_bit_changed_opens_nothing(
    sqlite_registry: Registry, name: str, bit: int
) -> None:
    if not hasattr(sqlite_registry, "tried"):
        sqlite_registry.tried = sqlite_registry.authorise(a_request())  # type: ignore[attr-defined]
    genuine: Authorization = sqlite_registry.tried  # type: ignore[attr-defined]
    forged = replace(genuine, **{name: altered(getattr(genuine, name), bit)})
    assert forged != genuine
    with pytest.raises(Refused) as refused:
        sqlite_registry.unseal(forged)
    assert codes(refused) == {"forged"}


@pytest.mark.parametrize("thing", [None, "ada", 7, object(), {"voice": "ada"}])
def test_what_is_no_authorisation_opens_nothing(sqlite_registry: Registry, thing: Any) -> None:
    with pytest.raises(Refused, match="not issued by this registry"):
        sqlite_registry.unseal(thing)


def test_a_made_up_authorisation_opens_nothing(sqlite_registry: Registry) -> None:
    genuine = sqlite_registry.authorise(a_request())
    for forged in (replace(genuine, mac=""), replace(genuine, mac="é"), replace(genuine, seconds=True)):
        with pytest.raises(Refused):
            sqlite_registry.unseal(forged)

    class Lookalike(Authorization):
        pass

    values = {field.name: getattr(genuine, field.name) for field in fields(genuine)}
    with pytest.raises(Refused):
        sqlite_registry.unseal(Lookalike(**values))


def test_another_registrys_authorisation_opens_nothing(
    tmp_path: Path, registry: Registry, voices: Path
) -> None:
    other = Registry.open(tmp_path / "another home")
    other.seed(voices)
    with pytest.raises(Refused, match="not issued by this registry"):
        registry.unseal(other.authorise(a_request()))


def test_an_authorisation_dies_with_its_grants_period(registry: Registry) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=1.0)
    registry.grant(
        "ada", grant_terms({"type": "period", "not_after": ends.isoformat()}), to="ben@example.org"
    )
    authorization = registry.authorise(a_request(purpose="commercial"))
    assert authorization.expires_at <= ends
    registry.unseal(authorization)
    time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()) + 0.01)
    with pytest.raises(Refused, match="expired at") as refused:
        registry.unseal(authorization)
    assert codes(refused) == {"expired"}
    with pytest.raises(Refused, match="The grant ended at"):
        registry.authorise(a_request(purpose="commercial"))


def test_a_used_authorisation_releases_no_second_song(registry: Registry, tmp_path: Path) -> None:
    authorization = registry.authorise(a_request())
    registry.commit(authorization, a_release(tmp_path))
    with pytest.raises(Refused, match="used for a release already"):
        registry.unseal(authorization)
    with pytest.raises(Refused, match="used for a release already"):
        registry.commit(authorization, a_release(tmp_path, "encore"))
    assert not (tmp_path / "encore.wav").exists()


def test_a_grant_that_was_altered_in_the_database_allows_nothing(registry: Registry, place: Place) -> None:
    authorization = registry.authorise(a_request())
    with database(place).begin() as connection:
        stored = connection.execute(text("SELECT CAST(terms AS TEXT) FROM grants")).scalar()
        loosened = str(stored).replace('"non-commercial"', '"commercial"')
        assert loosened != stored
        if place.url:
            connection.execute(text("UPDATE grants SET terms = CAST(:terms AS JSON)"), {"terms": loosened})
        else:
            connection.execute(text("UPDATE grants SET terms = :terms"), {"terms": loosened})
    for attempt in (
        lambda: registry.authorise(a_request(purpose="commercial")),
        lambda: registry.unseal(authorization),
    ):
        with pytest.raises(Refused, match="is not what the registry wrote"):
            attempt()
    assert any("terms of the grant" in finding.sentence for finding in registry.check_ledger().findings)


def test_a_withdrawn_grant_cannot_be_revived_in_the_database(registry: Registry, place: Place) -> None:
    registry.withdraw("ada", registry.voice("ada").grants[0].id)
    with database(place).begin() as connection:
        connection.execute(text("UPDATE grants SET state = 'active'"))
    with pytest.raises(Refused):
        registry.authorise(a_request())
    assert not registry.check_ledger().ok


def test_a_stolen_store_is_noise(tmp_path: Path, sqlite_registry: Registry) -> None:
    sealed = next((tmp_path / "home" / "voices" / "ada").glob("*.sealed")).read_bytes()
    stolen = b"".join(file.read_bytes() for file in (tmp_path / "home").glob("registry.db*")) + sealed
    assert WEIGHTS[:24] not in stolen and BASE[:24] not in stolen
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for file in (tmp_path / "home").glob("registry.db*"):
        (elsewhere / file.name).write_bytes(file.read_bytes())
    with pytest.raises(KeyStoreError, match="not those of this registry"):
        Registry.open(elsewhere)


def test_keys_are_for_their_owner_alone(tmp_path: Path, sqlite_registry: Registry) -> None:
    files = [file for file in (tmp_path / "home" / "keys").rglob("*") if file.is_file()]
    assert "recipe-1.key" in {file.name for file in files}
    assert len(files) == 7
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    (tmp_path / "home" / "keys" / "mac-1.hmac").chmod(0o644)
    with pytest.raises(KeyStoreError, match="can be read by others"):
        Registry.open(tmp_path / "home")


def test_terms_that_say_nothing_of_whom_or_what_for_are_no_grant(sqlite_registry: Registry) -> None:
    with pytest.raises(TermsError, match="do not say their licensee"):
        sqlite_registry.grant("ada", grant_terms())
    with pytest.raises(TermsError, match="do not say their purpose"):
        sqlite_registry.grant("ada", {"actions": ["sing"], "constraints": []}, to="ben")
    with pytest.raises(TermsError, match="type 'moon-phase'"):
        sqlite_registry.grant("ada", grant_terms({"type": "moon-phase"}), to="ben")
