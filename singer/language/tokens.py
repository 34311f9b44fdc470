"""Writing: what is a word in a line of lyrics, and what in it is letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from singer.errors import LyricsError
from singer.language.codes import ENGLISH, JAPANESE, MANDARIN
from singer.language.numerals import english_number
from singer.language.scripts import parts_words, script_of

LINK = "‿"
"""Joins words that share one note ("te‿a")."""

LONGEST_RUN = 2_000
"""Characters of one run of writing without a blank."""

_QUOTES = str.maketrans({**dict.fromkeys("’‘‛`´ʼ′ʻ", "'"), "&": " and "})
_SEPARATORS = str.maketrans(dict.fromkeys("_-‐‑–—~ \t\n\u3000" + LINK, " "))
_CLITICS = {
    "ru": "вкс", "be": "кзс", "uk": "вз", "pl": "wz", "cs": "ksvz", "sk": "ksvz", "sl": "hksvz",
}  # fmt: skip
_JOINERS = "\u200c\u200d"


def tokens(line: str, language: str) -> tuple[str, ...]:
    """Words of a line: letters with their marks and apostrophes; a run of kana and kanji, or han, is one.

    Digits stay with the kanji beside them; in English they become words. Raises LyricsError for a run of more
    than `LONGEST_RUN` characters.
    """
    found: list[str] = []
    current = ""
    for char in unicodedata.normalize("NFKC", line).translate(_QUOTES):
        is_part = char in LINK + _JOINERS or _is_letter(char)
        if current and not (is_part and _same_run(current, char, language)):
            found.append(current)
            current = ""
        if is_part:
            current += char
            if len(current) > LONGEST_RUN:
                raise LyricsError(
                    f"“{current[:20]}…” goes on for more than {LONGEST_RUN:,} letters without a blank.",
                    "Write the words apart, or begin a new line.",
                )
    words: list[str] = []
    for token in [*found, current]:
        if token.isdecimal() and token.isascii() and language == ENGLISH:
            words.extend(english_number(token))
        elif speaks(token):
            words.append(_unquoted(token))
    return tuple(words)


def parts(text: str) -> tuple[str, ...]:
    """The letters, digits, marks and apostrophes of a word or syllable, parted where it writes several."""
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES).translate(_SEPARATORS)
    kept = ("".join(char for char in part if _is_letter(char) or char in _JOINERS) for part in text.split())
    return tuple(part for part in kept if speaks(part))


def letters(text: str) -> str:
    """All that is sung of a text, in one piece."""
    return "".join(parts(text))


def speaks(text: str) -> bool:
    """Whether there is a letter or a digit in the text."""
    return any(unicodedata.category(char)[0] in "LN" for char in text)


def is_latin(text: str) -> bool:
    """Whether there are Latin letters in the text."""
    return any("a" <= char <= "z" for char in unicodedata.normalize("NFKD", text).lower())


def with_clitics(words: Sequence[str], language: str) -> tuple[str, ...]:
    """The words of a line with those that have no vowel (Russian в, к, с) linked to the word after them."""
    clitics = _CLITICS.get(language, "")
    linked: list[str] = []
    open_ = ""
    for number, word in enumerate(words, start=1):
        if len(word) == 1 and word.lower() in clitics and number < len(words):
            open_ += word + LINK
        else:
            linked.append(open_ + word)
            open_ = ""
    return tuple(linked)


def is_mixed(text: str) -> bool:
    """Whether a text writes scripts that are no word together ("Tシャツ")."""
    letters = [char for char in unicodedata.normalize("NFKC", text) if script_of(char)]
    return any(parts_words(first, second) for first, second in pairwise(letters))


def _is_letter(char: str) -> bool:
    return char == "'" or unicodedata.category(char)[0] in "LMN"


def _same_run(current: str, char: str, language: str) -> bool:
    """Whether the character goes on with the word: not where a run of kana and kanji meets an alphabet."""
    counted = language in (JAPANESE, MANDARIN)
    only_digits = current.isdecimal()
    if char.isdecimal():
        return counted or only_digits
    if only_digits:
        return counted and _is_cjk(char)
    letter = next((char for char in reversed(current) if script_of(char)), "")
    return not (letter and parts_words(letter, char))


def _is_cjk(char: str) -> bool:
    return (
        "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or char >= "\U00020000" or char in "々〇"
    )


def _unquoted(token: str) -> str:
    """Without quotation marks around it, but with the apostrophes of 'tis and singin'."""
    return token[1:-1] if len(token) > 2 and token[0] == token[-1] == "'" else token
