"""Fonts for pictures: what can be written on this machine, and what to write instead of empty boxes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

_CJK_BY_LANGUAGE = {"ja": "JP", "zh": "SC", "cmn": "SC", "ko": "KR", "yue": "HK"}
_CJK_FAMILIES = (
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Noto Sans CJK KR",
    "Noto Sans JP",
    "Noto Sans SC",
    "Source Han Sans",
    "Noto Serif CJK JP",
    "IPAexGothic",
    "IPAGothic",
    "TakaoGothic",
    "VL Gothic",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
    "Hiragino Sans",
    "PingFang SC",
    "Yu Gothic",
    "MS Gothic",
    "Microsoft YaHei",
    "SimHei",
    "Malgun Gothic",
    "Arial Unicode MS",
    "Unifont",
)
_BASE_FAMILY = "DejaVu Sans"  # matplotlib brings it: Latin, Greek, Cyrillic, all of IPA


@cache
def families(language: str) -> tuple[str, ...]:
    """Font families to write with, best first: the one that matplotlib brings, then one for CJK if
    there is one.

    `language` chooses between the Chinese, Japanese and Korean shapes of a character.
    """
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    variant = _CJK_BY_LANGUAGE.get(language.split("-")[0].lower(), "JP")
    wanted = (f"Noto Sans CJK {variant}", *_CJK_FAMILIES)
    found = next((family for family in wanted if family in installed), None)
    return (_BASE_FAMILY,) if found is None else (_BASE_FAMILY, found)


@cache
def _characters(family: str) -> frozenset[int]:
    from matplotlib import font_manager

    path = font_manager.findfont(font_manager.FontProperties(family=[family]))
    return frozenset(font_manager.get_font(path).get_charmap())


def can_write(text: str, language: str) -> bool:
    """Whether every character of the text has a shape in one of `families(language)`."""
    missing = {ord(character) for character in text}
    for family in families(language):
        if not missing:
            break
        missing -= _characters(family)
    return not missing


def writable(text: str, language: str) -> str:
    """The text on one line, or "" where this machine has no shapes for it."""
    line = " ".join(text.split())
    return line if can_write(line, language) else ""


def width_em(text: str) -> float:
    """Roughly how wide the text is, in ems: wide characters one, raised letters a third, others 0.62, marks
    none."""
    from unicodedata import category, east_asian_width

    narrow = {"Mn": 0.0, "Me": 0.0, "Cf": 0.0, "Lm": 0.35}
    return sum(
        1.0 if east_asian_width(character) in "WF" else narrow.get(category(character), 0.62)
        for character in text
    )


def fitting(labels: Sequence[str], starts: Sequence[float], ends: Sequence[float], em: float) -> list[bool]:
    """Which labels are drawn: from the left, those that are no wider than `ends - starts` at `em` an em."""
    free_from = float("-inf")
    drawn = []
    for label, start, end in zip(labels, starts, ends, strict=True):
        width = width_em(label) * em
        centre = (start + end) / 2
        fits = bool(label) and centre - width / 2 >= free_from and width <= (end - start) * 1.25
        if fits:
            free_from = centre + width / 2
        drawn.append(fits)
    return drawn
