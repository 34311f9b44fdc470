"""The languages that the form offers: those that the voices were taught, those with reading rules of their
own, and some that espeak-ng reads."""

from __future__ import annotations

AUTO = "auto"

CHOICES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Found out from the score", ((AUTO, "As the score says"),)),
    ("Taught to the voices", (("en", "English"), ("ja", "Japanese · 日本語"), ("zh", "Mandarin · 普通话"))),
    (
        "Read as they are sung",
        (
            ("yue", "Cantonese · 廣東話"),
            ("fr", "French · Français"),
            ("de", "German · Deutsch"),
            ("it", "Italian · Italiano"),
            ("ko", "Korean · 한국어"),
            ("pt", "Portuguese · Português"),
            ("ru", "Russian · Русский"),
            ("es", "Spanish · Español"),
        ),
    ),
    (
        "Read by espeak-ng",
        (
            ("ar", "Arabic · العربية"),
            ("eu", "Basque · Euskara"),
            ("bg", "Bulgarian · Български"),
            ("ca", "Catalan · Català"),
            ("hr", "Croatian · Hrvatski"),
            ("cs", "Czech · Čeština"),
            ("da", "Danish · Dansk"),
            ("nl", "Dutch · Nederlands"),
            ("eo", "Esperanto"),
            ("et", "Estonian · Eesti"),
            ("fi", "Finnish · Suomi"),
            ("ka", "Georgian · ქართული"),
            ("el", "Greek · Ελληνικά"),
            ("haw", "Hawaiian · ʻŌlelo Hawaiʻi"),
            ("he", "Hebrew · עברית"),
            ("hi", "Hindi · हिन्दी"),
            ("hu", "Hungarian · Magyar"),
            ("is", "Icelandic · Íslenska"),
            ("id", "Indonesian · Bahasa Indonesia"),
            ("ga", "Irish · Gaeilge"),
            ("la", "Latin · Latina"),
            ("lv", "Latvian · Latviešu"),
            ("lt", "Lithuanian · Lietuvių"),
            ("mi", "Māori"),
            ("nb", "Norwegian · Norsk"),
            ("fa", "Persian · فارسی"),
            ("pl", "Polish · Polski"),
            ("ro", "Romanian · Română"),
            ("sw", "Swahili · Kiswahili"),
            ("sv", "Swedish · Svenska"),
            ("th", "Thai · ไทย"),
            ("tr", "Turkish · Türkçe"),
            ("uk", "Ukrainian · Українська"),
            ("vi", "Vietnamese · Tiếng Việt"),
            ("cy", "Welsh · Cymraeg"),
        ),
    ),
)
"""Groups of (code, name) in the order of the form."""

NAMES = {code: name.split(" · ")[0] for _, choices in CHOICES for code, name in choices}
"""A code's English name."""


def language_name(tag: str | None) -> str:
    """The English name of a language tag (`cmn` and `zh-CN` are Mandarin), or the tag itself."""
    if not tag:
        return NAMES["en"]
    primary = tag.replace("_", "-").split("-")[0].lower()
    return NAMES.get("zh" if primary == "cmn" else primary, tag)


def code_of(tag: str | None) -> str:
    """The form's code for a score's language tag; the tag itself where the form has none for it."""
    primary = (tag or "en").replace("_", "-").split("-")[0].lower()
    return "zh" if primary == "cmn" else primary
