"""The rules that lyrics are held against: words, patterns and sounds, each under a name and in a category."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any

import rfc8785

CATEGORIES = {
    "explicit": "explicit language",
    "hateful": "hatred of people for what they are",
    "political-endorsement": "political endorsement",
    "violence": "violence",
    "self-harm": "self-harm",
    "drugs": "drugs",
    "named-person": "a named person",
}
"""What a grant may exclude, and how that is called in a sentence."""

SEVERITIES = ("clear", "borderline")
"""A clear finding is a no; for a borderline one a person is asked."""

ANY_LANGUAGE = "any"


@dataclass(frozen=True)
class Rule:
    """One rule. Texts are compared after normalisation.

    `words` are whole words; `stems` the beginnings of words; `inside` letters anywhere in a word, or anywhere
    at all in scripts that part no words, and the words that are also looked for when parted or respelt;
    `phrases` patterns (see `patterns`); `sounds` IPA phones parted by spaces, `#` for the edge of a word;
    `exceptions` and `sound_exceptions` what a hit means nothing inside of. `source` names its file.
    """

    name: str
    category: str
    language: str
    severity: str
    words: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    sound_exceptions: tuple[str, ...] = ()
    source: str = ""

    @property
    def borderline(self) -> bool:
        """Whether a person has to look at what it finds."""
        return self.severity == "borderline"

    def applies_to(self, language: str) -> bool:
        """Whether it is held against lyrics in a language (a primary subtag)."""
        return self.language in (ANY_LANGUAGE, language)

    def size(self) -> int:
        """How many words, patterns and sounds it lists."""
        return sum(map(len, (self.words, self.stems, self.inside, self.phrases, self.sounds)))


@dataclass(frozen=True)
class RuleBook:
    """All rules that are in force. `off` names each built-in rule that an operator switched off and the file
    that says so; `persons` are the people and parties that `<person>` in a pattern stands for."""

    rules: tuple[Rule, ...]
    off: tuple[tuple[str, str], ...] = ()
    persons: tuple[str, ...] = ()
    sha256: str = field(default="", compare=True)

    def __post_init__(self) -> None:
        covered: dict[str, Any] = {
            "rules": [asdict(rule) for rule in self.rules],
            "off": [name for name, _ in self.off],
            "persons": list(self.persons),
        }
        object.__setattr__(self, "sha256", hashlib.sha256(rfc8785.dumps(covered)).hexdigest())

    def __hash__(self) -> int:
        return hash(self.sha256)

    def of_language(self, language: str) -> tuple[Rule, ...]:
        """The rules that are held against lyrics in a language (a primary subtag)."""
        return tuple(rule for rule in self.rules if rule.applies_to(language))
