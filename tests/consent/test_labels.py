"""The AIGC label of GB 45438-2025: what may stand in it, and that it comes back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.labels import AigcLabel, LabelError, label_value, parse_label

ALLOWED = [chr(code) for code in range(0x21, 0x7F) if chr(code) not in "\"'\\"] + ["'"]
VALUES = st.text(st.sampled_from(ALLOWED), max_size=40)
NAMES = st.text(st.sampled_from(ALLOWED), min_size=1, max_size=40)


@given(NAMES, NAMES, VALUES, VALUES, VALUES, VALUES, st.sampled_from("123"))
def test_every_label_comes_back(producer, produce_id, code1, propagator, propagate_id, code2, certainty):
    label = AigcLabel(producer, produce_id, code1, propagator, propagate_id, code2, certainty)
    assert parse_label(label.to_json()) == label


def test_the_text_is_what_the_standard_shows():
    label = AigcLabel("consonance", "0123456789abcdef", "sha256:00ff")
    assert label.to_json() == (
        '{"Label":"1","ContentProducer":"consonance","ProduceID":"0123456789abcdef","ReservedCode1":"sha256:00ff",'
        '"ContentPropagator":"","PropagateID":"","ReservedCode2":""}'
    )


def test_both_forms_that_exist_are_read():
    label = AigcLabel("consonance", "1")
    wrapped = json.dumps({"AIGC": json.loads(label.to_json())}, indent=2)
    assert parse_label(wrapped) == label
    assert parse_label('{"Label":"2"}').content_producer == ""


@pytest.mark.parametrize(
    "value", ["two words", 'a"quote', "back\\slash", "tab\t", "line\n", "声", "\x7f", ""]
)
def test_a_forbidden_producer_is_refused(value):
    with pytest.raises(LabelError):
        AigcLabel(value, "1")


@pytest.mark.parametrize("certainty", ["0", "4", "", "11"])
def test_an_unknown_certainty_is_refused(certainty):
    with pytest.raises(LabelError, match="Label"):
        AigcLabel("consonance", "1", label=certainty)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "1",
        "null",
        '"Label"',
        "{}",
        '{"AIGC":1}',
        '{"Label":1,"ContentProducer":"a","ProduceID":"b"}',
        '{"Label":"1","ContentProducer":["a"],"ProduceID":"b"}',
        '{"Label":"1"}',
        '{"Label":"1","ContentProducer":"a","ProduceID":"b","ProduceID":"c"}',
        '{"Label":"1","ContentProducer":"a","ProduceID":"b","AIGC":{"Label":"2"}}',
        '{"Label":"AIGC","ContentProducer":"Minimax Agent AI","ProduceID":"0"}',
        "[" * 8_000,
        '{"Label":"1","ContentProducer":"' + "a" * 9_000 + '","ProduceID":"b"}',
    ],
)
def test_what_is_no_label_is_refused(text):
    with pytest.raises(LabelError):
        parse_label(text)


@given(st.text(max_size=60))
def test_any_text_can_be_made_a_value(text):
    value = label_value(text)
    assert len(value) == len(text)
    assert AigcLabel("consonance", "1", reserved_code1=value).reserved_code1 == value
