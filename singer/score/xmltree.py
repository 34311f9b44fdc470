"""A MusicXML document's bytes → its element tree, whatever the encoding, and safe against entity bombs."""

from __future__ import annotations

import codecs
import re
from xml.etree.ElementTree import Element, ParseError

from singer.errors import ScoreError
from singer.score.limits import MAX_FILE_BYTES, MAX_MARKUP, MAX_WRITTEN_BARS, MAX_WRITTEN_NOTES, too_large

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def parse_tree(data: bytes, name: str, notices: list[str]) -> Element:
    """The root element of the XML document `data`.

    Entities are forbidden, the DOCTYPE is not: nearly every MusicXML file has one, and none is ever fetched.
    Raises ScoreError for a document that is too large, damaged, in no known encoding, or that declares
    entities.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(data) > MAX_FILE_BYTES:
        raise too_large(name, f"{len(data) / 1e6:.0f} MB of MusicXML", f"{MAX_FILE_BYTES / 1e6:.0f} MB")
    text = decode_document(data, name, notices)
    if text.count("<note") > MAX_WRITTEN_NOTES:
        raise too_large(name, f"{text.count('<note'):,} notes", f"{MAX_WRITTEN_NOTES:,}")
    if text.count("<measure") > MAX_WRITTEN_BARS:
        raise too_large(name, f"{text.count('<measure'):,} bars", f"{MAX_WRITTEN_BARS:,}")
    if text.count("<") > MAX_MARKUP:
        raise too_large(name, f"{text.count('<'):,} XML tags", f"{MAX_MARKUP:,}")
    try:
        root: Element = fromstring(text, forbid_dtd=False, forbid_entities=True, forbid_external=True)
        return root
    except DefusedXmlException as error:
        raise ScoreError(
            f"{name} declares XML entities, which MusicXML has no use for; it is not read.",
            "Export the score again from your notation program.",
        ) from error
    except ParseError as error:
        line, column = error.position
        raise ScoreError(
            f"{name} is damaged: the XML breaks off or is wrong at line {line}, column {column + 1}.",
            "Export the score again from your notation program.",
        ) from error
    except (ValueError, RecursionError) as error:
        raise ScoreError(f"{name} is not a well-formed XML document.", "Export the score again.") from error


def decode_document(data: bytes, name: str, notices: list[str]) -> str:
    """The XML text of `data` without its declaration: byte order mark, then declaration, then detection.

    Raises ScoreError where no encoding fits.
    """
    encoding = _announced_encoding(data)
    try:
        text = data.decode(encoding)
    except (LookupError, UnicodeError):
        text = _detected(data, name, encoding, notices)
    if not text.isascii():
        text = text.replace("\ufeff", "")
    return _DECLARATION.sub("", text.lstrip(), count=1)


def _announced_encoding(data: bytes) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    if data[:2] == b"<\0":
        return "utf-16-le"
    if data[:2] == b"\0<":
        return "utf-16-be"
    declared = _DECLARED.match(data[:300])
    return declared.group(1).decode("ascii") if declared else "utf-8"


def _detected(data: bytes, name: str, announced: str, notices: list[str]) -> str:
    from singer.score.charset import detect_charset

    encoding = detect_charset(data[:200_000])
    try:
        text = data.decode(encoding)
    except UnicodeError as error:
        raise ScoreError(
            f"{name} says that its text is {announced}, but it is not, and no other encoding fits.",
            "Save it again as UTF-8.",
        ) from error
    notices.append(f"{name} says that its text is {announced}, but it is not; it is read as {encoding}.")
    return text
