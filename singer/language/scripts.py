"""Which script a word is written in, and which language that makes it among words of another."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from singer.language.codes import ENGLISH, JAPANESE, MANDARIN

CANTONESE, KOREAN = "yue", "ko"
LATIN, KANA, HAN, HANGUL = "latin", "kana", "han", "hangul"

_RANGES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (LATIN, re.compile("[a-zà-öø-ɏḁ-ỿ]", re.IGNORECASE)),
    (KANA, re.compile("[\u3040-\u30ff\u31f0-\u31ff]")),
    (HAN, re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〇]")),
    (HANGUL, re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]")),
    ("cyrillic", re.compile("[\u0400-\u052f]")),
    ("greek", re.compile("[\u0370-\u03ff\u1f00-\u1fff]")),
    ("hebrew", re.compile("[\u0590-\u05ff]")),
    ("arabic", re.compile("[\u0600-\u06ff\u0750-\u077f]")),
    ("devanagari", re.compile("[\u0900-\u097f]")),
    ("thai", re.compile("[\u0e00-\u0e7f]")),
)
_LETTERS = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Nl"))
_LANGUAGE_OF = {
    LATIN: ENGLISH, KANA: JAPANESE, HANGUL: KOREAN, "cyrillic": "ru", "greek": "el", "hebrew": "he",
    "arabic": "ar",
    "devanagari": "hi", "thai": "th",
}  # fmt: skip
_TOGETHER = frozenset((LATIN, "cyrillic", "greek", ""))
"""Alphabets that a look-alike letter may mix within a word; they do not part it."""

# scripts that a language is written in; Latin where nothing stands here
_HOME: dict[str, frozenset[str]] = {
    JAPANESE: frozenset((KANA, HAN, LATIN)),
    MANDARIN: frozenset((HAN, LATIN)),
    CANTONESE: frozenset((HAN,)),
    KOREAN: frozenset((HANGUL,)),
    **dict.fromkeys(("el", "grc"), frozenset(("greek",))),
    **dict.fromkeys(("ar", "fa", "ur", "sd", "ug"), frozenset(("arabic",))),
    **dict.fromkeys(("hi", "mr", "ne", "kok"), frozenset(("devanagari",))),
    **dict.fromkeys(("be", "bg", "cv", "kk", "ky", "mk", "ru", "uk"), frozenset(("cyrillic",))),
    **dict.fromkeys(("ba", "nog", "sr", "tt", "uz", "az", "bs"), frozenset(("cyrillic", LATIN))),
    "he": frozenset(("hebrew",)),
    "th": frozenset(("thai",)),
}
# languages in scripts that are not told apart above: Latin words among theirs are English
_OTHERS = frozenset(
    (
        "am",
        "as",
        "bn",
        "gu",
        "hy",
        "hyw",
        "ka",
        "kn",
        "ml",
        "my",
        "om",
        "or",
        "pa",
        "shn",
        "si",
        "ta",
        "te",
        "chr",
        "iu",
    )
)


def script_of(char: str) -> str:
    """The script of a letter: one of the names above; "" for other letters, digits and marks."""
    if unicodedata.category(char) not in _LETTERS:
        return ""
    return next((name for name, pattern in _RANGES if pattern.match(char)), "")


def scripts(text: str) -> tuple[str, ...]:
    """The scripts of a text in the order in which they come, each once."""
    found = (script_of(char) for char in unicodedata.normalize("NFKC", text))
    return tuple(dict.fromkeys(name for name in found if name))


def parts_words(before: str, after: str) -> bool:
    """Whether a word ends between two letters because their scripts differ; kana and han go together."""
    first, second = script_of(before), script_of(after)
    if first == second or not first or not second:
        return False
    if {first, second} == {KANA, HAN}:
        return False
    return not (first in _TOGETHER and second in _TOGETHER)


@lru_cache(maxsize=16)
def has_script(text: str, wanted: tuple[str, ...]) -> bool:
    """Whether one of the scripts stands in a text."""
    return any(script_of(char) in wanted for char in unicodedata.normalize("NFKC", text))


def word_language(word: str, language: str, beside: str = "") -> str:
    """The language that a word is read in among words of `language` (both by the house's names).

    What is written in the language's own scripts is its own; else the script decides: hangul is Korean, kana
    Japanese, han Japanese where kana stand `beside` it and Mandarin elsewhere, Latin letters English.
    """
    found = scripts(word)
    home = _HOME.get(language, frozenset((LATIN,)) if language not in _OTHERS else frozenset())
    if not found or found[0] in home:
        return language
    first = found[0]
    if first == HAN:
        return JAPANESE if KANA in found or has_script(beside, (KANA,)) else MANDARIN
    if first == "cyrillic" and re.search("[іїєґ]", word.lower()):
        return "uk"
    return _LANGUAGE_OF[first]
