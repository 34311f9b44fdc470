"""Conditions on what is sung: which works, and what the words may not say. They bind singing alone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from consent.codes import normal_isrc, normal_iswc, normal_title
from consent.condition import Circumstances, Constraint, Failure, either, require
from consent.inquiry import ContentFinding
from consent.request import Request

CATEGORIES = (
    "explicit",
    "hateful",
    "political-endorsement",
    "violence",
    "self-harm",
    "drugs",
    "named-person",
)
"""What lyrics are examined for (`consent.content`), as far as a condition can forbid it."""

NAMED_PERSON = "named-person"
"""The category of findings about people whom a condition names; their rule is `named-person: NAME`."""

_NAMED = f"{NAMED_PERSON}: "
_LONG_LETTERS = 8


@dataclass(frozen=True)
class Works(Constraint):
    """Which works may be sung: those with one of these ISWCs, ISRCs or titles, or `anything`."""

    type: ClassVar[str] = "works"
    iswc: tuple[str, ...] = ()
    isrc: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    anything: bool = False

    def __post_init__(self) -> None:
        named = bool(self.iswc or self.isrc or self.titles)
        require(
            self.anything != named,
            "a works condition names works (iswc, isrc, titles) or says anything = true",
        )
        for code in self.iswc:
            require(normal_iswc(code), f"{code!r} is no ISWC, or its check digit is wrong")
        for code in self.isrc:
            require(normal_isrc(code), f"{code!r} is no ISRC")
        for title in self.titles:
            require(normal_title(title), f"{title!r} is no title")

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        """Whether the song is one of the named works."""
        if self.anything or request.action != "sing":
            return None
        if request.song is None:
            return Failure("missing-fact", f"The owner allows {self._named()}; the request shows no song.")
        song = request.song
        iswc, isrc, title = normal_iswc(song.iswc), normal_isrc(song.isrc), normal_title(song.title)
        if iswc is not None and iswc in {normal_iswc(code) for code in self.iswc}:
            return None
        if isrc is not None and isrc in {normal_isrc(code) for code in self.isrc}:
            return None
        if title and title in {normal_title(known) for known in self.titles}:
            return None
        said = [text for text in (song.title, song.iswc, song.isrc) if text.strip()]
        asked = ", ".join(map(repr, said)) or "a song without title, ISWC and ISRC"
        return Failure("works", f"The owner allows {self._named()}; this is {asked}.")

    def describe(self) -> str:
        return "Any song." if self.anything else f"Allowed: {self._named()}."

    def _named(self) -> str:
        titles = [f"“{title}”" for title in self.titles]
        return f"these works: {either([*titles, *self.iswc, *self.isrc])}"


@dataclass(frozen=True)
class Content(Constraint):
    """What a song may not say: categories (`CATEGORIES`), and people whom it may not name.

    A finding that is borderline waits for an approval of this very work.
    """

    type: ClassVar[str] = "content"
    forbidden: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(self.forbidden or self.persons, "a content condition says forbidden, persons or both")
        strange = [category for category in self.forbidden if category not in CATEGORIES]
        require(not strange, f"unknown categories {strange}; known are {', '.join(CATEGORIES)}")
        for person in self.persons:
            require(_letters(person), f"{person!r} is no name")

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        """Whether lyrics and title keep within the limits."""
        if request.action != "sing":
            return None
        if request.song is None:
            return Failure("missing-fact", "The owner limits what may be sung; the request shows no song.")
        if circumstances.content is None:
            return Failure("missing-fact", "The owner limits what may be sung; nobody examined the lyrics.")
        text = f"{request.song.title}\n{request.song.lyrics}"
        found_names = {
            f.rule.removeprefix(_NAMED) for f in circumstances.content if f.category == NAMED_PERSON
        }
        named = [person for person in self.persons if person in found_names or names_person(text, person)]
        if named:
            return Failure("content", f"The owner does not allow songs that name {either(named)}.")
        found = [finding for finding in circumstances.content if finding.category in self.forbidden]
        clear = [finding for finding in found if not finding.borderline]
        if clear:
            return Failure("content", self._sentence("The owner does not allow this", clear))
        if found and not circumstances.approved_by:
            return Failure("approval-needed", self._sentence("The owner has to look at this first", found))
        return None

    def describe(self) -> str:
        parts = []
        if self.forbidden:
            parts.append(f"No {either(self.forbidden)} content.")
        if self.persons:
            parts.append(f"No song may name {either(self.persons)}.")
        return " ".join(parts)

    def _sentence(self, opening: str, findings: list[ContentFinding]) -> str:
        rules = "; ".join(
            f"{finding.category} (rule {finding.rule}): {finding.sentence.rstrip('.')}"
            for finding in findings
        )
        return f"{opening}: {rules}."


def names_person(text: str, person: str) -> bool:
    """Whether a text names a person, however written: case, accents, width, hyphens and spaces aside."""
    said, name = _words(text), _words(person)
    if any(said[place : place + len(name)] == name for place in range(len(said) - len(name) + 1)):
        return True
    letters = _letters(person)
    # Scripts without spaces, and long names whose letters were drawn apart; a short one hides in other words.
    if not letters.isascii() or (len(name) > 1 and len(letters) >= _LONG_LETTERS):
        return letters in _letters(text)
    return False


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", _folded(text).replace("_", " "))


def _letters(text: str) -> str:
    return "".join(character for character in _folded(text) if character.isalnum())


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(character for character in plain if unicodedata.category(character) not in ("Mn", "Cf"))
