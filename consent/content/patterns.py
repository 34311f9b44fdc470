"""Patterns of words without regular expressions: bounded, readable, and the same in every script.

Words parted by spaces; `a/b` either; `vote*` a word that begins so; `..` up to three words (or eight
characters of a script that parts no words) in between; `<person>` anybody of a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from consent.content.characters import is_unparted
from consent.content.normalise import normalise

GAP = ".."
PERSON = "<person>"
MOST_GAPS = 2
_END = re.compile("[ \u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]")
_GAP_WORDS, _GAP_CHARACTERS = 3, 8


@dataclass(frozen=True)
class _Element:
    """One place of a pattern: any of `texts`, each whole words or (True) the beginning of one; or a gap."""

    texts: tuple[tuple[str, bool], ...] = ()
    words: frozenset[str] = frozenset()
    """Those of the texts that are one whole word: looked up, not tried one by one."""
    others: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True)
class Pattern:
    """A pattern made ready for lyrics in one language."""

    written: str
    elements: tuple[_Element, ...]

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the pattern stands in a normalised text: start and end."""
        first, *others = self.elements
        for start, end in _occurrences(text, first):
            until = _follow(text, end, others)
            if until is not None:
                yield start, until


def fault_of(written: str) -> str:
    """What is wrong with a pattern as somebody wrote it, as the rest of a sentence; "" where nothing is."""
    parts = written.split()
    if not parts or parts[0] == GAP or parts[-1] == GAP:
        return "begins or ends with a gap"
    if parts.count(GAP) > MOST_GAPS:
        return f"has more than {MOST_GAPS} gaps"
    for part in parts:
        if part not in (GAP, PERSON):
            for alternative in part.split("/"):
                if not normalise(alternative.removesuffix("*"), "").text:
                    return f"has an empty place {part!r}"
    return ""


def compiled(written: str, language: str, persons: Sequence[str]) -> Pattern | None:
    """The pattern for lyrics in a language, or None where it needs a person and none is listed."""
    elements: list[_Element] = []
    for part in written.split():
        if part == GAP:
            elements.append(_Element())
            continue
        texts = []
        for text in persons if part == PERSON else part.split("/"):
            stem = part != PERSON and text.endswith("*")
            normal = normalise(text.removesuffix("*") if stem else text, language).text
            if normal:
                texts.append((normal, stem))
        if not texts:
            return None
        words = frozenset(
            text for text, stem in texts if not stem and " " not in text and not any(map(is_unparted, text))
        )
        others = tuple(entry for entry in texts if entry[0] not in words)
        elements.append(_Element(tuple(texts), words, others))
    return Pattern(written, tuple(elements))


def occurrences(text: str, wanted: str, stem: bool = False) -> Iterator[tuple[int, int]]:
    """Where `wanted` stands in a normalised text as whole words, or as the beginning of one."""
    at = text.find(wanted)
    while at >= 0:
        end = _match(text, at, wanted, stem)
        if end is not None and _begins(text, at):
            yield at, end
        at = text.find(wanted, at + 1)


def _occurrences(text: str, element: _Element) -> Iterator[tuple[int, int]]:
    for wanted, stem in element.texts:
        yield from occurrences(text, wanted, stem)


def _follow(text: str, at: int, elements: Sequence[_Element]) -> int | None:
    """The end of the rest of a pattern that continues at an index, or None where it does not."""
    if not elements:
        return at
    element, others = elements[0], elements[1:]
    if not element.texts:
        for place in _gap_ends(text, at):
            end = _follow(text, place, others)
            if end is not None:
                return end
        return None
    begin = at + 1 if text[at : at + 1] == " " else at
    if element.words:
        end = _word_end(text, begin)
        if text[begin:end] in element.words:
            until = _follow(text, end, others)
            if until is not None:
                return until
    for wanted, stem in element.others:
        if text.startswith(wanted, begin):
            end = _match(text, begin, wanted, stem)
            until = None if end is None else _follow(text, end, others)
            if until is not None:
                return until
    return None


def _gap_ends(text: str, at: int) -> Iterator[int]:
    """Where a gap that begins at an index may end: after each of a few words or characters."""
    words = 0
    for _ in range(_GAP_CHARACTERS + 1):
        yield at
        while text[at : at + 1] == " ":
            at += 1
        if at >= len(text):
            return
        if is_unparted(text[at]):
            at += 1
        else:
            words += 1
            at = _word_end(text, at)
        if words > _GAP_WORDS:
            return


def _match(text: str, at: int, wanted: str, stem: bool) -> int | None:
    """The end of `wanted`, which stands at an index, if it is whole words there (or begins one)."""
    end = at + len(wanted)
    if stem:
        return _word_end(text, end)
    if is_unparted(wanted[-1]) or end == len(text) or text[end] == " " or is_unparted(text[end]):
        return end
    return None


def _begins(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] == " " or is_unparted(text[at - 1]) or is_unparted(text[at])


def _word_end(text: str, at: int) -> int:
    found = _END.search(text, at)
    return len(text) if found is None else found.start()
