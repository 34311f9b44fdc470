"""The performance file: lossless, editable by hand, and refused with a reason when it is damaged."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_underlays import Event, make_underlay

from singer.errors import PerformanceError
from singer.performance import Performance, perform
from singer.performance.document import LARGEST_DOCUMENT

MADE = [Event(0.3, 0.5, 60.0, "night"), Event(0.0, 0.5, 62.0, "sing"), Event(1.0, 0.8, 64.0, "la")]


def song() -> Performance:
    underlay, syllables = make_underlay(MADE, title='Ein "Lied" — 歌')
    return perform(underlay, syllables, language="en", seed=7)


def edited(edit: Callable[[dict[str, Any]], object]) -> str:
    document = json.loads(song().to_json())
    edit(document)
    return json.dumps(document)


def refusal(text: str | bytes) -> PerformanceError:
    with pytest.raises(PerformanceError) as caught:
        Performance.from_json(text)
    assert caught.value.remedy
    return caught.value


def test_a_performance_comes_back_equal_and_is_written_the_same_again() -> None:
    text = song().to_json()
    again = Performance.from_json(text)
    assert again == song()
    assert again.to_json() == text
    assert Performance.from_json(text.encode("utf-8-sig")) == song()


def test_each_phone_note_and_curve_has_its_own_line() -> None:
    lines = [line.strip() for line in song().to_json().splitlines()]
    assert '"title": "Ein \\"Lied\\" — 歌",' in lines
    assert sum(line.startswith('{"phone":') for line in lines) == sum(
        len(phrase.phones) for phrase in song().phrases
    )
    assert sum(line.startswith('"f0_hz": [') for line in lines) == len(song().phrases)


def test_a_drawn_pitch_curve_rules_and_the_notes_stay_information() -> None:
    def raise_a_third(document: dict[str, Any]) -> None:
        curves = document["phrases"][0]["curves"]
        curves["f0_hz"] = [value * 2 ** (4 / 12) for value in curves["f0_hz"]]

    before, after = song(), Performance.from_json(edited(raise_a_third))
    assert after.phrases[0].notes == before.phrases[0].notes
    assert after.phrases[0].curves["f0_hz"][50] == before.phrases[0].curves["f0_hz"][50] * 2 ** (4 / 12)
    assert after.phrases[1] == before.phrases[1]


def test_phone_edges_can_be_moved() -> None:
    def later(document: dict[str, Any]) -> None:
        phones = document["phrases"][0]["phones"]
        phones[2]["end_s"] = phones[3]["start_s"] = phones[2]["end_s"] - 0.04

    phones = Performance.from_json(edited(later)).phrases[0].phones
    assert phones[2].end_s == phones[3].start_s == song().phrases[0].phones[2].end_s - 0.04


def test_whole_numbers_and_left_out_curves_are_fine() -> None:
    def simplify(document: dict[str, Any]) -> None:
        phrase = document["phrases"][1]
        phrase["curves"] = {"f0_hz": [220] * phrase["frames"]}
        phrase["notes"][0]["pitch"] = 57

    phrase = Performance.from_json(edited(simplify)).phrases[1]
    assert phrase.curves["f0_hz"] == (220.0,) * phrase.frames
    assert phrase.curves["loudness_db"] == (0.0,) * phrase.frames
    assert phrase.notes[0].pitch == 57.0


def at(*path: str | int, value: object) -> Callable[[dict[str, Any]], None]:
    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (at("format", value="midi"), "format is 'midi'"),
        (at("version", value=2), "version is '2'"),
        (at("version", value=True), "version is 'True'"),
        (at("hop", value=512), "hop is '512'"),
        (at("colour", value=1), "a field 'colour' that we do not know"),
        (at("seed", value=-1), "seed is out of range"),
        (at("seed", value=10**30), "seed is not a whole number"),
        (at("title", value="x" * 1001), "title has 1001 characters"),
        (at("title", value="\ud800"), "half a character"),
        (at("duration_s", value=1800.5), "duration_s is 1800.5"),
        (at("duration_s", value=10**400), "duration_s is too large"),
        (at("duration_s", value=1.5), "Phrase 2 ends at frame"),
        (at("phrases", value={}), "phrases is not a list"),
        (at("phrases", 0, value=None), "Phrase 1 is not an object"),
        (at("phrases", 1, "start_frame", value=0), "Phrase 2 starts at frame 0, but the frames before"),
        (at("phrases", 0, "start_frame", value=-1), "Phrase 1 starts at frame -1"),
        (at("phrases", 0, "frames", value=0), "Phrase 1 has 0 frames"),
        (at("phrases", 0, "frames", value=10**18), "Phrase 1 ends at frame"),
        (at("phrases", 0, "start_frame", value=1.5), "start_frame is not a whole number"),
        (at("phrases", 0, "curves", "f0_hz", 3, value=0), "Phrase 1, curve f0_hz, frame 3 is 0 Hz"),
        (at("phrases", 0, "curves", "f0_hz", 3, value=1601.0), "frame 3 is 1601 Hz"),
        (at("phrases", 0, "curves", "f0_hz", 3, value=None), "curve f0_hz, frame 3 is not a number"),
        (at("phrases", 0, "curves", "f0_hz", 3, value=True), "curve f0_hz, frame 3 is not a number"),
        (at("phrases", 0, "curves", "f0_hz", value=[220.0]), "1 values for"),
        (at("phrases", 0, "curves", "loudness_db", 0, value=13), "curve loudness_db, frame 0 is 13 dB"),
        (at("phrases", 0, "curves", "wobble", value=[]), "curve 'wobble' that we do not know"),
        (at("phrases", 0, "curves", value={}), "Phrase 1 has no curve f0_hz"),
        (at("phrases", 0, "phones", 2, "phone", value="§"), "Phrase 1, phone 3: '§' is not a phone"),
        (at("phrases", 0, "phones", 2, "start_s", value=0.31), "Phrase 1, phone 3 (a) has start_s 0.31"),
        (at("phrases", 0, "phones", 2, "end_s", value=0.0), "Phrase 1, phone 3 (a) has end_s 0.0"),
        (at("phrases", 0, "phones", 2, "note", value=9), "has note 9, but its phrase has 2 notes"),
        (at("phrases", 0, "phones", 2, "note", value=-1), "has note -1"),
        (at("phrases", 0, "phones", value=[]), "Phrase 1 has no phones"),
        (at("phrases", 0, "phones", 2, value=[]), "Phrase 1, phone 3 is not an object"),
        (at("phrases", 0, "notes", 1, "onset_s", value=0.1), "Phrase 1, note 2 begins at 0.1 s"),
        (at("phrases", 0, "notes", 1, "end_s", value=9.0), "Phrase 1, note 2 ends at 9.0 s"),
        (at("phrases", 0, "notes", 1, "pitch", value=128), "Phrase 1, note 2 has pitch 128"),
        (at("phrases", 0, "notes", 1, "text", value=3), "Phrase 1, note 2, text is not text"),
    ],
)
def test_damage_is_named_by_phrase_and_field(change: Callable[[dict[str, Any]], None], words: str) -> None:
    assert words in refusal(edited(change)).sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1, column 1"),
        ('{"format": ', "not JSON: line 1"),
        ("[" * 100_000, "nested too deeply"),
        ("[" + "1" * 5000 + "]", "a number that is too long"),
        ('{"title": NaN}', "NaN"),
        ('{"title": 1, "title": 2}', "'title' twice"),
        ("[]", "The performance is not an object"),
        (b"\xff\xfe{", "not UTF-8 text (byte 0)"),
        ("[" + "{}," * 600_000 + "{}]", "more than half an hour"),
        (" " * (LARGEST_DOCUMENT + 1), "MiB of text"),
    ],
)
def test_what_is_no_performance_is_refused_quickly(text: str | bytes, words: str) -> None:
    assert words in refusal(text).sentence


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_cut_or_flipped_text_is_read_or_refused_and_never_crashes(data: st.DataObject) -> None:
    text = song().to_json().encode()
    place = data.draw(st.integers(0, len(text) - 1))
    damaged = data.draw(
        st.sampled_from([text[:place], text[:place] + b"\x00" + text[place + 1 :], text[place:]])
    )
    byte = data.draw(st.binary(min_size=1, max_size=3))
    for hurt in (damaged, text[:place] + byte + text[place + 1 :]):
        try:
            Performance.from_json(hurt).to_json()
        except PerformanceError as error:
            assert error.sentence
            assert error.remedy
