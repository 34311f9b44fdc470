"""The quick encoder and the reference write the same bytes, or refuse alike."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from consent.canonical import canonical

_ATOMS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**54), 2**54)
    | st.floats()
    | st.floats(-1e22, 1e22)
    | st.text(st.characters(codec=None))
)
_VALUES = st.recursive(
    _ATOMS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3), inner, max_size=4)
        | st.dictionaries(st.text("abcé\U0001f600\uffee", max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(_VALUES)
@example(-0.0)
@example(1e16)
@example(9.999999e-5)
@example(2**53)
@example({"\ud800": 1})
@example({"\U0001f600": 1, "\uffee": 2})
@example(float("nan"))
@example({"b": [1.5, 2.0, ("é\x00\x7f\u2028", None)], "a": True})
def test_it_writes_what_the_reference_writes(value: Any) -> None:
    try:
        expected = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        with pytest.raises((rfc8785.CanonicalizationError, UnicodeEncodeError)):
            canonical(value)
    else:
        assert canonical(value) == expected


@pytest.mark.parametrize("value", [object(), {1: 2}, b"bytes", {"set": {1}}, float("inf")])
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical(value)
