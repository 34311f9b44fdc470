"""Mandarin in context: which reading each character has (了, 长, 行), by pypinyin's phrases."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial

from singer.errors import LyricsError
from singer.language.mandarin import erhua, is_pinyin, pinyin_phones
from singer.language.numerals import chinese_number
from singer.language.syllables import Syllable, join

HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff〇々]")
_DIGITS = re.compile(r"[0-9]+")
_LONGEST = len("zhuangr")


# readings of song that pypinyin's phrases miss: 很长, 重来, 落下, 牵着手
_CHARACTERS = {"长": "cháng,zhǎng", "長": "cháng,zhǎng"}
_PHRASES = {
    "重来": "chóng lái",
    "重來": "chóng lái",
    "落下": "luò xià",
    "着手": "zhe shǒu",
    "著手": "zhe shǒu",
}


@cache
def _reader() -> Callable[[str], list[str]]:
    from pypinyin import Style, lazy_pinyin, load_phrases_dict, load_single_dict

    load_single_dict({ord(char): readings for char, readings in _CHARACTERS.items()})
    load_phrases_dict({phrase: [[part] for part in said.split()] for phrase, said in _PHRASES.items()})
    return partial(lazy_pinyin, style=Style.NORMAL, v_to_u=True)


@lru_cache(maxsize=4096)
def pinyin(phrase: str) -> tuple[str, ...]:
    """Pinyin of each character of a run of han, without tones, chosen by the phrases it stands in."""
    found = list(_reader()(phrase))
    for at in range(2, len(phrase)):
        if phrase[at] == "地" and phrase[at - 1] == phrase[at - 2]:
            found[at] = "de"  # 慢慢地: the adverb's ending
    return tuple(found)


def split_pinyin(text: str) -> tuple[str, ...] | None:
    """Cut pinyin ("moli", "xi'an", "ni3hao3") into syllables; None where it is no pinyin."""
    found: list[str] = []
    for part in re.split(r"['’\- ]+", text.strip("'’- ")):
        cut = _split(part)
        if cut is None:
            return None
        found.extend(cut)
    return tuple(found)


def _split(text: str) -> tuple[str, ...] | None:
    if not text:
        return ()
    for size in range(min(len(text), _LONGEST + 1), 0, -1):
        if is_pinyin(text[:size]):
            rest = _split(text[size:])
            if rest is not None:
                return (text[:size], *rest)
    return None


def syllable_texts(word: str) -> tuple[str, ...] | None:
    """Sung syllables of a word: each character, or each pinyin syllable; None where it is neither."""
    word = _DIGITS.sub(lambda match: chinese_number(match[0]), word) if HAN.search(word) else word
    if word.isdigit():
        return tuple(chinese_number(word))
    if HAN.search(word):
        return tuple(HAN.findall(word))
    return split_pinyin(word)


def phonemise(texts: Sequence[str]) -> tuple[Syllable, ...]:
    """Syllables of a phrase, one per text of han characters; the whole phrase is the context of each.

    Several characters on one note are joined; 儿 after another on the same note colours its vowel.
    Raises LyricsError for a character without a reading.
    """
    characters = [HAN.findall(_DIGITS.sub(lambda match: chinese_number(match[0]), text)) for text in texts]
    readings = iter(pinyin("".join(char for row in characters for char in row)))
    syllables: list[Syllable] = []
    for text, row in zip(texts, characters, strict=True):
        parts: list[Syllable] = []
        for char in row:
            reading = next(readings)
            if not is_pinyin(reading):
                raise LyricsError(f"“{char}” in “{text}” has no reading.", "Write it in pinyin.")
            if char in "儿兒" and parts:
                parts[-1] = erhua(parts[-1])
            else:
                parts.append(pinyin_phones(reading))
        if not parts and not syllables:
            raise LyricsError(f"“{text}” has nothing to sing.", "Write a character or its pinyin.")
        syllables.append(join(parts) if parts else Syllable((), syllables[-1].nucleus[-1:]))
    return tuple(syllables)
