"""Lyrics to phones: words, their sung syllables, and what each syllable sounds like, in any language we have.

The notated syllables of a word win over the dictionary's: each gets a nucleus of its own. Heavy readers
(espeak-ng, Open JTalk, pypinyin) load with the first word that needs them.
"""

from __future__ import annotations

from singer.language.codes import detect_language, languages, normalise_language
from singer.language.lyrics import phonemise, split_lyrics, syllable_texts, words
from singer.language.phones import FEATURE_NAMES, features
from singer.language.syllables import Syllable
from singer.language.tokens import with_clitics as link_clitics

__all__ = [
    "FEATURE_NAMES",
    "Syllable",
    "detect_language",
    "features",
    "languages",
    "link_clitics",
    "normalise_language",
    "phonemise",
    "split_lyrics",
    "syllable_texts",
    "words",
]
