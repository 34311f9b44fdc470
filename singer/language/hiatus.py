"""Where vowels touch: a close vowel becomes the glide of its neighbour, or keeps a syllable of its own.

Rising diphthongs put the glide before (Spanish "bien" b j e n), falling ones after ("reina" r e ɪ); a
stressed close vowel stays apart ("día"). Which of it holds is each language's own.
"""

from __future__ import annotations

from collections.abc import Sequence

from singer.language import phones
from singer.language.syllables import Sound, consonant, vowel

RISING = {"i": "j", "u": "w", "y": "ɥ"}
FALLING = {"i": "ɪ", "u": "ʊ", "j": "ɪ", "w": "ʊ"}


def stressed_somewhere(sounds: Sequence[Sound]) -> tuple[Sound, ...]:
    """The same sounds; where none is stressed, the last nucleus but one is (or the only one)."""
    nuclei = [at for at, sound in enumerate(sounds) if sound.nucleus]
    if not nuclei or any(sound.stressed for sound in sounds):
        return tuple(sounds)
    at = nuclei[-2] if len(nuclei) > 1 else nuclei[0]
    return (*sounds[:at], vowel(*sounds[at].phones, stressed=True), *sounds[at + 1 :])


def rising(
    sounds: Sequence[Sound], *, even_stressed: bool = False, apart_after_clusters: bool = False
) -> tuple[Sound, ...]:
    """Close vowels before another nucleus as its glide, but not stressed ones unless `even_stressed`.

    `apart_after_clusters`: not after a consonant and a liquid either ("crier"), but for y before i ("pluie").
    """
    result: list[Sound] = []
    for at, sound in enumerate(sounds):
        after = sounds[at + 1] if at + 1 < len(sounds) else None
        glide = RISING.get(sound.phones[0]) if sound.nucleus and len(sound.phones) == 1 else None
        if glide is None or after is None or not after.nucleus or after.phones[0] == sound.phones[0]:
            apart = True
        elif apart_after_clusters and _after_cluster(result):
            apart = (glide, after.phones[0]) != ("ɥ", "i")
        else:
            apart = sound.stressed and not even_stressed
        result.append(sound if apart or glide is None else consonant(glide))
    return tuple(result)


def falling(sounds: Sequence[Sound]) -> tuple[Sound, ...]:
    """Unstressed close vowels, and glides that no vowel follows, as the end of the vowel before them."""
    result: list[Sound] = []
    for at, sound in enumerate(sounds):
        after = sounds[at + 1] if at + 1 < len(sounds) else None
        before = result[-1] if result else None
        glide = FALLING.get(sound.phones[0]) if len(sound.phones) == 1 and not sound.stressed else None
        joins = (
            glide is not None
            and before is not None
            and before.nucleus
            and len(before.phones) == 1
            and phones.parse(before.phones[0]).base != sound.phones[0]
            and not (after is not None and after.nucleus)
        )
        if joins and before is not None and glide is not None:
            result[-1] = vowel(*before.phones, glide, stressed=before.stressed)
        else:
            result.append(sound)
    return tuple(result)


def single(sounds: Sequence[Sound]) -> tuple[Sound, ...]:
    """The sounds without doubled consonants, for languages that have none."""
    kept: list[Sound] = []
    for sound in sounds:
        if not (kept and not sound.nucleus and kept[-1] == sound):
            kept.append(sound)
    return tuple(kept)


def respelt(sounds: Sequence[Sound], table: dict[str, str]) -> tuple[Sound, ...]:
    """The sounds with each phone that `table` names replaced."""
    return tuple(
        Sound(tuple(table.get(phone, phone) for phone in sound.phones), sound.nucleus, sound.stressed)
        for sound in sounds
    )


def _after_cluster(before: Sequence[Sound]) -> bool:
    """Whether an obstruent and a liquid have just been sung in one syllable."""
    if len(before) < 2 or before[-1].nucleus or before[-2].nucleus:
        return False
    return before[-1].phones[0] in ("l", "ʁ", "ɾ", "r") and not phones.has(before[-2].phones[0], "nasal")
