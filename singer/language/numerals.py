"""Numbers as they are spoken, for lyrics that write digits."""

from __future__ import annotations

_TO_TWENTY = """
zero one two three four five six seven eight nine ten
eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
"""
_ONES = _TO_TWENTY.split()
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_HAN = "零一二三四五六七八九"
_HAN_UNITS = ("", "十", "百", "千")


def english_number(digits: str) -> tuple[str, ...]:
    """English words of a whole number; four digits without a round thousand are said as a year (1984)."""
    number = int(digits)
    if len(digits) > 6 or digits.startswith("0"):
        return tuple(_ONES[int(digit)] for digit in digits)
    if number >= 1000 and not (1100 <= number < 2000 or (number >= 2010 and number < 2100)):
        return _english(number // 1000) + ("thousand",) + (_english(number % 1000) if number % 1000 else ())
    if number >= 1100:
        rest = number % 100
        return _english(number // 100) + (("hundred",) if not rest else ("o",) * (rest < 10) + _english(rest))
    return _english(number)


def _english(number: int) -> tuple[str, ...]:
    """Numbers below a million."""
    if number < 20:
        return (_ONES[number],)
    if number < 100:
        return (_TENS[number // 10], *((_ONES[number % 10],) if number % 10 else ()))
    if number < 1000:
        return (_ONES[number // 100], "hundred", *(_english(number % 100) if number % 100 else ()))
    return (*_english(number // 1000), "thousand", *(_english(number % 1000) if number % 1000 else ()))


def chinese_number(digits: str) -> str:
    """Han numerals of a whole number up to 9999; longer ones, and years, digit by digit."""
    if len(digits) > 4 or digits.startswith("0") or 1900 <= int(digits) < 2100:
        return "".join(_HAN[int(digit)] for digit in digits)
    spoken = ""
    for place, digit in enumerate(reversed(digits)):
        if digit != "0":
            spoken = _HAN[int(digit)] + _HAN_UNITS[place] + spoken
        elif spoken and not spoken.startswith("零"):
            spoken = "零" + spoken
    return spoken.removeprefix("一") if spoken.startswith("一十") else spoken
