"""What each language sings: every phone of its inventory in a word, and nothing else in its songs."""

from __future__ import annotations

import pytest
from test_lyrics import SONGS

from singer.errors import LyricsError
from singer.language import normalise_language, phonemise, phones, split_lyrics
from singer.language.inventories import inventory, nearest, sung_languages
from singer.language.korean import phonemise as korean
from singer.language.mandarin import _SYLLABLES, pinyin_phones

TRAINED = tuple(sorted({phone for language in ("en", "ja", "cmn") for phone in inventory(language)}))


def phones_of(text: str, language: str) -> set[str]:
    spoken = phonemise(split_lyrics(text, language), language)
    return {phone for word in spoken for syllable in word for phone in syllable.phones}


@pytest.mark.parametrize("language", sung_languages())
def test_every_phone_of_a_language_is_sung_in_its_word(language: str) -> None:
    for phone, word in inventory(language).items():
        assert str(phones.parse(phone)) == phone
        assert phone in phones_of(word, language), (phone, word)


@pytest.mark.parametrize("language", [code for code in SONGS if inventory(code)])
def test_a_song_has_no_other_phone(language: str) -> None:
    english = set(inventory("en")) if language in ("ja", "zh") else set()
    assert phones_of(SONGS[language], language) <= set(inventory(language)) | english


def test_every_block_of_hangul_is_in_the_inventory() -> None:
    every = "".join(chr(code) for code in range(0xAC00, 0xD7A4))
    sung = {phone for char in every for syllable in korean([char]) for phone in syllable.phones}
    assert sung <= set(inventory("ko"))


def test_every_pinyin_syllable_is_in_the_inventory() -> None:
    sung = {phone for pinyin in _SYLLABLES for phone in pinyin_phones(pinyin).phones}
    assert {phone for phone in sung if "\u0329" not in phone} <= set(inventory("cmn"))


@pytest.mark.parametrize("language", sung_languages())
def test_what_was_never_recorded_has_a_near_phone_that_was(language: str) -> None:
    for phone in inventory(language):
        near, distance = nearest(phone, TRAINED)
        assert distance < 1.8
        assert phones.is_vowel(near) == phones.is_vowel(phone) or phone == "ŋ\u0329"


@pytest.mark.parametrize(
    ("phone", "near"),
    [
        ("ø", "y"),
        ("ɐ", "a"),
        ("ɑ\u0303", "ɑ"),
        ("lˠ", "l"),
        ("sʲ", "s"),
        ("k͈", "k"),
        ("ʐ", "ʂ"),
        ("β", "v"),
        ("t̪", "t"),
    ],
)
def test_the_nearest_phone_is_the_one_an_ear_would_choose(phone: str, near: str) -> None:
    assert nearest(phone, TRAINED)[0] == near


def test_two_phones_of_a_language_never_have_the_same_features() -> None:
    for language in sung_languages():
        rows = [phones.features(phone) for phone in inventory(language)]
        assert len(set(rows)) == len(rows), language


def test_an_unknown_language_is_reported_and_one_without_inventory_is_empty() -> None:
    assert not inventory("nl") and normalise_language("nl") == "nl"
    with pytest.raises(LyricsError):
        inventory("tlh")
