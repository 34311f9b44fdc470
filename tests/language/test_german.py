"""German: final devoicing, r before and after vowels, ch, divisions."""

from __future__ import annotations

import pytest
from lyric_writing import read

from singer.language import syllable_texts

WORDS = {
    "und": "<ʊ> n t",
    "Hand": "h <a> n t",
    "Mädchen": "m <ɛ> t . ç <ə> n",
    "lieb": "l <i> p",
    "Liebe": "l <i> . b <ə>",
    "Weg": "v <e> k",
    "König": "k <ø> . n <ɪ> ç",
    "Nacht": "n <a> x t",
    "ich": "<ɪ> ç",
    "Uhr": "<u ɐ>",
    "Vater": "f <a> . t <ɐ>",
    "hören": "h <ø> . ʁ <ə> n",
    "war": "v <a> ʁ",
    "Herz": "h <ɛ ɐ> ts",
    "Freude": "f ʁ <ɔ ʏ> . d <ə>",
    "deutsch": "d <ɔ ʏ> tʃ",
    "spielen": "ʃ p <i> . l <ə> n",
    "Pferd": "pf <e ɐ> t",
    "der": "d <e ɐ>",
    "über": "<y> . b <ɐ>",
    "Engel": "<ɛ> ŋ . <ə> l",
}


@pytest.mark.parametrize("word", WORDS)
def test_words(word: str) -> None:
    assert read(word, "de") == WORDS[word]


@pytest.mark.parametrize(
    ("word", "pieces"), [("Fenster", "Fens ter"), ("Schwester", "Schwes ter"), ("Tochter", "Toch ter")]
)
def test_words_are_cut_where_the_language_cuts_them(word: str, pieces: str) -> None:
    assert syllable_texts(word, "de") == tuple(pieces.split())
