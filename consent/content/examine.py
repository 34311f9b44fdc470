"""Lyrics held against rules: what is found is named, quoted and put in a sentence."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from consent.content.characters import is_unparted, primary_language
from consent.content.normalise import NormalText, Word, normalise
from consent.content.patterns import occurrences
from consent.content.readings import readings, respelt, squeezed, starred
from consent.content.ready import Ready, ReadyBook, ready
from consent.content.rules import Rule, RuleBook
from consent.content.sounds import SungSounds
from consent.inquiry import ContentFinding
from consent.song import Song

NAMED_PERSON = "named-person"
"""The category of findings about people whom a condition lists; their rule is `named-person: NAME`."""


@lru_cache(maxsize=64)
def examine(
    song: Song, language: str, rules: RuleBook, persons: tuple[str, ...] = ()
) -> tuple[ContentFinding, ...]:
    """What the rules find in a song's words and sounds: at most one finding for each rule, its first place.

    `language` is the lyrics' BCP 47 tag; `persons` are people whose names are looked for beside those of the
    rules. Takes time linear in the lyrics. Raises LyricsTooLong.
    """
    book = ready(rules, primary_language(language), persons)
    lyrics = Lyrics(normalise(song.lyrics, language), book)
    sung = SungSounds(song.sounds)
    findings = []
    for rule in book.rules:
        place = _in_words(rule, lyrics)
        heard = None if place else _in_sounds(rule, sung)
        if place is not None:
            findings.append(
                _finding(rule.rule, place.surely, f"The lyrics say {_quotation(lyrics.normal, place)}.")
            )
        elif heard is not None:
            findings.append(
                _finding(
                    rule.rule, sung.edges or not rule.edged, f"It will be heard in what is sung: “{heard}”."
                )
            )
    for name, wanted in book.persons:
        found = next(occurrences(lyrics.text, wanted), None)
        if found is not None:
            quotation = _quotation(lyrics.normal, lyrics.place(*found))
            sentence = f"The lyrics name {name}: {quotation}."
            findings.append(ContentFinding(f"{NAMED_PERSON}: {name}", NAMED_PERSON, False, sentence))
    return tuple(findings)


@dataclass(frozen=True)
class Place:
    """Where something was found, by the numbers of its first and last word; `surely` unless it was guessed
    behind stars."""

    first: int
    last: int
    surely: bool = True


class Lyrics:
    """Normalised lyrics made ready to be searched: as running text, and as the different words in them."""

    def __init__(self, normal: NormalText, book: ReadyBook) -> None:
        self.normal = normal
        self.first_at: dict[str, int] = {}
        for number, word in enumerate(normal.words):
            if word.text not in self.first_at:
                self.first_at[word.text] = number
        self.written: dict[str, str] = {}  # reading → word
        first_reading: dict[str, str] = {}
        for word_text in self.first_at:
            read = readings(word_text)
            first_reading[word_text] = read[0]
            for reading in read:
                self.written.setdefault(reading, word_text)
        # One reading a line, so that one search goes through all of them.
        self.list = "\n".join(("", *self.written, ""))
        self.squeezed_list = squeezed(self.list)
        self.squeezed = self._words_of(self.squeezed_list)
        self.respelt = self._words_of(respelt(self.list))
        self.starred = {
            stars: word_text for word_text in self.first_at if (stars := starred(word_text)) is not None
        }
        self.parted = parted_words(normal, book)
        self.text, self._starts = _running([first_reading[word.text] for word in normal.words])

    def _words_of(self, lines: str) -> dict[str, str]:
        """Each line, whose order is that of `list`, with the word that it was made of."""
        return dict(zip(lines.split("\n")[1:-1], self.written.values(), strict=True))

    def place(self, start: int, end: int) -> Place:
        """The words that stand from `start` until `end` in the running text."""
        return Place(bisect_right(self._starts, start) - 1, bisect_right(self._starts, end - 1) - 1)

    def place_of(self, word: str) -> Place:
        """Where a word, as it is normalised, stands first."""
        return Place(self.first_at[word], self.first_at[word])


def _running(texts: Sequence[str]) -> tuple[str, list[int]]:
    """Words as one text, and where each begins in it."""
    pieces: list[str] = []
    starts: list[int] = []
    length = 0
    before = " "
    for text in texts:
        if pieces and not (is_unparted(before) and is_unparted(text[0])):
            pieces.append(" ")
            length += 1
        starts.append(length)
        pieces.append(text)
        length += len(text)
        before = text[-1]
    return "".join(pieces), starts


def _in_words(rule: Ready, lyrics: Lyrics) -> Place | None:
    """The first place at which a rule fires in the words, in any of the ways in which they can be read."""
    return min(_places(rule, lyrics), key=lambda place: (not place.surely, place.first), default=None)


def _places(rule: Ready, lyrics: Lyrics) -> Iterator[Place]:
    yield from (lyrics.place_of(lyrics.written[word]) for word in rule.words & lyrics.written.keys())
    yield from (lyrics.place_of(lyrics.respelt[word]) for word in rule.respelt & lyrics.respelt.keys())
    yield from (lyrics.place_of(lyrics.squeezed[word]) for word in rule.squeezed & lyrics.squeezed.keys())
    for stars in rule.starred.keys() & lyrics.starred.keys():
        at = lyrics.first_at[lyrics.starred[stars]]
        yield Place(at, at, rule.starred[stars])
    for stem in rule.stems:
        yield from _on_lines(lyrics.list, "\n" + stem, rule, lyrics.written, lyrics)
    for letters in rule.inside:
        yield from _on_lines(lyrics.list, letters, rule, lyrics.written, lyrics)
    for letters in rule.squeezed_inside:
        yield from _on_lines(lyrics.squeezed_list, letters, rule, lyrics.squeezed, lyrics)
    for characters in rule.unparted:
        start = _uncovered(lyrics.text, characters, rule.exceptions)
        if start is not None:
            yield lyrics.place(start, start + len(characters))
    for pattern in rule.patterns:
        found = next(
            (
                (start, end)
                for start, end in pattern.find(lyrics.text)
                if not _covered(lyrics.text, start, end, rule.exceptions)
            ),
            None,
        )
        if found is not None:
            yield lyrics.place(*found)
    for (letters, alone), place in lyrics.parted.items():
        if letters in rule.joinable or (alone and letters in rule.spellable):
            yield place


def _on_lines(
    lines: str, wanted: str, rule: Ready, words: Mapping[str, str], lyrics: Lyrics
) -> Iterator[Place]:
    """The first word, of a list with one on each line, that contains `wanted` and is no exception."""
    letters = wanted.lstrip("\n")
    at = lines.find(wanted)
    while at >= 0:
        start = at + len(wanted) - len(letters)
        if not _covered(lines, start, start + len(letters), rule.exceptions):
            begin = lines.rfind("\n", 0, start) + 1
            yield lyrics.place_of(words[lines[begin : lines.find("\n", start)]])
            return
        at = lines.find(wanted, at + 1)


def _uncovered(text: str, wanted: str, exceptions: Sequence[str]) -> int | None:
    at = text.find(wanted)
    while at >= 0:
        if not _covered(text, at, at + len(wanted), exceptions):
            return at
        at = text.find(wanted, at + 1)
    return None


def _covered(text: str, start: int, end: int, exceptions: Iterable[str]) -> bool:
    """Whether what stands from `start` until `end` is a part of something harmless."""
    for exception in exceptions:
        at = text.find(exception, max(0, end - len(exception)), start + len(exception))
        if at >= 0:
            return True
    return False


def parted_words(normal: NormalText, book: ReadyBook) -> dict[tuple[str, bool], Place]:
    """Words that were parted: (joined, whether letter by letter and nothing beside it), and where first.

    Letter by letter, anything may stand between; elsewhere only white space or a joint.
    """
    words = normal.words
    found: dict[tuple[str, bool], Place] = {}
    for first, word in enumerate(words):
        if word.text not in book.beginnings:
            continue
        letters, spelled = word.text, len(word.text) == 1
        for last in range(first + 1, len(words)):
            spelled = spelled and len(words[last].text) == 1
            if not spelled and not words[last].follows:
                break
            letters += words[last].text
            if letters in book.joinable:
                found.setdefault((letters, spelled and _alone(words, first, last)), Place(first, last))
            if letters not in book.beginnings:
                break
    return found


def _alone(words: Sequence[Word], first: int, last: int) -> bool:
    """Whether a run of single letters begins and ends with these words."""
    before = first > 0 and len(words[first - 1].text) == 1
    after = last + 1 < len(words) and len(words[last + 1].text) == 1
    return not before and not after


def _in_sounds(rule: Ready, sung: SungSounds) -> str | None:
    """The phones under which a rule is heard, or None."""
    for pattern in rule.sounds:
        for start, end in sung.find(pattern):
            if not _covered(sung.text, start, end, rule.sound_exceptions):
                return pattern.phones
    return None


def _quotation(normal: NormalText, place: Place) -> str:
    start, end = normal.words[place.first].start, normal.words[place.last].end
    return f"“{normal.quote(start, end)}” (line {normal.line_of(start)})"


def _finding(rule: Rule, surely: bool, sentence: str) -> ContentFinding:
    return ContentFinding(rule.name, rule.category, rule.borderline or not surely, sentence)
