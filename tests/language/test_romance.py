"""Spanish, French, Italian and Portuguese: glides, nasals, doubled consonants, liaison."""

from __future__ import annotations

import pytest
from lyric_writing import read, sung

from singer.language import syllable_texts

WORDS = {
    "es": {
        "primavera": "p ɾ <i> . m <a> . β <e> . ɾ <a>",
        "bien": "b j <e> n",
        "ciudad": "θ j <u> . ð <a> d",
        "día": "d <i> . <a>",
        "país": "p <a> . <i> s",
        "reina": "r <e ɪ> . n <a>",
        "Uruguay": "<u> . ɾ <u> . ɣ w <a ɪ>",
        "guitarra": "ɡ <i> . t <a> . r <a>",
        "pingüino": "p <i> ŋ . ɡ w <i> . n <o>",
        "obra": "<o> . β ɾ <a>",
        "campesino": "k <a> m . p <e> . s <i> . n <o>",
        "visten": "b <i> s . t <e> n",
        "y": "<i>",
        "septiembre": "s <e> p . t j <e> m . b ɾ <e>",
    },
    "es-419": {"corazón": "k <o> . ɾ <a> . s <o> n", "llorar": "ʝ <o> . ɾ <a> ɾ"},
    "it": {
        "bella": "b <ɛ> l . l <a>",
        "gnocchi": "ɲ <o> k . k <i>",
        "amore": "<a> . m <o> . ɾ <e>",
        "mio": "m <i> . <o>",
        "aria": "<a> . r j <a>",
        "gioia": "dʒ <ɔ> . j <a>",
        "cuore": "k w <ɔ> . ɾ <e>",
        "voi": "v <o ɪ>",
        "paura": "p <a> . <u> . ɾ <a>",
        "terra": "t <ɛ> r . r <a>",
        "tempesta": "t <e> m . p <ɛ> . s t <a>",
        "sbaglio": "z b <a> . ʎ <o>",
        "e": "<e>",
    },
    "fr": {
        "nuit": "n ɥ <i>",
        "pluie": "p l ɥ <i>",
        "oublier": "<u> . b l <i> . <e>",
        "rien": "ʁ j <ɛ̃>",
        "soleil": "s <o> . l <ɛ> j",
        "chanson": "ʃ <ɑ̃> . s <ɔ̃>",
        "brun": "b ʁ <œ̃>",
        "peur": "p <œ> ʁ",
        "reste": "ʁ <ɛ> s t",
        "espoir": "<ɛ> s . p w <a> ʁ",
        "y": "<i>",
    },
    "pt": {
        "coração": "k <u> . ɾ <ɐ> . s <ɐ̃ ʊ̃>",
        "mães": "m <ɐ̃ ɪ̃> ʃ",
        "canto": "k <ɐ̃> . t <u>",
        "bem": "b <ɐ̃ ɪ̃>",
        "esperança": "<ɨ> ʃ . p <e> . ɾ <ɐ̃> . s <ɐ>",
        "sol": "s <ɔ> lˠ",
        "rua": "ʁ <u> . <ɐ>",
        "muito": "m <ũ ɪ̃> . t <u>",
        "e": "<i>",
    },
    "pt-br": {
        "saudade": "s <a ʊ> . d <a> . dʒ <i>",
        "trabalho": "t ɾ <a> . b <a> . ʎ <u>",
        "bem": "b <ẽ ɪ̃>",
        "Brasil": "b ɾ <a> . z <i ʊ>",
        "sol": "s <ɔ ʊ>",
        "carro": "k <a> . h <u>",
        "irmão": "<i> ɾ . m <ɐ̃ ʊ̃>",
        "de": "dʒ <i>",
    },
}


def normal(text: str) -> str:
    """Vowels and their tildes apart, as phones are written."""
    import unicodedata

    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize(("language", "word"), [(code, word) for code, row in WORDS.items() for word in row])
def test_words(language: str, word: str) -> None:
    assert normal(read(word, language)) == normal(WORDS[language][word])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("les amis", "l <ɛ> z | <a> . m <i>"),
        ("un homme", "<œ̃> n | <ɔ> m"),
        ("bon ami", "b <ɔ> n | <a> . m <i>"),
        ("nous avons", "n <u> z | <a> . v <ɔ̃>"),
        ("les yeux", "l <ɛ> z | j <ø>"),
        ("les héros", "l <ɛ> | <e> . ʁ <o>"),
        ("les hauts", "l <ɛ> | <o>"),
        ("les roses", "l <ɛ> | ʁ <o> z"),
        ("nous, amis", "n <u> | <a> . m <i>"),
        ("et elle", "<e> | <ɛ> l"),
    ],
)
def test_french_liaison(text: str, wanted: str) -> None:
    assert normal(read(text, "fr")) == normal(wanted)


@pytest.mark.parametrize(
    ("language", "written", "wanted"),
    [
        ("fr", "lu-ne vi-e ro-ses chan-tent", "l <y> . n <ə> | v <i> . <ə> | ʁ <o> . z <ə> | ʃ <ɑ̃> . t <ə>"),
        ("fr", "a-lou-et-te", "<a> . l <u> . <ɛ> . t <ə>"),
        ("fr", "na-ti-on", "n <a> . s <i> . <ɔ̃>"),
        ("it", "che_il te_a", "k <e i> l | t <e a>"),
        ("es", "que_es-tá su-a-ve", "k <e> s . t <a> | s <u> . <a> . β <e>"),
        ("it", "not-te", "n <ɔ> t . t <e>"),
    ],
)
def test_notated_syllables_win(language: str, written: str, wanted: str) -> None:
    assert normal(sung(written, language)) == normal(wanted)


@pytest.mark.parametrize(
    ("language", "word", "pieces"),
    [
        ("es", "campos", "cam pos"),
        ("es", "estrella", "es tre lla"),
        ("it", "tempesta", "tem pe sta"),
        ("it", "notte", "not te"),
        ("fr", "espérer", "es pé rer"),
        ("pt", "esperança", "es pe ran ça"),
        ("pt-br", "coração", "co ra ção"),
    ],
)
def test_spelling_is_cut_where_the_language_cuts_it(language: str, word: str, pieces: str) -> None:
    assert syllable_texts(word, language) == tuple(pieces.split())
