"""Files that mean harm or are no scores: a clear sentence, soon, in little memory, and no other traceback."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mido import MetaMessage
from notation import midi, note, played, read, repeat, song, sung, tempo

from singer.errors import LyricsError, ScoreError
from singer.score import read_score
from singer.score.underlay import underlay

GOOD = song(tempo(100) + note("C4", 2, "la") + note("D4", 2, "lu")).encode()
GOOD_MIDI = midi([*sung((0, "la"), (480, "lu")), *played((0, 470, 60), (480, 960, 62))])
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE score-partwise [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]><score-partwise>&j;</score-partwise>"
)


def zipped(name: str, data: bytes) -> bytes:
    """An archive of one file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return stream.getvalue()


def lying_zip() -> bytes:
    """An archive that declares a small file and unpacks to a huge one."""
    data = bytearray(zipped("score.xml", b"<" + b" " * 40_000_000))
    central = data.rindex(b"PK\x01\x02")
    data[central + 24 : central + 28] = (1_000).to_bytes(4, "little")
    return bytes(data)


HOSTILE = {
    "an entity bomb": BOMB.encode(),
    "an external entity": b'<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><score-partwise>&x;</score-partwise>',
    "a zip bomb": zipped("score.xml", b"<a>" + b" " * 200_000_000),
    "a lying zip": lying_zip(),
    "a truncated mxl": zipped("score.xml", GOOD)[:-40],
    "a zip without a score": zipped("readme.txt", b"hello"),
    "a truncated document": GOOD[: len(GOOD) // 2],
    "a truncated midi": GOOD_MIDI[:40],
    "nothing": b"",
    "only blanks": b" \n\t ",
    "a million notes": song("<note><rest/><duration>1</duration></note>" * 1_000_000).encode(),
    "a deep document": b"<score-partwise>" + b"<a>" * 400_000,
    "a closed deep document": b"<score-partwise>"
    + b"<a>" * 200_000
    + b"</a>" * 200_000
    + b"</score-partwise>",
    "endless repeats": song(repeat("forward") + note("C4", 4, "la") + repeat("backward", 999_999)).encode(),
    "a midi of a million events": midi(played(*[(2 * i, 2 * i + 1, 60) for i in range(260_000)])),
    "a note of an hour": song(tempo(60) + note("C4", 3_600, "la")).encode(),
    "no notes": song("").encode(),
    "only rests": song(note("r", 4)).encode(),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "a UTAU project": b"[#VERSION]\r\nUST Version1.2\r\n[#SETTING]\r\n",
    "a web page": b"<!DOCTYPE html><html><body><p>Not found</p></body></html>",
    "a MuseScore document": b'<?xml version="1.0"?><museScore version="4.0"></museScore>',
    "noise": bytes(range(256)) * 40,
    "ABC": b"X:1\nT:Tune\nK:C\nCDEF|\n",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_are_refused_soon_and_by_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "offered.musicxml"
    path.write_bytes(HOSTILE[kind])
    started = time.process_time()
    with pytest.raises(ScoreError, match=r"offered\.musicxml") as caught:
        read_score(path)
    assert time.process_time() - started < 5
    assert caught.value.sentence.endswith(".") and caught.value.remedy


def test_a_large_score_stays_within_memory(tmp_path: Path) -> None:
    bar = "".join(note("C4", 0.25, "la") for _ in range(16))
    document = song(tempo(300) + bar, *[bar] * 299)
    tracemalloc.start()
    read_back = read(tmp_path, document)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(read_back.parts[0].notes) == 4_800
    assert peak < 60e6


@pytest.mark.parametrize("bpm", ["NaN", "inf", "-60", "0", "1e400", "fast", ""])
def test_a_tempo_that_is_no_number_is_left_out_and_said(tmp_path: Path, bpm: str) -> None:
    read_back = read(tmp_path, song(tempo(bpm) + note("C4", 4, "la")))
    assert read_back.tempo.seconds(read_back.length) == 2.0
    assert any("bar 1" in notice for notice in read_back.notices)


@pytest.mark.parametrize(("bpm", "seconds"), [(100_000, 0.6), (1, 24.0)])
def test_an_absurd_tempo_is_held_to_what_can_be_sung(tmp_path: Path, bpm: float, seconds: float) -> None:
    read_back = read(tmp_path, song(tempo(bpm) + note("C4", 4, "la")))
    assert read_back.tempo.seconds(read_back.length) == pytest.approx(seconds)
    assert any("is sung at" in notice for notice in read_back.notices)


def test_a_midi_tempo_of_zero_is_left_out(tmp_path: Path) -> None:
    data = midi([(0, MetaMessage("set_tempo", tempo=0)), *sung((0, "la")), *played((0, 480, 60))])
    assert read(tmp_path, data).tempo.seconds(read(tmp_path, data).length) == 0.5


def test_a_note_too_long_to_sing_names_its_bar(tmp_path: Path) -> None:
    document = song(tempo(60) + note("C4", 4, "la"), note("D4", 90, "long"))
    with pytest.raises(ScoreError, match="bar 2"):
        underlay(read(tmp_path, document), language="en")


def test_a_whole_line_under_one_note_names_its_bar(tmp_path: Path) -> None:
    with pytest.raises(LyricsError, match="Bar 1"):
        underlay(
            read(tmp_path, song(note("C4", 4, "all of this stands under a single poor note"))), language="en"
        )


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(ScoreError, match="no file"):
        read_score(tmp_path / "absent.mid")
    with pytest.raises(ScoreError, match="folder"):
        read_score(tmp_path)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from([GOOD, GOOD_MIDI, zipped("score.xml", GOOD)]), st.data())
def test_damage_anywhere_is_a_score_or_a_clear_error(tmp_path_factory, good: bytes, data) -> None:
    """Any few bytes changed or cut off: it reads, or says why not; nothing else escapes."""
    damaged = bytearray(good)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged)))
    path = tmp_path_factory.mktemp("damaged") / "offered"
    path.write_bytes(bytes(damaged[: cut or None]))
    try:
        score = read_score(path)
        underlay(score, language="en")
    except (ScoreError, LyricsError) as error:
        assert error.sentence
    else:
        assert score.parts
