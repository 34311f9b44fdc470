"""Lyrics of a score in several languages, and words without a vowel that share a note."""

from __future__ import annotations

from pathlib import Path

from notation import note, read, song

from singer.language import phonemise
from singer.score.underlay import underlay


def laid(folder: Path, *texts: str, language: str):
    score = read(folder, song("".join(note("C4", 1, text) for text in texts)))
    return underlay(score, language=language)


def test_tags_under_notes_span_words(tmp_path: Path) -> None:
    result = laid(tmp_path, "ich", "[en]love", "you[/en]", "so", language="de")
    assert [(word.text, word.language) for word in result.words] == [
        ("ich", None), ("love", "en"), ("you", "en"), ("so", None),
    ]  # fmt: skip
    spoken = phonemise(result.words, "de")
    assert [syllable.phones for word in spoken for syllable in word][1:] == [
        ("l", "ʌ", "v"), ("j", "u"), ("z", "o"),
    ]  # fmt: skip


def test_a_tag_around_one_note(tmp_path: Path) -> None:
    result = laid(tmp_path, "la", "[fr]nuit[/fr].", "la", "la", language="it")
    assert [(word.text, word.language, word.phrase_end) for word in result.words][1] == (
        "nuit",
        "fr-fr",
        True,
    )


def test_brackets_that_name_no_language_are_as_before(tmp_path: Path) -> None:
    result = laid(tmp_path, "[sop] la", "read [ɹ ɛ d]", "la", "la", language="en")
    assert [word.language for word in result.words] == [None] * len(result.words)
    assert any(part.pronunciation == "ɹ ɛ d" for word in result.words for part in word.syllables)


def test_a_preposition_without_a_vowel_shares_its_syllable(tmp_path: Path) -> None:
    result = laid(tmp_path, "в са", "ду", "мо", "я", language="ru")
    assert result.words[0].text == "в‿са"
    assert len(result.notes) == 4
    assert phonemise(result.words, "ru")[0][0].phones == ("f", "s", "a")
