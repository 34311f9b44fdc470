"""Pseudonyms: one for each name, tied to it by a salt that can be erased."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from made_registries import Place, a_release, a_request, database, processes
from sqlalchemy import text

from consent.registry import Refused, Registry
from consent.subjects import TOMBSTONE, erase, known_pseudonym, pseudonym, pseudonyms

USER = "ben@example.org"


def of(registry: Registry, name: object) -> str:
    with registry._store.write() as unit:
        return pseudonym(registry._store, unit, name)


def test_a_name_has_one_pseudonym(registry: Registry) -> None:
    first = of(registry, USER)
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert of(registry, USER) == first != of(registry, "another")
    with registry._store.read() as session:
        assert known_pseudonym(registry._store, session, USER) == first
        assert pseudonyms(registry._store, session)[USER] == first
        assert known_pseudonym(registry._store, session, "nobody") is None


def test_a_rolled_back_transaction_leaves_no_salt(registry: Registry) -> None:
    with pytest.raises(ZeroDivisionError), registry._store.write() as unit:
        first = pseudonym(registry._store, unit, USER)
        1 / 0  # noqa: B018
    assert of(registry, USER) != first


def test_an_erased_salt_never_comes_back(registry: Registry) -> None:
    first = of(registry, USER)
    with registry._store.write() as unit:
        assert pseudonym(registry._store, unit, USER) == first
        assert erase(unit, USER) and not erase(unit, USER)
        assert pseudonym(registry._store, unit, USER) != first
    assert of(registry, USER) != first


def erase_elsewhere(place: Place) -> None:
    registry = place.open()
    with registry._store.write() as unit:
        erase(unit, USER)
    registry.close()


def test_what_another_process_erased_is_not_used_again(place: Place) -> None:
    registry = place.open()
    first = of(registry, USER)
    process = processes().Process(target=erase_elsewhere, args=(place,))
    process.start()
    process.join()
    assert process.exitcode == 0
    assert of(registry, USER) != first
    registry.close()


def test_any_name_has_a_pseudonym_and_a_row_that_a_database_takes(registry: Registry) -> None:
    names: list[object] = ["", "x" * 10_000, "a\0b", "\ud800", TOMBSTONE, "名前", None, 7]
    given = [of(registry, name) for name in names]
    assert len(set(given)) == len(names)
    assert [of(registry, name) for name in names] == given
    with registry._store.read() as session:
        assert all(len(kept) <= 256 for kept in pseudonyms(registry._store, session))


def test_users_are_logged_under_their_pseudonym(registry: Registry) -> None:
    registry.authorise(a_request())
    with pytest.raises(Refused):
        registry.authorise(a_request(purpose="political"))
    logged = {entry.body["user"] for entry in registry.ledger_rows() if "user" in entry.body}
    assert logged == {of(registry, USER)}


def test_a_song_put_down_to_another_user_is_found(place: Place, voices: Path, tmp_path: Path) -> None:
    registry = place.open()
    registry.seed(voices)
    registry.authorise(a_request(user="known"))
    registry.commit(registry.authorise(a_request()), a_release(tmp_path))
    assert registry.check_ledger().ok
    for other in ("known", "unknown"):
        with database(place).begin() as connection:
            connection.execute(text("UPDATE renders SET user_id = :other"), {"other": other})
        (finding,) = registry.check_ledger().findings
        assert "The record of the release" in finding.sentence and "was altered" in finding.sentence
    registry.close()
