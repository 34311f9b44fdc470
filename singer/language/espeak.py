"""espeak-ng as grapheme-to-phoneme: one word in, its sounds in our phones out.

Words go in one by one, because espeak runs neighbours together ("of the" becomes one word). Stress is
kept on the sounds, length and tones are not: the notes give both. A consonant written long is two, one
on each side.
"""

from __future__ import annotations

import re
import threading
from functools import cache, lru_cache
from typing import Any

from singer.errors import LyricsError
from singer.language import phones
from singer.language.syllables import Sound, consonant, vowel

_lock = threading.Lock()

# espeak's own spellings, in every language: no IPA, or finer than the inventory
_SPELLINGS = (
    ("ʲʲ", "ʲ"), ("?", "ʔ"), ("ε", "ɛ"), ("ᵝ", ""), ("ä", "a"), ("\u0308", ""), ("\u031e", ""),
    ("\u031d", ""),
    ("\u032f", ""), ("ts.", "ʈʂ"), ("s.", "ʂ"), ("i.", "i"), ("a.", "ɑ"), (".", ""), ('u"', "ʉ"), ('"', ""),
    ("`", "ʼ"), ("^", "ʲ"), ("#", "\u0325"), ("\u033b", ""), ("+", ""), ("ᵑ", "ŋ"), ("ʰχ", "χ"),
    ("A", "ɑ"), ("K", "ɬ"), ("N", "ŋ"), ("S", "ʃ"), ("X", "χ"), ("Z", "ʒ"), ("Φ", "ɸ"), ("[", ""),
    ("\u033a", ""),
)  # fmt: skip
# before the dots of those go: the flap of Hindi, voiced aspirates, the plain t of Vietnamese "th"
_SPELLINGS_BEFORE: dict[str, tuple[tuple[str, str], ...]] = {
    "hi": (
        ("r.", "ɽ"), ("r", "ɾ"), ("t", "t\u032a"), ("d", "d\u032a"), ("d\u032aʰ", "d\u032aʱ"), ("bʰ", "bʱ"),
        ("ɖʰ", "ɖʱ"), ("ɡʰ", "ɡʱ"), ("ɟʰ", "dʒʱ"), ("cʰ", "tʃʰ"),
        ("c", "tʃ"),
        ("ɟ", "dʒ"), ("əə", "ə"), ("ʌ", "ə"),
    ),
    "vi": (("t̪", "T"), ("t", "tʰ"), ("tʰʃ", "tʃ"), ("T", "t"), ("yə", "ɨə"), ("y", "ɨ")),
}  # fmt: skip
_SPELLINGS_OF: dict[str, tuple[tuple[str, str], ...]] = {
    "de": (("ɜ", "ɐ"),),
    "ru": (
        ("ɭʲ", "lʲ"), ("ɭ", "lˠ"), ("y", "ɨ"), ("tʃʲ", "tɕ"), ("ʃ", "ʂ"), ("ʒ", "ʐ"), ("ʉ", "u"), ("ɑ", "a"),
        ("ʌ", "ɐ"),
        ("ɵ", "o"),
    ),
    "ko": (("q", "k"), ("ɫ", "l"), ("-", "\u0348"), ("tʃ", "tɕ"), ("ɐ", "a")),
    "tr": (("r", "ɾ"), ("ɫ", "lˠ")),
    "yue": (
        ("ɡw", "ɡ w"), ("kw", "k w"), ("yu", "y"), ("eoi", "ɵ y"), ("eo", "ɵ"), ("oe", "œ"), ("aa", "A"),
        ("a", "ɐ"),
        ("A", "a"), ("e", "ɛ"), ("ɛi", "ei"), ("o", "ɔ"), ("ɔu", "ou"), ("nɡ", "ŋ"), ("p", "pʰ"),
        ("t", "tʰ"),
        ("k", "kʰ"), ("c", "tsʰ"), ("z", "ts"), ("b", "p"), ("d", "t"), ("ɡ", "k"),
    ),
}  # fmt: skip
_TONES = re.compile("[0-9ɜ˥˦˧˨˩]+$|[0-9˥˦˧˨˩]+")
_TONAL = ("vi", "fa", "yue", "cmn", "th", "my", "hak", "shn")
_GLIDES = ("ɪ", "ʊ", "i", "u", "ʏ", "y", "ø")


_SLAVIC = ("ru", "uk", "be", "bg", "pl", "cs", "sk", "sl", "hr", "sr", "mk")
_VOWEL_LETTERS = "aeiouyąęóůúáéíýаеёиоуыэюяіїє"


@cache
def _engine() -> Any:
    import espeakng_loader
    from phonemizer.backend.espeak.wrapper import EspeakWrapper

    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
    return EspeakWrapper()


def voices() -> frozenset[str]:
    """Language codes that this espeak-ng reads."""
    return frozenset(voice.language for voice in _engine().available_voices())


@lru_cache(maxsize=20_000)
def transcribe(word: str, voice: str) -> str:
    """espeak's own transcription of one word: phonemes parted by "_", with stress marks."""
    with _lock:
        engine = _engine()
        if engine.voice is None or engine.voice.language != voice:
            engine.set_voice(voice)
        return str(engine.text_to_phonemes(word))


@lru_cache(maxsize=20_000)
def spoken(word: str, voice: str) -> tuple[Sound, ...]:
    """The sounds of one word. Raises LyricsError, naming the word, where espeak says nothing or a
    symbol is unknown."""
    return sounds_of(transcribe(word, voice), voice, word)


def sounds_of(transcription: str, voice: str, word: str) -> tuple[Sound, ...]:
    """The sounds of a word (or of a character of one) that espeak transcribed. Raises as `spoken`."""
    text = re.sub(r"\([^)]*\)", "", transcription)
    sounds: list[Sound] = []
    for token in re.split(r"[_\s]+", text):
        found = _sounds_of_token(token, voice, word)
        if not sounds and len(found) > 1 and found[0] == found[1]:
            found = found[1:]
        sounds.extend(found)
    if len(word) == 1 and voice in _SLAVIC and word not in _VOWEL_LETTERS:
        sounds = [sound for sound in sounds if not sound.nucleus]
    if not sounds:
        raise LyricsError(
            f"“{word}” cannot be pronounced as {voice}.", "Spell it in letters of the language."
        )
    return tuple(sounds)


def _sounds_of_token(token: str, voice: str, word: str) -> list[Sound]:
    """One espeak phoneme: its vowels are one nucleus, whatever stands around them are consonants."""
    stressed = "ˈ" in token
    symbols = token.replace("ˈ", "").replace("ˌ", "")
    if voice != "ko":
        symbols = symbols.replace("-", "")
    if voice in _TONAL:
        symbols = _TONES.sub("", symbols)
    for written, ours in _SPELLINGS_BEFORE.get(voice, ()) + _SPELLINGS + _SPELLINGS_OF.get(voice, ()):
        symbols = symbols.replace(written, ours)
    if symbols.startswith("ʲ"):
        symbols = "j" + symbols[1:]
    try:
        found = phones.tokenise(symbols)
    except LyricsError as error:
        raise LyricsError(f"“{word}”: {error.sentence}", error.remedy) from error
    sounds: list[Sound] = []
    for phone in found:
        plain = phone.replace("ː", "").replace("ˑ", "")
        if phones.is_syllabic(phone):
            if sounds and sounds[-1].nucleus:
                sounds[-1] = vowel(*sounds[-1].phones, plain, stressed=stressed)
            else:
                sounds.append(vowel(plain, stressed=stressed))
        else:
            sounds.extend([consonant(plain)] * (2 if "ː" in phone else 1))
    return sounds
