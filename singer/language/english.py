"""English as it is sung: General American by espeak-ng, with the diction of song where speech would
blur.

Function words keep their full vowels ("and" æ n d), "the" is ð i before a vowel, flaps are t or d as
they are spelt, r colours stay, -in' is ing with an n. ɝ stands for every r-coloured vowel, as in the
teacher's phone set.
"""

from __future__ import annotations

import re
from functools import lru_cache

from singer.language import espeak
from singer.language.spelling import align
from singer.language.syllables import Sound, listed, vowel

ARPABET: dict[str, tuple[str, ...]] = {
    "aa": ("ɑ",), "ae": ("æ",), "ah": ("ʌ",), "ao": ("ɔ",), "aw": ("a", "ʊ"), "ax": ("ə",), "axr": ("ɝ",),
    "ay": ("a", "ɪ"), "b": ("b",), "ch": ("tʃ",), "d": ("d",), "dh": ("ð",), "dx": ("ɾ",), "eh": ("ɛ",),
    "el": ("ə", "l"), "em": ("ə", "m"), "en": ("ə", "n"), "er": ("ɝ",), "ey": ("e", "ɪ"), "f": ("f",),
    "g": ("ɡ",),
    "hh": ("h",), "hv": ("h",), "ih": ("ɪ",), "ix": ("ɪ",), "iy": ("i",), "jh": ("dʒ",), "k": ("k",),
    "l": ("l",),
    "m": ("m",), "n": ("n",), "ng": ("ŋ",), "nx": ("n",), "ow": ("o", "ʊ"), "oy": ("ɔ", "ɪ"), "p": ("p",),
    "r": ("ɹ",), "s": ("s",), "sh": ("ʃ",), "t": ("t",), "th": ("θ",), "uh": ("ʊ",), "uw": ("u",),
    "v": ("v",),
    "w": ("w",), "wh": ("w",), "y": ("j",), "z": ("z",), "zh": ("ʒ",), "pau": ("SP",), "h#": ("SP",),
    "brth": ("AP",),
}  # fmt: skip
"""Phones of each ARPABET name as Festival's radio phone set writes it, lower case; diphthongs are two
phones."""

# words that espeak reads weak, wrongly or letter by letter; "." parts the nuclei where vowels touch
_SUNG: dict[str, str] = {
    "a": "ə", "an": "æ n", "the": "ð ə", "th'": "ð ə", "and": "æ n d", "an'": "æ n", "n'": "ə n",
    "'n'": "ə n",
    "to": "t u", "into": "ɪ n t u", "unto": "ʌ n t u", "of": "ʌ v", "o'": "ə", "or": "ɔ ɹ", "nor": "n ɔ ɹ",
    "for": "f ɔ ɹ", "at": "æ t", "as": "æ z", "am": "æ m", "are": "ɑ ɹ", "was": "w ʌ z", "were": "w ɝ",
    "you": "j u", "your": "j ɔ ɹ", "yours": "j ɔ ɹ z", "you're": "j ɔ ɹ", "from": "f ɹ ʌ m", "his": "h ɪ z",
    "him": "h ɪ m", "her": "h ɝ", "hers": "h ɝ z", "them": "ð ɛ m", "'em": "ə m", "that": "ð æ t",
    "than": "ð æ n",
    "can": "k æ n", "have": "h æ v", "has": "h æ z", "had": "h æ d", "us": "ʌ s", "but": "b ʌ t",
    "on": "ɑ n",
    "my": "m a ɪ", "by": "b a ɪ", "our": "a ʊ ɝ", "ours": "a ʊ ɝ z", "who've": "h u v", "real": "ɹ i l",
    "really": "ɹ i l i",
    "they're": "ð ɛ ɹ", "i": "a ɪ", "o": "o ʊ", "o'er": "ɔ ɹ", "e'er": "ɛ ɹ", "ne'er": "n ɛ ɹ",
    "whoe'er": "h u . ɛ ɹ",
    "'tis": "t ɪ z", "'twas": "t w ʌ z", "'twere": "t w ɝ", "'twill": "t w ɪ l", "'til": "t ɪ l",
    "till": "t ɪ l",
    "'cause": "k ʌ z", "cause": "k ɔ z", "'bout": "b a ʊ t", "'neath": "n i θ", "'mid": "m ɪ d",
    "'mong": "m ʌ ŋ",
    "'gainst": "ɡ ɛ n s t", "wanna": "w ɑ n ə", "gonna": "ɡ ɔ n ə", "gotta": "ɡ ɑ t ə", "lemme": "l ɛ m i",
    "y'all": "j ɔ l", "ma'am": "m æ m", "d'you": "dʒ u", "la": "l ɑ", "fa": "f ɑ", "na": "n ɑ",
    "da": "d ɑ", "ba": "b ɑ",
    "ta": "t ɑ", "ra": "ɹ ɑ", "sha": "ʃ ɑ", "doo": "d u", "do": "d u", "dum": "d ʌ m", "pum": "p ʌ m",
    "sol": "s o ʊ l",
    "ti": "t i", "ah": "ɑ", "aah": "ɑ", "oh": "o ʊ", "ooh": "u", "oo": "u", "eh": "e ɪ", "uh": "ʌ",
    "mm": "m̩",
    "hm": "h m̩", "hmm": "h m̩", "shh": "ʃ ə", "sh": "ʃ ə", "psst": "p ə s t", "whoa": "w o ʊ",
    "woah": "w o ʊ",
    "wo": "w o ʊ", "yeah": "j æ", "yeh": "j ɛ", "hey": "h e ɪ", "ay": "e ɪ", "aye": "a ɪ",
    "hallelujah": "h æ l ə l u j ə",
    "alleluia": "ɑ l ə l u j ə", "gloria": "ɡ l ɔ ɹ i . ə", "excelsis": "ɛ k s tʃ ɛ l s ɪ s",
    "amen": "ɑ m ɛ n",
    "noel": "n o ʊ . ɛ l", "emmanuel": "ɪ m æ n j u . ɛ l", "immanuel": "ɪ m æ n j u . ɛ l",
    "israel": "ɪ z ɹ e ɪ . ɛ l", "hosanna": "h o ʊ z æ n ə", "victuals": "v ɪ t ə l z", "lives": "l ɪ v z",
    "live": "l ɪ v", "close": "k l o ʊ z", "use": "j u z", "wind": "w ɪ n d", "tear": "t ɪ ɹ",
    "tears": "t ɪ ɹ z",
    "wondrous": "w ʌ n d ɹ ə s",
    "wandering": "w ɑ n d ɝ . ɹ ɪ ŋ",
    "blessed": "b l ɛ s t",
    "evening": "i v n ɪ ŋ", "being": "b i . ɪ ŋ", "poem": "p o ʊ . ə m", "say": "s e ɪ", "says": "s ɛ z",
}  # fmt: skip

_OURS = {"ɐ": "ə", "ɚ": "ɝ", "r": "ɹ", "ʔ": "t", "x": "k"}
_ELISION = re.compile(r"(?<=[a-z])'(?=[rnl]|st)")
_CONTRACTIONS = re.compile(r"(n't|[a-z]'(s|re|ve|ll|m|d|t))$")


@lru_cache(maxsize=20_000)
def spoken(word: str) -> tuple[Sound, ...]:
    """The sounds of one English word as it is sung. Raises LyricsError naming a word that cannot be read."""
    key = _lengthening(word.lower().replace("’", "'").replace("‘", "'"))
    if key in _SUNG:
        return listed(_SUNG[key])
    plain = key.strip("'")
    if plain in _SUNG:
        return listed(_SUNG[plain])
    if key.endswith("in'") and len(key) > 4:
        return (*_read(key[:-1] + "g")[:-1], *listed("n"))
    full = _restored(plain)
    return _read(plain or key) if full == plain else _elided(full, plain)


def _read(word: str) -> tuple[Sound, ...]:
    sounds: list[Sound] = []
    for sound in espeak.spoken(word, "en-us"):
        sounds.extend(_american(sound, word))
    return tuple(_unflapped(_our_hour(sounds, word), word))


def linked(sounds: tuple[Sound, ...], word: str, following: tuple[Sound, ...]) -> tuple[Sound, ...]:
    """The word before its neighbour: "the" ends in i before a vowel."""
    if word.lower() == "the" and following and following[0].nucleus:
        return listed("ð i")
    return sounds


def _lengthening(word: str) -> str:
    """ "sooooo" is "soo", "mmmm" is "mm"."""
    return re.sub(r"([a-z])\1{2,}", r"\1\1", word)


def _restored(word: str) -> str:
    """Give back the e that an apostrophe left out ("heav'n", "wand'ring"), but not in contractions."""
    if "'" not in word or _CONTRACTIONS.search(word):
        return word
    return _ELISION.sub("e", word)


def _elided(full: str, word: str) -> tuple[Sound, ...]:
    """The word without the vowel that its apostrophe stands for: "heav'n" one syllable, "wand'ring" two."""
    sounds = _read(full)
    left_out = {at for at, letter in enumerate(word) if letter == "'" and full[at] == "e"}
    kept: list[Sound] = []
    for sound, place in zip(sounds, align(full, sounds), strict=True):
        if place not in left_out or not sound.nucleus:
            if kept and kept[-1].phones == ("ɹ",) == sound.phones:
                continue
            kept.append(sound)
        elif sound.phones == ("ɝ",) and kept and kept[-1].nucleus:
            kept[-1] = vowel(*kept[-1].phones, "ɝ", stressed=kept[-1].stressed)
        elif sound.phones == ("ɝ",):
            kept.append(Sound(("ɹ",), nucleus=False))
    return tuple(kept)


def _american(sound: Sound, word: str) -> list[Sound]:
    """espeak's en-us sound in our phones: ɜː is ɝ, iə two syllables or (million) j ə, aɪə two."""
    if not sound.nucleus:
        return [Sound((_OURS.get(sound.phones[0], sound.phones[0]),), nucleus=False)]
    row = tuple("ɝ" if phone == "ɜ" else _OURS.get(phone, phone) for phone in sound.phones)
    if row == ("i", "ə"):
        if re.search(r"[lnv]ions?$", word):
            return [Sound(("j",), nucleus=False), vowel("ə")]
        return [vowel("i", stressed=sound.stressed), vowel("ə")]
    if row == ("a", "ɪ", "ə") or (row == ("a", "ɪ", "ɝ") and not re.search(r"[iy]re(s|d|'s)?$|oirs?$", word)):
        return [vowel("a", "ɪ", stressed=sound.stressed), vowel(row[2])]
    if row == ("n̩",):
        return [vowel("ə"), Sound(("n",), nucleus=False)]
    return [Sound(row, nucleus=True, stressed=sound.stressed)]


def _our_hour(sounds: list[Sound], word: str) -> list[Sound]:
    """ "hour", "sour", "flour" are sung as one syllable, "flower", "power" as two."""
    if not re.search(r"ours?$", word):
        return sounds
    merged: list[Sound] = []
    for sound in sounds:
        if merged and sound.phones == ("ɝ",) and merged[-1].phones == ("a", "ʊ"):
            merged[-1] = vowel("a", "ʊ", "ɝ", stressed=merged[-1].stressed)
        else:
            merged.append(sound)
    return merged


def _unflapped(sounds: list[Sound], word: str) -> list[Sound]:
    """A flap as the t or d that is written nearest to its place: singers tongue it."""
    letters = [(at / len(word), letter) for at, letter in enumerate(word) if letter in "td"]
    unflapped = []
    for at, sound in enumerate(sounds):
        if sound.phones == ("ɾ",):
            place = at / len(sounds)
            letter = min(letters, key=lambda item: abs(item[0] - place), default=(0.0, "t"))[1]
            sound = Sound((letter,), nucleus=False)
        unflapped.append(sound)
    return unflapped
