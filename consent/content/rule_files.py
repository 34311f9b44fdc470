"""Reading rules: the built-in lists and the operator's own in `home/rules`, strictly."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from consent.content.characters import is_unparted, primary_language
from consent.content.normalise import normalise
from consent.content.patterns import fault_of
from consent.content.rules import ANY_LANGUAGE, CATEGORIES, SEVERITIES, Rule, RuleBook
from consent.errors import ConsentError

FOLDER = "rules"
"""The folder of the operator's own rules in a registry's home."""

LARGEST = 4 << 20
"""Bytes of a rule file."""

_LISTS = ("words", "stems", "inside", "phrases", "sounds", "exceptions", "sound_exceptions")
_TOP = ("language", "rule", "extend", "off", "persons")
_REMEDY = "The guide to content rules shows an example."


class RuleError(ConsentError):
    """A rule file cannot be understood (exit status 4)."""

    code = "bad-rules"
    exit_status = 4


def rule_book(home: Path) -> RuleBook:
    """The built-in rules together with the operator's, who may add to them and switch them off by name.

    Read anew when a file of `home/rules` is added, removed or changed. Raises RuleError, naming file and
    rule, for anything that is not understood.
    """
    folder = Path(home) / FOLDER
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except FileNotFoundError:
        files = []
    return _book(tuple((path, *_stamp(path)) for path in files))


@lru_cache(maxsize=1)
def built_in() -> tuple[Rule, ...]:
    """The rules that ship with the program."""
    found: list[Rule] = []
    for file in sorted(resources.files("consent.content").joinpath("rules").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            found.extend(_rules(tomllib.loads(file.read_text(encoding="utf-8")), file.name))
    return tuple(found)


@lru_cache(maxsize=8)
def _book(stamped: tuple[tuple[Path, int, int, int], ...]) -> RuleBook:
    rules = {rule.name: rule for rule in built_in()}
    off: list[tuple[str, str]] = []
    persons: list[str] = []
    for path, *_ in stamped:
        data = _load(path)
        place = f"{FOLDER}/{path.name}"
        for rule in _rules(data, place):
            if rule.name in rules:
                raise RuleError(f"{place}: there is a rule {rule.name!r} already.", "Name it otherwise.")
            rules[rule.name] = rule
        for entry in _tables(data, "extend", place):
            rule = _known(entry.get("name"), rules, place)
            rules[rule.name] = _extended(rule, entry, place)
        for name in _texts(data, "off", place):
            off.append((_known(name, rules, place).name, place))
        persons.extend(_texts(data, "persons", place))
    switched_off = {name for name, _ in off}
    return RuleBook(
        tuple(rule for rule in rules.values() if rule.name not in switched_off), tuple(off), tuple(persons)
    )


def _stamp(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def _load(path: Path) -> dict[str, Any]:
    place = f"{FOLDER}/{path.name}"
    with path.open("rb") as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise RuleError(f"{place} is larger than {LARGEST >> 20} MB.", "Part it into several files.")
    try:
        data = tomllib.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise RuleError(f"{place} is not TOML: {error}.", _REMEDY) from None
    strange = sorted(set(data) - set(_TOP))
    if strange:
        raise RuleError(f"{place}: {strange[0]!r} is not understood; known: {', '.join(_TOP)}.", _REMEDY)
    return data


def _rules(data: Mapping[str, Any], place: str) -> list[Rule]:
    entries = _tables(data, "rule", place)
    language = data.get("language", ANY_LANGUAGE)
    if not isinstance(language, str) or not language.strip():
        raise RuleError(f"{place}: language is not a language tag.", _REMEDY)
    language = language if language == ANY_LANGUAGE else primary_language(language)
    rules = [_rule(entry, language, place) for entry in entries]
    names = [rule.name for rule in rules]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise RuleError(f"{place}: two rules are called {twice!r}.", "Name one of them otherwise.")
    return rules


def _rule(entry: Mapping[str, Any], language: str, place: str) -> Rule:
    name = entry.get("name")
    if not isinstance(name, str) or not name.strip():
        raise RuleError(f"{place}: a rule has no name.", _REMEDY)
    where = f"{place}, rule {name!r}"
    strange = sorted(set(entry) - {"name", "category", "severity", *_LISTS})
    if strange:
        raise RuleError(f"{where}: {strange[0]!r} is not understood.", f"Known: {', '.join(_LISTS)}.")
    if entry.get("category") not in CATEGORIES:
        raise RuleError(
            f"{where}: the category {entry.get('category')!r} is not known.",
            f"Known: {', '.join(CATEGORIES)}.",
        )
    if entry.get("severity", "clear") not in SEVERITIES:
        raise RuleError(f"{where}: severity is neither clear nor borderline.", _REMEDY)
    lists = _lists(entry, language, where)
    rule = Rule(name, entry["category"], language, entry.get("severity", "clear"), **lists, source=place)
    if not rule.size():
        raise RuleError(f"{where} lists nothing that it could find.", _REMEDY)
    return rule


def _extended(rule: Rule, entry: Mapping[str, Any], place: str) -> Rule:
    where = f"{place}, extension of {rule.name!r}"
    strange = sorted(set(entry) - {"name", *_LISTS})
    if strange:
        raise RuleError(f"{where}: {strange[0]!r} is not understood.", f"Known: {', '.join(_LISTS)}.")
    more = _lists(entry, rule.language, where)
    return replace(rule, **{key: getattr(rule, key) + values for key, values in more.items()})


def _lists(entry: Mapping[str, Any], language: str, where: str) -> dict[str, Any]:
    """The lists of a rule, each text checked: something must be left of it when it is normalised."""
    found = {key: _texts(entry, key, where) for key in _LISTS}
    for key in ("words", "stems", "inside"):
        for text in found[key]:
            normal = normalise(text, "" if language == ANY_LANGUAGE else language).text
            if not normal or (" " in normal and not any(map(is_unparted, normal))):
                raise RuleError(f"{where}: {text!r} in {key} is not one word.", "Put it under phrases.")
    for phrase in found["phrases"]:
        if fault := fault_of(phrase):
            raise RuleError(f"{where}: the phrase {phrase!r} {fault}.", _REMEDY)
    for sound in (*found["sounds"], *found["sound_exceptions"]):
        phones = [phone for phone in sound.split() if phone != "#"]
        if len(phones) < 2:
            raise RuleError(f"{where}: {sound!r} are fewer than two sounds.", "Write IPA parted by spaces.")
    return found


def _known(name: object, rules: Mapping[str, Rule], place: str) -> Rule:
    rule = rules.get(name) if isinstance(name, str) else None
    if rule is None:
        raise RuleError(
            f"{place}: there is no rule {name!r}.", "`consonance content rules` lists what there is."
        )
    return rule


def _tables(data: Mapping[str, Any], key: str, place: str) -> list[Mapping[str, Any]]:
    entries = data.get(key, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise RuleError(f"{place}: {key} is not a list of tables.", f"Begin each with [[{key}]].")
    return entries


def _texts(data: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    values = data.get(key, [])
    if not isinstance(values, list) or not all(isinstance(text, str) and text.strip() for text in values):
        raise RuleError(f"{place}: {key} is not a list of texts.", _REMEDY)
    return tuple(values)
