"""Spanish as it is sung: five vowels, glides where vowels touch, taps and trills.

Castilian by espeak-ng (θ, ʎ), and seseo with ʝ for Latin America (`es-419`), after the pronunciation that
Quilis & Fernández (1985) describe. espeak's open e and its doubled stops are no phonemes and go.
"""

from __future__ import annotations

from functools import lru_cache

from singer.language import espeak, hiatus
from singer.language.syllables import Sound, listed

_OURS = {"ɛ": "e", "ɔ": "o", "ə": "e", "ʃ": "tʃ", "ɪ": "i", "ʊ": "u"}
_SUNG = {
    "y": "i", "a": "a", "o": "o", "e": "e", "u": "u", "ay": "a ɪ", "ah": "a", "oh": "o", "eh": "e",
    "la": "l a", "muy": "m u ɪ", "uy": "u ɪ", "mm": "m̩", "shh": "ʃ ə", "río": "r ˈi . o", "rio": "r ˈi . o",
    "aleluya": "a l e l u ʝ a", "google": "ɡ u ɡ e l",
}  # fmt: skip
_STOPS = ("p", "b", "k", "ɡ", "f", "β", "ɣ")


@lru_cache(maxsize=20_000)
def spoken(word: str, voice: str = "es") -> tuple[Sound, ...]:
    """The sounds of one Spanish word. Raises LyricsError naming a word that cannot be read."""
    key = word.lower()
    if key in _SUNG:
        return listed(_SUNG[key])
    sounds = hiatus.stressed_somewhere(hiatus.single(espeak.spoken(key, voice)))
    plain = (sound if sound.nucleus and len(sound.phones) > 1 else _plain(sound) for sound in sounds)
    return hiatus.falling(hiatus.rising(tuple(plain)))


def begins(first: str, second: str) -> bool:
    """Whether two consonants may begin a syllable: a stop or f with a liquid, anything with a glide."""
    if second in ("j", "w"):
        return first not in ("j", "w")
    if second == "l":
        return first in _STOPS
    return second == "ɾ" and first in (*_STOPS, "t", "d", "ð")


def _plain(sound: Sound) -> Sound:
    return hiatus.respelt((sound,), _OURS)[0]
