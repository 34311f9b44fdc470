"""Lyric texts laid under notes: tags, pronunciations, holds, and clear reports where they do not fit."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notation import note, phrase, read, slur, song, tie

from singer.errors import LyricsError
from singer.score import Score
from singer.score.lyrics import parse_lyrics
from singer.score.sung import LyricSyllable, Underlay
from singer.score.underlay import underlay


def melody(folder: Path, count: int) -> Score:
    """A bare melody of `count` half notes, two to the bar."""
    notes = [note("C4", 2) for _ in range(count)]
    return read(folder, song(*["".join(notes[place : place + 2]) for place in range(0, count, 2)]))


def parsed(text: str, language: str = "en") -> str:
    """The words of a text: hyphens inside words, "~" for holds, "|" at phrase ends."""
    words = []
    for word in parse_lyrics(text, language).words:
        rows = zip(word.syllables, word.holds, strict=True)
        words.append("-".join(row.text + "~" * holds for row, holds in rows) + "|" * word.phrase_end)
    return " ".join(words)


def test_a_text_is_laid_one_syllable_to_a_note(tmp_path: Path) -> None:
    result = underlay(melody(tmp_path, 4), "Twin-kle lit-tle\n", language="en")
    assert phrase(result) == "Twin-kle lit-tle"
    assert result.words[-1].phrase_end and not result.words[0].phrase_end


def test_words_are_cut_as_their_language_cuts_them(tmp_path: Path) -> None:
    assert (
        phrase(underlay(melody(tmp_path, 6), "Twinkle little star now", language="en"))
        == "Twin-kle lit-tle star now"
    )
    assert (
        phrase(underlay(melody(tmp_path, 5), "さくらきょう", language="ja")).replace(" ", "-")
        == "さ-く-ら-きょ-う"
    )
    assert phrase(underlay(melody(tmp_path, 3), "茉莉花", language="zh")).replace(" ", "-") == "茉-莉-花"


def test_tags_are_not_sung() -> None:
    text = (
        "[Verse 1]\nsing it\n[Chorus x2]\n(Bridge)\nRefrain:\nloud now [Outro]\n[00:12.30]and so\n[ti:Song]\n"
    )
    assert parsed(text) == "sing it| loud now| and so|"


def test_a_bracket_behind_a_word_is_its_pronunciation() -> None:
    words = parse_lyrics("I read [ɹ ɛ d] heav-en [ə n] and ready [ɹ ɛ . d i]", "en").words
    assert words[1].syllables == [LyricSyllable("read", "ɹ ɛ d")]
    assert words[2].syllables == [LyricSyllable("heav"), LyricSyllable("en", "ə n")]
    assert [row.pronunciation for row in words[4].syllables] == ["ɹ ɛ", "d i"]


def test_a_whole_words_pronunciation_is_cut_by_its_nuclei() -> None:
    (word,) = parse_lyrics("reading [ɹ iː d ɪ ŋ]", "en").words
    assert len(word.syllables) == 2 and word.syllables[0].pronunciation == "ɹ iː"


def test_holds_phrase_ends_and_hand_cut_syllables() -> None:
    assert parsed("A - - men | glo--ria star_ sky + +") == "A~~ men| glo~-ria star~ sky~~|"
    assert parsed("Twin -- kle, oh! my") == "Twin-kle oh| my|"


def test_a_text_holds_over_slurs_by_itself_or_by_hand(tmp_path: Path) -> None:
    score = read(
        tmp_path,
        song(
            note("C4", 2, extra=slur("start")) + note("D4", 2, extra=slur("stop")),
            note("E4", 4, extra=tie("start")),
            note("E4", 4, extra=tie("stop")),
        ),
    )  # fmt: skip
    assert phrase(underlay(score, "one two", language="en")) == "one~ two"
    assert phrase(underlay(score, "one - two", language="en")) == "one~ two"
    assert phrase(underlay(score, "one two three", language="en")) == "one two three"


def test_a_text_takes_the_place_of_the_scores_own_lyrics(tmp_path: Path) -> None:
    score = read(tmp_path, song(note("C4", 2, "A-") + note("D4", 2, "_"), note("E4", 4, "-men")))
    assert phrase(underlay(score, "o-yez", language="en")) == "o~-yez"


def test_words_are_cut_as_the_score_cuts_them(tmp_path: Path) -> None:
    score = read(tmp_path, song(note("C4", 2, "dia-") + note("D4", 2, "-mond"), note("E4", 4, "sky")))
    assert phrase(underlay(score, "Diamond sky", language="en")) == "dia-mond sky"


def test_touching_vowels_are_drawn_together_where_that_makes_a_text_fit(tmp_path: Path) -> None:
    result = underlay(melody(tmp_path, 4), "like a diamond", language="en")
    assert phrase(result) == "like a dia-mond"
    assert any("diamond" in notice for notice in result.notices)


def test_too_few_syllables_name_both_counts_and_the_bar(tmp_path: Path) -> None:
    with pytest.raises(LyricsError) as caught:
        underlay(melody(tmp_path, 8), "one two three four five", language="en")
    assert "5 syllables" in caught.value.sentence and "8 notes" in caught.value.sentence
    assert "bar 3" in caught.value.sentence and "five" in caught.value.sentence


def test_too_many_syllables_name_both_counts_and_what_is_left(tmp_path: Path) -> None:
    with pytest.raises(LyricsError) as caught:
        underlay(melody(tmp_path, 4), "one two three four five six", language="en")
    assert "6 syllables" in caught.value.sentence and "4 notes" in caught.value.sentence
    assert "bar 2" in caught.value.sentence and "five six" in caught.value.sentence


@pytest.mark.parametrize("text", ["", "[Verse]\n", "... !!\n", "- la", "la []\n["])
def test_texts_without_a_word_or_with_nothing_to_hold(tmp_path: Path, text: str) -> None:
    with pytest.raises(LyricsError):
        underlay(melody(tmp_path, 4), text, language="en")


def test_whole_words_under_single_notes_are_spread_over_the_notes_after_them(tmp_path: Path) -> None:
    score = read(
        tmp_path,
        song(note("C4", 1, "Twinkle") + note("D4", 1) + note("E4", 1, "little") + note("F4", 1),
             note("G4", 2, "star") + note("A4", 2, "wonder")),
    )  # fmt: skip
    result = underlay(score, language="en")
    assert phrase(result) == "Twin-kle lit-tle star won-der"
    assert [row.duration_s for row in result.notes] == [0.5] * 4 + [1.0, 0.5, 0.5]


def test_a_rest_ends_a_phrase(tmp_path: Path) -> None:
    score = read(tmp_path, song(note("C4", 2, "one") + note("r", 2), note("D4", 4, "two")))
    assert [word.phrase_end for word in underlay(score, language="en").words] == [True, True]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["la", "twin-kle", "al-le-lu-ia"]), st.integers(0, 3)),
        min_size=1,
        max_size=20,
    )
)
def test_every_note_is_sung_once_and_in_order(tmp_path_factory, rows) -> None:
    """Each syllable begins on exactly one note, in order; holds repeat it; the whole song survives JSON."""
    text = " ".join(word + " -" * holds for word, holds in rows)
    needed = sum(word.count("-") + 1 + holds for word, holds in rows)
    score = melody(tmp_path_factory.mktemp("sung"), needed)
    result = underlay(score, text, language="en")
    assert len(result.notes) == needed
    begun = [(row.word, row.syllable) for row in result.notes if not row.melisma]
    expected = [(w, s) for w, word in enumerate(result.words) for s in range(len(word.syllables))]
    assert begun == expected
    assert all(
        (after.word, after.syllable) == (row.word, row.syllable)
        for row, after in zip(result.notes, result.notes[1:], strict=False)
        if after.melisma
    )
    assert result.duration_s == pytest.approx(max(row.onset_s + row.duration_s for row in result.notes))
    assert Underlay.from_json(result.to_json()) == result
