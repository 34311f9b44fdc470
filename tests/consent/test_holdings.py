"""The list of what is held about people, held against the database's own tables and columns."""

from __future__ import annotations

import pytest
from sqlalchemy import String, inspect

from consent.personal_data.holdings import HOLDINGS, IMPERSONAL, Holding
from consent.records import Base

NOT_A_PERSON = {
    "recording_sources.performer_training": "allowed, forbidden or silent",
    "recording_sources.owner_training": "allowed, forbidden or silent",
    "recording_sources.performer_terms": "a file's name",
    "recording_sources.owner_terms": "a file's name",
    "recording_sources.performer_terms_sha256": "a digest",
    "recording_sources.owner_terms_sha256": "a digest",
}
NO_FREE_TEXT = {
    *NOT_A_PERSON,
    "rights.evidence_name",  # the name of a file of terms
    "voice_versions.sealed_path",
    "approvals.binding",  # a digest, drawn anew at an erasure
    "destructions.what",
    "destructions.path",  # forgotten once it is destroyed
    "destructions.reason",  # the program's own words
    "authorisations.recipe",
    "renders.voice_version",
    "reservations.index_sha256",
    "recording_lists.recordings",
    "recording_lists.content",  # files' names and hashes, which the record of a joint base rests on
}
NAME_WORDS = ("person", "owner", "user", "handle", "contact", "performer", "agent", "principal", "given_by",
              "lyrics", "song", "request", "licensee", "witness_name", "declarer", "email")  # fmt: skip


def test_every_table_is_accounted_for() -> None:
    held = [holding.name for holding in HOLDINGS]
    assert len(set(held)) == len(held)
    assert {*held, *IMPERSONAL} == set(Base.metadata.tables), "say what a new table holds about people"
    assert not set(held) & set(IMPERSONAL)


def test_every_column_with_a_person_is_accounted_for() -> None:
    """A column that points to people, or is called like one, stands in its table's holding."""
    missing = []
    for name, table in Base.metadata.tables.items():
        holding = next((holding for holding in HOLDINGS if holding.name == name), None)
        if holding is not None and holding.removed:
            continue  # whole rows go
        known = set() if holding is None else columns_of(holding)
        for column in table.columns:
            to_people = any(key.target_fullname == "people.id" for key in column.foreign_keys)
            if (to_people or any(word in column.name for word in NAME_WORDS)) and column.name not in known:
                missing.append(f"{name}.{column.name}")
    assert sorted(set(missing) - set(NOT_A_PERSON)) == []


def columns_of(holding: Holding) -> set[str]:
    through = {holding.through[0]} if holding.through else set()
    return {*holding.people, *holding.acted, *holding.users, *holding.called, *holding.words, *through,
            *holding.mentions, *holding.secret, holding.voice or ""}  # fmt: skip


@pytest.mark.parametrize("holding", HOLDINGS, ids=lambda holding: holding.name)
def test_a_holding_names_columns_that_are_there(holding: Holding) -> None:
    there = {column.name for column in inspect(holding.table).columns}
    assert columns_of(holding) - {""} <= there


def test_texts_of_every_kind_are_looked_at() -> None:
    """A text column of a table that holds something about people is emptied, or is no free text."""
    structural = {"id", "kind", "state", "mac", "name", "version", "capacity", "origin", "event", "sha256"}
    unread = []
    for holding in HOLDINGS:
        for column in () if holding.removed else holding.table.__table__.columns:
            free = isinstance(column.type, String) and not column.foreign_keys
            known = columns_of(holding) | structural
            if free and column.name not in known and not column.name.endswith(("_id", "_sha256", "_digest")):
                unread.append(f"{holding.name}.{column.name}")
    assert sorted(set(unread) - NO_FREE_TEXT) == []
