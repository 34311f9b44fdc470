"""Russian as it is sung: from its letters, with hard and soft consonants, voicing, and the reduction of song.

Softness, voicing assimilation and final devoicing follow Avanesov (1984); unstressed o is a before the stress
and ɐ elsewhere, unstressed е and я are ɪ, a milder reduction than speech has (Grayson 2012, on the diction of
Russian song). The stress is `russian_stress`'s; who disagrees writes an acute over the vowel.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from singer.errors import LyricsError
from singer.language.russian_stress import VOWEL_LETTERS, stressed
from singer.language.syllables import Sound, consonant, listed, vowel

_CONSONANTS = {
    "б": "b", "в": "v", "г": "ɡ", "д": "d", "ж": "ʐ", "з": "z", "й": "j", "к": "k", "л": "lˠ", "м": "m",
    "н": "n",
    "п": "p", "р": "r", "с": "s", "т": "t", "ф": "f", "х": "x", "ц": "ts", "ч": "tɕ", "ш": "ʂ", "щ": "ɕ",
    "ґ": "ɡ",
}  # fmt: skip
_ALWAYS = frozenset(("ʐ", "j", "ts", "tɕ", "ʂ", "ɕ"))  # their letters never change hardness
_IOTATED = {"е": "e", "ё": "o", "ю": "u", "я": "a"}
_SOFTENS = "еёиюяь"
_STRESSED = {"а": "a", "о": "o", "у": "u", "э": "ɛ", "ы": "ɨ", "и": "i"}
_VOICELESS = {"b": "p", "v": "f", "ɡ": "k", "d": "t", "ʐ": "ʂ", "z": "s", "dʑ": "tɕ", "dz": "ts"}
_VOICED = {"p": "b", "f": "v", "k": "ɡ", "t": "d", "ʂ": "ʐ", "s": "z", "tɕ": "dʑ", "ts": "dz"}
_NO_VOICE = frozenset(("x", "ɕ"))
_DENTALS = ("t", "d", "s", "z", "n")

# spellings that are said otherwise
_RESPELT: tuple[tuple[str, str], ...] = (
    (r"^что", "што"), (r"^ничто", "ништо"), (r"(коне|ску|наро|яи|скворе)чн", r"\1шн"), (r"стн", "сн"),
    (r"стл(?=и)", "сл"),
    (r"здн", "зн"), (r"здравств", "здраств"), (r"^(безмолв|чу)вств", r"\1ств"), (r"чувств", "чуств"),
    (r"солнц", "сонц"),
    (r"сердц", "серц"), (r"(т|ть)ся$", "ца"), (r"[сзж]ч", "щ"), (r"[сз]ш", "ш"), (r"[сз]ж", "ж"), (r"тц|дц",
    "ц"),
    (r"(ле|мя)гк", r"\1хк"), (r"^бог$", "бох"), (r"^сегодня", "севодня"), (r"(?<=[оеё])го$", "во"),
    (r"(?<=[оеё])гося$", "вося"),
)  # fmt: skip
# words whose -го keeps its g
_WITH_G = frozenset(
    [
        "много",
        "немного",
        "намного",
        "строго",
        "нестрого",
        "дорого",
        "недорого",
        "убого",
        "полого",
        "отлого",
        "лего",
        "иго",
        "благо",
        "туго",
    ]
)
_WORDS = {"мм": "m̩", "м": "m̩", "ш": "ʂ", "тш": "tʂ", "ах": "a x", "ох": "o x", "аллилуйя": "a lʲ i lˠ u j a"}


@lru_cache(maxsize=20_000)
def spoken(word: str) -> tuple[Sound, ...]:
    """The sounds of one Russian word, its nuclei as many as its vowel letters.

    A word without a vowel ("в") is its consonants alone. Raises LyricsError naming a word without Cyrillic
    letters.
    """
    key = unicodedata.normalize("NFC", word.lower()).replace("'", "")
    if key in _WORDS and key != "м":
        return listed(_WORDS[key])
    key, place = stressed(key)
    key, place = _respelt(key, place)
    sounds: list[Sound] = []
    count = sum(letter in VOWEL_LETTERS for letter in key)
    order = [at for at, letter in enumerate(key) if letter in VOWEL_LETTERS]
    strong = order.index(place) if place in order else None
    for at, letter in enumerate(key):
        if letter in VOWEL_LETTERS:
            number = order.index(at)
            sounds += _vowel(key, at, None if strong is None else number - strong, last=number == count - 1)
        elif letter in _CONSONANTS:
            phone = _CONSONANTS[letter]
            following = key[at + 1 : at + 2]
            if following == letter and phone not in ("ʐ",) and at + 2 < len(key):
                continue  # a double letter is sung as one
            if phone not in _ALWAYS and following and following in _SOFTENS:
                phone = "lʲ" if letter == "л" else phone + "ʲ"
            sounds.append(consonant(phone))
    if not sounds:
        raise LyricsError(f"“{word}” cannot be pronounced as ru.", "Spell it in Cyrillic letters.")
    return voiced(sounds)


def begins(first: str, second: str) -> bool:
    """Whether two consonants may begin a syllable: rising in sonority, or s and v before nearly all."""
    a, b = _bare(first), _bare(second)
    if a == b or a in ("j", "r", "l"):
        return False
    if b in ("r", "l", "j", "v"):
        return a not in ("m", "n") or b == "j"
    if a in ("s", "z", "ʂ", "f", "v"):
        return True
    return b in ("n", "m") and a in ("k", "ɡ", "p", "d", "t", "x") and b == "n"


def linked(sounds: tuple[Sound, ...], following: tuple[Sound, ...]) -> tuple[Sound, ...]:
    """A preposition without a vowel ("в", "с", "к") takes the voicing of the word after it."""
    if any(sound.nucleus for sound in sounds) or not following:
        return sounds
    return voiced([*sounds, *following])[: len(sounds)]


def voiced(sounds: list[Sound]) -> tuple[Sound, ...]:
    """Assimilated from the end: obstruents without voice at the end and before others without, with it before
    others that have it; dentals soft before soft dentals."""
    result: list[Sound] = []
    voice: bool | None = False
    soft = False
    for sound in reversed(sounds):
        if sound.nucleus:
            voice, soft = None, False
            result.append(sound)
            continue
        phone = sound.phones[0]
        mark = "ʲ" if phone.endswith("ʲ") else ""
        base = phone.removesuffix("ʲ")
        if voice is False:
            base = _VOICELESS.get(base, base)
        elif voice is True:
            base = _VOICED.get(base, base)
        if soft and base in _DENTALS and not mark:
            mark = "ʲ"
        soft = (mark == "ʲ" and base in (*_DENTALS, "l")) or base in ("tɕ", "ɕ")
        if base in _VOICELESS or base in _VOICED or base in _NO_VOICE:
            if base in ("v", "f") and phone[0] == "v":
                voice = voice if voice is False else None
            else:
                voice = base in _VOICELESS
        else:
            voice = None
        result.append(consonant(base + mark))
    return tuple(reversed(result))


def _vowel(word: str, at: int, from_stress: int | None, *, last: bool) -> list[Sound]:
    """A vowel letter as sounds: j before it where no consonant is, its quality by where the stress is."""
    letter, before = word[at], word[at - 1 : at]
    strong = from_stress == 0
    glide = letter in _IOTATED and (not before or before in VOWEL_LETTERS + "ъь")
    glide = glide or (letter == "и" and before == "ь") or (letter == "о" and before == "ь")
    if strong:
        phone = _STRESSED.get(letter) or _IOTATED[letter]
    elif letter in "ао":
        phone = "a" if from_stress == -1 or not before else "ɐ"
        if letter == "а" and before and before in "чщ" and from_stress == -1:
            phone = "ɪ"
    elif letter == "я":
        phone = "ɐ" if last else "ɪ"
    elif letter == "е":
        phone = "ɪ"
    else:
        phone = {"у": "u", "ю": "u", "э": "ɛ", "ы": "ɨ", "и": "i", "ё": "o"}[letter]
    if before and before in "жшц":
        phone = {"i": "ɨ", "ɪ": "ɨ", "e": "ɛ"}.get(phone, phone)
    return [consonant("j")] * glide + [vowel(phone, stressed=strong)]


def _respelt(word: str, place: int | None) -> tuple[str, int | None]:
    """The word as it is said ("его" ево), and where its stressed letter is then."""
    for pattern, said in _RESPELT:
        if said.endswith("во") and word in _WITH_G:
            continue
        found = re.search(pattern, word)
        if not found:
            continue
        new = found.expand(said)
        if place is not None and place >= found.end():
            place += len(new) - (found.end() - found.start())
        word = word[: found.start()] + new + word[found.end() :]
    return word, place


def _bare(phone: str) -> str:
    return phone.rstrip("ʲˠ")
