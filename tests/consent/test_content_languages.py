"""Lyrics are examined in the languages that they are written in, not only in the one that is claimed."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_terms import a_song

from consent.content import CATEGORIES, rule_book
from consent.content.languages import findings


def found(lyrics: str, language: str, home: Path) -> set[tuple[str, bool]]:
    """Names of the rules that fired, with whether each is borderline."""
    return {(f.rule, f.borderline) for f in findings(a_song(lyrics=lyrics), language, rule_book(home))}


@pytest.mark.parametrize("language", ["ja", "zh", "cmn-Hans", "en-GB", "fr"])
def test_english_lyrics_are_examined_whatever_they_are_called(language: str, tmp_path: Path) -> None:
    assert ("en-coarse", True) in found("Damn the wind and damn the rain", language, tmp_path)


def test_what_is_clear_in_another_language_than_the_claimed_one_is_borderline(tmp_path: Path) -> None:
    assert ("en-obscene", False) in found("What a wanker", "en", tmp_path)
    assert ("en-obscene", True) in found("What a wanker", "ja", tmp_path)


def test_innocent_lyrics_stay_innocent(tmp_path: Path) -> None:
    for lyrics, language in (("Row your boat", "en"), ("ふねをこげ row", "ja"), ("划船", "zh"), ("船", "ja")):
        assert found(lyrics, language, tmp_path) == set()


def test_a_language_without_rules_waits_for_a_person(tmp_path: Path) -> None:
    seen = findings(a_song(lyrics="Vogue, petit bateau"), "fr", rule_book(tmp_path))
    assert {finding.category for finding in seen} == set(CATEGORIES)
    assert all(finding.borderline and "'fr'" in finding.sentence for finding in seen)
