"""Korean as it is sung: from hangul, by the rules of the Standard Pronunciation.

The rules are those of the Ministry of Education (1988), which the National Institute of Korean Language
keeps. Each block is decomposed into its jamo, neighbours change each other (liaison, h, palatalisation,
tensing, nasals, laterals: chapters 4 to 6), and what remains is spelt in phones. Plain stops between voiced
sounds have voice; stops that close a block are not released.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from singer.errors import LyricsError
from singer.language.syllables import Syllable, join

BLOCK = re.compile(r"[가-힣]")
_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_PARTS = {
    "ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ",
    "ㄾ": "ㄹㅌ",
    "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ",
}  # fmt: skip
_CLOSED = {
    **dict.fromkeys("ㄱㄲㅋㄳㄺ", "ㄱ"), **dict.fromkeys("ㄷㅅㅆㅈㅊㅌㅎ", "ㄷ"), **dict.fromkeys("ㅂㅍㅄㄿ",
    "ㅂ"),
    **dict.fromkeys("ㄴㄵㄶ", "ㄴ"), **dict.fromkeys("ㄹㄼㄽㄾㅀ", "ㄹ"), **dict.fromkeys("ㅁㄻ", "ㅁ"),
    "ㅇ": "ㅇ", "": "",
}  # fmt: skip
_ASPIRATED = {"ㄱ": "ㅋ", "ㄷ": "ㅌ", "ㅂ": "ㅍ", "ㅈ": "ㅊ"}
_TENSE = {"ㄱ": "ㄲ", "ㄷ": "ㄸ", "ㅂ": "ㅃ", "ㅅ": "ㅆ", "ㅈ": "ㅉ"}
_NASAL = {"ㄱ": "ㅇ", "ㄷ": "ㄴ", "ㅂ": "ㅁ"}
_BEFORE_H = {
    "ㄱ": ("", "ㅋ"), "ㄺ": ("ㄹ", "ㅋ"), "ㄷ": ("", "ㅌ"), "ㅅ": ("", "ㅌ"), "ㅂ": ("", "ㅍ"), "ㄼ": ("ㄹ",
    "ㅍ"),
    "ㅈ": ("", "ㅊ"), "ㄵ": ("ㄴ", "ㅊ"), "ㅊ": ("", "ㅊ"), "ㅌ": ("", "ㅌ"), "ㅍ": ("", "ㅍ"), "ㄲ": ("",
    "ㅋ"),
    "ㅆ": ("", "ㅌ"), "ㅄ": ("", "ㅍ"), "ㄳ": ("", "ㅋ"),
}  # fmt: skip

_LEAD_PHONES = {
    "ㄱ": "k", "ㄲ": "k͈", "ㄴ": "n", "ㄷ": "t", "ㄸ": "t͈", "ㄹ": "ɾ", "ㅁ": "m", "ㅂ": "p", "ㅃ": "p͈",
    "ㅅ": "s",
    "ㅆ": "s͈", "ㅈ": "tɕ", "ㅉ": "tɕ͈", "ㅊ": "tɕʰ", "ㅋ": "kʰ", "ㅌ": "tʰ", "ㅍ": "pʰ", "ㅎ": "h",
}  # fmt: skip
_VOICED = {"k": "ɡ", "t": "d", "p": "b", "tɕ": "dʑ"}
_TAIL_PHONES = {"ㄱ": "k̚", "ㄷ": "t̚", "ㅂ": "p̚", "ㄴ": "n", "ㅁ": "m", "ㅇ": "ŋ", "ㄹ": "l"}
_VOWEL_PHONES = {
    "ㅏ": "a", "ㅐ": "ɛ", "ㅑ": "j a", "ㅒ": "j ɛ", "ㅓ": "ʌ", "ㅔ": "e", "ㅕ": "j ʌ", "ㅖ": "j e", "ㅗ": "o",
    "ㅘ": "w a", "ㅙ": "w ɛ", "ㅚ": "w e", "ㅛ": "j o", "ㅜ": "u", "ㅝ": "w ʌ", "ㅞ": "w e", "ㅟ": "w i",
    "ㅠ": "j u",
    "ㅡ": "ɯ", "ㅢ": "ɰ i", "ㅣ": "i",
}  # fmt: skip
_WITHOUT_J = {"ㅑ": "ㅏ", "ㅕ": "ㅓ", "ㅛ": "ㅗ", "ㅠ": "ㅜ", "ㅖ": "ㅔ", "ㅒ": "ㅐ"}

# compounds with an added ㄴ or a parting that the rules cannot see, as they are said
_SAID = {
    "꽃잎": "꼰닙", "나뭇잎": "나문닙", "깻잎": "깬닙", "풀잎": "풀립", "별일": "별릴", "한여름": "한녀름",
    "물약": "물략",
    "첫인": "처딘", "맛없": "마덥", "꽃위": "꼬뒤", "밭이랑": "반니랑",
}  # fmt: skip
_NOUNS_IN_UI = frozenset(
    [
        "주의",
        "회의",
        "정의",
        "동의",
        "거의",
        "강의",
        "논의",
        "합의",
        "의의",
        "민주주의",
        "편의",
        "예의",
        "호의",
        "창의",
        "본의",
    ]
)
_DIGITS = dict(zip("0123456789", "영일이삼사오육칠팔구", strict=True))
_UNITS = ("", "십", "백", "천")


@dataclass
class _Block:
    lead: str
    vowel: str
    tail: str


def syllable_texts(word: str) -> tuple[str, ...] | None:
    """The sung syllables of a word: each block of hangul; digits as Sino-Korean words, jamo alone as blocks.

    None where the word holds something else.
    """
    written = _written(word)
    return tuple(written) if BLOCK.fullmatch(written[:1]) and all(map(BLOCK.match, written)) else None


def phonemise(texts: Sequence[str]) -> tuple[Syllable, ...]:
    """The syllables of a word, one for each notated text; blocks that share a note are joined.

    Raises LyricsError for a text without a block.
    """
    written = [_written(text) for text in texts]
    blocks = [char for text in written for char in text if BLOCK.match(char)]
    spoken = iter(_spoken("".join(blocks)))
    syllables: list[Syllable] = []
    for text, given in zip(written, texts, strict=True):
        row = [next(spoken) for char in text if BLOCK.match(char)]
        if not row:
            raise LyricsError(f"“{given}” has no block of hangul.", "Write the syllable in hangul.")
        syllables.append(join(row))
    return tuple(syllables)


def _written(text: str) -> str:
    """The text in blocks: jamo composed, digits in words, lone vowels with ㅇ, lone consonants with ㅡ."""
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"[0-9]+", lambda match: _number(match[0]), text)
    return "".join(_as_block(char) for char in text)


def _as_block(char: str) -> str:
    if "\u1100" <= char <= "\u1112":
        char = _LEADS[ord(char) - 0x1100]
    elif "\u1161" <= char <= "\u1175":
        char = _VOWELS[ord(char) - 0x1161]
    if char in _VOWELS:
        return _block("ㅇ", char, "")
    return _block(char, "ㅡ", "") if char in _LEADS else char


def _block(lead: str, vowel: str, tail: str) -> str:
    place = (_LEADS.index(lead) * len(_VOWELS) + _VOWELS.index(vowel)) * len(_TAILS)
    return chr(0xAC00 + place + (_TAILS.index(tail) if tail else 0))


def _number(digits: str) -> str:
    """A Sino-Korean number up to 9999; longer ones, and those with a leading zero, digit by digit."""
    if len(digits) > 4 or digits.startswith("0"):
        return "".join(_DIGITS[digit] for digit in digits)
    spoken = ""
    for place, digit in enumerate(reversed(digits)):
        if digit != "0":
            spoken = ("" if digit == "1" and place else _DIGITS[digit]) + _UNITS[place] + spoken
    return spoken


def _spoken(word: str) -> list[Syllable]:
    for written, said in _SAID.items():
        word = word.replace(written, said)
    blocks = [_decomposed(char) for char in word]
    _respell_ui(word, blocks)
    for first, second in pairwise(blocks):
        _meet(first, second)
    return [_syllable(blocks, at) for at in range(len(blocks))]


def _decomposed(char: str) -> _Block:
    place = ord(char) - 0xAC00
    rest, tail = divmod(place, len(_TAILS))
    lead, vowel = divmod(rest, len(_VOWELS))
    return _Block(_LEADS[lead], _VOWELS[vowel], _TAILS[tail].strip())


def _respell_ui(word: str, blocks: list[_Block]) -> None:
    """ㅢ is ㅣ after a consonant and inside words, the particle 의 is 에 (rule 5)."""
    for at, block in enumerate(blocks):
        if block.vowel == "ㅢ" and (block.lead != "ㅇ" or at):
            particle = block.lead == "ㅇ" and at == len(blocks) - 1 and not block.tail
            block.vowel = "ㅔ" if particle and word not in _NOUNS_IN_UI else "ㅣ"
        if block.vowel == "ㅖ" and block.lead not in "ㅇㄹ":
            block.vowel = "ㅔ"
        if block.lead in "ㅈㅉㅊ":
            block.vowel = _WITHOUT_J.get(block.vowel, block.vowel)


def _meet(first: _Block, second: _Block) -> None:
    """What closes a block and what opens the next one change each other."""
    tail, lead = first.tail, second.lead
    if not tail:
        return
    if lead == "ㅇ":
        if tail != "ㅇ":
            _link(first, second)
        return
    if lead == "ㅎ" and tail in _BEFORE_H:
        first.tail, second.lead = _BEFORE_H[tail]
        if tail in "ㄷㅌ" and second.vowel in "ㅣㅕ":
            second.lead, second.vowel = "ㅊ", _WITHOUT_J.get(second.vowel, second.vowel)
        return
    if tail in "ㅎㄶㅀ":
        if lead in _ASPIRATED:
            first.tail, second.lead = _PARTS.get(tail, "ㅎ")[0].replace("ㅎ", ""), _ASPIRATED[lead]
            return
        if lead == "ㅅ":
            first.tail, second.lead = _PARTS.get(tail, "ㅎ")[0].replace("ㅎ", ""), "ㅆ"
            return
    closed = _CLOSED[tail]
    if tail == "ㄺ" and lead == "ㄱ":
        closed = "ㄹ"
    if tail == "ㄼ" and (first.lead, first.vowel) == ("ㅂ", "ㅏ"):
        closed = "ㅂ"  # 밟다
    if lead in _TENSE and (closed in "ㄱㄷㅂ" or tail in "ㄵㄺㄼㄾ" or (tail == "ㄻ" and lead in "ㄱㄷㅅㅈ")):
        lead = _TENSE[lead]
    if closed in _NASAL and lead in "ㄴㅁㄹ":
        closed = _NASAL[closed]
        lead = "ㄴ" if lead == "ㄹ" else lead
    elif closed in "ㅁㅇ" and lead == "ㄹ":
        lead = "ㄴ"
    if (closed, lead) in (("ㄴ", "ㄹ"), ("ㄹ", "ㄴ")):
        closed = lead = "ㄹ"
    first.tail, second.lead = closed, lead


def _link(first: _Block, second: _Block) -> None:
    """A consonant before a vowel opens the next block; ㅎ is silent, ㄷ and ㅌ turn palatal before ㅣ."""
    tail = first.tail
    stays, goes = (_PARTS[tail][0], _PARTS[tail][1]) if tail in _PARTS else ("", tail)
    if goes == "ㅎ":
        stays, goes = ("", stays) if stays else ("", "ㅇ")
    elif goes in "ㄷㅌ" and second.vowel == "ㅣ":
        goes = {"ㄷ": "ㅈ", "ㅌ": "ㅊ"}[goes]
    elif goes == "ㅅ" and stays:
        goes = "ㅆ"
    first.tail, second.lead = stays, goes


def _syllable(blocks: Sequence[_Block], at: int) -> Syllable:
    block = blocks[at]
    before = blocks[at - 1] if at else None
    row = _VOWEL_PHONES[block.vowel].split()
    onset, nucleus = row[:-1], row[-1:]
    if block.lead != "ㅇ":
        lead = _LEAD_PHONES[block.lead]
        tail_before = "" if before is None else _CLOSED[before.tail]
        if before is not None and tail_before in ("", "ㄴ", "ㅁ", "ㅇ", "ㄹ"):
            lead = _VOICED.get(lead, lead)
        if lead == "ɾ" and tail_before == "ㄹ":
            lead = "l"
        if lead in ("s", "s͈") and (row[0] in ("j", "i")):
            lead = "ɕ" + lead[1:]
        onset = [lead, *onset]
    if onset[1:] == ["j"] and onset[0] in ("ɕ", "ɕ͈"):
        onset = onset[:1]
    tail = _TAIL_PHONES.get(_CLOSED[block.tail])
    return Syllable(tuple(onset), tuple(nucleus), (tail,) if tail else ())
