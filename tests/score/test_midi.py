"""MIDI and KAR: which line the lyrics belong to, which charset they are in, where words end."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mido import MetaMessage
from notation import midi, phrase, played, read, sung

from singer.errors import LyricsError, ScoreError
from singer.score.charset import detect_charset
from singer.score.underlay import underlay

MELODY = played((0, 470, 60), (480, 950, 62), (960, 1910, 64))
BASS = played((0, 960, 40), (960, 1920, 43), channel=1)
DRUMS = played(*[(tick, tick + 60, 36) for tick in range(0, 1920, 240)], channel=9)


def test_lyrics_in_a_track_of_their_own_find_the_melody(tmp_path: Path) -> None:
    data = midi(sung((0, "Twin"), (480, "kle "), (960, "star ")), BASS, DRUMS, MELODY)
    result = underlay(read(tmp_path, data, "song.mid"), language="en")
    assert phrase(result) == "Twin-kle star"
    assert [row.pitch for row in result.notes] == [60, 62, 64]


def test_type_0_with_lyrics_on_another_channel(tmp_path: Path) -> None:
    data = midi([*sung((0, "la"), (480, "lu"), (960, "lo")), *MELODY, *BASS, *DRUMS], kind=0)
    assert phrase(underlay(read(tmp_path, data, "song.mid"), language="en")) == "la lu lo"


def test_kar_text_events_with_lines_and_a_title(tmp_path: Path) -> None:
    texts = sung(
        (0, "@KMIDI KARAOKE FILE"), (0, "@TGreen Field"), (0, "@LENGL"),
        (0, "\\Green "), (480, "fi"), (960, "eld"), (1920, "/Home"),
        kind="text",
    )  # fmt: skip
    data = midi(texts, played((0, 470, 60), (480, 950, 62), (960, 1910, 64), (1920, 2400, 65)))
    score = read(tmp_path, data, "song.kar")
    result = underlay(score, language="en")
    assert (score.title, score.language) == ("Green Field", "en")
    assert phrase(result) == "Green fi-eld Home"
    assert [word.phrase_end for word in result.words] == [False, True, True]


@pytest.mark.parametrize(
    ("charset", "syllables", "language"),
    [
        ("cp932", "さくらさくらやよいのそらは", "ja"),
        ("cp932", "桜咲く春の夜に君を待つよ", "ja"),
        ("euc_jp", "さくらさくらやよいのそらは", "ja"),
        ("gb18030", "长亭外古道边芳草碧连天晚风拂柳", "zh"),
        ("gb18030", "好一朵美丽的茉莉花", "zh"),
        ("big5", "長亭外古道邊芳草碧連天晚風拂柳", "zh"),
        ("utf-8", "さくらさくら", "ja"),
        ("big5", "好一朵美麗的茉莉花", "zh"),
        ("euc_kr", "아리랑고개로넘어간다", "ko"),
    ],
)
def test_charsets_are_found(tmp_path: Path, charset: str, syllables: str, language: str | None) -> None:
    notes = played(*[(480 * place, 480 * place + 470, 60) for place in range(len(syllables))])
    texts = sung(*[(480 * place, text) for place, text in enumerate(syllables)])
    score = read(tmp_path, midi(texts, notes, charset=charset), "song.mid")
    assert score.language == language
    assert "".join(word.text for word in underlay(score, language=language or "fr").words) == syllables


@pytest.mark.parametrize(
    ("charset", "syllables"),
    [
        ("cp1252", ["Où ", "ê", "tes-", "vous ", "é", "lè", "ve ", "fran", "çais"]),
        ("cp1252", ["Müß", "te ", "schön ", "blühn"]),
        ("cp1251", ["Под", "мос", "ков", "ны", "е ", "ве", "че", "ра"]),
        ("utf-8", ["Où ", "ê", "tes"]),
    ],
)
def test_alphabets_are_found(tmp_path: Path, charset: str, syllables: list[str]) -> None:
    notes = played(*[(480 * place, 480 * place + 470, 60) for place in range(len(syllables))])
    texts = sung(*[(480 * place, text) for place, text in enumerate(syllables)])
    score = read(tmp_path, midi(texts, notes, charset=charset), "song.mid")
    words = underlay(score, language="fr").words
    assert " ".join(word.text for word in words) == "".join(syllables).replace("-", "")


@given(
    st.text(
        st.sampled_from(
            "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもらりるれろわをん"
        ),
        min_size=4,
    )
)
def test_kana_in_any_charset_is_read_as_kana(text: str) -> None:
    assert text.encode("cp932").decode(detect_charset(text.encode("cp932"))) == text


def test_chords_and_overlaps_become_one_line(tmp_path: Path) -> None:
    notes = played((0, 960, 60), (0, 960, 67), (480, 1440, 72), (1440, 1920, 64))
    score = read(tmp_path, midi(sung((0, "a"), (480, "e"), (1440, "o")), notes), "song.mid")
    rows = [(row.pitch, float(row.onset), float(row.duration)) for row in score.parts[0].notes]
    assert rows == [(67, 0, 1), (72, 1, 2), (64, 3, 1)]


def test_two_syllables_on_one_note_share_it(tmp_path: Path) -> None:
    data = midi(
        sung((0, "glo"), (480, "ri"), (900, "a "), (960, "in")), played((0, 470, 60), (480, 1900, 62))
    )
    result = underlay(read(tmp_path, data, "song.mid"), language="la")
    assert phrase(result) == "glo-ri-a in"
    assert [row.pitch for row in result.notes] == [60, 62, 62, 62]


def test_late_and_early_lyrics_still_meet_their_notes(tmp_path: Path) -> None:
    data = midi(sung((20, "one"), (450, "two"), (1000, "three")), MELODY)
    assert phrase(underlay(read(tmp_path, data, "song.mid"), language="en")) == "one two three"


def test_tempo_changes_and_bars(tmp_path: Path) -> None:
    conductor = [
        (0, MetaMessage("time_signature", numerator=3, denominator=4)),
        (0, MetaMessage("set_tempo", tempo=500_000)),
        (480, MetaMessage("set_tempo", tempo=1_000_000)),
    ]
    data = midi(conductor, [*sung((0, "a"), (1440, "b")), *played((0, 960, 60), (1440, 1920, 62))])
    result = underlay(read(tmp_path, data, "song.mid"), language="en")
    assert [row.bar for row in result.notes] == [1, 2]
    assert [(row.onset_s, row.duration_s) for row in result.notes] == [(0.0, 1.5), (2.5, 1.0)]


def test_without_lyrics_the_melody_is_offered_for_a_text(tmp_path: Path) -> None:
    named = [(0, MetaMessage("track_name", name="Lead Vocal")), *MELODY]
    score = read(tmp_path, midi(DRUMS, BASS, named), "song.mid")
    with pytest.raises(LyricsError, match="no lyrics"):
        underlay(score, language="en")
    result = underlay(score, "twin-kle star", language="en")
    assert result.part == "Lead Vocal" and phrase(result) == "twin-kle star"


def test_drums_alone_are_no_melody(tmp_path: Path) -> None:
    with pytest.raises(ScoreError, match="only drums"):
        read(tmp_path, midi(DRUMS), "song.mid")


def test_guitar_pro_style_hyphens_join_words(tmp_path: Path) -> None:
    data = midi(sung((0, "Twin-"), (480, "kle"), (960, "star")), MELODY)
    assert phrase(underlay(read(tmp_path, data, "song.mid"), language="en")) == "Twin-kle star"
