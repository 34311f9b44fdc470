"""Texts that fit their notes as the language sings them: synalepha, and the French mute e."""

from __future__ import annotations

from pathlib import Path

import pytest
from notation import note, phrase, read, song

from singer.errors import LyricsError
from singer.language import phonemise
from singer.score import Score
from singer.score.underlay import underlay


def melody(folder: Path, count: int) -> Score:
    return read(folder, song(*[note("C4", 4) for _ in range(count)]))


@pytest.mark.parametrize(
    ("language", "text", "notes", "wanted"),
    [
        ("it", "che bella cosa", 5, "che bel-la co-sa"),
        ("it", "mia amata e bella", 6, "mi-a‿a-ma-ta‿e bel-la"),
        ("es", "la noche hermosa está", 6, "la no-che‿her-mo-sa‿es-tá"),
        ("pt", "minha alma", 3, "mi-nha‿al-ma"),
        ("fr", "une plume", 4, "u-ne plu-me"),
        ("fr", "une plume", 3, "u-ne plume"),
        ("fr", "une autre table", 5, "une au-tre ta-ble"),
        ("fr", "elles chantent bien", 5, "el-les chan-tent bien"),
        ("fr", "la lune", 2, "la lune"),
    ],
)
def test_texts_that_fit(tmp_path: Path, language: str, text: str, notes: int, wanted: str) -> None:
    result = underlay(melody(tmp_path, notes), text, language=language)
    assert phrase(result) == wanted
    assert len(result.notes) == notes
    assert [len(word) for word in phonemise(result.words, language)] == [
        len(word.syllables) for word in result.words
    ]


def test_the_joined_vowels_are_one_syllable_and_the_notice_names_them(tmp_path: Path) -> None:
    result = underlay(melody(tmp_path, 3), "minha alma", language="it")
    assert any("minha alma" in notice for notice in result.notices)
    spoken = phonemise(result.words, "it")
    assert spoken[0][1].nucleus == ("a",)


def test_punctuation_keeps_vowels_apart(tmp_path: Path) -> None:
    with pytest.raises(LyricsError, match="Too many syllables"):
        underlay(melody(tmp_path, 3), "bella. amo", language="it")


@pytest.mark.parametrize(("language", "text", "notes"), [("de", "eine Ente", 3), ("fr", "une plume", 6)])
def test_what_does_not_fit_is_still_reported(tmp_path: Path, language: str, text: str, notes: int) -> None:
    with pytest.raises(LyricsError, match="syllables"):
        underlay(melody(tmp_path, notes), text, language=language)
