"""French as it is sung: mute e where it is notated, glides, and the liaisons that must be made.

By espeak-ng. An e that speech drops inside a word is sung ("sa-me-di"). A final mute e gets no syllable of
its own; where the score writes one ("lu-ne") it is sung as ə. Liaison is made after determiners, pronouns,
short prepositions and adverbs, and forms of être and avoir, which Delattre (1947) and the sung tradition
(Grubb 1979) call obligatory or usual; never before an aspirated h.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from singer.language import espeak, hiatus, spelling
from singer.language.syllables import Sound, consonant, listed, vowel

_OURS = {
    "ɪ": "i", "ʊ": "u", "ɹ": "ʁ", "ɒ": "ɔ", "ʌ": "œ", "ð": "z", "θ": "s", "h": "", "ɑ": "a", "əl": "ə l",
}  # fmt: skip
_SUNG = {
    "y": "i", "à": "a", "a": "a", "ô": "o", "ah": "a", "oh": "o", "eh": "e", "hé": "e", "mm": "m̩",
    "les": "l ɛ",
    "des": "d ɛ", "mes": "m ɛ", "tes": "t ɛ", "ses": "s ɛ", "ces": "s ɛ", "est": "ɛ", "et": "e", "es": "ɛ",
    "plus": "p l y", "tous": "t u", "fils": "f i s", "alleluia": "a l e l u j a", "alléluia": "a l e l u j a",
    "c": "s", "d": "d", "j": "ʒ", "l": "l", "m": "m", "n": "n", "s": "s", "t": "t", "qu": "k",
    "noël": "n ɔ . ɛ l",
    "août": "u t", "ouais": "w ɛ", "oui": "w i", "john": "dʒ ɔ n",
}  # fmt: skip

_LATENT = {"s": "z", "x": "z", "z": "z", "t": "t", "d": "t", "n": "n", "p": "p", "r": "ʁ"}
_LINKING = """
les des mes tes ses ces nos vos leurs aux quels quelles quelques plusieurs un aucun mon ton son deux trois six
dix vingt cent petit petits petites grand grands grandes gros bon bons bonnes beaux belles vieux mauvais
premier dernier certain certains certaines autres mêmes tout toutes nous vous ils elles on en dans sans sous
chez dès très plus moins bien trop quand dont est sont ont suis es êtes sommes étaient était avaient avait
vont fut fût soit sait fait ait aient rien pas jamais c'est d'un qu'un s'est n'est m'est t'est l'est qu'on
l'on qu'ils qu'elles puis tant prochain plein ancien
"""
_LINKS = frozenset(_LINKING.split())
# how words with an aspirated h begin, and others that no liaison is made to
_NO_LIAISON = """
haï hach hagard haie haill haine haïr hall halt hamac hameau hamster hanch hand hang hant happ harangu haras
harcel hard harem hareng haricot harnais harp hasard hât hauss haut havre hennir hérau hériss hernie héron
hêtre heurt hibou hideu hiérarch hip hiss hobb hoch hockey holland homard hong hont hoquet hors houbl houle
housse hublot huche hué hululer hurl huron hutte onz ouistiti yaourt yo uhlan
"""
_ASPIRATED = re.compile(f"(?:{'|'.join(_NO_LIAISON.split())})|(?:hélas|héros|hic|huit|oui)$")
_INNER = re.compile("[^aeiouyàâéèêëîïôûùœ']?u?e")
_MUTE = re.compile("[^aeiouyàâéèêëîïôûùœ]*(?:[qg]u)?e(?:s|nt)?")
_DENASALISED = {
    "bon": "b ɔ",
    "certain": "s ɛ ʁ t ɛ",
    "prochain": "p ʁ ɔ ʃ ɛ",
    "plein": "p l ɛ",
    "ancien": "ɑ̃ s j ɛ",
}


@lru_cache(maxsize=20_000)
def spoken(word: str, voice: str = "fr-fr") -> tuple[Sound, ...]:
    """The sounds of one French word. Raises LyricsError naming a word that cannot be read."""
    key = word.lower().replace("’", "'")
    if key.strip("'") in _SUNG:
        return listed(_SUNG[key.strip("'")])
    sounds = hiatus.respelt(hiatus.single(espeak.spoken(key, voice)), _OURS)
    sounds = tuple(sound for sound in sounds if sound.phones[0])
    return _with_inner_e(key, hiatus.rising(sounds, even_stressed=True, apart_after_clusters=True))


def _with_inner_e(word: str, sounds: tuple[Sound, ...]) -> tuple[Sound, ...]:
    """The e that speech drops between two consonants inside a word ("samedi"), sung as ə."""
    result: list[Sound] = []
    places = spelling.align(word, sounds)
    for at, (sound, place) in enumerate(zip(sounds, places, strict=True)):
        before = places[at - 1] if at else None
        between = word[before + 1 : place] if before is not None and place is not None else ""
        if _INNER.fullmatch(between) and not sound.nucleus and not sounds[at - 1].nucleus:
            result.append(vowel("ə"))
        result.append(sound)
    return tuple(result)


def linked(
    sounds: tuple[Sound, ...], word: str, following: tuple[Sound, ...], next_word: str
) -> tuple[Sound, ...]:
    """The word before its neighbour: the latent consonant of "les" is sung before a vowel."""
    key, after = _key(word), _key(next_word)
    if key not in _LINKS or not following or _ASPIRATED.match(after):
        return sounds
    if not (following[0].nucleus or (following[0].phones[0] in ("j", "w", "ɥ") and after[:1] in "yioh")):
        return sounds
    latent = _LATENT.get(key[-1])
    if latent is None or (sounds and sounds[-1].phones[-1] == latent):
        return sounds
    if key in _DENASALISED:
        sounds = listed(_DENASALISED[key])
    return (*sounds, consonant(latent))


def with_mute_e(sounds: tuple[Sound, ...], texts: Sequence[str]) -> tuple[Sound, ...]:
    """The sounds of a word whose notated pieces end in a mute e ("lu-ne", "chan-tent"), with that e as ə."""
    nuclei = sum(sound.nucleus for sound in sounds)
    if nuclei < len(texts) and _MUTE.fullmatch(unicodedata.normalize("NFC", texts[-1].lower())):
        return (*sounds, vowel("ə"))
    return sounds


def begins(first: str, second: str) -> bool:
    """Whether two consonants may begin a syllable: a stop or f or v with a liquid, anything with a glide."""
    if second in ("j", "w", "ɥ"):
        return first not in ("j", "w", "ɥ")
    if second == "l":
        return first in ("p", "b", "k", "ɡ", "f")
    return second == "ʁ" and first in ("p", "b", "t", "d", "k", "ɡ", "f", "v")


def _key(word: str) -> str:
    return unicodedata.normalize("NFC", word.lower().replace("’", "'")).strip("'")
