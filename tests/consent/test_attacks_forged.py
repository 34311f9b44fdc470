"""Forged authorisations: every field with every kind of change, and values that only look like one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import asdict, fields, make_dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from attempts import assert_opens_nothing
from made_registries import Place, a_request, database
from sqlalchemy import text

from consent.authorization import is_genuine
from consent.registry import Authorization, Registry
from consent.song import Song

SONG = Song("Twinkle twinkle", ((60.0, 0.5), (67.0, 0.5)), ("t", "w"), "The star")
FIELDS = [field.name for field in fields(Authorization)]


def altered(value: Any) -> Iterator[Any]:
    """The value with each of its bits flipped in turn, and in every other type that might pass for it."""
    if isinstance(value, str):
        for place, letter in enumerate(value):
            yield from (
                f"{value[:place]}{chr(ord(letter) ^ 1 << bit)}{value[place + 1 :]}" for bit in range(7)
            )
        yield from (value + " ", value[:-1] if value else "x", value.upper() + "x", None, Text(value), 7)
    elif isinstance(value, datetime):
        yield from (value + timedelta(microseconds=1 << bit) for bit in range(40))
        yield from (value - timedelta(microseconds=1 << bit) for bit in range(40))
        yield from (value.replace(tzinfo=None), value.astimezone(timezone(timedelta(hours=1))))
        yield from (value.isoformat(), None, Forever.fromisoformat(value.isoformat()))
    elif isinstance(value, float):
        yield from (value + 2.0**power for power in range(-20, 20))
        yield from (-value, float("inf"), float("nan"), str(value), None, True)
    elif isinstance(value, int):
        yield from (value ^ (1 << bit) for bit in range(65))
        yield from (-value, float(value), str(value), None)
    else:
        assert value is None
        yield from ("", "DE", "None", 0, False, [])


class Text(str):
    """A text that says it is another than it shows."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


class Forever(datetime):
    """An instant that every other one lies before."""

    def __gt__(self, other: object) -> bool:
        return True

    __ge__ = __gt__

    def __le__(self, other: object) -> bool:
        return False

    __lt__ = __le__


@pytest.mark.parametrize("name", FIELDS)
def test_an_authorisation_with_any_bit_of_a_field_changed_is_no_longer_one(
    sqlite_registry: Registry, name: str
) -> None:
    """All of them are held against the MAC; none may pass."""
    genuine = sqlite_registry.authorise(a_request(song=SONG, territory="DE", project="An album"))
    keys = sqlite_registry._store.keys
    assert is_genuine(keys, genuine)
    tried = 0
    for value in altered(getattr(genuine, name)):
        forged = replace(genuine, **{name: value})
        assert not is_genuine(keys, forged), value
        tried += 1
    assert tried >= 6


def test_no_door_opens_for_an_altered_field(registry: Registry, tmp_path: Path) -> None:
    """One change of each field at every door, and every refusal on the ledger, which believes nothing."""
    genuine = registry.authorise(a_request(song=SONG))
    for name in FIELDS:
        value = getattr(genuine, name)
        forged = replace(genuine, **{name: next(iter(altered(value))) if value != "" else "x"})
        assert assert_opens_nothing(registry, forged, tmp_path / "attack") == {"forged"}
        assert registry.ledger_rows()[-1].body["voice"] is None
    assert registry.unseal(genuine)
    assert registry.check_ledger().ok


def test_two_authorisations_do_not_make_a_third(sqlite_registry: Registry, tmp_path: Path) -> None:
    """Any of one's fields put into the other, its id and its MAC included."""
    first = sqlite_registry.authorise(a_request())
    second = sqlite_registry.authorise(a_request(work_digest="6" * 64, language="ja", seconds=30.0))
    for size in (1, 2):
        for names in itertools.combinations(FIELDS, size):
            mixed = replace(first, **{name: getattr(second, name) for name in names})
            if mixed != first:
                assert not is_genuine(sqlite_registry._store.keys, mixed), names
    swapped = replace(first, id=second.id, mac=second.mac)
    assert assert_opens_nothing(sqlite_registry, swapped, tmp_path / "attack") == {"forged"}


def test_what_looks_like_an_authorisation_is_none(sqlite_registry: Registry, tmp_path: Path) -> None:
    """A dictionary, another class with the same fields, a class of the right name."""
    genuine = sqlite_registry.authorise(a_request())
    lookalike = make_dataclass("Authorization", FIELDS, bases=())(**asdict(genuine))
    heir = make_dataclass("Authorization", [], bases=(Authorization,), frozen=True)(**asdict(genuine))
    for thing in (lookalike, heir, None, genuine.mac, object()):
        with pytest.raises(Exception, match="not issued by this registry"):
            sqlite_registry.unseal(thing)  # type: ignore[arg-type]
    assert assert_opens_nothing(sqlite_registry, heir, tmp_path / "attack") == {"forged"}


def test_another_registrys_authorisation_opens_nothing(
    registry: Registry, tmp_path: Path, voices: Path
) -> None:
    """Not even one that allows the same song, nor when its row is put into this registry's database."""
    other = Registry.open(tmp_path / "another home")
    other.seed(voices)
    foreign = other.authorise(a_request())
    assert assert_opens_nothing(registry, foreign, tmp_path / "attack") == {"forged"}


def test_a_row_of_ones_own_makes_no_authorisation(registry: Registry, place: Place, tmp_path: Path) -> None:
    """Whoever can write to the database still lacks the key: a row with their own MAC changes nothing."""
    genuine = registry.authorise(a_request())
    forged = replace(genuine, work_digest="9" * 64, mac=genuine.mac[:-1] + "0")
    with database(place).begin() as connection:
        connection.execute(text("UPDATE authorisations SET mac = :mac"), {"mac": forged.mac})
    assert assert_opens_nothing(registry, forged, tmp_path / "attack") == {"forged"}
    assert assert_opens_nothing(registry, genuine, tmp_path / "attack") == {"forged"}


def test_another_voices_authorisation_opens_not_this_one(
    registry: Registry, place: Place, voices: Path, tmp_path: Path
) -> None:
    """Its fields are covered; and weights under another voice's name in the database do not open."""
    second = voices / "bob"
    second.mkdir()
    for file in (voices / "ada").iterdir():
        content = file.read_bytes().replace(b'id = "ada"', b'id = "bob"').replace(b'"Ada"', b'"Bob"')
        (second / file.name).write_bytes(content.replace(b"own weights", b"bob weights"))
    registry.seed(voices)
    bobs = registry.authorise(a_request(voice="bob"))
    renamed = replace(bobs, voice="ada", voice_version=registry.voice("ada").version)
    assert assert_opens_nothing(registry, renamed, tmp_path / "attack") == {"forged"}
    with database(place).begin() as connection:
        for column in ("sealed_path", "wrapped_key"):
            connection.execute(
                text(
                    f"UPDATE voice_versions SET {column} = (SELECT {column} FROM voice_versions other"
                    " WHERE other.voice_id = 'ada') WHERE voice_id = 'bob'"
                )
            )
    with pytest.raises(Exception, match=r"does not open|is gone"):
        registry.unseal(bobs)
