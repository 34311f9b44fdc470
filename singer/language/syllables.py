"""Syllables, and how sounds fall into them: nuclei, the maximal onset, joining."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from singer.language import phones

Pair = Callable[[str, str], bool]
"""Whether a language lets two consonants begin a syllable together."""

_SYLLABIC = "\u0329"
_LIQUIDS = ("l", "ɹ", "r", "ɾ", "ʁ", "ɻ", "ɭ")
_GLIDES = ("j", "w", "ɥ", "ʋ")
_CLOSE_NO_ONSET = ("ŋ", "ɴ", "cl")


@dataclass(frozen=True)
class Syllable:
    """One sung syllable: what comes before the held sound, the held sound, and what closes it.

    Phones are strings of `phones`. `nucleus` is never empty: a vowel and its glides, or a syllabic consonant.
    """

    onset: tuple[str, ...]
    nucleus: tuple[str, ...]
    coda: tuple[str, ...] = ()

    @property
    def phones(self) -> tuple[str, ...]:
        """All phones in the order they are sung."""
        return self.onset + self.nucleus + self.coda


@dataclass(frozen=True)
class Sound:
    """One unit of a word before it is cut into syllables: a consonant, or a nucleus with its glides."""

    phones: tuple[str, ...]
    nucleus: bool
    stressed: bool = False


def consonant(phone: str) -> Sound:
    """A consonant as a sound."""
    return Sound((phone,), nucleus=False)


def vowel(*glides: str, stressed: bool = False) -> Sound:
    """A nucleus of one or more vowel phones as a sound."""
    return Sound(glides, nucleus=True, stressed=stressed)


def sounds_of(phone_list: Sequence[str]) -> tuple[Sound, ...]:
    """Sounds of a row of phones: vowels that touch are one nucleus."""
    sounds: list[Sound] = []
    for phone in phone_list:
        if not phones.is_syllabic(phone):
            sounds.append(consonant(phone))
        elif sounds and sounds[-1].nucleus and phones.is_vowel(phone):
            sounds[-1] = vowel(*sounds[-1].phones, phone)
        else:
            sounds.append(vowel(phone))
    return tuple(sounds)


def listed(transcription: str) -> tuple[Sound, ...]:
    """The sounds of a hand-written transcription: phones parted by blanks, ˈ before a stressed nucleus.

    "." parts nuclei where vowels touch.
    """
    sounds: list[Sound] = []
    for part in transcription.split("."):
        row = part.split()
        strong = {str(phones.parse(phone[1:])) for phone in row if phone.startswith("ˈ")}
        for sound in sounds_of([str(phones.parse(phone.removeprefix("ˈ"))) for phone in row]):
            stressed = sound.nucleus and not strong.isdisjoint(sound.phones)
            sounds.append(Sound(sound.phones, sound.nucleus, stressed))
    return tuple(sounds)


def with_nucleus(sounds: Sequence[Sound]) -> tuple[Sound, ...]:
    """The same sounds with a nucleus: where there is none, the last nasal or liquid, else an added schwa."""
    if any(sound.nucleus for sound in sounds):
        return tuple(sounds)
    for at in range(len(sounds) - 1, -1, -1):
        phone = sounds[at].phones[0]
        if phones.has(phone, "nasal") or phone[0] in _LIQUIDS:
            return (*sounds[:at], vowel(phone + _SYLLABIC), *sounds[at + 1 :])
    return (*sounds[:1], vowel("ə"), *sounds[1:])


def syllabify(sounds: Sequence[Sound], pair: Pair | None = None) -> tuple[Syllable, ...]:
    """Cut sounds into syllables, one per nucleus, each consonant as far right as an onset allows.

    The maximal onset principle (Kahn 1976); legal onsets are those of `pair`, or the rising clusters that
    most languages share.
    """
    sounds = with_nucleus(sounds)
    centres = [at for at, sound in enumerate(sounds) if sound.nucleus]
    starts = [0]
    for before, after in pairwise(centres):
        between = [sound.phones[0] for sound in sounds[before + 1 : after]]
        starts.append(after - onset_size(between, pair))
    starts.append(len(sounds))
    return tuple(
        Syllable(
            tuple(phone for sound in sounds[start:centre] for phone in sound.phones),
            sounds[centre].phones,
            tuple(phone for sound in sounds[centre + 1 : end] for phone in sound.phones),
        )
        for centre, start, end in zip(centres, starts, starts[1:], strict=False)
    )


def onset_size(between: Sequence[str], pair: Pair | None = None) -> int:
    """How many of the consonants between two vowels begin the second syllable."""
    if not between or between[-1] in _CLOSE_NO_ONSET:
        return 0
    allowed = pair or may_precede
    size = first = 1
    if is_glide(between[-1]) and len(between) > 1 and allowed(between[-2], between[-1]):
        size = first = 2
    while size < len(between) and size < first + 2 and allowed(between[-size - 1], between[-size]):
        if size == first + 1 and between[-size - 1][0] not in "sʃ":
            break
        size += 1
    return size


def is_glide(phone: str) -> bool:
    """Whether the phone is the glide of a close vowel (j, w, ɥ), or ʋ."""
    return phones.parse(phone).base in _GLIDES


def may_precede(first: str, second: str) -> bool:
    """Whether two consonants may begin a syllable together."""
    if phones.parse(first) == phones.parse(second):
        return False
    a, b = phones.parse(first).base, phones.parse(second).base
    if b in _GLIDES:
        return a not in (*_GLIDES, "ŋ")
    if b in _LIQUIDS:
        plosive = phones.has(a, "stop") or a in ("f", "θ", "ʃ", "s")
        return plosive and not (b == "l" and a in ("t", "d", "θ")) and not (b != "l" and a == "s")
    return a in ("s", "ʃ") and b in ("p", "t", "k", "m", "n", "f")


def join(parts: Sequence[Syllable], main: int = 0) -> Syllable:
    """Sing several syllables on one note: the nucleus of `parts[main]` is held, no consonant is dropped.

    Vowels that touch the held one become its glides (equal ones fall together); a schwa between consonants
    gives way; the rest goes before or after the held sound.
    """
    before = tuple(phone for part in parts[:main] for phone in _reduced(part))
    onset, nucleus, coda = before + parts[main].onset, parts[main].nucleus, parts[main].coda
    for part in parts[main + 1 :]:
        if not coda and not part.onset and all(phones.is_vowel(phone) for phone in part.nucleus):
            nucleus += part.nucleus[1:] if part.nucleus[0] == nucleus[-1] else part.nucleus
            coda = part.coda
        else:
            coda += _reduced(part)
    return Syllable(onset, nucleus, coda)


def _reduced(syllable: Syllable) -> tuple[str, ...]:
    if syllable.nucleus == ("ə",) and (syllable.onset or syllable.coda):
        return syllable.onset + syllable.coda
    return syllable.phones
