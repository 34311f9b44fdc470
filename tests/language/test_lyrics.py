"""The laws of the door in every language: notated syllables, nuclei, known phones, clear reports."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lyric_writing import check_law, notated, read, sung

from singer.errors import LyricsError
from singer.language import (
    detect_language,
    languages,
    normalise_language,
    phonemise,
    split_lyrics,
    syllable_texts,
)
from singer.language.codes import ESPEAK_VOICES
from singer.language.espeak import voices
from singer.score.underlay import LyricSyllable, LyricWord

SONGS = {
    "de": "Freude, schöner Götterfunken, Tochter aus Elysium, wir betreten feuertrunken, dein Heiligtum!",
    "fr": "Au clair de la lune, mon ami Pierrot, prête-moi ta plume pour un mot. L'été, un œil, déjà Noël",
    "es": "De colores se visten los campos en la primavera; niño, corazón, llorar, ciudad, pingüino",
    "it": "Che bella cosa è na jurnata 'e sole, famiglia, gnocchi, notte, tempesta, città, perché, chiaro",
    "pt": "Meu coração não se cansa de ter esperança, saudade, mãe, amanhã, muito, trabalho, irmão",
    "ru": "Калинка, калинка, калинка моя! В саду ягода малинка, ночь, любовь, объект, ещё, счастье",
    "ko": "사랑해 빛나는 별 토끼 학교 까치 아름다운 우리 강산 꽃잎 없다 괜찮아",
    "tr": "Üsküdar'a gider iken aldı da bir yağmur, gözlerin, çiçek, şarkı, kuş, ağaç, ışık",
    "hi": "चाँद तारे जीवन प्यार छाया झूला भारत धन घर मेरा दिल",
    "vi": "Trống cơm khen ai khéo vỗ nên vông, tình yêu trời đất nhớ thương quê hương",
    "yue": "月光光照地堂上 年卅晚摘檳榔 我愛你香港",
    "nl": "Slaap kindje slaap, daar buiten loopt een schaap, vrijheid, uil, nieuw",
    "pl": "Wlazł kotek na płotek i mruga, ładna to piosenka, niedługa, źdźbło, szczęście",
    "sv": "Björnen sover, björnen sover i sitt lugna bo, stjärna, sju",
    "fi": "Ukko Nooa oli kunnon mies, yö, hyvää päivää, kukka",
    "el": "Σ' αγαπώ γιατί είσαι ωραία, αγάπη μου, ουρανός",
    "he": "הבה נגילה ונשמחה, שלום עליכם, הנה מה טוב ומה נעים, ירושלים של זהב",
    "ar": "حبيبي يا نور العين، ليل قمر، يا ساكن خيالي، قلبي وروحي",
    "la": "Adeste fideles laeti triumphantes, gloria in excelsis Deo",
    "uk": "Щедрик, щедрик, щедрівочка, прилетіла ластівочка",
    "en-gb": "God save our gracious King, long live our noble King, bath, water, bird",
    "en": "Amazing grace, how sweet the sound that saved a wretch like me; 'twas heav'n's fire o'er th' hour",
    "ja": "うさぎおいし彼の山、小鮒釣りし彼の川。ヴァイオリンとティッシュ、がっこう LOVE",
    "zh": "好一朵美丽的茉莉花，芬芳美丽满枝桠，又香又白人人夸。长江长，花儿 love",
}


@pytest.mark.parametrize("language", SONGS)
def test_songs_in_many_languages(language: str) -> None:
    text = split_lyrics(SONGS[language], language)
    spoken = phonemise(text, language)
    check_law(text, spoken)
    assert sum(len(word) for word in spoken) > 12


@pytest.mark.parametrize("language", [code for code in SONGS if code not in ("ja", "zh")])
def test_pieces_join_to_the_word(language: str) -> None:
    from singer.language import words

    for word in words(SONGS[language], language):
        assert "".join(syllable_texts(word, language)) == word


@pytest.mark.parametrize(
    ("language", "written", "wanted"),
    [
        ("de", "Freu-de Nacht Uhr Mäd-chen", "f ʁ <ɔ ʏ> . d <ə> | n <a> x t | <u ɐ> | m <ɛ> t . ç <ə> n"),
        ("fr", "pe-ti-te petite bel-le", "p <ə> . t <i> . t <ə> | p t <i> t | b <ɛ> . l <ə>"),
        ("es", "ciu-dad gui-ta-rra", "θ j <u> . ð <a> d | ɡ <i> . t <a> . r <a>"),
        ("it", "not-te te_a", "n <ɔ> t . t <e> | t <e a>"),
        ("pt", "co-ra-ção mãe", "k <u> . ɾ <ɐ> . s <ɐ̃ ʊ̃> | m <ɐ̃ ɪ̃>"),
        ("ru", "мо-я в‿са-ду", "m <a> . j <a> | f s <a> . d <u>"),
        ("ko", "사-랑 토-끼", "s <a> . ɾ <a> ŋ | tʰ <o> . k͈ <i>"),
        ("yue", "月-光", "j <y> t̚ . k w <ɔ> ŋ"),
        ("vi", "tình yêu", "t <i> ɲ | <i ɛ> w"),
        ("hi", "चाँद लड़-का", "tʃ <a\u0303> n d\u032a | l <ə> ɽ . k <a>"),
        ("tr", "gü-zel", "ɟ <y> . z <æ> l"),
    ],
)
def test_golden(language: str, written: str, wanted: str) -> None:
    assert sung(written, language) == wanted


LETTERS = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz'éüßABC"), min_size=1, max_size=7)


@settings(max_examples=150, deadline=None)
@given(st.lists(LETTERS, min_size=1, max_size=5), st.sampled_from(["en", "de", "fr", "es"]))
def test_any_division_is_obeyed(pieces: list[str], language: str) -> None:
    word = LyricWord(tuple(LyricSyllable(piece) for piece in pieces))
    if not any(char.isalpha() for char in word.text):
        with pytest.raises(LyricsError):
            phonemise([word], language)
        return
    check_law([word], phonemise([word], language))


WORDS = [
    "heaven",
    "every",
    "fire",
    "strength",
    "hallelujah",
    "I",
    "little",
    "flower",
    "th'",
    "wandering",
    "believe",
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(WORDS), st.sets(st.integers(1, 10), max_size=6))
def test_no_consonant_is_dropped_however_a_word_is_divided(whole: str, cuts: set[int]) -> None:
    from singer.language import phones

    places = [0, *sorted(cut for cut in cuts if cut < len(whole)), len(whole)]
    pieces = tuple(LyricSyllable(whole[a:b]) for a, b in pairwise(places))
    plain = phonemise([LyricWord(tuple(LyricSyllable(text) for text in syllable_texts(whole, "en")))], "en")[
        0
    ]
    divided = phonemise([LyricWord(pieces)], "en")[0]

    def consonants(syllables: tuple) -> list[str]:
        return [phone for syllable in syllables for phone in syllable.phones if not phones.is_vowel(phone)]

    assert len(divided) == len(pieces)
    assert consonants(divided) == consonants(plain)


JAPANESE = st.text(st.sampled_from("あかさきゃっーんつをへはアヴァティッ君東京空の"), min_size=1, max_size=4)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(JAPANESE, min_size=1, max_size=4), min_size=1, max_size=4))
def test_any_japanese_notation_is_obeyed(rows: list[list[str]]) -> None:
    rows = [["あ"], *rows]
    text = [LyricWord(tuple(LyricSyllable(piece) for piece in row)) for row in rows]
    check_law(text, phonemise(text, "ja"))


HAN = st.text(st.sampled_from("好一朵美丽的茉莉花长行了儿女绿"), min_size=1, max_size=3)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(HAN, min_size=1, max_size=4), min_size=1, max_size=4))
def test_any_mandarin_notation_is_obeyed(rows: list[list[str]]) -> None:
    text = [LyricWord(tuple(LyricSyllable(piece) for piece in row)) for row in rows]
    check_law(text, phonemise(text, "cmn"))


ANYTHING = st.text(
    st.sampled_from(
        "aeiou bcdklmnrst'-_‿ÉßçñžабвяйьㄱㅏЖ한글चाँ्あカっーん漢字東好長儿123٣♪…。、\u0301\u200dＡﾊ"
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.lists(ANYTHING, min_size=1, max_size=3), min_size=1, max_size=3),
    st.sampled_from(["en", "ja", "zh", "de", "ru", "ko", "hi", "fr", "yue"]),
)
@example([["٣"]], "yue")
@example([["Ж"]], "ja")
@example([["a1あ"]], "ja")
@example([["あ٣a"]], "ja")
@example([["好", "♪"]], "zh")
def test_any_writing_is_sung_or_reported(rows: list[list[str]], language: str) -> None:
    text = [LyricWord(tuple(LyricSyllable(piece) for piece in row)) for row in rows]
    try:
        spoken = phonemise(text, language)
    except LyricsError as error:
        assert error.sentence and error.remedy
    else:
        check_law(text, spoken)
    for row in rows:
        try:
            pieces = syllable_texts("".join(row), language)
        except LyricsError as error:
            assert error.remedy
        else:
            assert pieces and all(pieces)


def test_a_pronunciation_in_brackets_wins() -> None:
    text = [
        LyricWord((LyricSyllable("read", "ɹ ɛ d"),)),
        LyricWord((LyricSyllable("read", "ɹɛd"),)),
        LyricWord((LyricSyllable("ba"), LyricSyllable("by", "bˈaɪ"))),
        LyricWord((LyricSyllable("♪", "m̩"),)),
    ]
    read_1, read_2, baby, hum = phonemise(text, "en")
    assert read_1 == read_2 and read_1[0].phones == ("ɹ", "ɛ", "d")
    assert baby[0].phones == ("b", "e", "ɪ") and baby[1].nucleus == ("a", "ɪ")
    assert hum[0].nucleus == ("m̩",)


@pytest.mark.parametrize("language", ["en", "ja", "zh", "de"])
def test_an_unknown_symbol_is_reported_with_its_word(language: str) -> None:
    with pytest.raises(LyricsError, match=r"reed.*¤"):
        phonemise([LyricWord((LyricSyllable("reed", "ɹ ¤ d"),))], language)


@pytest.mark.parametrize("language", ["en", "ja", "zh", "de"])
@pytest.mark.parametrize("nothing", ["♪", "…", "'", ""])
def test_a_word_without_letters_is_reported(language: str, nothing: str) -> None:
    with pytest.raises(LyricsError, match="no letters"):
        phonemise([LyricWord((LyricSyllable(nothing),))], language)
    with pytest.raises(LyricsError):
        syllable_texts(nothing, language)


def test_an_unknown_language_is_reported_with_the_list() -> None:
    with pytest.raises(LyricsError, match=r"tlh.*cmn.*en.*ja"):
        phonemise(notated("la"), "tlh")


@pytest.mark.parametrize(
    ("code", "name"),
    [("en", "en"), ("en-US", "en"), ("en_GB", "en-gb"), ("ja-JP", "ja"), ("zh", "cmn"), ("zh-cn", "cmn"),
     ("zh-Hant-TW", "cmn"), ("zh-HK", "yue"), ("fr-CA", "fr-fr"), ("pt-BR", "pt-br"), ("de-AT", "de"),
     ("Korean", "ko")],
)  # fmt: skip
def test_language_codes(code: str, name: str) -> None:
    assert normalise_language(code) == name
    assert name in languages()


def test_every_listed_voice_is_there() -> None:
    assert voices() >= ESPEAK_VOICES


@pytest.mark.parametrize(
    ("text", "language"),
    [("さくら", "ja"), ("桜のハナ", "ja"), ("茉莉花", "cmn"), ("사랑", "ko"), ("Калинка", "ru"),
     ("щедрівочка", "uk"),
     ("twinkle", "en"), ("αγάπη", "el"), ("", "en")],
)  # fmt: skip
def test_the_script_tells_the_language(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_phrases_of_a_text() -> None:
    text = split_lyrics("Row, row your boat\ngently!", "en")
    assert [(word.text, word.phrase_end) for word in text] == [
        ("Row", True), ("row", False), ("your", False), ("boat", True), ("gently", True),
    ]  # fmt: skip
    assert read("go | go", "en") == "ɡ <o ʊ> | ɡ <o ʊ>"


def test_the_door_opens_without_loading_the_readers() -> None:
    program = (
        "import sys, singer.language; heavy = {'phonemizer', 'pypinyin', 'pyopenjtalk', 'numpy', 'scipy'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
