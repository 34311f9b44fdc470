"""German as it is sung: by espeak-ng, with final devoicing, ʁ before vowels and ɐ after them.

The standard pronunciation of Duden 6 (2015) rather than the rolled r of the old stage: r is ʁ where a vowel
follows and after a; after other vowels it is their glide ɐ ("Uhr" u ɐ). Obstruents that end a syllable have
no voice ("Mädchen" t ç).
"""

from __future__ import annotations

from functools import lru_cache

from singer.language import espeak, hiatus, phones
from singer.language.syllables import Sound, consonant, listed, vowel

_OURS = {
    "ɾ": "ʁ", "r": "ʁ", "ɹ": "ʁ", "w": "v", "ð": "d", "θ": "s", "ɒ": "ɔ", "ʌ": "a", "ɑ": "a",
    "ɜ": "œ", "æ": "ɛ"
}  # fmt: skip
_SUNG = {
    "weg": "v e k", "wege": "v e ɡ ə", "wegen": "v e ɡ ə n", "o": "o", "oh": "o", "ah": "a", "ach": "a x",
    "ei": "a ɪ",
    "eia": "a ɪ . a", "ja": "j a", "mm": "m̩", "halleluja": "h a l e l u j a", "hosianna": "h o z i . a n a",
    "amen": "a m ə n", "jesus": "j e z ʊ s", "jesu": "j e z u", "christ": "k ʁ ɪ s t",
    "maria": "m a ʁ ˈi . a",
    "unsere": "ʊ n z ə ʁ ə", "unserer": "ʊ n z ə ʁ ɐ", "unseren": "ʊ n z ə ʁ ə n", "unserem": "ʊ n z ə ʁ ə m",
    "unseres": "ʊ n z ə ʁ ə s", "der": "d e ɐ", "er": "e ɐ", "her": "h e ɐ", "wer": "v e ɐ", "la": "l a",
    "baby": "b e ɪ b i",
}  # fmt: skip
_VOICELESS = {"b": "p", "d": "t", "ɡ": "k", "v": "f", "z": "s", "ʒ": "ʃ"}
_LIQUIDS = ("l", "ʁ")


@lru_cache(maxsize=20_000)
def spoken(word: str) -> tuple[Sound, ...]:
    """The sounds of one German word. Raises LyricsError naming a word that cannot be read."""
    key = word.lower()
    if key in _SUNG:
        return listed(_SUNG[key])
    sounds = [_diphthong(sound) for sound in espeak.spoken(key, "de")]
    return _devoiced(_with_r(_affricates(hiatus.respelt(hiatus.single(sounds), _OURS))))


def begins(first: str, second: str) -> bool:
    """Whether two consonants may begin a syllable: stops, f and ʃ with a liquid, ʃ p, ʃ t, k n, k v, ts v."""
    if second == "j":
        return first not in ("j", "ŋ")
    if second == "ʁ":
        return first in ("p", "b", "t", "d", "k", "ɡ", "f", "ʃ", "v", "pf")
    if second == "l":
        return first in ("p", "b", "k", "ɡ", "f", "ʃ", "pf")
    if first == "ʃ":
        return second in ("p", "t", "m", "n", "v")
    return (first, second) in (("k", "n"), ("ɡ", "n"), ("k", "v"), ("ts", "v"))


def _diphthong(sound: Sound) -> Sound:
    """eu is ɔ ʏ; ʊɐ (durch) stays."""
    if sound.phones == ("ɔ", "ø"):
        return vowel("ɔ", "ʏ", stressed=sound.stressed)
    return sound


def _affricates(sounds: tuple[Sound, ...]) -> tuple[Sound, ...]:
    """t and ʃ in a row are tʃ."""
    result: list[Sound] = []
    for sound in sounds:
        if sound.phones == ("ʃ",) and result and result[-1].phones == ("t",):
            result[-1] = consonant("tʃ")
        else:
            result.append(sound)
    return tuple(result)


def _with_r(sounds: tuple[Sound, ...]) -> tuple[Sound, ...]:
    """ʁ that no vowel follows is ɐ after a vowel other than a."""
    result: list[Sound] = []
    for at, sound in enumerate(sounds):
        before = result[-1] if result else None
        follows = at + 1 < len(sounds) and sounds[at + 1].nucleus
        if sound.phones != ("ʁ",) or follows or before is None or not before.nucleus:
            result.append(sound)
        elif before.phones[-1] == "ɐ":
            continue
        elif before.phones == ("ə",):
            result[-1] = vowel("ɐ", stressed=before.stressed)
        elif before.phones[-1] == "a":
            result.append(sound)
        else:
            result[-1] = vowel(*before.phones, "ɐ", stressed=before.stressed)
    return tuple(result)


def _devoiced(sounds: tuple[Sound, ...]) -> tuple[Sound, ...]:
    """Obstruents without voice at the end of the word and before others without."""
    result: list[Sound] = []
    voiceless = True
    for sound in reversed(sounds):
        phone = sound.phones[0]
        if not sound.nucleus and voiceless and phone in _VOICELESS:
            sound = consonant(_VOICELESS[phone])
        voiceless = not sound.nucleus and not phones.is_voiced(sound.phones[0])
        result.append(sound)
    return tuple(reversed(result))
