"""Lyrics held against the rules of every language that they are written in, whatever language is claimed.

A claim costs nothing: who calls English lyrics Japanese must not thereby get past the rules for English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from consent.content.characters import primary_language
from consent.content.examine import examine
from consent.content.rules import ANY_LANGUAGE, CATEGORIES, RuleBook
from consent.inquiry import ContentFinding
from consent.song import Song

NO_RULES = "no-rules"
"""The rule that is named where nobody wrote rules for a language; it is borderline, so a person looks."""

_SCRIPTS = (
    ("en", re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]{2}")),
    ("ja", re.compile(r"[\u3041-\u30fa]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
)
"""How the languages with rules of their own look."""


def findings(
    song: Song, language: str, rules: RuleBook, persons: tuple[str, ...] = ()
) -> tuple[ContentFinding, ...]:
    """What `examine` finds in the claimed language (a BCP 47 tag), and what it finds in those that show.

    The latter is borderline: a word may be innocent in the language that was claimed truly. Where no rules
    were written for the claimed one, that is a borderline finding in each category. Raises LyricsTooLong.
    """
    found = examine(song, language, rules, persons)
    known = {finding.rule for finding in found}
    for other in _shown(song.lyrics, primary_language(language)):
        for finding in examine(song, other, rules, persons):
            if finding.rule not in known:
                known.add(finding.rule)
                found += (replace(finding, borderline=True),)
    return (*found, *_unexamined(primary_language(language), rules))


def _shown(lyrics: str, claimed: str) -> Iterator[str]:
    """The languages with rules, other than the claimed one, whose script stands in the lyrics."""
    for language, script in _SCRIPTS:
        shared = language == "zh" and claimed == "ja"  # Japanese is written in han, too
        if language != claimed and not shared and script.search(lyrics):
            yield language


def _unexamined(language: str, rules: RuleBook) -> Iterator[ContentFinding]:
    if any(rule.language == language for rule in rules.rules if rule.language != ANY_LANGUAGE):
        return
    sentence = f"There are no rules for lyrics in {language!r}, so a person has to look at them."
    for category in CATEGORIES:
        yield ContentFinding(f"{NO_RULES}: {language}", category, True, sentence)
