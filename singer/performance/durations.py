"""How long consonants take, in seconds, when a singer has time for them.

Values follow the inherent durations of Klatt (1979) in the MITalk table (Allen, Hunnicutt & Klatt
1987), by manner of articulation so that every phone of every language has one; consonants in clusters
are shorter (Klatt 1976). A singer lengthens sonorants that close a syllable with the note, and little
else.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from singer.language.phones import CLOSURE, FEATURE_NAMES, features, is_syllabic, parse

CLUSTER_SHORTENING = 0.75
"""A consonant beside another one takes this share of its time alone."""

LONGEST_CODA_SONORANT_S = 0.18
"""A nasal or liquid that closes a syllable grows with its note up to this."""

_CODA_SONORANT_SHARE = 0.15  # of the note
_JOINED_VOWEL_SHARE = 0.7  # of a note's even parts, where a note carries several syllables
_CLOSURE_S = 0.10  # the Japanese small tsu
_GLOTTAL_STOP_S = 0.04
_GLIDE_VOWEL_S = 0.06  # a vowel that leads into the held one
_ASPIRATION_S = 0.02

# manner, voiced (None: either), seconds; the first that fits
_MANNERS: tuple[tuple[str, bool | None, float], ...] = (
    ("vowel", None, _GLIDE_VOWEL_S),
    ("tap", None, 0.03),
    ("trill", None, 0.075),
    ("affricate", False, 0.11),
    ("affricate", True, 0.09),
    ("stop", False, 0.085),
    ("stop", True, 0.075),
    ("sibilant", False, 0.11),
    ("sibilant", True, 0.075),
    ("fricative", False, 0.085),
    ("fricative", True, 0.06),
    ("nasal", None, 0.07),
    ("lateral", None, 0.06),
    ("approximant", None, 0.055),
)
_OTHER_S = 0.07

# How much earlier a vowel is heard than the boundary after the consonant: glides and liquids turn into it
# gradually, and breath lets it through. By class, from examples/ and other words in the shipped voices; where
# some are heard much earlier than most, a few milliseconds more. The first class with all features counts.
_HEARD_EARLY_S: tuple[tuple[tuple[str, ...], float], ...] = (
    (("sibilant", "voiced"), 0.009),
    (("sibilant",), 0.004),
    (("fricative", "glottal"), 0.017),
    (("fricative", "velar"), 0.012),
    (("fricative", "palatal"), 0.016),
    (("approximant", "lateral"), 0.02),
    (("approximant", "retroflex"), 0.014),
    (("approximant", "rhotic"), 0.025),
    (("approximant",), 0.024),
    (("nasal",), 0.012),
    (("stop", "voiced"), 0.01),
    (("voiced",), 0.009),
)
_OTHERS_HEARD_EARLY_S = 0.006


def has_feature(phone: str, name: str) -> bool:
    """Whether the phone has the articulatory feature `name` of `singer.language.phones.FEATURE_NAMES`."""
    return features(phone)[FEATURE_NAMES.index(name)] > 0.5


def is_sonorant(phone: str) -> bool:
    """Whether the phone can be held on a pitch without noise: vowels, nasals, liquids and glides."""
    return any(has_feature(phone, name) for name in ("vowel", "nasal", "lateral", "approximant"))


@cache
def consonant_s(phone: str) -> float:
    """Seconds that the phone takes alone before a vowel."""
    base = parse(phone).base
    if base == CLOSURE:
        return _CLOSURE_S
    if base == "ʔ":
        return _GLOTTAL_STOP_S
    voiced = has_feature(phone, "voiced")
    seconds = next(
        (
            seconds
            for manner, wanted, seconds in _MANNERS
            if has_feature(phone, manner) and wanted in (None, voiced)
        ),
        _OTHER_S,
    )
    return seconds + (_ASPIRATION_S if has_feature(phone, "aspirated") else 0.0)


@cache
def heard_early_s(phone: str) -> float:
    """Seconds by which a vowel is heard before its boundary with the consonant `phone`."""
    return next(
        (seconds for names, seconds in _HEARD_EARLY_S if all(has_feature(phone, name) for name in names)),
        _OTHERS_HEARD_EARLY_S,
    )


def onset_durations_s(phones: Sequence[str], neighbours: int = 0) -> list[float]:
    """Seconds of each consonant before a vowel; `neighbours` consonants of another syllable touch them."""
    shortening = CLUSTER_SHORTENING if len(phones) + neighbours > 1 else 1.0
    return [consonant_s(phone) * shortening for phone in phones]


def coda_durations_s(phones: Sequence[str], note_s: float, neighbours: int = 0) -> list[float]:
    """Seconds of each phone after the held vowel of a syllable whose last note lasts `note_s`.

    Where the lyrics join syllables on one note, the closing phones hold vowels, and each vowel takes
    its part.
    """
    durations = onset_durations_s(phones, neighbours)
    vowels = count_vowels(phones)
    if vowels:
        vowel_s = _JOINED_VOWEL_SHARE * note_s / (vowels + 1)
        return [
            max(seconds, vowel_s) if is_syllabic(phone) else seconds
            for phone, seconds in zip(phones, durations, strict=True)
        ]
    held_s = min(_CODA_SONORANT_SHARE * note_s, LONGEST_CODA_SONORANT_S)
    for index, phone in enumerate(phones):
        if is_sonorant(phone):
            durations[index] = max(durations[index], held_s)
            break  # only the first one is held: the "l" of "held", not both of "elm"
    return durations


def count_vowels(phones: Sequence[str]) -> int:
    """How many of the phones carry a syllable."""
    return sum(is_syllabic(phone) for phone in phones)


def main_vowel(nucleus: Sequence[str]) -> int:
    """Index of the phone of the nucleus that is held: the most open one, but no schwa after another vowel."""
    height = FEATURE_NAMES.index("height")
    candidates = [
        index for index, phone in enumerate(nucleus) if index == 0 or parse(phone).base not in ("ə", "ɚ", "ɐ")
    ]
    return min(candidates, key=lambda index: (features(nucleus[index])[height], index))


def nucleus_durations_s(nucleus: Sequence[str], total_s: float) -> list[float]:
    """Seconds of each phone of the nucleus, `total_s` together.

    Vowels before the held one glide quickly into it. One vowel after it takes the last quarter, two take two
    fifths; each at most 200 ms and, where there is room, at least 60 ms.
    """
    held = main_vowel(nucleus)
    before, after = held, len(nucleus) - held - 1
    lead_s = min(before * _GLIDE_VOWEL_S, 0.25 * total_s) if before else 0.0
    share = after / (after + 3)
    glide_s = min(max(share * total_s, _GLIDE_VOWEL_S * after), 0.2 * after, 0.45 * total_s)
    return (
        [lead_s / before if before else 0.0] * before
        + [total_s - lead_s - glide_s]
        + [glide_s / after if after else 0.0] * after
    )
