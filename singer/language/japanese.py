"""Japanese: kana and romaji to phones, mora by mora.

Palatal consonants are written where they contrast (きゃ kʲ, にゃ ɲ, しゃ ɕ); before i the plain symbol
stands, and the model hears the context. ん is "ɴ" everywhere, っ is "cl". Vowels are not devoiced:
singers hold them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache

from singer.errors import LyricsError

VOWELS = ("a", "i", "ɯ", "e", "o")
_VOWEL_LETTERS = "aiueo"

# Hepburn consonant, phones of the consonant, the morae with a i u e o ("-": there is none)
_ROWS = (
    ("", "", "あ い う え お"), ("k", "k", "か き く け こ"), ("g", "ɡ", "が ぎ ぐ げ ご"),
    ("s", "s", "さ すぃ す せ そ"), ("sh", "ɕ", "しゃ し しゅ しぇ しょ"), ("z", "z", "ざ ずぃ ず ぜ ぞ"),
    ("j", "dʑ", "じゃ じ じゅ じぇ じょ"), ("t", "t", "た てぃ とぅ て と"),
    ("ch", "tɕ", "ちゃ ち ちゅ ちぇ ちょ"), ("ts", "ts", "つぁ つぃ つ つぇ つぉ"),
    ("d", "d", "だ でぃ どぅ で ど"), ("n", "n", "な に ぬ ね の"), ("h", "h", "は - ほぅ へ ほ"),
    ("hy", "ç", "ひゃ ひ ひゅ ひぇ ひょ"), ("f", "ɸ", "ふぁ ふぃ ふ ふぇ ふぉ"),
    ("b", "b", "ば び ぶ べ ぼ"),
    ("p", "p", "ぱ ぴ ぷ ぺ ぽ"), ("m", "m", "ま み む め も"), ("y", "j", "や - ゆ いぇ よ"),
    ("r", "ɾ", "ら り る れ ろ"), ("w", "w", "わ うぃ うぅ うぇ うぉ"),
    ("v", "v", "ゔぁ ゔぃ ゔ ゔぇ ゔぉ"),
    ("ky", "kʲ", "きゃ - きゅ きぇ きょ"), ("gy", "ɡʲ", "ぎゃ - ぎゅ ぎぇ ぎょ"),
    ("ny", "ɲ", "にゃ - にゅ にぇ にょ"), ("by", "bʲ", "びゃ - びゅ びぇ びょ"),
    ("py", "pʲ", "ぴゃ - ぴゅ ぴぇ ぴょ"), ("my", "mʲ", "みゃ - みゅ みぇ みょ"),
    ("ry", "ɾʲ", "りゃ - りゅ りぇ りょ"), ("ty", "tʲ", "てゃ - てゅ - てょ"),
    ("dy", "dʲ", "でゃ - でゅ - でょ"),
    ("fy", "ɸʲ", "ふゃ - ふゅ - ふょ"), ("vy", "vʲ", "ゔゃ - ゔゅ - ゔょ"),
    ("kw", "kʷ", "くぁ くぃ くぅ くぇ くぉ"), ("gw", "ɡʷ", "ぐぁ ぐぃ ぐぅ ぐぇ ぐぉ"),
)  # fmt: skip

# kana that sound like others in today's standard language
_SAME = {
    "を": "お", "ゐ": "い", "ゑ": "え", "ぢ": "じ", "づ": "ず", "ぢゃ": "じゃ", "ぢゅ": "じゅ",
    "ぢょ": "じょ",
    "ぢぇ": "じぇ", "くゎ": "くぁ", "ぐゎ": "ぐぁ", "うぁ": "わ", "ヷ": "ゔぁ", "ヸ": "ゔぃ",
    "ヹ": "ゔぇ", "ヺ": "ゔぉ",
    "ぁ": "あ", "ぃ": "い", "ぅ": "う", "ぇ": "え", "ぉ": "お", "ゃ": "や", "ゅ": "ゆ", "ょ": "よ",
    "ゎ": "わ",
    "ゕ": "か", "ゖ": "け", "ヵ": "か", "ヶ": "け",
}  # fmt: skip
_SMALL_VOWELS = {"ぁ": "a", "ぃ": "i", "ぅ": "ɯ", "ぇ": "e", "ぉ": "o", "ゎ": "a"}
_SMALL_Y = {"ゃ": "a", "ゅ": "ɯ", "ょ": "o"}
_ROMAJI_ALSO = {
    "hi": "ひ", "hu": "ふ", "fu": "ふ", "wo": "を", "si": "し", "zi": "じ", "tu": "つ", "ti": "ち",
    "di": "でぃ",
    "sya": "しゃ", "syu": "しゅ", "sye": "しぇ", "syo": "しょ", "zya": "じゃ", "zyu": "じゅ", "zye": "じぇ",
    "zyo": "じょ", "tya": "ちゃ", "tyu": "ちゅ", "tye": "ちぇ", "tyo": "ちょ", "jya": "じゃ", "jyu": "じゅ",
    "jyo": "じょ", "dzu": "づ", "dji": "ぢ", "cha": "ちゃ", "thi": "てぃ", "dhi": "でぃ", "thu": "てゅ",
    "dhu": "でゅ", "twu": "とぅ", "dwu": "どぅ", "cl": "っ", "xtsu": "っ", "la": "ら", "li": "り",
    "lu": "る",
    "le": "れ", "lo": "ろ",
}  # fmt: skip
_MACRONS = str.maketrans(
    {"ā": "aa", "ī": "ii", "ū": "uu", "ē": "ee", "ō": "ou", "â": "aa", "û": "uu", "ô": "ou"}
)
_DOUBLED = "kgsztdcjpbfhrv"
LONG = "ー"
MORAIC_N = "ん"
SOKUON = "っ"


@cache
def _morae_phones() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {MORAIC_N: ("ɴ",), SOKUON: ("cl",)}
    for _, consonant, row in _ROWS:
        for vowel, kana in zip(VOWELS, row.split(), strict=True):
            table[kana] = (consonant, vowel) if consonant else (vowel,)
    del table["-"]
    return table | {kana: table[same] for kana, same in _SAME.items()}


@cache
def _romaji_morae() -> dict[str, str]:
    table = {
        consonant + letter: kana
        for consonant, _, row in _ROWS
        for letter, kana in zip(_VOWEL_LETTERS, row.split(), strict=True)
        if kana != "-"
    }
    return table | _ROMAJI_ALSO


def hiragana(text: str) -> str:
    """Katakana (also half-width) as hiragana; everything else as it is, in NFKC."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(chr(ord(char) - 0x60) if "ァ" <= char <= "ヴ" else char for char in text)


def is_kana(text: str) -> bool:
    """Whether there is kana in the text and nothing else."""
    return bool(text) and all("ぁ" <= char <= "ゖ" or char in "ーヷヸヹヺヵヶ" for char in hiragana(text))


def morae(kana: str) -> tuple[str, ...]:
    """Split kana into morae as hiragana: small kana belong to the kana before; ん, っ and ー stand alone."""
    parts: list[str] = []
    for char in hiragana(kana):
        joins = char in _SMALL_VOWELS or char in _SMALL_Y
        if joins and parts and len(parts[-1]) == 1 and parts[-1] not in (MORAIC_N, SOKUON, LONG):
            parts[-1] += char
        else:
            parts.append(char)
    return tuple(parts)


def mora_phones(kana: str) -> tuple[str, ...]:
    """Phones of one mora, hiragana or katakana: consonant and vowel; "ɴ" for ん, "cl" for っ.

    Loan morae (てゅ, ふぁ, ヴ …) are in the table; other kana take the vowel of a small kana (なぁ: n a).
    Raises LyricsError for what is not one mora; ー has no phone of its own.
    """
    mora = hiragana(kana)
    table = _morae_phones()
    if mora in table:
        return table[mora]
    if len(mora) == 2 and mora[0] in table and table[mora[0]][-1] in VOWELS:
        consonant = table[mora[0]][:-1]
        if mora[1] in _SMALL_VOWELS:
            return (*consonant, _SMALL_VOWELS[mora[1]])
        if mora[1] in _SMALL_Y:
            palatal = (consonant[0] + "ʲ",) if consonant and consonant[0] not in ("j", "w") else ("j",)
            return (*palatal, _SMALL_Y[mora[1]])
    raise LyricsError(
        f"“{kana}” is not a Japanese mora.", "Write one kana (with its small kana), such as きゃ."
    )


def romaji_kana(romaji: str) -> str:
    """Hiragana of romaji: Hepburn first, Kunrei where it does not clash; doubled consonants give っ.

    Raises LyricsError where the letters are no romaji.
    """
    return "".join(kana for _, kana in _romaji_steps(romaji))


def romaji_texts(romaji: str) -> tuple[str, ...]:
    """Romaji cut into morae in its own letters; a doubled consonant closes the mora before it (gak-ko-u)."""
    texts: list[str] = []
    for letters, kana in _romaji_steps(romaji):
        if kana in (SOKUON, "") and texts:
            texts[-1] += letters
        else:
            texts.append(letters)
    return tuple(texts)


def romaji_kana_of_pieces(pieces: Sequence[str]) -> tuple[str, ...]:
    """Hiragana of a romaji word cut by hand ("gak-kou", "ko-n-ni-chi-wa"): each mora where it begins."""
    kana = [""] * len(pieces)
    owner = [number for number, piece in enumerate(pieces) for _ in piece]
    at = 0
    for letters, mora in _romaji_steps("".join(pieces)):
        kana[owner[min(at, len(owner) - 1)]] += mora
        at += len(letters)
    return tuple(kana)


def _romaji_steps(romaji: str) -> list[tuple[str, str]]:
    """Pairs of letters and the kana that they spell."""
    text = romaji.lower().translate(_MACRONS).replace("-", LONG)
    table = _romaji_morae()
    steps: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        size = next((size for size in (4, 3, 2, 1) if text[at : at + size] in table), 0)
        if size:
            kana = table[text[at : at + size]]
        elif text[at] in (LONG, "'"):
            kana = LONG if text[at] == LONG else ""
        elif text[at] == "n" or (text[at] == "m" and text[at + 1 : at + 2] in ("b", "p", "m")):
            kana = MORAIC_N
        elif text[at] in _DOUBLED and (text[at + 1 : at + 2] == text[at] or text[at : at + 3] == "tch"):
            kana = SOKUON
        else:
            raise LyricsError(
                f"“{romaji}” is not romaji.", "Write it in kana, or in Hepburn such as kya, shi."
            )
        steps.append((text[at : at + max(size, 1)], kana))
        at += max(size, 1)
    return steps


def romaji_phones(romaji: str) -> tuple[str, ...]:
    """Phones of one or more morae in romaji, such as "kya". Raises LyricsError where it is none."""
    return tuple(phone for mora in morae(romaji_kana(romaji)) for phone in mora_phones(mora))
