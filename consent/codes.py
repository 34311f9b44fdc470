"""The codes that terms and requests are written in: countries, currencies, languages, works, recordings."""

from __future__ import annotations

import re
import unicodedata

_COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")
_ISWC = re.compile(r"T(\d{9})(\d)")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}")


def is_territory(code: str) -> bool:
    """Whether a code names a country (ISO 3166-1 alpha-2) or a part of one (ISO 3166-2), in capitals."""
    if not _COUNTRY.fullmatch(code):
        return False
    import pycountry  # its tables cost 50 ms, and few terms name a country

    if "-" in code:
        return pycountry.subdivisions.get(code=code) is not None  # type: ignore[no-untyped-call]
    return pycountry.countries.get(alpha_2=code) is not None


def is_currency(code: str) -> bool:
    """Whether a code names a currency (ISO 4217), in capitals."""
    if not re.fullmatch(r"[A-Z]{3}", code):
        return False
    import pycountry

    return pycountry.currencies.get(alpha_3=code) is not None


def is_language(tag: str) -> bool:
    """Whether a text has the form of a language tag (BCP 47)."""
    return _LANGUAGE.fullmatch(tag) is not None


def primary_language(tag: str) -> str:
    """The language that a tag names, in lower case: its extended language if it has one, and `zh` for
    `cmn`."""
    subtags = tag.replace("_", "-").lower().split("-")
    extended = len(subtags) > 1 and len(subtags[1]) == 3 and subtags[1].isalpha()
    language = subtags[1] if extended else subtags[0]
    return "zh" if language == "cmn" else language


def normal_iswc(code: str) -> str | None:
    """An ISWC (ISO 15707) as T and ten digits, or None where the form or the check digit is wrong."""
    found = _ISWC.fullmatch(re.sub(r"[\s.\-]", "", code.upper().removeprefix("ISWC")))
    if found is None or not found.group(0).isascii():
        return None
    digits = [int(digit) for digit in found.group(1)]
    total = 1 + sum(place * digit for place, digit in enumerate(digits, 1))
    return found.group(0) if (10 - total % 10) % 10 == int(found.group(2)) else None


def normal_isrc(code: str) -> str | None:
    """An ISRC (ISO 3901) as twelve letters and digits, or None where the form is wrong."""
    plain = re.sub(r"[\s\-]", "", code.upper().removeprefix("ISRC"))
    return plain if _ISRC.fullmatch(plain) and plain.isascii() else None


def normal_title(title: str) -> str:
    """A title as it is compared: NFKC, case folded, runs of white space as one space."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", title).casefold()).split())
