"""One written sign after another: what a reader sees in it, whatever code points it is made of.

NFKC and case folding (Unicode 15), lookalikes (Unicode Technical Standard 39), letters in boxes and flags,
stacked marks, half-width kana, traditional and simplified characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources

PLAIN_LATIN = frozenset({"en", ""})
"""Languages whose words need no marks on letters: there, every mark is decoration."""

OTHER_SCRIPTS = frozenset(
    {"ru", "uk", "be", "bg", "sr", "mk", "el", "ka", "hy", "he", "ar", "fa", "ur", "hi", "mr", "ne", "bn"}
    | {"ta", "te", "kn", "ml", "th", "lo", "my", "km", "am", "ko", "ja", "zh", "mn", "kk", "ky", "tg", "tt"}
)
"""Languages that are written in another script than Latin: there, a lookalike counts only beside real Latin
letters, so that a Cyrillic word stays Cyrillic."""

_BOXED = re.compile(
    r"(?:REGIONAL INDICATOR SYMBOL LETTER"
    r"|(?:NEGATIVE |CROSSED NEGATIVE |RAISED )?(?:CIRCLED|SQUARED|OUTLINED)?"
    r" ?LATIN (?:SMALL |CAPITAL )?LETTER (?:SMALL CAPITAL |SCRIPT |OPEN |REVERSED |TURNED )*) ?([A-Z])"
    r"( WITH [A-Z -]+)?$"
)
_ALSO_ALIKE = {"ғ": "f", "ƒ": "f", "ʌ": "a", "λ": "a", "∂": "d", "þ": "p", "ß": "b"}
"""What passes for a letter in decorated writing, though the standard's data do not say so."""

_KANA_MARKS = "\u3099\u309a\uff9e\uff9f"


def primary_language(tag: str) -> str:
    """The primary subtag of a BCP 47 tag in lower case; `cmn` counts as `zh`."""
    subtag = tag.replace("_", "-").split("-")[0].lower()
    return "zh" if subtag == "cmn" else subtag


def signs(text: str) -> Iterator[tuple[str, int, int]]:
    """The signs of a text, each with what belongs to it (marks, joiners), from and until which index."""
    start = 0
    for index, char in enumerate(text):
        if index and not _belongs(char):
            yield text[start:index], start, index
            start = index
    if text:
        yield text[start:], start, len(text)


@lru_cache(maxsize=50_000)
def fold(sign: str, language: str, beside_latin: bool) -> str:
    """What a reader sees in a sign, in small letters: "" for what nobody sees.

    `beside_latin` says that the word has Latin letters, where lookalikes of other scripts count as Latin.
    """
    seen = "".join(char for char in sign if not _unseen(char))
    if not seen:
        return ""
    if len(seen) > 8:  # marks heaped upon each other
        seen = seen[:8]
    whole = unicodedata.normalize("NFKC", seen.replace("\uff9e", "\u3099").replace("\uff9f", "\u309a"))
    folded = unicodedata.normalize("NFKC", whole.casefold())
    if folded.isascii():
        return folded
    if beside_latin or language not in OTHER_SCRIPTS:
        folded = "".join(_latin(char, language) for char in _bared(folded, language))
    if language == "zh":
        folded = "".join(_simplified().get(char, char) for char in folded)
    return "".join(_hiragana(char) for char in folded)


def is_unparted(char: str) -> bool:
    """Whether a character belongs to a script that parts no words: han, kana and their signs."""
    return (
        "\u3040" <= char <= "\u30ff"
        or "\u4e00" <= char <= "\u9fff"
        or "\u3400" <= char <= "\u4dbf"
        or char in "々〆〇"
        or "\U00020000" <= char <= "\U000323af"
    )


@lru_cache(maxsize=10_000)
def is_letter(char: str) -> bool:
    """Whether a folded character is a letter, a digit, or a mark that a script cannot do without."""
    return char.isalnum() or unicodedata.category(char) in ("Mn", "Mc", "Lm")


@lru_cache(maxsize=50_000)
def _belongs(char: str) -> bool:
    """Whether a character is no sign of its own, but belongs to the one before it."""
    if char.isascii():
        return False
    if char in _KANA_MARKS or "\u1160" <= char <= "\u11ff":
        return True
    return unicodedata.category(char) in ("Mn", "Me", "Cf") or _unseen(char)


@lru_cache(maxsize=50_000)
def _unseen(char: str) -> bool:
    """Whether nobody sees a character: joiners, soft hyphens, direction marks, variation selectors, tags."""
    if char.isascii():
        return not char.isprintable() and not char.isspace()
    filler = char in "\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5" or "\ufe00" <= char <= "\ufe0f"
    return (
        filler
        or unicodedata.category(char) in ("Cf", "Cc", "Co", "Cn")
        or "\U000e0100" <= char <= "\U000e01ef"
    )


def _bared(folded: str, language: str) -> str:
    """Latin, Greek and Cyrillic letters without decoration: in plain Latin no marks at all, elsewhere those
    alone that make one letter with their base."""
    if language in PLAIN_LATIN:
        parted = unicodedata.normalize("NFKD", folded)
        return "".join(char for char in parted if unicodedata.category(char) not in ("Mn", "Me"))
    if len(folded) > 1 and not is_unparted(folded[0]) and unicodedata.name(folded[0], "").startswith("LATIN"):
        return folded[0] + "".join(char for char in folded[1:] if unicodedata.combining(char) == 0)
    return folded


@lru_cache(maxsize=20_000)
def _latin(char: str, language: str) -> str:
    """The ASCII letter that a character passes for, or the character itself."""
    if char.isascii() or is_unparted(char):
        return char
    real_latin = unicodedata.name(char, "").startswith("LATIN SMALL LETTER")
    if real_latin and language not in PLAIN_LATIN and unicodedata.name(char).count(" ") != 3:
        return char  # ø, ł, đ are letters there
    lookalike = _lookalikes().get(char)
    if lookalike is not None:
        return lookalike
    boxed = _BOXED.match(unicodedata.name(char, ""))
    return boxed.group(1).lower() if boxed else char


@cache
def _lookalikes() -> dict[str, str]:
    """Characters that look like one ASCII letter, from the data of UTS 39. What looks like l, I or 1 is
    given as "1", which `variants` reads both ways."""
    from confusable_homoglyphs.confusables import confusables_data

    found = {}
    for char, alike in confusables_data.items():
        if len(char) != 1 or char.isascii():
            continue
        letters = [entry["c"] for entry in alike if len(entry["c"]) == 1 and entry["c"].isascii()]
        letter = next((letter for letter in letters if letter.isalpha()), None)
        if letter is not None:
            found[char] = "1" if letter in "lI" else letter.casefold()
    # Case folding came first: a capital that looks Latin must be known by its small letter, too.
    for char, letter in list(found.items()):
        small = char.casefold()
        if len(small) == 1 and not small.isascii():
            found.setdefault(small, letter)
    return _ALSO_ALIKE | found


@cache
def _simplified() -> dict[str, str]:
    """Each traditional character and its simplified one (OpenCC's table; the first where there are more)."""
    table = resources.files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split() for line in table.splitlines())
    return {pair[0]: pair[1] for pair in pairs if len(pair) > 1}


def _hiragana(char: str) -> str:
    """Katakana as hiragana; everything else as it is."""
    return chr(ord(char) - 0x60) if "\u30a1" <= char <= "\u30f6" else char
