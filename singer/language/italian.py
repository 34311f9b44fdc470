"""Italian as it is sung: seven vowels, doubled consonants held, glides where vowels touch.

By espeak-ng, whose lax ɪ and ʊ are i and u in song. A doubled consonant closes one syllable and opens the
next; r is a trill but between vowels, where it is a tap. "s impura" opens its syllable ("te-sta"), as Italian
orthography divides it (UNI 6461).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from singer.language import espeak, hiatus, phones
from singer.language.syllables import Sound, consonant, listed

_OURS = {"ɪ": "i", "ʊ": "u", "ə": "e", "ʌ": "a", "ɒ": "ɔ", "ɑ": "a", "h": "", "ɹ": "r", "t̪": "t", "d̪": "d"}
_SUNG = {
    "e": "e", "ed": "e d", "è": "ɛ", "o": "o", "a": "a", "i": "i", "io": "ˈi . o", "ah": "a", "oh": "ɔ",
    "il": "i l", "gli": "ʎ i", "mm": "m̩", "più": "p j u", "può": "p w ɔ", "qui": "k w i",
    "alleluia": "a l l e l u j a",
    "via": "v ˈi . a", "mia": "m ˈi . a", "zio": "ts ˈi . o", "zia": "ts ˈi . a", "o'": "o", "'o": "o",
    "'e": "e", "de": "d e", "c'è": "tʃ ɛ", "cioè": "tʃ o . ˈɛ",
    "sole": "s ˈo l e", "stella": "s t ˈe l l a", "stelle": "s t ˈe l l e",
}  # fmt: skip
_STOPS = ("p", "b", "t", "d", "k", "ɡ", "f", "v")


@lru_cache(maxsize=20_000)
def spoken(word: str) -> tuple[Sound, ...]:
    """The sounds of one Italian word. Raises LyricsError naming a word that cannot be read."""
    key = word.lower().replace("’", "'")
    if key in _SUNG:
        return listed(_SUNG[key])
    if key.strip("'") in _SUNG:
        return listed(_SUNG[key.strip("'")])
    sounds = hiatus.stressed_somewhere(hiatus.respelt(espeak.spoken(key, "it"), _OURS))
    sounds = tuple(sound for sound in sounds if sound.phones[0])
    return _trilled(hiatus.falling(hiatus.rising(sounds)))


def begins(first: str, second: str) -> bool:
    """Whether two consonants may begin a syllable: s with nearly all, a stop or f with a liquid."""
    if second in ("j", "w"):
        return first not in ("j", "w")
    if first in ("s", "z"):
        return second not in ("s", "z", "ʃ", "ts", "dz", "ɲ", "ʎ")
    if second == "l":
        return first in _STOPS and first not in ("t", "d")
    return second in ("r", "ɾ") and first in _STOPS


def _trilled(sounds: tuple[Sound, ...]) -> tuple[Sound, ...]:
    """One r between vowels is a tap; a double one is two trills."""
    result: list[Sound] = []
    row = [None, *sounds, None]
    for before, (sound, after) in zip(row, pairwise(row[1:]), strict=False):
        if sound is None:
            continue
        if not sound.nucleus and phones.parse(sound.phones[0]).base in ("r", "ɾ"):
            alone = before is not None and before.nucleus and after is not None and after.nucleus
            sound = consonant("ɾ" if alone else "r")
        result.append(sound)
    return tuple(result)
