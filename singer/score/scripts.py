"""What the script of a text alone says about its language."""

from __future__ import annotations

import re


def script_language(text: str) -> str | None:
    """BCP 47 tag: kana is Japanese, Hangul Korean, Han without kana Chinese; None for other scripts."""
    if re.search("[\u3040-\u30ff]", text):
        return "ja"
    if re.search("[\uac00-\ud7af]", text):
        return "ko"
    if re.search("[\u4e00-\u9fff]", text):
        return "zh"
    return None
