"""Lines in several languages: by their script, and by tags."""

from __future__ import annotations

import time

import pytest
from lyric_writing import read, shown

from singer.errors import LyricsError
from singer.language import phonemise, words
from singer.language.scripts import scripts, word_language
from singer.performance import perform
from singer.performance.model import Performance
from singer.score.lyrics import parse_lyrics
from singer.score.sung import LyricSyllable, LyricWord, SungNote, Underlay


def tagged(text: str, language: str) -> str:
    found = parse_lyrics(text, language).lyric_words()
    return " | ".join(shown(word) for word in phonemise(found, language))


@pytest.mark.parametrize(
    ("word", "language", "beside", "wanted"),
    [
        ("love", "en", "", "en"),
        ("love", "fr-fr", "", "fr-fr"),
        ("love", "ko", "", "en"),
        ("love", "ru", "", "en"),
        ("love", "ja", "", "ja"),
        ("love", "cmn", "", "cmn"),
        ("love", "yue", "", "en"),
        ("love", "hi", "", "en"),
        ("さくら", "en", "", "ja"),
        ("桜", "en", "さくら", "ja"),
        ("桜", "en", "love", "cmn"),
        ("桜", "ja", "", "ja"),
        ("我", "yue", "", "yue"),
        ("사랑", "en", "", "ko"),
        ("Калинка", "de", "", "ru"),
        ("Щедрик", "uk", "", "uk"),
        ("їжак", "en", "", "uk"),
        ("प्यार", "en", "", "hi"),
        ("αγάπη", "en", "", "el"),
        ("123", "en", "", "en"),
        ("ß", "de", "", "de"),
        ("მე", "ka", "", "ka"),
        ("love", "ka", "", "en"),
    ],
)
def test_the_script_of_a_word_decides(word: str, language: str, beside: str, wanted: str) -> None:
    assert word_language(word, language, beside) == wanted


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("I love 사랑", "en", "<a ɪ> | l <ʌ> v | s <a> . ɾ <a> ŋ"),
        ("さくら love", "ja", "s <a> . k <ɯ> . ɾ <a> | l <ʌ> v"),
        ("사랑 baby", "ko", "s <a> . ɾ <a> ŋ | b <e ɪ> . b <i>"),
        ("Калинка my love", "ru", "k <a> . lʲ <i> n . k <ɐ> | m <a ɪ> | l <ʌ> v"),
        ("प्यार love", "hi", "p j <a> ɾ | l <ʌ> v"),
        ("我愛 baby", "yue", "ŋ <ɔ> . ŋ <ɔ i> | b <e ɪ> . b <i>"),
    ],
)
def test_lines_with_two_scripts(text: str, language: str, wanted: str) -> None:
    assert read(text, language) == wanted


def test_scripts_that_touch_are_words_of_their_own() -> None:
    assert words("love사랑さくら桜123", "en")[:3] == ("love", "사랑", "さくら桜")
    assert scripts("Tシャツ桜") == ("latin", "kana", "han")
    assert words("Lоve", "en") == ("Lоve",)  # the о is Cyrillic: a look-alike parts no word


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("[en]love[/en] amour", "fr", "l <ʌ> v | <a> . m <u> ʁ"),
        ("[en]my love[/en] read [ʁ e]", "fr", "m <a ɪ> | l <ʌ> v | ʁ <e>"),
        ("ich [fr]les amis[/fr] die", "de", "<ɪ> ç | l <ɛ> z | <a> . m <i> | d <i>"),
        ("[en]one\ntwo[/en] une", "fr", "w <ʌ> n | t <u> | <y> n"),
        ("[de]ich [en]love[/en] dich[/de]", "es", "<ɪ> ç | l <ʌ> v | d <ɪ> ç"),
        ("love [ɹ ɛ d]", "en", "ɹ <ɛ> d"),
        ("an [an]", "en", "<a> n"),
    ],
)
def test_tags_name_the_language(text: str, language: str, wanted: str) -> None:
    assert tagged(text, language) == wanted


@pytest.mark.parametrize("text", ["love [/en]", "[en][de]a[/en][/de]", "[tlh]love[/tlh]"])
def test_wrong_tags_are_reported_with_their_line(text: str) -> None:
    with pytest.raises(LyricsError, match="Line 2 of the lyrics"):
        parse_lyrics("la la\n" + text, "fr")


def test_a_tagged_word_keeps_its_language_through_json() -> None:
    word = LyricWord((LyricSyllable("love"),), False, "en")
    before = Underlay("", (word,), (), 1.0, "Voice", 1)
    assert Underlay.from_json(before.to_json()) == before


@pytest.mark.parametrize("word", ["桜", "love", "사랑", "[en]a[/en]"])
def test_long_lyrics_in_two_scripts_take_a_few_seconds_of_work(word: str) -> None:
    text = "\n".join([f"{word} la さ"] * 4_000)
    start = time.process_time()
    found = parse_lyrics(text, "ja" if word == "love" else "en").lyric_words()
    phonemise(found, "ja" if word == "love" else "en")
    assert time.process_time() - start < 10.0


def sung(texts: list[str]) -> Performance:
    """Four Mandarin syllables on one melody."""
    lyrics = tuple(LyricWord((LyricSyllable(text),)) for text in texts)
    notes = tuple(
        SungNote(0.5 * at, 0.5, pitch, 1, at, 0, melisma=False) for at, pitch in enumerate((60, 64, 67, 62))
    )
    laid = Underlay("", lyrics, notes, 2.0, "Voice", 1)
    return perform(laid, phonemise(lyrics, "zh"), language="cmn")


def test_the_tones_of_mandarin_do_not_bend_the_melody() -> None:
    tones = [
        sung(texts).phrases for texts in (list("妈麻马骂"), ["ma1", "ma2", "ma3", "ma4"], list("骂马麻妈"))
    ]
    for phrases in tones:
        assert [phrase.curves["f0_hz"] for phrase in phrases] == [
            phrase.curves["f0_hz"] for phrase in tones[0]
        ]
        assert [phrase.phones for phrase in phrases] == [phrase.phones for phrase in tones[0]]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "be" * 100),
        ("de", "a" * 100_000),
        ("ko", "각" * 20_000),
        ("yue", "月" * 20_000),
        ("ru", "в‿" * 4_000 + "а"),
        ("ja", "1" * 50_000),
        ("en", "[" * 50_000),
    ],
)
def test_endless_words_are_refused_at_once(language: str, text: str) -> None:
    start = time.process_time()
    with pytest.raises(LyricsError):
        parse_lyrics(text, language)
    with pytest.raises(LyricsError):
        phonemise([LyricWord((LyricSyllable(text),))], language)
    assert time.process_time() - start < 3.0


@pytest.mark.parametrize("language", ["fr-be", "fr-ch"])
def test_french_of_other_countries_is_read_as_french(language: str) -> None:
    assert read("les amis", language) == read("les amis", "fr")
