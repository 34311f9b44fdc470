"""What a declaration names: works by ISWC, ISRC or title, people by name, or everything of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

from consent.codes import normal_isrc, normal_iswc
from consent.content.normalise import normalise
from consent.reservations.reservation import ReservationError

_ASIDE = re.compile(r"\s*[(\[（【].*?[)\]）】]|\s+(?:feat|ft)\.?\s.*$", re.IGNORECASE)
_REGISTRANT = re.compile(r"[A-Z]{2}[A-Z0-9]{3}")
MOST_NAMED = 100_000


def read_declaration(data: Mapping[str, Any], place: str) -> dict[str, Any]:
    """A declaration's content with its codes in normal form: `works`, `names`, `isrc_registrants`, and
    `everything` (of the people named). Raises ReservationError."""
    strange = set(data) - {"works", "names", "isrc_registrants", "everything"}
    if strange:
        raise ReservationError(f"{place}: {', '.join(sorted(map(str, strange)))} is not understood.")
    works = [
        _work(work, f"{place} work {number}") for number, work in enumerate(_list(data, "works", place), 1)
    ]
    names = [_text(name, f"{place} names") for name in _list(data, "names", place)]
    registrants = [_registrant(code, place) for code in _list(data, "isrc_registrants", place)]
    everything = data.get("everything", False)
    if not isinstance(everything, bool):
        raise ReservationError(f"{place}: everything is neither true nor false.")
    if everything and not names:
        raise ReservationError(f"{place}: everything of whom?", "Name artists, performers or labels.")
    if names and not everything and not works:
        raise ReservationError(
            f"{place} names people and no work.", "Name works, or say that everything of theirs is reserved."
        )
    if not works and not names and not registrants:
        raise ReservationError(f"{place} names nothing.", "Name works, people or ISRC registrants.")
    if len(works) + len(names) > MOST_NAMED:
        raise ReservationError(f"{place} names more than {MOST_NAMED} things.", "Part it into several.")
    return {"works": works, "names": names, "isrc_registrants": registrants, "everything": everything}


def folded(text: str) -> str:
    """A name or title as it is compared: as lyrics are normalised, without spaces."""
    return "".join(word.text for word in normalise(text).words)


def title_keys(title: str) -> set[str]:
    """The ways in which a title is compared: whole, and without what stands in brackets or after “feat.”."""
    return {key for key in (folded(title), folded(_ASIDE.sub("", title))) if key}


def keys_of(declaration: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(field, value) of everything by which a declaration is found."""
    for work in declaration["works"]:
        for field in ("iswc", "isrc"):
            if work[field]:
                yield field, work[field]
        for key in title_keys(work["title"]):
            yield "title", key
    for code in declaration["isrc_registrants"]:
        yield "registrant", code
    if declaration["everything"]:
        for name in declaration["names"]:
            yield "name", folded(name)


def keys_asked(
    *, title: str = "", iswc: str = "", isrcs: tuple[str, ...] = (), names: tuple[str, ...] = ()
) -> Iterator[tuple[str, str]]:
    """(field, value) of everything by which a declaration about these facts would be found."""
    for key in title_keys(title):
        yield "title", key
    if code := normal_iswc(iswc):
        yield "iswc", code
    for given in isrcs:
        if code := normal_isrc(given):
            yield "isrc", code
            yield "registrant", code[:5]
    for name in names:
        if key := folded(name):
            yield "name", key


def speaks_of(declaration: Mapping[str, Any], asked: Set[tuple[str, str]]) -> str | None:
    """What of the facts a declaration reserves, in words; a title counts unless both sides give codes of one
    kind, and they differ."""
    for work in declaration["works"]:
        codes = {field: {value for key, value in asked if key == field} for field in ("iswc", "isrc")}
        if any(work[field] in codes[field] for field in codes):
            return f"the work {_shown(work)}"
        same_title = any(("title", key) in asked for key in title_keys(work["title"]))
        if same_title and not any(work[field] and codes[field] for field in codes):
            return f"the work {_shown(work)}"
    for code in declaration["isrc_registrants"]:
        if ("registrant", code) in asked:
            return f"every recording whose ISRC begins with {code}"
    if declaration["everything"]:
        for name in declaration["names"]:
            if ("name", folded(name)) in asked:
                return f"everything of {name}"
    return None


def _work(work: Any, place: str) -> dict[str, str]:
    if not isinstance(work, Mapping) or set(work) - {"title", "iswc", "isrc"}:
        raise ReservationError(f"{place} is not a table of title, iswc and isrc.")
    title, iswc, isrc = (str(work.get(field) or "").strip() for field in ("title", "iswc", "isrc"))
    if iswc and normal_iswc(iswc) is None:
        raise ReservationError(f"{place}: {iswc!r} is no ISWC, or its check digit is wrong.")
    if isrc and normal_isrc(isrc) is None:
        raise ReservationError(f"{place}: {isrc!r} is no ISRC.")
    if title and not title_keys(title):
        raise ReservationError(f"{place}: the title {title!r} has no letter or digit.")
    if not (title or iswc or isrc):
        raise ReservationError(f"{place} has neither title nor code.")
    return {"title": title, "iswc": normal_iswc(iswc) or "", "isrc": normal_isrc(isrc) or ""}


def _registrant(code: Any, place: str) -> str:
    plain = re.sub(r"[\s\-]", "", str(code).upper())
    if not _REGISTRANT.fullmatch(plain):
        raise ReservationError(
            f"{place}: {code!r} is no ISRC registrant.",
            "It is the country and registrant code, as in US-ABC.",
        )
    return plain


def _list(data: Mapping[str, Any], name: str, place: str) -> list[Any]:
    value = data.get(name, [])
    if not isinstance(value, (list, tuple)):
        raise ReservationError(f"{place}: {name} is not a list.")
    return list(value)


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not folded(value):
        raise ReservationError(f"{place}: {value!r} is no name.")
    return value.strip()


def _shown(work: Mapping[str, str]) -> str:
    codes = ", ".join(work[field] for field in ("iswc", "isrc") if work[field])
    return f"“{work['title']}”" + (f" ({codes})" if codes else "") if work["title"] else codes
