"""The phones that the house sings: IPA symbols, and what the mouth does for each.

A phone is a string: one base symbol (an affricate counts as one base) and any diacritics after it, such as
"tɕʰ" or "ɛ̃". Diphthongs are two vowel phones. Three phones are no sound of a language: "SP" silence, "AP" a
breath, "cl" the closure of the Japanese small tsu. Symbols and articulations follow the chart of the
International Phonetic Association (2020); "ɿ" and "ʅ" are the sinologists' apical vowels (zi, zhi).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from singer.errors import LyricsError

SILENCE = "SP"
BREATH = "AP"
CLOSURE = "cl"

FEATURE_NAMES: tuple[str, ...] = (
    "silence", "breath", "vowel", "consonant", "height", "backness", "rounding", "rhotic", "nasal",
    "voiced",
    "stop", "fricative", "affricate", "approximant", "lateral", "tap", "trill", "sibilant",
    "labial", "dental", "alveolar", "postalveolar", "retroflex", "palatal", "velar", "uvular",
    "pharyngeal", "glottal",
    "aspirated", "palatalised", "labialised", "velarised", "syllabic", "long", "glottalised", "tense",
)  # fmt: skip
"""The values of `features`: 0 or 1, but height and backness from −1 (open, front) to 1 (close, back)."""

# height, backness, rounding; a fourth word marks rhotic vowels
_VOWELS = {
    "i": (1.0, -1.0, 0), "y": (1.0, -1.0, 1), "ɨ": (1.0, 0.0, 0), "ʉ": (1.0, 0.0, 1),
    "ɯ": (1.0, 1.0, 0),
    "u": (1.0, 1.0, 1), "ɪ": (0.75, -0.7, 0), "ʏ": (0.75, -0.7, 1), "ʊ": (0.75, 0.7, 1),
    "e": (0.5, -1.0, 0),
    "ø": (0.5, -1.0, 1), "ɘ": (0.5, 0.0, 0), "ɵ": (0.5, 0.0, 1), "ɤ": (0.5, 1.0, 0), "o": (0.5, 1.0, 1),
    "ə": (0.0, 0.0, 0), "ɛ": (-0.4, -1.0, 0), "œ": (-0.4, -1.0, 1), "ɜ": (-0.4, 0.0, 0),
    "ɞ": (-0.4, 0.0, 1),
    "ʌ": (-0.4, 0.6, 0), "ɔ": (-0.4, 1.0, 1), "æ": (-0.75, -1.0, 0), "ɐ": (-0.75, 0.0, 0),
    "a": (-1.0, -0.3, 0),
    "ɶ": (-1.0, -1.0, 1), "ɑ": (-1.0, 1.0, 0), "ɒ": (-1.0, 1.0, 1), "ɚ": (0.0, 0.0, 0),
    "ɝ": (-0.2, 0.0, 0),
    "ɿ": (1.0, -0.4, 0), "ʅ": (1.0, -0.1, 0),
}  # fmt: skip
_VOWEL_EXTRAS = {"ɚ": ("rhotic",), "ɝ": ("rhotic",), "ɿ": ("alveolar",), "ʅ": ("retroflex",)}

_CONSONANTS = {
    "p": "stop labial", "b": "stop labial voiced", "t": "stop alveolar", "d": "stop alveolar voiced",
    "ʈ": "stop retroflex", "ɖ": "stop retroflex voiced", "c": "stop palatal",
    "ɟ": "stop palatal voiced",
    "k": "stop velar", "ɡ": "stop velar voiced", "q": "stop uvular", "ɢ": "stop uvular voiced",
    "ʔ": "stop glottal",
    "ɓ": "stop labial voiced glottalised", "ɗ": "stop alveolar voiced glottalised",
    "ʄ": "stop palatal voiced glottalised", "ɠ": "stop velar voiced glottalised",
    "m": "nasal labial voiced", "ɱ": "nasal labial dental voiced", "n": "nasal alveolar voiced",
    "ɳ": "nasal retroflex voiced", "ɲ": "nasal palatal voiced", "ŋ": "nasal velar voiced",
    "ɴ": "nasal uvular voiced",
    "ʙ": "trill labial voiced", "r": "trill alveolar voiced rhotic", "ʀ": "trill uvular voiced rhotic",
    "ɾ": "tap alveolar voiced rhotic", "ɽ": "tap retroflex voiced rhotic",
    "ɺ": "tap lateral alveolar voiced rhotic",
    "ɸ": "fricative labial", "β": "fricative labial voiced", "f": "fricative labial dental",
    "v": "fricative labial dental voiced", "θ": "fricative dental", "ð": "fricative dental voiced",
    "s": "fricative sibilant alveolar", "z": "fricative sibilant alveolar voiced",
    "ʃ": "fricative sibilant postalveolar", "ʒ": "fricative sibilant postalveolar voiced",
    "ʂ": "fricative sibilant retroflex", "ʐ": "fricative sibilant retroflex voiced",
    "ɕ": "fricative sibilant postalveolar palatal",
    "ʑ": "fricative sibilant postalveolar palatal voiced",
    "ç": "fricative palatal", "ʝ": "fricative palatal voiced", "x": "fricative velar",
    "ɣ": "fricative velar voiced",
    "ɧ": "fricative postalveolar velar", "χ": "fricative uvular", "ʁ": "fricative uvular voiced rhotic",
    "ħ": "fricative pharyngeal", "ʕ": "fricative pharyngeal voiced", "h": "fricative glottal",
    "ɦ": "fricative glottal voiced", "ɬ": "fricative lateral alveolar",
    "ɮ": "fricative lateral alveolar voiced",
    "ts": "affricate sibilant alveolar", "dz": "affricate sibilant alveolar voiced",
    "tʃ": "affricate sibilant postalveolar", "dʒ": "affricate sibilant postalveolar voiced",
    "tɕ": "affricate sibilant postalveolar palatal",
    "dʑ": "affricate sibilant postalveolar palatal voiced",
    "ʈʂ": "affricate sibilant retroflex", "ɖʐ": "affricate sibilant retroflex voiced",
    "pf": "affricate labial dental",
    "ʋ": "approximant labial dental voiced", "ɹ": "approximant alveolar voiced rhotic",
    "ɻ": "approximant retroflex voiced rhotic", "j": "approximant palatal voiced",
    "ɥ": "approximant palatal labial voiced", "w": "approximant velar labial voiced",
    "ɰ": "approximant velar voiced", "l": "approximant lateral alveolar voiced",
    "ɭ": "approximant lateral retroflex voiced", "ʎ": "approximant lateral palatal voiced",
    "ʟ": "approximant lateral velar voiced",
}  # fmt: skip
_GLIDE_VOWEL = {"j": "i", "ɥ": "y", "w": "u", "ɰ": "ɯ"}

BASES: tuple[str, ...] = (SILENCE, BREATH, CLOSURE, *_VOWELS, *_CONSONANTS)
"""Every base symbol. The order is part of trained weights: append, never insert."""

DIACRITICS: dict[str, dict[str, float]] = {
    "ʰ": {"aspirated": 1.0},
    "ʱ": {"aspirated": 1.0, "voiced": 1.0},
    "ʲ": {"palatalised": 1.0},
    "ʷ": {"labialised": 1.0},
    "ˠ": {"velarised": 1.0},
    "ˤ": {"pharyngeal": 0.5},
    "ː": {"long": 1.0},
    "ˑ": {"long": 0.5},
    "ʼ": {"glottalised": 1.0},
    "\u0303": {"nasal": 1.0},  # combining tilde
    "\u0329": {"syllabic": 1.0},  # vertical line below
    "\u032a": {"dental": 1.0},  # bridge below: the blade at teeth and ridge
    "\u0325": {"voiced": 0.0},  # ring below
    "\u0324": {"aspirated": 0.5},  # two dots below: breathy
    "\u0348": {"tense": 1.0},  # double vertical line below: Korean ㅃ
    "\u031a": {"silence": 0.5},  # no audible release: as CLOSURE
    "\u031e": {"height": -0.15},  # lowered (added to the base's height)
    "\u031d": {"height": 0.15},  # raised
    "˞": {"rhotic": 1.0},
}
"""Each diacritic and the features that it sets (height is added, the rest is set)."""

ALIASES: dict[str, str] = {
    "g": "ɡ", "ʦ": "ts", "ʣ": "dz", "ʧ": "tʃ", "ʤ": "dʒ", "ʨ": "tɕ", "ʥ": "dʑ", "tʂ": "ʈʂ", "dʐ": "ɖʐ",
    "ɫ": "lˠ", "ᵻ": "ɪ", "ᵊ": "ə", "ɩ": "ɪ", "ɷ": "ʊ", "ı": "ɯ", "hʲ": "ç", "ə˞": "ɚ", "ɜ˞": "ɝ",
    ":": "ː", "'": "ʼ", "’": "ʼ", "\u030d": "\u0329", "\u02bb": "ʰ", "\u030a": "\u0325",
    "\u0361": "", "\u035c": "", "\u032f": "",
}  # fmt: skip
"""Other spellings of what the inventory has: ASCII g, old ligatures, espeak's ᵻ, tie bars, marks above."""

_ALIASES_BY_LENGTH = sorted(ALIASES.items(), key=lambda item: -len(item[0]))
_BASES_BY_LENGTH = sorted(BASES, key=lambda base: -len(base))
_INDEX = {base: index for index, base in enumerate(BASES)}
_REMEDY = "Write phones in IPA, separated by spaces."
_SLOT = {name: slot for slot, name in enumerate(FEATURE_NAMES)}


@dataclass(frozen=True)
class Phone:
    """One phone: its base symbol from `BASES`, and its diacritics in the order of `DIACRITICS`."""

    base: str
    diacritics: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.base + "".join(self.diacritics)


def normalise(text: str) -> str:
    """Bring IPA text to the inventory's spelling: decomposed (ç whole), without ties, aliases replaced."""
    text = unicodedata.normalize("NFD", text).replace("c\u0327", "ç")
    for alias, symbol in _ALIASES_BY_LENGTH:
        text = text.replace(alias, symbol)
    return text


@lru_cache(maxsize=4096)
def parse(phone: str) -> Phone:
    """Read one phone. Raises LyricsError when its base or a diacritic is not in the inventory."""
    if phone in _INDEX:
        return Phone(phone)
    text = normalise(phone)
    base = next((base for base in _BASES_BY_LENGTH if text.startswith(base)), None)
    if base is None:
        raise LyricsError(f"“{phone}” is not a phone that we know.", _REMEDY)
    marks = text[len(base) :]
    for mark in marks:
        if mark not in DIACRITICS:
            raise LyricsError(f"“{phone}”: “{mark}” is not a diacritic that we know.", _REMEDY)
    return Phone(base, tuple(mark for mark in DIACRITICS if mark in marks))


def tokenise(ipa: str) -> tuple[str, ...]:
    """Split IPA text into phones by longest match; spaces part them. Raises LyricsError if one is unknown."""
    found: list[str] = []
    for chunk in ipa.split():
        rest = normalise(chunk)
        while rest:
            base = next((base for base in _BASES_BY_LENGTH if rest.startswith(base)), None)
            if base is None:
                raise LyricsError(f"“{rest[0]}” in “{ipa}” is not a phone that we know.", _REMEDY)
            end = len(base)
            while end < len(rest) and rest[end] in DIACRITICS:
                end += 1
            found.append(str(parse(rest[:end])))
            rest = rest[end:]
    return tuple(found)


def is_known(phone: str) -> bool:
    """Whether the inventory has this phone."""
    try:
        parse(phone)
    except LyricsError:
        return False
    return True


def base_index(phone: str) -> int:
    """Index of the phone's base in `BASES`. Raises LyricsError for an unknown phone."""
    return _INDEX[parse(phone).base]


def is_vowel(phone: str) -> bool:
    """Whether the phone is a vowel (syllabic consonants are not)."""
    return parse(phone).base in _VOWELS


def is_voiced(phone: str) -> bool:
    """Whether the vocal folds swing in it."""
    return has(phone, "voiced")


def has(phone: str, feature: str) -> bool:
    """Whether one of `FEATURE_NAMES` is present in the phone."""
    return features(phone)[_SLOT[feature]] > 0.5


def is_syllabic(phone: str) -> bool:
    """Whether the phone can carry a syllable: a vowel, or a consonant marked as syllabic."""
    return is_vowel(phone) or "\u0329" in parse(phone).diacritics


@lru_cache(maxsize=4096)
def features(phone: str) -> tuple[float, ...]:
    """Articulatory features of one phone, (len(FEATURE_NAMES),) in −1 … 1. Raises LyricsError if unknown."""
    parsed = parse(phone)
    values = _base_features(parsed.base)
    for mark in parsed.diacritics:
        for name, value in DIACRITICS[mark].items():
            values[name] = values.get(name, 0.0) + value if name == "height" else value
    return tuple(float(values.get(name, 0.0)) for name in FEATURE_NAMES)


def _base_features(base: str) -> dict[str, float]:
    if base == SILENCE:
        return {"silence": 1.0}
    if base == BREATH:
        return {"breath": 1.0, "fricative": 0.5, "glottal": 0.5}
    if base == CLOSURE:
        return {"silence": 0.5, "consonant": 1.0, "stop": 1.0}
    if base in _VOWELS:
        height, backness, rounding = _VOWELS[base]
        shape = {"vowel": 1.0, "voiced": 1.0, "syllabic": 1.0}
        shape |= {"height": height, "backness": backness, "rounding": float(rounding)}
        return shape | dict.fromkeys(_VOWEL_EXTRAS.get(base, ()), 1.0)
    values = {"consonant": 1.0} | dict.fromkeys(_CONSONANTS[base].split(), 1.0)
    if base in _GLIDE_VOWEL:
        height, backness, rounding = _VOWELS[_GLIDE_VOWEL[base]]
        values |= {"height": height, "backness": backness, "rounding": float(rounding)}
    return values
