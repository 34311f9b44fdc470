"""A performance as JSON text: one phone, one note and one curve a line, so that a person can edit it.

The document states its format, its version and the frame grid. Floats are written so that they read back
as the same floats; keys stand in a fixed order, so equal performances give equal text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from singer import HOP, SAMPLE_RATE
from singer.errors import PerformanceError
from singer.performance.check import check, phrase_place
from singer.performance.expression import CURVES
from singer.performance.model import Performance, PerformedNote, PhoneSpan, Phrase
from singer.performance.planned import LYRICS_GIVEN, LYRICS_OF_SCORE, Planned

FORMAT = "consonance-performance"
VERSION = 1
LARGEST_DOCUMENT = 64 * 1024 * 1024
"""Characters or bytes; half an hour with every float in full length needs less than half of this."""

_MOST_CONTAINERS = 500_000  # half an hour of 60 phones and 30 notes a second, and room
_MOST_VALUES = 8_000_000
_DIGEST = re.compile(r"[0-9a-f]{16}")
_LONGEST_STYLE = 40
_LARGEST_TRANSPOSE = 127.0
_HEADER = {"format": FORMAT, "version": VERSION, "sample_rate": SAMPLE_RATE, "hop": HOP}
_WRITE_AGAIN = "Write the file again with `consonance plan`, or undo the last edit."


def write_document(performance: Performance) -> str:
    """JSON text of `performance`. Raises `PerformanceError` if a law is broken (`check`)."""
    check(performance)
    header = _HEADER | {
        "title": performance.title,
        "language": performance.language,
        "duration_s": performance.duration_s,
        "seed": performance.seed,
    }
    if performance.planned is not None:
        header["planned"] = vars(performance.planned) | {"digests": dict(performance.planned.digests)}
    lines = [f" {_json(name)}: {_json(value)}," for name, value in header.items()]
    phrases = ",\n".join(_phrase_text(phrase) for phrase in performance.phrases)
    return "\n".join(["{", *lines, f' "phrases": [{phrases}]', "}"]) + "\n"


def read_document(text: str | bytes) -> Performance:
    """The performance in JSON text.

    Curves with a default may be left out. Raises `PerformanceError` naming phrase, field and remedy where
    the text is damaged, too large, or breaks a law of a performance.
    """
    document = _parse(text)
    place = "The performance"
    planned = document.pop("planned", None) if isinstance(document, dict) else None
    _object(document, place, {*_HEADER, "title", "language", "duration_s", "seed", "phrases"})
    for name, expected in _HEADER.items():
        if document[name] != expected or isinstance(document[name], bool):
            raise PerformanceError(
                f"{place}'s {name} is {str(document[name])[:40]!r}, not {expected!r}.",
                "This is not a performance that this version of Consonance reads; plan the song again.",
            )
    phrases = _items(document, place, "phrases")
    performance = Performance(
        title=_text(document, place, "title"),
        language=_text(document, place, "language"),
        duration_s=_number(document, place, "duration_s"),
        seed=_whole(document, place, "seed"),
        phrases=tuple(_phrase(data, phrase_place(number)) for number, data in enumerate(phrases, start=1)),
        planned=None if planned is None else _planned(planned, f"{place}'s planned"),
    )
    check(performance)
    return performance


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _rows(rows: list[str]) -> str:
    return "[" + ",\n   ".join(["", *rows])[1:] + "]" if rows else "[]"


def _phrase_text(phrase: Phrase) -> str:
    notes = _rows([_json(vars(note)) for note in phrase.notes])
    phones = _rows([_json(vars(span)) for span in phrase.phones])
    curves = ",\n   ".join(
        f"{_json(curve.name)}: {_json(list(phrase.curves[curve.name]))}" for curve in CURVES
    )
    return (
        f'\n {{"start_frame": {phrase.start_frame}, "frames": {phrase.frames},\n'
        f'  "notes": {notes},\n  "phones": {phones},\n  "curves": {{\n   {curves}}}}}'
    )


def _parse(text: str | bytes) -> Any:
    """JSON text → plain values, bounded in size before anything is built from it."""
    if len(text) > LARGEST_DOCUMENT:
        raise PerformanceError(
            f"The performance is {len(text) / 2**20:.0f} MiB of text.",
            f"At most {LARGEST_DOCUMENT // 2**20} MiB are read.",
        )
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise PerformanceError(
                f"The performance is not UTF-8 text (byte {error.start}).", "Save it as UTF-8."
            ) from error
    if text.count("{") + text.count("[") > _MOST_CONTAINERS or text.count(",") > _MOST_VALUES:
        raise PerformanceError("The performance holds more than half an hour of song could.", _WRITE_AGAIN)
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object_once)
    except json.JSONDecodeError as error:
        raise PerformanceError(
            f"The performance is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.",
            _WRITE_AGAIN,
        ) from error
    except (RecursionError, ValueError) as error:
        reason = (
            "nested too deeply" if isinstance(error, RecursionError) else "holding a number that is too long"
        )
        raise PerformanceError(f"The performance is damaged: {reason}.", _WRITE_AGAIN) from error


def _refuse_constant(name: str) -> NoReturn:
    raise PerformanceError(
        f"The performance holds {name}, which is no finite number.", "Give a number there."
    )


def _object_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise PerformanceError(
            f"The performance gives {twice[:40]!r} twice in one object.", "Keep one of them."
        )
    return values


def _phrase(data: object, place: str) -> Phrase:
    fields = _object(data, place, {"start_frame", "frames", "notes", "phones", "curves"})
    frames = _whole(fields, place, "frames")
    notes = _items(fields, place, "notes")
    phones = _items(fields, place, "phones")
    return Phrase(
        start_frame=_whole(fields, place, "start_frame"),
        frames=frames,
        phones=tuple(_phone(item, f"{place}, phone {n}") for n, item in enumerate(phones, start=1)),
        notes=tuple(_note(item, f"{place}, note {n}") for n, item in enumerate(notes, start=1)),
        curves=_curves(fields["curves"], place, frames),
    )


def _planned(data: object, place: str) -> Planned:
    fields = _object(data, place, {"lyrics", "transpose", "style", "digests"})
    digests = fields["digests"]
    if not isinstance(digests, Mapping) or not all(
        isinstance(digest, str) and _DIGEST.fullmatch(digest) and len(name) <= _LONGEST_STYLE
        for name, digest in digests.items()
    ):
        raise PerformanceError(f"{place}, digests are not names with 16 hex digits each.", _WRITE_AGAIN)
    lyrics, style = _text(fields, place, "lyrics"), _text(fields, place, "style")
    transpose = _number(fields, place, "transpose")
    if lyrics not in (LYRICS_OF_SCORE, LYRICS_GIVEN) or len(style) > _LONGEST_STYLE:
        raise PerformanceError(f"{place} is not what a plan says.", _WRITE_AGAIN)
    if not abs(transpose) <= _LARGEST_TRANSPOSE:
        raise PerformanceError(f"{place}, transpose is too far.", _WRITE_AGAIN)
    return Planned(lyrics, transpose, style, dict(digests))


def _phone(data: object, place: str) -> PhoneSpan:
    fields = _object(data, place, {"phone", "start_s", "end_s", "note"})
    return PhoneSpan(
        phone=_text(fields, place, "phone"),
        start_s=_number(fields, place, "start_s"),
        end_s=_number(fields, place, "end_s"),
        note=None if fields["note"] is None else _whole(fields, place, "note"),
    )


def _note(data: object, place: str) -> PerformedNote:
    fields = _object(data, place, {"onset_s", "end_s", "pitch", "text", "bar"})
    return PerformedNote(
        onset_s=_number(fields, place, "onset_s"),
        end_s=_number(fields, place, "end_s"),
        pitch=_number(fields, place, "pitch"),
        text=_text(fields, place, "text"),
        bar=_whole(fields, place, "bar"),
    )


def _curves(data: object, place: str, frames: int) -> dict[str, tuple[float, ...]]:
    """Curves in the order of `CURVES`; one that is left out stands at its default."""
    if not isinstance(data, Mapping):
        raise PerformanceError(f"{place}, curves is not an object.", _WRITE_AGAIN)
    curves = {}
    for curve in CURVES:
        if curve.name in data:
            name = f"curve {curve.name}"
            values = _items({name: data[curve.name]}, place, name)
            if not all(type(value) is float or type(value) is int for value in values):
                index = next(n for n, value in enumerate(values) if type(value) not in (int, float))
                raise PerformanceError(
                    f"{place}, {name}, frame {index} is not a number.", "Give a number there."
                )
            curves[curve.name] = tuple(_float(value, place, name) for value in values)
        elif curve.default is not None and 0 < frames <= _MOST_CONTAINERS:
            curves[curve.name] = (curve.default,) * frames
    return curves | {name: () for name in data if name not in curves}


def _object(data: object, place: str, names: set[str]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise PerformanceError(f"{place} is not an object.", _WRITE_AGAIN)
    missing, strange = sorted(names - data.keys()), sorted(data.keys() - names)
    if missing:
        raise PerformanceError(f"{place} has no {missing[0]}.", _WRITE_AGAIN)
    if strange:
        raise PerformanceError(
            f"{place} has a field {strange[0][:40]!r} that we do not know.",
            "The fields are " + ", ".join(sorted(names)) + ".",
        )
    return data


def _items(fields: Mapping[str, Any], place: str, name: str) -> list[Any]:
    value = fields[name]
    if not isinstance(value, list):
        raise PerformanceError(f"{place}, {name} is not a list.", _WRITE_AGAIN)
    return value


def _text(fields: Mapping[str, Any], place: str, name: str) -> str:
    value = fields[name]
    if not isinstance(value, str):
        raise PerformanceError(f"{place}, {name} is not text.", "Put it in quotation marks.")
    return value


def _number(fields: Mapping[str, Any], place: str, name: str) -> float:
    if type(fields[name]) not in (int, float):
        raise PerformanceError(f"{place}, {name} is not a number.", "Give a number there.")
    return _float(fields[name], place, name)


def _float(value: float, place: str, name: str) -> float:
    try:
        return float(value)
    except OverflowError as error:
        raise PerformanceError(f"{place}, {name} is too large.", "Give a smaller number.") from error


def _whole(fields: Mapping[str, Any], place: str, name: str) -> int:
    value = fields[name]
    if type(value) is not int or abs(value) >= 2**63:
        raise PerformanceError(f"{place}, {name} is not a whole number.", "Give a whole number there.")
    return value
