"""The inventory: every phone has features of its own, and spellings come down to one."""

from __future__ import annotations

import pytest

from singer.errors import LyricsError
from singer.language import phones

LANGUAGES = {
    "ja": "a i ɯ e o ɴ k ɡ s ɕ z dʑ t tɕ ts d n ɲ h ç ɸ b p m j ɾ w v kʲ ɡʲ bʲ pʲ mʲ ɾʲ tʲ dʲ nʲ kʷ ɡʷ cl ʔ",
    "cmn": "p pʰ m f t tʰ n l k kʰ x tɕ tɕʰ ɕ ʈʂ ʈʂʰ ʂ ɻ ts tsʰ s a ɑ o ɤ e ɛ ə i u y ɿ ʅ ɚ j w ɥ ŋ ɪ ʊ",
    "en": "p b t d k ɡ tʃ dʒ f v θ ð s z ʃ ʒ h m n ŋ l ɹ w j ɾ i ɪ e ɛ æ ɑ ɒ ɔ o ʊ u ʌ ə ɝ ɚ a",
    "others": "y ø œ ã ɛ̃ ɔ̃ œ̃ ʁ ʀ r x ɣ χ ç ʎ ɲ ɟ c β ð ɬ ʋ ɰ ʕ ħ ɨ ɯ ɐ ɜ ɵ ʉ ɔ t̪ d̪ʱ lʲ p͈ n̩ aː pf",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_inventory_covers_each_language_with_distinct_features(language: str) -> None:
    wanted = LANGUAGES[language].split()
    rows = {phone: phones.features(phone) for phone in wanted}
    assert all(len(row) == len(phones.FEATURE_NAMES) for row in rows.values())
    assert len(set(rows.values())) == len(wanted)
    assert all(-1.2 <= value <= 1.2 for row in rows.values() for value in row)


def test_bases_are_distinct_in_name_and_articulation() -> None:
    assert phones.BASES[0] == "SP"
    assert len(set(phones.BASES)) == len(phones.BASES)
    assert len({phones.features(base) for base in phones.BASES}) == len(phones.BASES)
    assert [phones.base_index(base) for base in phones.BASES] == list(range(len(phones.BASES)))


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("g", "ɡ"),
        ("t͡ʃ", "tʃ"),
        ("ã", "a\u0303"),
        ("ç", "ç"),
        ("ɫ", "lˠ"),
        ("kʷʰ", "kʰʷ"),
        ("hʲ", "ç"),
        ("ʤ", "dʒ"),
    ],
)
def test_spellings_come_down_to_one(spelling: str, canonical: str) -> None:
    assert str(phones.parse(spelling)) == canonical


def test_voicing_and_vowels() -> None:
    assert all(phones.is_voiced(phone) for phone in ["a", "m", "b", "z", "j", "ɾ", "dʑ"])
    assert not any(phones.is_voiced(phone) for phone in ["SP", "AP", "cl", "p", "tɕʰ", "s", "h", "i̥"])
    assert phones.is_vowel("ɚ") and phones.is_vowel("ʅ")
    assert not phones.is_vowel("n̩") and phones.is_syllabic("n̩")


@pytest.mark.parametrize("wrong", ["", "#", "a#", "ab", "ts#", "ʰ"])
def test_unknown_symbols_are_reported(wrong: str) -> None:
    assert not phones.is_known(wrong)
    with pytest.raises(LyricsError):
        phones.features(wrong)
