"""Russian: soft and hard consonants, voicing, stress and what it does to vowels, prepositions without one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lyric_writing import read, sung

from singer.language import phones, split_lyrics, words
from singer.language.russian import spoken

WORDS = {
    "ночь": "n <o> tɕ",
    "день": "dʲ <e> nʲ",
    "жизнь": "ʐ <ɨ> zʲ nʲ",
    "любовь": "lʲ <u> . b <o> fʲ",
    "хлеб": "x lʲ <e> p",
    "молоко": "m <ɐ> . lˠ <a> . k <o>",
    "ягода": "j <a> . ɡ <ɐ> . d <ɐ>",
    "его": "j <ɪ> . v <o>",
    "много": "m n <o> . ɡ <ɐ>",
    "нового": "n <o> . v <ɐ> . v <ɐ>",
    "что": "ʂ t <o>",
    "солнце": "s <o> n . ts <ɨ>",
    "сегодня": "sʲ <ɪ> . v <o> . dʲ nʲ <ɐ>",
    "счастье": "ɕ <a> . sʲ tʲ j <ɪ>",
    "вокзал": "v <a> ɡ . z <a> lˠ",
    "учиться": "<u> . tɕ <i> . ts <ɐ>",
    "семья": "sʲ <ɪ> . mʲ j <a>",
    "объект": "<a> . b j <e> k t",
    "моя": "m <a> . j <a>",
    "душу": "d <u> . ʂ <u>",
    "звезды": "z vʲ <o> . z d <ɨ>",
    "идет": "<i> . dʲ <o> t",
    "свет": "s vʲ <e> t",
    "футбол": "f <u> d . b <o> lˠ",
}


@pytest.mark.parametrize("word", WORDS)
def test_words(word: str) -> None:
    assert read(word, "ru") == WORDS[word]


def test_a_written_acute_is_the_stress() -> None:
    assert read("за́мок", "ru") == "z <a> . m <ɐ> k"
    assert read("замо́к", "ru") == "z <a> . m <o> k"
    assert read("хо́рошо", "ru") == "x <o> . r <ɐ> . ʂ <ɐ>"


def test_a_preposition_without_a_vowel_leans_on_the_next_word() -> None:
    assert words("В саду, с другом к морю", "ru") == ("В‿саду", "с‿другом", "к‿морю")
    assert read("В саду, с другом к дому", "ru") == "f s <a> . d <u> | z d r <u> . ɡ <ɐ> m | ɡ d <o> . m <u>"
    assert sum(len(word.syllables) for word in split_lyrics("в лесу", "ru")) == 2


def test_a_notated_preposition_shares_its_note() -> None:
    assert sung("в‿са-ду", "ru") == "f s <a> . d <u>"


@settings(max_examples=300, deadline=None)
@given(st.text("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", min_size=1, max_size=12))
def test_there_are_as_many_syllables_as_vowel_letters(word: str) -> None:
    vowels = sum(letter in "аеёиоуыэюя" for letter in word)
    if not vowels:
        return
    sounds = spoken(word)
    assert sum(sound.nucleus for sound in sounds) == vowels
    assert all(phones.is_known(phone) for sound in sounds for phone in sound.phones)
