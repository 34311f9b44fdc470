"""Japanese in context: readings of kanji, particles and long vowels, by Open JTalk's dictionary.

A reading is hiragana as it is sung: は and へ as particles are わ and え, the う of とう is ー. えい keeps
its i, as singers give it. ん and ー are morae of their own, っ closes the mora before it.
"""

from __future__ import annotations

import contextlib
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from singer.errors import LyricsError
from singer.language import japanese
from singer.language.japanese import LONG, SOKUON, VOWELS
from singer.language.syllables import Syllable, join


@dataclass(frozen=True)
class Morpheme:
    """One dictionary word: as written, its reading in hiragana, and the morae as they are sung."""

    surface: str
    reading: str
    sung: tuple[str, ...]


@cache
def _frontend() -> Any:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        import pyopenjtalk
    return pyopenjtalk.run_frontend


@lru_cache(maxsize=4096)
def read(text: str) -> tuple[Morpheme, ...]:
    """Morphemes of a run of Japanese without spaces. Raises LyricsError for a word that has no reading."""
    morphemes: list[Morpheme] = []
    begun = False
    for entry in _frontend()(text):
        surface = unicodedata.normalize("NFKC", entry["string"])
        spoken = japanese.hiragana(entry["pron"]).replace("’", "").replace("'", "")
        if japanese.is_kana(surface):
            reading = japanese.hiragana(surface)
        else:
            reading = japanese.hiragana(entry["read"])
        if not japanese.is_kana(reading):
            if entry["pos"] == "記号" and not any(char.isalnum() for char in surface):
                continue
            raise LyricsError(f"“{surface}” in “{text}” has no reading.", "Write it in kana.")
        begun = begun or entry["pos"] != "助詞"  # no phrase begins with a particle: ははのうた
        morphemes.append(Morpheme(surface, reading, _sung(reading, spoken if begun else reading)))
    return tuple(morphemes)


def _sung(reading: str, spoken: str) -> tuple[str, ...]:
    """Morae of the reading, with what the spoken form tells: particles and the long o and u."""
    written, said = japanese.morae(reading), japanese.morae(spoken)
    if len(written) != len(said):
        return written
    particles = {("は", "わ"): "わ", ("へ", "え"): "え", ("う", LONG): LONG}
    return tuple(particles.get(pair, pair[0]) for pair in zip(written, said, strict=True))


def kana_syllables(kana: str) -> tuple[str, ...]:
    """Sung syllables of kana: one per mora, っ with the mora before it."""
    parts: list[str] = []
    start = 0
    written = unicodedata.normalize("NFKC", kana)
    for mora in japanese.morae(kana):
        text = written[start : start + len(mora)]
        start += len(mora)
        if mora == SOKUON and parts:
            parts[-1] += text
        else:
            parts.append(text)
    return tuple(parts)


def syllable_texts(word: str) -> tuple[str, ...]:
    """Sung syllables of a Japanese word in kana; kanji and digits are read."""
    if japanese.is_kana(word):
        return kana_syllables(word)
    texts = tuple(text for morpheme in read(word) for text in kana_syllables(_display(morpheme)))
    if not texts:
        raise LyricsError(f"“{word}” has no reading.", "Write it in kana.")
    return texts


def _display(morpheme: Morpheme) -> str:
    return morpheme.surface if japanese.is_kana(morpheme.surface) else morpheme.reading


def phonemise(texts: Sequence[str]) -> tuple[Syllable, ...]:
    """Syllables of a phrase, one per text of kana or kanji; the whole phrase is the context of each.

    Raises LyricsError for a text without a reading.
    """
    return _rows(texts, _morae_of_texts(texts))


def syllables(kana: Sequence[str]) -> tuple[Syllable, ...]:
    """Syllables of kana as written, without a dictionary: what romaji spells. A u after o holds it."""
    rows: list[tuple[str, ...]] = []
    last = ""
    for text in kana:
        row = []
        for mora in japanese.morae(text):
            held = mora == "う" and last and japanese.mora_phones(last)[-1] == "o"
            row.append(LONG if held else mora)
            last = "" if mora in (LONG, SOKUON) else mora
        rows.append(tuple(row))
    return _rows(kana, rows)


def _rows(texts: Sequence[str], rows: Sequence[tuple[str, ...]]) -> tuple[Syllable, ...]:
    sung: list[Syllable] = []
    for text, morae in zip(texts, rows, strict=True):
        before = sung[-1].nucleus[-1] if sung else ""
        sung.append(_syllable(morae or (LONG,), before, text))
    return tuple(sung)


def _syllable(morae: Sequence[str], vowel_before: str, text: str) -> Syllable:
    """One note's morae as one syllable."""
    parts: list[Syllable] = []
    for mora in morae:
        last = parts[-1].nucleus[-1] if parts else vowel_before
        if mora == SOKUON and parts and not parts[-1].coda:
            parts[-1] = Syllable(parts[-1].onset, parts[-1].nucleus, ("cl",))
        elif mora == SOKUON:
            parts.append(Syllable((), (last if last in VOWELS else "ɯ",), ("cl",)))
        elif mora == LONG:
            if not last:
                raise LyricsError(
                    f"“{text}” has no vowel before it to hold.", "Write the syllable that is sung."
                )
            parts.append(Syllable((), (last,)))
        else:
            phones = japanese.mora_phones(mora)
            parts.append(Syllable(phones[:-1], phones[-1:]))
    whole = join(parts)
    if len(parts) > 1 and whole.coda[:1] == () and whole.nucleus[-1] == "ɴ":
        return Syllable(whole.onset, whole.nucleus[:-1], ("ɴ",))
    return whole


def _morae_of_texts(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """The sung morae of each text, read in the context of all."""
    plain = [unicodedata.normalize("NFKC", text) for text in texts]
    phrase = "".join(plain)
    morphemes = read(phrase)
    if "".join(morpheme.surface for morpheme in morphemes) != phrase:
        return [tuple(mora for morpheme in read(text) for mora in morpheme.sung) for text in plain]
    owner = [number for number, text in enumerate(plain) for _ in text]
    shares: list[list[str]] = [[] for _ in texts]
    at = 0
    for morpheme in morphemes:
        owners = owner[at : at + len(morpheme.surface)]
        at += len(morpheme.surface)
        if len(set(owners)) == 1:
            shares[owners[0]].extend(morpheme.sung)
        elif japanese.is_kana(morpheme.surface):
            start = 0
            for mora, sung in zip(japanese.morae(morpheme.surface), morpheme.sung, strict=True):
                shares[owners[start]].append(sung)
                start += len(mora)
        else:
            for number, morae in zip(owners, _share(morpheme), strict=True):
                shares[number].extend(morae)
    return [tuple(share) for share in shares]


def _share(morpheme: Morpheme) -> list[tuple[str, ...]]:
    """The morae of each written character: kana say their own, kanji share what is left evenly."""
    surface, morae = japanese.hiragana(morpheme.surface), list(morpheme.sung)
    head = tail = 0
    while head < len(surface) - 1 and head < len(morae) and japanese.is_kana(surface[head]):
        head += 1
    while (
        tail < len(surface) - head - 1 and tail < len(morae) - head and japanese.is_kana(surface[-tail - 1])
    ):
        tail += 1
    middle = morae[head : len(morae) - tail]
    count = len(surface) - head - tail
    cuts = [number * len(middle) // count for number in range(count + 1)]
    return (
        [(mora,) for mora in morae[:head]]
        + [tuple(middle[a:b]) for a, b in pairwise(cuts)]
        + [(mora,) for mora in morae[len(morae) - tail :]]
    )
