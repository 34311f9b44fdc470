"""RFC 8785, quickly: the one form in which a value is hashed, signed or given a MAC.

`rfc8785` is the standard's reference for Python and stays the judge: it takes over for whatever the standard
library's encoder would write in another way (numbers with an exponent, keys beyond ASCII, unknown types).
"""

from __future__ import annotations

import json
from typing import Any

import rfc8785

_LARGEST_INTEGER = 2**53 - 1
_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: Any) -> bytes:
    """The bytes of a JSON value by RFC 8785. Raises rfc8785.CanonicalizationError for anything else."""
    try:
        return _encoder.encode(_plain(value)).encode()
    except (_OutOfTheOrdinary, UnicodeEncodeError):
        return rfc8785.dumps(value)


class _OutOfTheOrdinary(Exception):
    pass


def _plain(value: Any) -> Any:
    """The value with whole floats as integers; raises for what the quick encoder would not write alike."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is int:
        if -_LARGEST_INTEGER <= value <= _LARGEST_INTEGER:
            return value
    elif kind is float:
        if 1e-4 <= abs(value) < 1e15 or value == 0:  # written without an exponent, here and in the standard
            return int(value) if value.is_integer() else value
    elif kind is dict:
        if all(type(key) is str and key.isascii() for key in value):
            return {key: _plain(member) for key, member in value.items()}
    elif kind is list or kind is tuple:
        return [_plain(member) for member in value]
    raise _OutOfTheOrdinary
