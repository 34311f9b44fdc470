"""How else a word can be read: signs and digits as letters, letters stretched, starred out or respelt."""

from __future__ import annotations

import itertools
import re

_SIGNS = {"@": "a", "4": "a", "8": "b", "3": "e", "6": "g", "9": "g", "0": "o", "5": "s", "7": "t", "2": "z"}
_SIGNS |= {"$": "s", "§": "s", "+": "t", "€": "e", "£": "l", "¥": "y", "¢": "c"}
_AS_I = str.maketrans(_SIGNS | {"1": "i", "!": "i", "|": "i"})
_AS_L = str.maketrans(_SIGNS | {"1": "l", "!": "l", "|": "l"})
_MASKS = str.maketrans({"*": "*", "#": "*", "%": "*"})
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_DOUBLED = re.compile(r"([^\W\d_])\1+")
_RESPELT = (
    (re.compile("ph"), "f"),
    (re.compile("ck|q|kh"), "k"),
    (re.compile("c(?![eiyh])"), "k"),
    (re.compile("x"), "ks"),
    (re.compile("vv"), "w"),
    (re.compile("y"), "i"),
    (re.compile("(?<=.)z(?=\n|$)"), "s"),
)

STARRED = "*"
"""Stands for any one letter in a word that was starred out."""


def readings(word: str) -> tuple[str, ...]:
    """The plain words that a normalised word can be read as, the likeliest first.

    Signs and digits count as letters only beside letters ("sh1t", never "1984"); three and more of a letter
    may be two or one.
    """
    if word.isascii() and word.isalpha() and not _STRETCHED.search(word):
        return (word,)
    plain = [word]
    if any(char.isalpha() for char in word) and not word.isalpha():
        plain = [word.translate(_AS_I), word.translate(_AS_L)]
    found = dict.fromkeys(plain)
    for reading in plain:
        found[_STRETCHED.sub(r"\1\1", reading)] = None
        found[_STRETCHED.sub(r"\1", reading)] = None
    return tuple(found)


def squeezed(words: str) -> str:
    """One word, or many on lines of their own, with every doubled letter once."""
    return _DOUBLED.sub(r"\1", words)


def respelt(words: str) -> str:
    """One word, or many on lines of their own, as the English sound would be spelt most plainly.

    ph is f, ck is k, and no letter stands twice.
    """
    for pattern, letters in _RESPELT:
        words = pattern.sub(letters, words)
    return squeezed(words)


def starred(word: str) -> str | None:
    """A word with its starred letters all written `*`, or None where it has none between its letters."""
    if not ("*" in word or "#" in word or "%" in word):
        return None
    return word.translate(_MASKS)


def starrings(word: str) -> dict[str, bool]:
    """Every way to star letters out of a word and leave its first and one more; whether that hides just one.

    Words over eight letters give only the ways that hide one letter or all inner ones.
    """
    inner = range(1, len(word))
    ways: dict[str, bool] = {}
    most = len(word) - 2
    if len(word) > 8:
        choices = [(at,) for at in inner] + [tuple(inner)[:-1]]
    else:
        choices = [way for count in range(1, most + 1) for way in itertools.combinations(inner, count)]
    for hidden in choices:
        shown = "".join(STARRED if at in hidden else letter for at, letter in enumerate(word))
        ways[shown] = len(hidden) == 1
    return ways
