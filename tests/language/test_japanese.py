"""Japanese: every mora, readings in context, notated kana, kanji and romaji."""

from __future__ import annotations

import pytest
from lyric_writing import read, sung

from singer.errors import LyricsError
from singer.language import phones, syllable_texts, words
from singer.language.japanese import VOWELS, mora_phones, morae, romaji_kana, romaji_phones

PLAIN = (
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめも"
    "やゆよらりるれろわをがぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽゔゐゑ"
)
YOON = [a + b for a in "きしちにひみりぎじぢびぴ" for b in "ゃゅょ"]
LOAN = """
ファ フィ フェ フォ フュ ウィ ウェ ウォ ヴァ ヴィ ヴ ヴェ ヴォ ヴュ ティ トゥ
テュ ディ ドゥ デュ チェ シェ ジェ イェ ツァ ツィ ツェ ツォ クァ クィ クェ クォ
グァ スィ ズィ ヒェ ニェ キェ ミェ リェ ビェ ピェ ギェ てゃ でょ ホゥ
"""


@pytest.mark.parametrize("mora", [*PLAIN, *YOON, *LOAN.split()])
def test_every_mora_is_a_consonant_and_a_vowel(mora: str) -> None:
    *consonant, vowel = mora_phones(mora)
    assert vowel in VOWELS
    assert len(consonant) <= 1 and all(phones.is_known(phone) for phone in consonant)
    assert len(morae(mora)) == 1


@pytest.mark.parametrize(
    ("mora", "wanted"),
    [("し", "ɕ i"), ("ち", "tɕ i"), ("つ", "ts ɯ"), ("ふ", "ɸ ɯ"), ("ひ", "ç i"), ("じ", "dʑ i"),
     ("づ", "z ɯ"),
     ("を", "o"), ("にゃ", "ɲ a"), ("きょ", "kʲ o"), ("しゅ", "ɕ ɯ"), ("てゅ", "tʲ ɯ"), ("でゅ", "dʲ ɯ"),
     ("ふぁ", "ɸ a"),
     ("ウィ", "w i"), ("くぁ", "kʷ a"), ("ヴ", "v ɯ"), ("ん", "ɴ"), ("っ", "cl"), ("ﾊﾟ", "p a"),
     ("なぁ", "n a")],
)  # fmt: skip
def test_morae(mora: str, wanted: str) -> None:
    assert mora_phones(mora) == tuple(wanted.split())


@pytest.mark.parametrize("wrong", ["", "k", "かき", "ー", "漢", "んぁ"])
def test_what_is_no_mora_is_refused(wrong: str) -> None:
    with pytest.raises(LyricsError):
        mora_phones(wrong)


def test_romaji_of_utau_banks() -> None:
    assert romaji_phones("kya") == ("kʲ", "a")
    assert romaji_phones("n") == ("ɴ",)
    table = {
        "shi": "し",
        "tsu": "つ",
        "kko": "っこ",
        "tōkyō": "とうきょう",
        "sen'en": "せんえん",
        "matcha": "まっちゃ",
    }
    assert {text: romaji_kana(text) for text in table} == table
    with pytest.raises(LyricsError):
        romaji_kana("strength")


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("がっこう", "がっ-こ-う"),
        ("メリーさん", "メ-リ-ー-さ-ん"),
        ("ティッシュ", "ティッ-シュ"),
        ("東京", "と-う-きょ-う"),
        ("桜の花", "さ-く-ら-の-は-な"),
        ("gakkou", "gak-ko-u"),
    ],
)
def test_words_are_cut_into_morae(word: str, pieces: str) -> None:
    assert syllable_texts(word, "ja") == tuple(pieces.split("-"))


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("わ-た-し-は,", "w <a> . t <a> . ɕ <i> . w <a>"),
        ("は-な", "h <a> . n <a>"),
        ("は-は-は-わ-ら-う", "h <a> . h <a> . w <a> . w <a> . ɾ <a> . <ɯ>"),
        ("T-シャ-ツ", "t <i> . ɕ <a> . ts <ɯ>"),
        ("そ-ら-へ", "s <o> . ɾ <a> . <e>"),
        ("と-う-きょ-う", "t <o> . <o> . kʲ <o> . <o>"),
        ("スー キ-ー", "s <ɯ> | k <i> . <i>"),
        ("がっ-こう か-っ-た", "ɡ <a> cl . k <o> | k <a> . <a> cl . t <a>"),
        ("さん-ぽ さ-ん-ぽ", "s <a> ɴ . p <o> | s <a> . <ɴ> . p <o>"),
        ("名-前", "n <a> . m <a e>"),
        ("sa-ku-ra gak-kou", "s <a> . k <ɯ> . ɾ <a> | ɡ <a> cl . k <o>"),
        ("さ-く-ら love", "s <a> . k <ɯ> . ɾ <a> | l <ʌ> v"),
    ],
)
def test_notated_words(written: str, wanted: str) -> None:
    assert sung(written, "ja") == wanted


def test_a_line_of_kanji() -> None:
    assert read("君の名は、今日の空へ", "ja") == (
        "k <i> . m <i> . n <o> . n <a> . w <a> | kʲ <o> . <o> . n <o> . s <o> . ɾ <a> . <e>"
    )


def test_words_of_a_line() -> None:
    assert words("さくら　さくら、「やよいの空は」 2人 Love!", "ja") == (
        "さくら",
        "さくら",
        "やよいの空は",
        "2人",
        "Love",
    )


def test_nothing_to_hold_is_reported() -> None:
    with pytest.raises(LyricsError, match="ー"):
        sung("ー", "ja")
