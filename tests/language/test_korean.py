"""Korean: the rules of the Standard Pronunciation, block by block."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lyric_writing import read, sung

from singer.language import phones, syllable_texts, words
from singer.language.korean import phonemise

WORDS = {
    "사랑해": "s <a> . ɾ <a> ŋ . h <ɛ>",
    "빛나는": "p <i> n . n <a> . n <ɯ> n",  # nasal
    "학교": "h <a> k̚ . k͈ j <o>",  # tense
    "독립": "t <o> ŋ . n <i> p̚",
    "신라": "ɕ <i> l . l <a>",  # lateral
    "같이": "k <a> . tɕʰ <i>",  # palatal
    "굳이": "k <u> . dʑ <i>",
    "닫혀": "t <a> . tɕʰ <ʌ>",
    "좋아": "tɕ <o> . <a>",  # ㅎ is silent
    "좋다": "tɕ <o> . tʰ <a>",
    "많이": "m <a> . n <i>",
    "축하": "tɕʰ <u> . kʰ <a>",
    "못해": "m <o> . tʰ <ɛ>",
    "값이": "k <a> p̚ . ɕ͈ <i>",  # clusters
    "읽고": "<i> l . k͈ <o>",
    "읽다": "<i> k̚ . t͈ <a>",
    "밟다": "p <a> p̚ . t͈ <a>",
    "없다": "<ʌ> p̚ . t͈ <a>",
    "앉아": "<a> n . dʑ <a>",
    "음악": "<ɯ> . m <a> k̚",  # liaison
    "밖에": "p <a> . k͈ <e>",
    "의사": "ɰ <i> . s <a>",  # ㅢ
    "희망": "h <i> . m <a> ŋ",
    "나의": "n <a> . <e>",
    "주의": "tɕ <u> . <i>",
    "시계": "ɕ <i> . ɡ <e>",
    "가져": "k <a> . dʑ <ʌ>",
    "꽃잎": "k͈ <o> n . n <i> p̚",
    "우리": "<u> . ɾ <i>",
    "달빛": "t <a> l . b <i> t̚",
}


@pytest.mark.parametrize("word", WORDS)
def test_words(word: str) -> None:
    assert read(word, "ko") == WORDS[word]


def test_lone_jamo_and_digits_are_sung() -> None:
    assert syllable_texts("ㅋㅋ", "ko") == ("크", "크")
    assert syllable_texts("25", "ko") == ("이", "십", "오")
    assert read("ㅏ", "ko") == "<a>"


def test_decomposed_hangul_reads_as_composed() -> None:
    import unicodedata

    assert read(unicodedata.normalize("NFD", "사랑"), "ko") == read("사랑", "ko")


def test_blocks_that_share_a_note_are_joined() -> None:
    assert sung("사랑-해", "ko") == "s <a> ɾ a ŋ . h <ɛ>"


def test_latin_words_are_english() -> None:
    assert words("사랑해baby 오늘", "ko") == ("사랑해", "baby", "오늘")
    assert read("사랑 baby", "ko") == "s <a> . ɾ <a> ŋ | b <e ɪ> . b <i>"


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0xAC00, 0xD7A3).map(chr), min_size=1, max_size=8))
def test_any_word_of_hangul_gives_one_syllable_for_each_block(blocks: list[str]) -> None:
    syllables = phonemise(blocks)
    assert len(syllables) == len(blocks)
    assert all(phones.is_vowel(syllable.nucleus[0]) for syllable in syllables)
    assert all(phones.is_known(phone) for syllable in syllables for phone in syllable.phones)
