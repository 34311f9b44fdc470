"""Rules made ready for one language: every text normalised as the lyrics are, once for each rule book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from consent.content.characters import is_unparted
from consent.content.normalise import normalise
from consent.content.patterns import Pattern, compiled
from consent.content.readings import respelt, squeezed, starrings
from consent.content.rules import Rule, RuleBook
from consent.content.sounds import SoundPattern, sound_patterns

_ENDINGS = ("", "s", "es", "ed", "in", "ing", "er", "ers", "a", "as", "i", "ie")
"""Endings that a respelt word may have (as `readings.respelt` spells them)."""

_LEAST_SPELLED = 3
_LEAST_INSIDE = 4


@dataclass(frozen=True)
class Ready:
    """One rule, ready to be searched for; see `examine`. `edged` says that its sounds need word edges."""

    rule: Rule
    words: frozenset[str]
    stems: tuple[str, ...]
    inside: tuple[str, ...]
    unparted: tuple[str, ...]
    squeezed: frozenset[str]
    squeezed_inside: tuple[str, ...]
    respelt: frozenset[str]
    starred: dict[str, bool]
    joinable: frozenset[str]
    spellable: frozenset[str]
    patterns: tuple[Pattern, ...]
    exceptions: tuple[str, ...]
    sounds: tuple[SoundPattern, ...]
    sound_exceptions: tuple[str, ...]
    edged: bool


@dataclass(frozen=True)
class ReadyBook:
    """The rules for lyrics in one language, and the people whose names are looked for: name, normalised."""

    rules: tuple[Ready, ...]
    persons: tuple[tuple[str, str], ...]
    joinable: frozenset[str]
    beginnings: frozenset[str]
    """Of what is looked for in parted words: all of it, and every beginning of it."""


@lru_cache(maxsize=64)
def ready(book: RuleBook, language: str, persons: tuple[str, ...]) -> ReadyBook:
    """A rule book for a language (a primary subtag) and people who are named in a condition."""
    people = tuple(dict.fromkeys((*book.persons, *persons)))
    names = ((name, normalise(name, language).text) for name in dict.fromkeys(persons))
    rules = tuple(_ready(rule, language, people) for rule in book.of_language(language))
    joinable = frozenset(text for rule in rules for text in (*rule.joinable, *rule.spellable))
    return ReadyBook(
        rules,
        tuple((name, wanted) for name, wanted in names if wanted),
        joinable,
        frozenset(_beginnings(joinable)),
    )


@lru_cache(maxsize=4096)
def _ready(rule: Rule, language: str, persons: tuple[str, ...]) -> Ready:
    words = frozenset(_normal(rule.words, language))
    inside = tuple(_normal(rule.inside, language))
    parted = tuple(text for text in inside if not any(map(is_unparted, text)))
    strong = tuple(text for text in parted if len(text) >= _LEAST_INSIDE)
    spellable = frozenset(text for text in (*words, *parted) if len(text) >= _LEAST_SPELLED)
    hidden: dict[str, bool] = {}
    for text in (*words, *strong):
        if len(text) >= _LEAST_INSIDE and not is_unparted(text[0]):
            for shown, one in starrings(text).items():
                hidden[shown] = hidden.get(shown, False) or one
    joinable = frozenset(strong)
    return Ready(
        rule=rule,
        words=words,
        stems=tuple(_normal(rule.stems, language)),
        inside=parted,
        unparted=tuple(text for text in inside if any(map(is_unparted, text))),
        squeezed=frozenset(text for text in words if len(text) >= _LEAST_INSIDE and squeezed(text) == text),
        squeezed_inside=tuple(text for text in strong if squeezed(text) == text),
        respelt=frozenset(respelt(text) + ending for text in strong for ending in _ENDINGS),
        starred=hidden,
        joinable=joinable,
        spellable=spellable,
        patterns=tuple(
            pattern for phrase in rule.phrases if (pattern := compiled(phrase, language, persons)) is not None
        ),
        exceptions=tuple(_normal(rule.exceptions, language)),
        sounds=tuple(pattern for written in rule.sounds for pattern in sound_patterns(written)),
        sound_exceptions=tuple(
            pattern.needle for written in rule.sound_exceptions for pattern in sound_patterns(written)
        ),
        edged=any("#" in written.split() for written in rule.sounds),
    )


def _normal(texts: Iterable[str], language: str) -> Iterator[str]:
    """Texts as lyrics in that language are normalised; what nothing is left of is left out."""
    for text in texts:
        normal = normalise(text, language).text
        if normal:
            yield normal


def _beginnings(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from (text[:end] for end in range(1, len(text)))
