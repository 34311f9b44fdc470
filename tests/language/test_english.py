"""English: diction, elisions, notated syllables, and how many syllables the words of songs have."""

from __future__ import annotations

import pytest
from lyric_writing import read, sung

from singer.language import english, phones, syllable_texts, words

ONE = """
love heart dream night day time way world light eye eyes hand hands moon star stars sun sky rain
road home song sing dance girl boy man child friend life death soul mind face smile tears cry hold
touch kiss feel fall rise stand walk run fly breathe live die burn shine bright dark deep high low
long old young new cold warm sweet soft strong wild free lost found gone here there where when why
how who what all one two three four five six eight nine ten down up out through your our fire hour
choir desire's here's don't can't won't I'm you're we'll they'd it's that's 'tis o'er ne'er heav'n
pow'r flow'r bells joy peace earth king lord saints church grace blest lamb spring snow wind sea
ship shore ground dreamed walked loved kissed wished clothes months strength
"""
TWO = """
twinkle little wonder above diamond's baby heaven angel angels morning evening mountain water river
ocean flower power shower tower window summer winter autumn Sunday Monday Jesus Christmas holy
silent mother father sister brother forever's never ever over under after again away alone along
around because before believe behind between become begin body broken city candle carol castle
children color country crazy crying dancing darling daughter dearest distant easy empty even falling
feeling fever finger forest freedom garden gentle glory golden hallow happy heavy hello higher
humble hunger island jingle journey jewel kingdom kitchen ladder lady laughing lion liar lonely
lovely magic maiden matter meadow mercy merry midnight mirror money moment music nation nothing
number only open paper people perfect picture pillow poem prison promise question quiet rainbow
ready really reason river rocket rolling running sailor season secret seven shadow shelter shepherd
silver singing sorrow spirit stranger sugar sunshine table tender thunder today tomorrow's treasure
trouble valley velvet victory's village wagon whisper wicked woman yellow cruel science being going
every
"""
THREE = """
beautiful tomorrow yesterday remember forever together believing memory memories family idea area
gloria another September October November wonderful holiday victory melody harmony radio butterfly
elephant umbrella glorious Saturday elephants amazing eternal imagine
"""
FOUR = """
hallelujah American everybody's emotional January generation's understanding
"""
OTHER = {
    "diamond's": 3,
    "forever's": 3,
    "tomorrow's": 3,
    "victory's": 3,
    "desire's": 2,
    "clothes": 1,
    "today": 2,
}
OTHER |= {"hallow": 2, "kingdom": 2}


def counts() -> list[tuple[str, int]]:
    listed = [
        (word, count) for count, row in enumerate((ONE, TWO, THREE, FOUR), start=1) for word in row.split()
    ]
    return [(word, OTHER.get(word, count)) for word, count in listed]


def test_syllable_counts_of_common_lyric_words() -> None:
    wanted = counts()
    assert len(wanted) >= 300
    wrong = {
        word: (syllable_texts(word, "en"), count)
        for word, count in wanted
        if len(syllable_texts(word, "en")) != count
    }
    assert wrong == {}


def test_pieces_join_to_the_word() -> None:
    assert all("".join(syllable_texts(word, "en")) == word for word, _ in counts())


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("twinkle", "twin-kle"),
        ("little", "lit-tle"),
        ("happy", "hap-py"),
        ("beautiful", "beau-ti-ful"),
        ("glorious", "glo-ri-ous"),
        ("wand'ring", "wan-d'ring"),
        ("Diamond", "Di-a-mond"),
        ("singin'", "sing-in'"),
    ],
)
def test_words_are_cut_where_a_score_would_cut_them(word: str, pieces: str) -> None:
    assert syllable_texts(word, "en") == tuple(pieces.split("-"))


@pytest.mark.parametrize(
    ("written", "phones"),
    [
        ("Twin-kle, lit-tle star!", "t w <ɪ> ŋ . k <ə> l | l <ɪ> . t <ə> l | s t <ɑ> ɹ"),
        ("The ap-ple the day", "ð <i> | <æ> . p <ə> l | ð <ə> | d <e ɪ>"),
        ("wa-ter lad-der", "w <ɔ> . t <ɝ> | l <æ> . d <ɝ>"),
        ("fire", "f <a ɪ ɝ>"),
        ("fi-re", "f <a ɪ> . <ɝ>"),
        ("heav-en", "h <ɛ> . v <ə> n"),
        ("heaven", "h <ɛ> v n"),
        ("heav’n", "h <ɛ> v n"),
        ("heav-'n", "h <ɛ> . v <ə> n"),
        ("flow'r", "f l <a ʊ ɝ>"),
        ("ev-'ry", "<ɛ> v . ɹ <i>"),
        ("ev-er-y", "<ɛ> . v <ə> . ɹ <i>"),
        ("bless-ed", "b l <ɛ> . s <ə> t"),
        ("believe", "b ɪ l <i> v"),
        ("o'er 'tis th'", "<ɔ> ɹ | t <ɪ> z | ð <ə>"),
        ("sing-in'", "s <ɪ> ŋ . <ɪ> n"),
        ("soooo mmm", "s <u> | <m̩>"),
        ("ﬁnd", "f <a ɪ> n d"),
        ("TWO", "t <u>"),
    ],
)
def test_notated_words(written: str, phones: str) -> None:
    assert sung(written, "en") == phones


def test_words_of_a_line() -> None:
    assert words("“Oh, merry-go-round!” — she's 24 & lovin' it…", "en") == (
        "Oh", "merry", "go", "round", "she's", "twenty", "four", "and", "lovin'", "it",
    )  # fmt: skip
    assert words("♪ — … !", "en-US") == ()


def test_function_words_keep_their_full_vowel() -> None:
    assert read("and to the end of a day for you", "en").startswith(
        "<æ> n d | t <u> | ð <i> | <ɛ> n d | <ʌ> v | <ə>"
    )


def test_arpabet_is_in_the_inventory() -> None:
    consonants = "b ch d dh f g hh jh k l m n ng p r s sh t th v w y z zh pau"
    vowels = "aa ae ah ao aw ax axr ay eh er ey ih iy ow oy uh uw"
    names = f"{consonants} {vowels}".split()
    assert all(phones.is_known(phone) for name in names for phone in english.ARPABET[name])
