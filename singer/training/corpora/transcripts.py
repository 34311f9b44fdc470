"""What is sung in a UTAU recording: its name gives the syllables, its `oto.ini` entries expected times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from singer.language import japanese, mandarin, phones
from singer.training.corpora.alignment import Token
from singer.training.corpora.model import UNKNOWN
from singer.training.corpora.oto import OtoEntry

_RELEASE = "R"
_BREATH_FILE = re.compile(r"_?br[a-z]*\d+")
_PALATAL_E = {"でぃぇ": ("dʲ", "e"), "ゔぃぇ": ("vʲ", "e")}
_VOWEL_LETTERS = {"a": "a", "i": "i", "u": "ɯ", "e": "e", "o": "o", "n": "ɴ"}
_TEMPO_S = (0.35, 0.9)
# a glide has no edge, so that people put its mark where they like
_SPREAD_S = {"CV": 0.02, "VCV": 0.03, "V": 0.06, "glide": 0.06, "edge": 0.04}
_LETTER_SPELLINGS = {"lyu": "lü", "nyu": "nü", "yue2": "yue", "w": "wu", "y": "yi"}
# syllables that the bank's author added: no pinyin has them
_MORE_SYLLABLES = {"eh": ("ɛ",), "yai": ("j", "a", "ɪ"), "yuen": ("ɥ", "ɛ", "n"), "ten": ("tʰ", "ə", "n")}


@dataclass(frozen=True)
class Transcript:
    """The tokens of one recording, and how many of its syllables have an anchor."""

    tokens: tuple[Token, ...]
    anchored: int
    syllables: int


def japanese_transcript(stem: str, entries: Sequence[OtoEntry]) -> Transcript:
    """Tokens of a kana string such as `_かんかかきかくか`; R is a release into breath, br… a breath.

    Anything that is not kana (a shout, say) becomes UNKNOWN.
    """
    text = stem.lstrip("_")
    if _BREATH_FILE.fullmatch(stem):
        return Transcript(_quiet(Token(phones.BREATH)), 0, 0)
    if not japanese.is_kana(text.replace(_RELEASE, "")):
        return Transcript((Token(UNKNOWN),), 0, 0)
    units = [unit for part in re.split(f"({_RELEASE})", text) for unit in _units(part)]
    times = _mora_times([unit for unit in units if unit != (_RELEASE,)], entries)
    releases = iter([entry.anchor_s for entry in entries if entry.alias.endswith(" " + _RELEASE)])
    sung: list[Token] = []
    mora = 0
    for position, unit in enumerate(units):
        if unit == (_RELEASE,):
            last = position == len(units) - 1
            sung += [Token(phones.BREATH, False, next(releases, None), _SPREAD_S["edge"])]
            sung += [] if last else [Token(phones.SILENCE)]
            continue
        sung += [Token(phone) for phone in unit[:-1]]
        sung.append(Token(unit[-1], False, *times.get(mora, (None, 0.03))))
        mora += 1
    return Transcript(_framed(sung), len(times), mora)


def mandarin_transcript(stem: str, entries: Sequence[OtoEntry]) -> Transcript:
    """Tokens of `_ai_ba` (two syllables), `_ai_b` (then UNKNOWN) or `_ai_bre1` (then a breath)."""
    first, _, second = stem.lstrip("_").partition("_")
    head = _pinyin(first)
    if second.startswith("bre"):
        tail: tuple[str, ...] = (phones.BREATH,)
    elif second in mandarin.INITIALS:
        tail = (mandarin.INITIALS[second], UNKNOWN)
    else:
        tail = _pinyin(second)
    tokens = [Token(phone) for phone in (*head, *tail)]
    anchored = 0
    for entry in entries:
        at, spread_s = _mandarin_mark(entry.alias, head, tail)
        if at is not None and tokens[at].anchor_s is None:
            tokens[at] = Token(tokens[at].phone, False, entry.anchor_s, spread_s)
            anchored += 1
    return Transcript(_framed(tokens), anchored, 2)


def _mandarin_mark(alias: str, head: tuple[str, ...], tail: tuple[str, ...]) -> tuple[int | None, float]:
    """Index of the phone that an alias' mark begins, and how far the mark can be trusted."""
    before, _, after = alias.rpartition(" ")
    if after == _RELEASE:
        return (len(head), _SPREAD_S["edge"]) if tail == (phones.BREATH,) else (None, 0.0)
    if before == "-":
        return _onset_index(head), _SPREAD_S["glide"]
    if before:
        spread_s = _SPREAD_S["V"] if phones.is_vowel(tail[0]) or tail[0] in "jwɥ" else _SPREAD_S["edge"]
        return len(head), spread_s
    return len(head) + _onset_index(tail), _SPREAD_S["glide"]


def _onset_index(syllable: tuple[str, ...]) -> int:
    """Index of the first phone after an initial consonant."""
    return 1 if len(syllable) > 1 and not phones.is_vowel(syllable[0]) and syllable[0] not in "jwɥ" else 0


def _pinyin(letters: str) -> tuple[str, ...]:
    if letters in _MORE_SYLLABLES:
        return _MORE_SYLLABLES[letters]
    return mandarin.pinyin_phones(_LETTER_SPELLINGS.get(letters, letters)).phones


def _units(text: str) -> Iterator[tuple[str, ...]]:
    if text == _RELEASE:
        yield (_RELEASE,)
        return
    for kana in re.findall("|".join(_PALATAL_E) + "|.[ぁぃぅぇぉゃゅょゎ]?", japanese.hiragana(text)):
        yield _PALATAL_E.get(kana) or japanese.mora_phones(kana)


def _framed(sung: Sequence[Token]) -> tuple[Token, ...]:
    silence, breath = Token(phones.SILENCE), Token(phones.BREATH, optional=True)
    return (silence, breath, Token(phones.SILENCE, optional=True), *sung, breath, silence)


def _quiet(token: Token) -> tuple[Token, ...]:
    return (Token(phones.SILENCE), token, Token(phones.SILENCE))


def _mora_times(
    morae: Sequence[tuple[str, ...]], entries: Sequence[OtoEntry]
) -> dict[int, tuple[float, float]]:
    """Mora index → (anchor in seconds, spread): the entries laid on the morae in order, at an even tempo."""
    marks = [(entry.anchor_s, *places) for entry in entries if (places := _places(entry.alias, morae))[0]]
    laid = _lay(marks)
    if laid is None:  # one mark is out of order: the one without which the rest is most even
        without = [_lay(marks[:index] + marks[index + 1 :]) for index in range(len(marks))]
        laid = min((found for found in without if found), key=lambda found: found[0], default=None)
    times: dict[int, tuple[float, float]] = {}
    for mora, (anchor_s, _, kind) in laid[1] if laid else ():
        spread_s = _SPREAD_S["glide" if morae[mora][0] in ("j", "w") else kind]
        if mora not in times or spread_s < times[mora][1]:
            times[mora] = (anchor_s, spread_s)
    return times


_Mark = tuple[float, list[int], str]


def _lay(marks: Sequence[_Mark]) -> tuple[float, list[tuple[int, _Mark]]] | None:
    """The most even way to lay all marks on morae in order: (misfit in seconds, (mora, mark) each)."""
    at_s = np.array([mark[0] for mark in marks])
    scored = [(_misfit_s(np.array(way), at_s), way) for way in _monotone([mark[1] for mark in marks]) if way]
    if not scored:
        return None
    misfit_s, way = min(scored)
    return misfit_s, list(zip(way, marks, strict=True))


def _places(alias: str, morae: Sequence[tuple[str, ...]]) -> tuple[list[int], str]:
    """Morae that an alias can mean, and its kind: "- か", "a か" (VCV) or "か" (CV), perhaps with a digit."""
    before, _, kana = alias.rpartition(" ")
    kana = kana.rstrip("0123456789")
    if not japanese.is_kana(kana):
        return [], ""
    sounds = tuple(_units(kana))
    if len(sounds) != 1 or before not in ("", "-", *_VOWEL_LETTERS):
        return [], ""
    fitting = [
        index
        for index, mora in enumerate(morae)
        if mora == sounds[0]
        and (before in ("", "-") or (index and morae[index - 1][-1] == _VOWEL_LETTERS[before]))
        and (before != "-" or index == 0)
    ]
    return fitting, "VCV" if before else "CV"


def _monotone(places: Sequence[Sequence[int]], least: int = 0) -> Iterator[tuple[int, ...]]:
    if not places:
        yield ()
        return
    for place in places[0]:
        if place >= least:
            for rest in _monotone(places[1:], place):
                yield (place, *rest)


def _misfit_s(morae: np.ndarray, at_s: np.ndarray) -> float:
    """How far the marks lie from an even tempo; two marks on one mora must nearly agree."""
    if morae[0] == morae[-1]:
        return float(np.ptp(at_s))
    tempo_s, start_s = np.polyfit(morae, at_s, 1)
    away = np.abs(at_s - start_s - tempo_s * morae)
    impossible = 0.0 if _TEMPO_S[0] < tempo_s < _TEMPO_S[1] else 10.0
    return float(away.mean()) + impossible
