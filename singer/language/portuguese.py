"""Portuguese as it is sung, of Portugal (`pt`) and of Brazil (`pt-br`), by espeak-ng, its nasals made whole.

A vowel before a nasal that closes its syllable is nasal and the consonant is not sung ("canto" k ɐ̃ t u);
final -em is a nasal diphthong (Mateus & d'Andrade 2000). The r of "rua" is ʁ in Portugal and h in Brazil, a
single r is a tap. Brazil keeps its open finals (i, u, ɐ), Portugal ɨ, u, ɐ; the e that Portugal drops in
"esperança" is sung.
"""

from __future__ import annotations

import re
from functools import lru_cache

from singer.language import espeak, hiatus, phones
from singer.language.syllables import Sound, consonant, listed, vowel

PORTUGAL, BRAZIL = "pt", "pt-br"

_OURS = {
    PORTUGAL: {"ɹ": "ɾ", "r": "ɾ", "ʊ": "u", "ɑ": "a", "h": "ʁ", "l": "l", "ɪ": "i", "ð": "d", "θ": "t",
    "sʲ": "s", "mʲ": "m", "rʲ": "ɾ",
    "ɒ": "ɔ", "ʌ": "a"},
    BRAZIL: {"ɹ": "ɾ", "r": "ɾ", "ʊ": "u", "y": "i", "æ": "ɐ", "x": "h", "ɪ": "i", "ð": "d", "θ": "t",
    "sʲ": "s", "mʲ": "m", "rʲ": "ɾ",
    "ɒ": "ɔ", "ʌ": "a"},
}  # fmt: skip
_SUNG = {
    "e": "i", "é": "ɛ", "o": "u", "ó": "ɔ", "a": "ɐ", "à": "a", "ao": "a ʊ", "aos": "a ʊ s", "as": "ɐ s",
    "os": "u s",
    "às": "a s", "eh": "ɛ", "oh": "o", "ô": "o", "ah": "a", "mm": "m̩", "um": "ũ", "uma": "u m ɐ",
    "em": "ẽ ɪ̃",
    "muito": "m ũ ɪ̃ t u", "muita": "m ũ ɪ̃ t ɐ", "muitos": "m ũ ɪ̃ t u s", "muitas": "m ũ ɪ̃ t ɐ s",
    "mui": "m ũ ɪ̃",
    "ter": "t e ɾ", "ser": "s e ɾ", "num": "n ũ", "numa": "n u m ɐ", "com": "k õ",
    "aleluia": "a l e l u j ɐ", "ou": "o ʊ",
}  # fmt: skip
_TILDE = "\u0303"
_NASAL = {
    "a": "ɐ",
    "ɛ": "e",
    "ɔ": "o",
    "ɨ": "i",
    "ə": "e",
    "ɑ": "ɐ",
    "æ": "ɐ",
}  # other vowels stay themselves
_NASAL_GLIDE = {**dict.fromkeys("yɨjiɪ", "ɪ" + _TILDE), **dict.fromkeys("ʊuw", "ʊ" + _TILDE)}
_STOPS = ("p", "b", "k", "ɡ", "f", "v")


@lru_cache(maxsize=20_000)
def spoken(word: str, voice: str = PORTUGAL) -> tuple[Sound, ...]:
    """The sounds of one Portuguese word. Raises LyricsError naming a word that cannot be read."""
    key = word.lower()
    if key in _SUNG:
        return _final_s(listed(_SUNG[key]), voice)
    sounds = hiatus.single(espeak.spoken(key, voice))
    sounds = _without_schwa(_nasal(sounds, key, voice))
    plain = [
        sound if len(sound.phones) > 1 else hiatus.respelt((sound,), _OURS[voice])[0] for sound in sounds
    ]
    sounds = hiatus.falling(hiatus.rising(hiatus.stressed_somewhere(_palatal_l(plain))))
    sounds = _apart(_closing_l(sounds, key, voice), key)
    if voice == PORTUGAL and re.match("h?es[bcdfgklmnpqrtv]", key) and not sounds[0].nucleus:
        sounds = (vowel("ɨ"), *sounds)
    return sounds


def _apart(sounds: tuple[Sound, ...], word: str) -> tuple[Sound, ...]:
    """The stressed i of "rio" and "período" parted from its o."""
    result: list[Sound] = []
    for sound in sounds:
        if sound.phones == ("i", "ʊ") and sound.stressed and re.search("[ií]o", word):
            result += [vowel("i", stressed=True), vowel("u")]
        else:
            result.append(sound)
    return tuple(result)


def begins(first: str, second: str) -> bool:
    """Whether two consonants may begin a syllable: a stop, f or v with a liquid, anything with a glide."""
    if second in ("j", "w"):
        return first not in ("j", "w")
    if second == "l":
        return first in _STOPS
    return second == "ɾ" and first in (*_STOPS, "t", "d")


def _nasal(sounds: tuple[Sound, ...], word: str, voice: str) -> tuple[Sound, ...]:
    """Vowels before nasals that close their syllable as nasal vowels; -ãe, -ão, -õe as nasal diphthongs."""
    result: list[Sound] = []
    for at, sound in enumerate(sounds):
        before = result[-1] if result else None
        follows = at + 1 < len(sounds) and sounds[at + 1].nucleus
        last = at == len(sounds) - 1 or (
            at == len(sounds) - 2 and sounds[at + 1].phones[0] in ("s", "ʃ", "z")
        )
        phone = sound.phones[0]
        glide = at + 1 < len(sounds) and _glides(sounds[at + 1])
        if before is not None and before.nucleus and not sound.nucleus and phone in ("m", "n", "ŋ"):
            if follows or (glide and phone != "ŋ"):
                result.append(sound)
                continue
            nasal = _nasalised(before)
            if last and nasal.phones[0] == "e" + _TILDE and re.search("[eé](m|ns?)$", word):
                first = "e" if voice == BRAZIL else "ɐ"
                nasal = vowel(first + _TILDE, "ɪ" + _TILDE, stressed=before.stressed)
            result[-1] = nasal
        elif before is not None and before.phones[-1].endswith(_TILDE) and phone in _NASAL_GLIDE and last:
            result[-1] = vowel(*before.phones, _NASAL_GLIDE[phone], stressed=before.stressed)
        else:
            result.append(sound)
    return tuple(result)


def _nasalised(sound: Sound) -> Sound:
    """The nasal vowel of an oral one; espeak's eɪ before a nasal is plain e."""
    first = sound.phones[0]
    if first.endswith(_TILDE) or len(first) > 1:
        return sound
    return vowel(_NASAL.get(first, first) + _TILDE, stressed=sound.stressed)


def _without_schwa(sounds: tuple[Sound, ...]) -> tuple[Sound, ...]:
    """espeak's schwa after an r that closes a syllable ("irmão") is none."""
    result: list[Sound] = []
    for at, sound in enumerate(sounds):
        before = sounds[at - 1] if at else None
        closes = sound.phones == ("ə",) and before is not None and before.phones[0] in ("ɾ", "ɹ", "r")
        if not (closes and at + 1 < len(sounds) and not sounds[at + 1].nucleus):
            result.append(sound)
    return tuple(result)


def _palatal_l(sounds: list[Sound]) -> tuple[Sound, ...]:
    """lh, which espeak's Brazil reads as l and j, is ʎ."""
    result: list[Sound] = []
    for sound in sounds:
        if sound.phones == ("j",) and result and result[-1].phones == ("l",):
            result[-1] = consonant("ʎ")
        else:
            result.append(sound)
    return tuple(result)


def _closing_l(sounds: tuple[Sound, ...], word: str, voice: str) -> tuple[Sound, ...]:
    """l that closes a syllable: dark in Portugal, the glide of its vowel in Brazil."""
    result: list[Sound] = []
    for sound, follows in zip(sounds, [*sounds[1:], None], strict=True):
        closes = sound.phones == ("l",) and (follows is None or not (follows.nucleus or _glides(follows)))
        before = result[-1] if result else None
        if not closes or before is None or not before.nucleus:
            result.append(sound)
        elif voice == PORTUGAL:
            result.append(consonant("lˠ"))
        elif len(before.phones) == 1:
            result[-1] = vowel(*before.phones, "ʊ", stressed=before.stressed)
    last = result[-1]
    if voice == PORTUGAL and word.endswith("l") and last.nucleus and last.phones[1:] == ("ʊ",):
        result[-1:] = [vowel(last.phones[0], stressed=last.stressed), consonant("lˠ")]
    return tuple(result)


def _glides(sound: Sound) -> bool:
    return phones.parse(sound.phones[0]).base in ("j", "w")


def _final_s(sounds: tuple[Sound, ...], voice: str) -> tuple[Sound, ...]:
    if voice == PORTUGAL and sounds[-1].phones == ("s",):
        return (*sounds[:-1], consonant("ʃ"))
    return sounds
