"""Mandarin: every pinyin syllable, readings in context, pinyin lyrics."""

from __future__ import annotations

import pytest
from lyric_writing import read, sung

from singer.errors import LyricsError
from singer.language import phones, syllable_texts, words
from singer.language.mandarin import _SYLLABLES, pinyin_phones
from singer.language.mandarin_reading import split_pinyin

CHECKED = {
    "zhuang": "ʈʂ w <ɑ> ŋ", "zhi": "ʈʂ <ʅ>", "si": "s <ɿ>", "ri": "ɻ <ʅ>", "er": "<ɚ>", "yi": "<i>",
    "wu": "<u>",
    "yu": "<y>", "lü": "l <y>", "lv4": "l <y>", "nüe": "n ɥ <ɛ>", "nve": "n ɥ <ɛ>", "lue": "l ɥ <ɛ>",
    "xue": "ɕ ɥ <ɛ>",
    "quan": "tɕʰ ɥ <ɛ> n", "jun": "tɕ <y> n", "yuan": "ɥ <ɛ> n", "you": "j <o ʊ>", "liu": "l j <o ʊ>",
    "gui": "k w <e ɪ>", "wei": "w <e ɪ>", "dun": "t w <ə> n", "wen": "w <ə> n", "xiong": "ɕ j <ʊ> ŋ",
    "yong": "j <ʊ> ŋ",
    "bo": "p <o>", "duo": "t w <o>", "hǎo": "x <a ʊ>", "ng": "<ŋ̩>", "m": "<m̩>", "huar": "x w <a> ɻ",
    "wanr": "w <a> ɻ", "yan": "j <ɛ> n", "tian": "tʰ j <ɛ> n", "e": "<ɤ>", "ye": "j <ɛ>",
    "shui3": "ʂ w <e ɪ>",
}  # fmt: skip


def shown(pinyin: str) -> str:
    syllable = pinyin_phones(pinyin)
    return " ".join([*syllable.onset, "<" + " ".join(syllable.nucleus) + ">", *syllable.coda])


@pytest.mark.parametrize("pinyin", CHECKED)
def test_pinyin(pinyin: str) -> None:
    assert shown(pinyin) == CHECKED[pinyin]


def test_every_pinyin_syllable_is_known_and_distinct() -> None:
    spoken = {pinyin: pinyin_phones(pinyin) for pinyin in _SYLLABLES}
    assert len(spoken) >= 410
    assert len(set(spoken.values())) == len(spoken)
    for syllable in spoken.values():
        assert phones.is_vowel(syllable.nucleus[0])
        assert all(phones.is_known(phone) for phone in syllable.phones)


def test_the_table_has_every_reading_of_the_dictionary() -> None:
    from pypinyin.constants import PINYIN_DICT
    from pypinyin.contrib.tone_convert import to_normal

    readings = {to_normal(reading) for row in PINYIN_DICT.values() for reading in row.split(",")}
    wrong = set()
    for reading in readings:
        try:
            pinyin_phones(reading)
        except LyricsError:
            wrong.add(reading)
    assert wrong == {"wong"}


@pytest.mark.parametrize("wrong", ["", "love", "zhz", "ve", "bx", "q", "strong"])
def test_what_is_no_pinyin_is_refused(wrong: str) -> None:
    with pytest.raises(LyricsError):
        pinyin_phones(wrong)


def test_heteronyms_follow_their_phrase() -> None:
    assert sung("长-城 很-长", "zh").endswith("ʈʂʰ <ə> ŋ | x <ə> n . ʈʂʰ <ɑ> ŋ")
    assert read("牵着手慢慢地", "zh") == "tɕʰ j <ɛ> n . ʈʂ <ɤ> . ʂ <o ʊ> . m <a> n . m <a> n . t <ɤ>"
    assert read("长大", "zh") == "ʈʂ <ɑ> ŋ . t <a>"
    assert read("银行", "zh") == "<i> n . x <ɑ> ŋ"
    assert read("行走", "zh") == "ɕ <i> ŋ . ts <o ʊ>"
    assert read("走了", "zh").endswith("l <ɤ>")
    assert read("了解", "zh").startswith("l j <a ʊ>")


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("花-儿 花儿", "x w <a> . <ɚ> | x w <a> ɻ"),
        ("mo li hua", "m <o> | l <i> | x w <a>"),
        ("mò-lì huā", "m <o> . l <i> | x w <a>"),
        ("女", "n <y>"),
        ("爱-你 baby ba-by", "<a ɪ> . n <i> | b <e ɪ> b i | b <e ɪ> . b <i>"),
    ],
)
def test_notated_words(written: str, wanted: str) -> None:
    assert sung(written, "cmn") == wanted


def test_cutting() -> None:
    assert words("好一朵美丽的茉莉花，芬芳 love", "zh-CN") == ("好一朵美丽的茉莉花", "芬芳", "love")
    assert syllable_texts("茉莉花", "zh") == ("茉", "莉", "花")
    assert syllable_texts("24天", "zh") == ("二", "十", "四", "天")
    assert split_pinyin("xi'an") == ("xi", "an")
    assert split_pinyin("moliHua") == ("mo", "li", "Hua")
    assert split_pinyin("love") is None
