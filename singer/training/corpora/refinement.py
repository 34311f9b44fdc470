"""Moves the aligner's boundaries to what can be measured: a vowel begins where the voice does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from singer.language import phones
from singer.training.corpora.acoustics import HOP_S, Array
from singer.training.corpora.model import UNKNOWN, LabelledPhone

_VOICED = 0.5
_STEADY_FRAMES = 4
_REACH_S = (0.09, 0.05)  # how far before and after the label the voice is looked for
_LEAST_S = 0.01
_SHORTEST_BREATH_S = 0.12
_LONGEST_START_S = {
    "stop": 0.11,
    "affricate": 0.17,
    "fricative": 0.25,
    "tap": 0.08,
    "nasal": 0.2,
    "approximant": 0.25,
}  # of a phone after silence
_LONGEST_MEDIAL_S = 0.18  # of a j, w or ɥ before its vowel
_IMPOSSIBLE_S = 0.4  # for a consonant: the aligner has lost its way
_LATE_S = 0.012  # the aligner's vowels after voiced consonants, against hand-set marks of all banks
_SHORTEST_TAIL_S = 0.05  # of a vowel's end without voice
_GLIDE_SHARE = (0.15, 0.6)  # of a diphthong's time
_MEDIALS = frozenset({"j", "w", "ɥ"})
_HELD_CONSONANTS = frozenset({"n", "ŋ", "ɴ"})
_QUIET = frozenset({phones.SILENCE, phones.BREATH})


def refine(labels: Sequence[LabelledPhone], voicing: Array) -> list[LabelledPhone]:
    """Labels moved to what can be measured or is likely.

    Vowels after unvoiced sounds begin with the voice, after voiced ones a little earlier than they were
    found, and end with the voice; false breaths become silence; first
    consonants and glides are not longer than they can be; diphthongs are balanced; what cannot be is UNKNOWN.

    `voicing` is the periodicity curve of `acoustics.voicing`, (frames,).
    """
    moved = [_without_false_breath(label) for label in labels]
    for index in range(1, len(moved)):
        before, after = moved[index - 1], moved[index]
        onset_s = None
        if is_unvoiced(before.phone) and _is_voiced(after.phone):
            onset_s = voice_onset_s(before, after, voicing)
        elif _is_consonant(before.phone) and _is_held(after.phone) and before.phone not in _MEDIALS:
            onset_s = max(after.start_s - _LATE_S, before.start_s + _LEAST_S)
        if onset_s is not None:
            moved[index - 1] = replace(before, end_s=onset_s)
            moved[index] = replace(after, start_s=onset_s)
    for index in range(1, len(moved)):
        _shorten_start(moved, index)
        _balance_glide(moved, index)
        _shorten_medial(moved, index)
    parts = [part for index in range(len(moved)) for part in _without_tail(moved, index, voicing)]
    return _masked(parts)


def _shorten_start(labels: list[LabelledPhone], index: int) -> None:
    """After silence nobody hears a closure begin: what is too long for its sound goes to the silence."""
    before, label = labels[index - 1], labels[index]
    if before.phone not in _QUIET or label.phone in _QUIET or label.phone == UNKNOWN:
        return
    values = dict(zip(phones.FEATURE_NAMES, phones.features(label.phone), strict=True))
    for manner, longest_s in _LONGEST_START_S.items():
        if values[manner] > 0.5 and label.end_s - label.start_s > longest_s:
            labels[index - 1] = replace(before, end_s=label.end_s - longest_s)
            labels[index] = replace(label, start_s=label.end_s - longest_s)
            return


def _balance_glide(labels: list[LabelledPhone], index: int) -> None:
    """A diphthong has no edge to measure: its glide gets no less and no more than is likely."""
    main, glide = labels[index - 1], labels[index]
    if glide.phone not in ("ɪ", "ʊ") or not phones.is_vowel(main.phone):
        return
    whole_s = glide.end_s - main.start_s
    share = min(max((glide.end_s - glide.start_s) / whole_s, _GLIDE_SHARE[0]), _GLIDE_SHARE[1])
    middle_s = glide.end_s - share * whole_s
    labels[index - 1], labels[index] = replace(main, end_s=middle_s), replace(glide, start_s=middle_s)


def _masked(labels: Sequence[LabelledPhone]) -> list[LabelledPhone]:
    """Consonants of impossible length, and what follows them, become unknown."""
    lost = [
        _is_consonant(label.phone)
        and label.phone not in _HELD_CONSONANTS
        and label.end_s - label.start_s > _IMPOSSIBLE_S
        for label in labels
    ]
    return [
        replace(label, phone=UNKNOWN)
        if label.phone not in _QUIET and (lost[index] or (index and lost[index - 1]))
        else label
        for index, label in enumerate(labels)
    ]


def _is_consonant(phone: str) -> bool:
    return phone not in _QUIET and phone != UNKNOWN and not phones.is_vowel(phone)


def _shorten_medial(labels: list[LabelledPhone], index: int) -> None:
    medial, vowel = labels[index - 1], labels[index]
    if medial.phone in _MEDIALS and _is_held(vowel.phone):
        middle_s = min(medial.end_s, medial.start_s + _LONGEST_MEDIAL_S)
        labels[index - 1], labels[index] = replace(medial, end_s=middle_s), replace(vowel, start_s=middle_s)


def _without_tail(labels: Sequence[LabelledPhone], index: int, voicing: Array) -> list[LabelledPhone]:
    """A vowel before silence that fades into breath ends with its voice; the rest is breath, or silence."""
    label = labels[index]
    following = labels[index + 1].phone if index + 1 < len(labels) else phones.SILENCE
    if following not in _QUIET or not _is_voiced(label.phone):
        return [label]
    first, last = round(label.start_s / HOP_S), round(label.end_s / HOP_S)
    sounding = np.flatnonzero(voicing[first:last] >= _VOICED)
    if not len(sounding):
        return [label]
    end_s = (first + int(sounding[-1]) + 1) * HOP_S
    if label.end_s - end_s < _SHORTEST_TAIL_S:
        return [label]
    rest = LabelledPhone(phones.BREATH, end_s, label.end_s)
    return [replace(label, end_s=end_s), _without_false_breath(rest)]


def voice_onset_s(before: LabelledPhone, after: LabelledPhone, voicing: Array) -> float | None:
    """Where the voice sets in near the boundary of two phones, in seconds; None if it does not."""
    first = int(np.ceil(max(before.start_s + _LEAST_S, after.start_s - _REACH_S[0]) / HOP_S))
    last = int(min(after.end_s - _LEAST_S, after.start_s + _REACH_S[1]) / HOP_S)
    rises = [
        frame
        for frame in range(max(first, 1), min(last, len(voicing) - _STEADY_FRAMES))
        if voicing[frame - 1] < _VOICED and (voicing[frame : frame + _STEADY_FRAMES] >= _VOICED).all()
    ]
    if not rises:
        return None
    frame = min(rises, key=lambda rise: abs(rise * HOP_S - after.start_s))
    below, above = voicing[frame - 1], voicing[frame]
    return float((frame - 1 + (_VOICED - below) / max(above - below, 1e-6)) * HOP_S)


def is_unvoiced(phone: str) -> bool:
    """Whether it is a consonant without voice."""
    return (
        phone not in _QUIET
        and phone != UNKNOWN
        and not phones.is_vowel(phone)
        and not phones.is_voiced(phone)
    )


def _is_voiced(phone: str) -> bool:
    return phone not in _QUIET and (phone == UNKNOWN or phones.is_voiced(phone) or phones.is_vowel(phone))


def _is_held(phone: str) -> bool:
    return phone not in _QUIET and phone != UNKNOWN and phones.is_vowel(phone)


def _without_false_breath(label: LabelledPhone) -> LabelledPhone:
    short = label.phone == phones.BREATH and label.end_s - label.start_s < _SHORTEST_BREATH_S
    return replace(label, phone=phones.SILENCE) if short else label
