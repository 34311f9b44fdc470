"""Language codes: what people write, and the one name that each language has here."""

from __future__ import annotations

import re

from singer.errors import LyricsError

ENGLISH, JAPANESE, MANDARIN = "en", "ja", "cmn"

_VOICES = """
af am an ar as az ba be bg bn bpy bs ca ca-ba ca-nw ca-va cs cv cy da de el en-gb en-us eo es es-419
et eu fa fi fr-be fr-ch fr-fr ga gd gn grc gu hak haw he hi hr ht hu hy hyw ia id io is it jbo ka kk
kl kn ko kok ku ky la lb lfn lt ltg lv mi mk ml mr ms mt mto my nb nci ne nl nog om or pa pap pl pt
pt-br qu quc ro ru sd shn si sk sl smj sq sr sv sw ta te th ti tk tn tr tt ug uk ur uz vi
vi-vn-x-central vi-vn-x-south yue
"""
ESPEAK_VOICES: frozenset[str] = frozenset(_VOICES.split())
"""The voices of espeak-ng that we sing with, besides Japanese and Mandarin."""

_ALSO = {
    "english": "en", "en-us": "en", "eng": "en", "en-au": "en-gb", "en-uk": "en-gb", "en-ie": "en-gb",
    "en-nz": "en-gb",
    "japanese": "ja", "jp": "ja", "jpn": "ja", "ja-jp": "ja",
    "mandarin": "cmn", "chinese": "cmn", "zh": "cmn", "zho": "cmn", "chi": "cmn", "cn": "cmn",
    "zh-yue": "yue", "zh-hk": "yue", "cantonese": "yue", "fr": "fr-fr", "fra": "fr-fr", "fre": "fr-fr",
    "french": "fr-fr", "german": "de", "deu": "de", "ger": "de", "spanish": "es", "spa": "es",
    "es-mx": "es-419",
    "italian": "it", "ita": "it", "portuguese": "pt", "por": "pt", "russian": "ru", "rus": "ru",
    "korean": "ko",
    "kor": "ko", "kr": "ko", "turkish": "tr", "hindi": "hi", "vietnamese": "vi", "latin": "la", "lat": "la",
    "no": "nb", "nn": "nb", "nor": "nb", "iw": "he", "in": "id", "fil": "id", "tl": "id", "dutch": "nl",
    "polish": "pl",
    "swedish": "sv", "danish": "da", "finnish": "fi", "ukrainian": "uk", "greek": "el", "arabic": "ar",
    "gsw": "de", "cmn-latn-pinyin": "cmn", "yue-hk": "yue",
}  # fmt: skip

_SCRIPTS = (
    (re.compile(r"[\u3041-\u30ff\uff66-\uff9f]"), "ja"),
    (re.compile(r"[\uac00-\ud7a3\u1100-\u11ff]"), "ko"),
    (re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]"), "cmn"),
    (re.compile(r"[іїєґІЇЄҐ]"), "uk"),
    (re.compile(r"[\u0400-\u04ff]"), "ru"),
    (re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]"), "el"),
    (re.compile(r"[\u0590-\u05ff]"), "he"),
    (re.compile(r"[\u0600-\u06ff]"), "ar"),
    (re.compile(r"[\u0900-\u097f]"), "hi"),
    (re.compile(r"[\u0e00-\u0e7f]"), "th"),
    (re.compile(r"[ơưƠƯạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđ]"), "vi"),
)


def languages() -> tuple[str, ...]:
    """Every code that `normalise_language` gives, in order."""
    return tuple(sorted({ENGLISH, JAPANESE, MANDARIN} | (ESPEAK_VOICES - {"en-us"})))


def normalise_language(code: str) -> str:
    """The house's name for a language code or English language name: "zh-CN" → "cmn", "en_US" → "en".

    Raises LyricsError with the list of languages when there is none.
    """
    wanted = code.strip().lower().replace("_", "-")
    for name in (wanted, wanted.split("-")[0]):
        name = _ALSO.get(name, name)
        if name in (ENGLISH, JAPANESE, MANDARIN) or name in ESPEAK_VOICES:
            return name
    known = ", ".join(languages())
    raise LyricsError(f"“{code}” is not a language that we sing.", f"Choose one of: {known}.")


def espeak_voice(language: str) -> str:
    """The espeak-ng voice of a language in the house's name."""
    return "en-us" if language == ENGLISH else language


def detect_language(text: str) -> str:
    """Guess the language by its script, for lyrics that declare none: kana ja, han cmn, hangul ko …
    else en."""
    return next((language for pattern, language in _SCRIPTS if pattern.search(text)), ENGLISH)
