"""MusicXML as real programs write it, read into one model."""

from __future__ import annotations

import io
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest
from notation import (
    DOCTYPE,
    lyrics,
    note,
    part,
    phrase,
    pitches,
    read,
    score,
    slur,
    song,
    spans,
    tempo,
    tie,
)

from singer.errors import LyricsError, ScoreError
from singer.score.underlay import underlay


def test_a_pickup_counts_only_the_notes_it_has(tmp_path: Path) -> None:
    read_back = read(tmp_path, song("implicit:" + note("G4", 1, "A-"), note("C5", 3, "-men") + note("r", 1)))
    assert spans(read_back) == [(0, 1), (1, 3)]
    assert read_back.length == 5


def test_ties_are_one_note_and_slurs_continue_the_syllable(tmp_path: Path) -> None:
    read_back = read(
        tmp_path,
        song(
            note("C4", 2, "oh", extra=tie("start")) + note("D4", 2, "la", extra=slur("start")),
            note("E4", 2, extra=slur("stop")) + note("F4", 2, "end"),
        ),
    )
    assert [row.slurred for row in read_back.parts[0].notes] == [False, False, True, False]
    tied = read(
        tmp_path,
        song(note("C4", 4, "oh", extra=tie("start")), note("C4", 2, extra=tie("stop")) + note("D4", 2, "no")),
    )
    assert spans(tied) == [(0, 6), (6, 2)]
    assert lyrics(tied) == "oh no"


def test_a_tie_to_another_pitch_is_a_slur(tmp_path: Path) -> None:
    bar = note("C4", 2, "oh", extra=tie("start")) + note("D4", 2, extra=tie("stop"))
    read_back = read(tmp_path, song(bar))
    assert pitches(read_back) == [60, 62]
    assert lyrics(read_back) == "oh~"


def test_the_top_note_of_a_chord_is_sung_with_the_chords_lyric(tmp_path: Path) -> None:
    chord = note("C4", 4, "la") + note("G4", 4, before="<chord/>") + note("E4", 4, before="<chord/>")
    read_back = read(tmp_path, song(chord))
    assert pitches(read_back) == [67]
    assert lyrics(read_back) == "la"
    assert any("top note" in notice for notice in read_back.notices)


def test_two_voices_on_a_staff_give_the_upper_one_and_the_lower_on_request(tmp_path: Path) -> None:
    upper = note("E5", 2, "high") + note("F5", 2, "er")
    lower = note("C4", 2, "low", voice=2) + note("B3", 2, "er", voice=2)
    read_back = read(tmp_path, song(lower + "<backup><duration>48</duration></backup>" + upper))
    assert pitches(read_back) == [76, 77]
    assert [len(line.notes) for line in read_back.parts] == [2, 2]
    assert lyrics(read_back, part=2) == "low er"


def test_a_second_voice_sings_on_while_the_first_rests(tmp_path: Path) -> None:
    upper = note("E5", 2, "one") + note("r", 2)
    lower = note("r", 2, voice=2) + note("C4", 2, "two", voice=2)
    read_back = read(
        tmp_path, song(upper + "<backup><duration>48</duration></backup>" + lower, note("D4", 4, "three"))
    )
    assert lyrics(read_back) == "one two three"


def test_a_clarinet_in_b_flat_sounds_a_tone_lower(tmp_path: Path) -> None:
    transpose = "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
    assert pitches(read(tmp_path, song(note("D4", 4, "la"), attributes=transpose))) == [60]
    octave = "<transpose><chromatic>0</chromatic><octave-change>-1</octave-change></transpose>"
    assert pitches(read(tmp_path, song(note("D4", 4, "la"), attributes=octave))) == [50]


def test_grace_notes_go_before_the_beat_and_leave_the_main_note_on_it(tmp_path: Path) -> None:
    grace = note("D4", 0, before="<grace/>", extra=slur("start"))
    document = song(tempo(60) + note("C4", 2, "oh") + grace + note("E4", 2, "my", extra=slur("stop")))
    result = underlay(read(tmp_path, document), language="en")
    before, ornament, main = result.notes
    assert ornament.pitch == 62 and ornament.duration_s == pytest.approx(0.08, abs=0.001)
    assert before.onset_s + before.duration_s == pytest.approx(ornament.onset_s)
    assert main.onset_s == pytest.approx(2.0) and main.melisma
    assert result.words[ornament.word or 0].text == "my"


def test_a_tempo_change_in_the_middle_of_a_note(tmp_path: Path) -> None:
    sound = '<direction><direction-type><words/></direction-type><offset>-24</offset><sound tempo="60"/>'
    change = f"{sound}</direction>"
    result = underlay(read(tmp_path, song(tempo(120) + note("C4", 4, "long") + change)), language="en")
    assert result.notes[0].duration_s == pytest.approx(1.0 + 2.0)


def test_a_dotted_metronome_mark_counts_quarters(tmp_path: Path) -> None:
    mark = (
        "<direction><direction-type><metronome><beat-unit>quarter</beat-unit><beat-unit-dot/>"
        "<per-minute>c. 60-66</per-minute></metronome></direction-type></direction>"
    )
    assert read(tmp_path, song(mark + note("C4", 4, "la"))).tempo.changes == ((Fraction(0), 90.0),)


def test_a_missing_tempo_is_120_and_said(tmp_path: Path) -> None:
    read_back = read(tmp_path, song(note("C4", 4, "la")))
    assert read_back.tempo.seconds(Fraction(4)) == 2.0
    assert any("no tempo" in notice for notice in read_back.notices)


def test_elided_syllables_share_their_note(tmp_path: Path) -> None:
    elided = (
        "<lyric><syllabic>end</syllabic><text>ria</text><elision>‿</elision><syllabic>single</syllabic>"
        "<text>in</text></lyric>"
    )
    document = song(note("C4", 2, "glo-") + note("D4", 2).replace("</note>", elided + "</note>"))
    result = underlay(read(tmp_path, document), language="la")
    assert phrase(result) == "glo-ria in"
    assert [row.duration_s for row in result.notes] == [1.0, 0.5, 0.5]


def test_finales_names_of_verses(tmp_path: Path) -> None:
    document = song(note("C4", 4, "one", "two")).replace('number="2"', 'number="part1verse2"')
    assert lyrics(read(tmp_path, document), verse=2) == "two"


def test_verse_numbers_and_punctuation_are_not_sung(tmp_path: Path) -> None:
    document = song(note("C4", 2, "1. “Oh,") + note("D4", 2, "dear!”"), note("E4", 4, "yes…"))
    result = underlay(read(tmp_path, document), language="en")
    assert [word.text for word in result.words] == ["Oh", "dear", "yes"]
    assert [word.phrase_end for word in result.words] == [False, True, True]


def test_breath_marks_end_phrases(tmp_path: Path) -> None:
    breath = "<notations><articulations><breath-mark/></articulations></notations>"
    document = song(note("C4", 2, "one") + note("D4", 2, extra=slur("stop") + breath), note("E4", 4, "two"))
    result = underlay(read(tmp_path, document), language="en")
    assert [word.phrase_end for word in result.words] == [True, True]


def test_score_timewise_reads_the_same(tmp_path: Path) -> None:
    bars = [note("C4", 4, "one"), note("D4", 4, "two")]
    timewise = (
        '<score-timewise><part-list><score-part id="P1"><part-name>Voice</part-name></score-part></part-list>'
        + "".join(
            f'<measure number="{number}"><part id="P1">'
            f"<attributes><divisions>12</divisions></attributes>{bar}</part></measure>"
            for number, bar in enumerate(bars, start=1)
        )
        + "</score-timewise>"
    )
    assert read(tmp_path, timewise).parts == read(tmp_path, song(*bars)).parts


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "latin-1", "utf-32"])
def test_every_encoding_reads_the_same(tmp_path: Path, encoding: str) -> None:
    document = song(note("C4", 4, "café")).replace(
        "UTF-8", "ISO-8859-1" if encoding == "latin-1" else encoding
    )
    assert lyrics(read(tmp_path, document.encode(encoding))) == "café"


def test_a_wrongly_declared_encoding_is_found_and_said(tmp_path: Path) -> None:
    read_back = read(tmp_path, song(note("C4", 2, "さく") + note("D4", 2, "ら")).encode("cp932"))
    assert phrase(underlay(read_back, language="ja")) == "さく ら"
    assert any("cp932" in notice for notice in read_back.notices)


def test_compressed_musicxml_follows_its_container(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("aaa.xml", song(note("C4", 4, "wrong")))
        archive.writestr("scores/right.musicxml", song(note("D4", 4, "right")))
        archive.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="scores/right.musicxml"/></rootfiles></container>',
        )
    assert lyrics(read(tmp_path, stream.getvalue(), "named-like.pdf")) == "right"


def test_the_part_with_lyrics_is_chosen_and_named(tmp_path: Path) -> None:
    piano = part("P2", note("C3", 4), note("C3", 4))
    voice = part("P3", note("C5", 4, "la"), note("D5", 4, "lu"))
    read_back = read(tmp_path, score(piano, voice, names=("Piano", "Soprano")))
    result = underlay(read_back, language="en")
    assert result.part == "Soprano" and phrase(result) == "la lu"
    assert any("Soprano" in notice for notice in result.notices)
    with pytest.raises(ScoreError, match="Piano"):
        underlay(read_back, language="en", part="Tuba")


def test_of_a_choir_the_soprano_is_sung(tmp_path: Path) -> None:
    pitches_of = enumerate(("A4", "E4", "C3"))
    choir = [part(f"P{place}", note(pitch, 4, "A-"), note(pitch, 4, "-men")) for place, pitch in pitches_of]
    assert underlay(read(tmp_path, score(*choir, names=("S", "A", "B"))), language="en").part == "S"


def test_cue_notes_percussion_harmony_and_figures_are_passed_over(tmp_path: Path) -> None:
    cue = note("A5", 1).replace("<pitch>", "<cue/><pitch>")
    bar = (
        "<harmony><root><root-step>C</root-step></root><kind>major</kind></harmony>"
        "<figured-bass><figure><figure-number>6</figure-number></figure></figured-bass>"
        + cue
        + note("C4", 3, "la")
    )
    drums = part(
        "P2", note("C4", 4).replace("<pitch><step>C</step><octave>4</octave></pitch>", "<unpitched/>")
    )
    read_back = read(tmp_path, score(part("P1", bar), drums))
    assert pitches(read_back) == [60] and spans(read_back) == [(1, 3)]


def test_notes_without_lyrics_continue_or_rest_and_both_are_said(tmp_path: Path) -> None:
    document = song(note("C4", 1, "sing") + note("D4", 1) + note("r", 2), note("E4", 2) + note("F4", 2, "on"))
    result = underlay(read(tmp_path, document), language="en")
    assert phrase(result) == "sing~ on"
    assert [row.pitch for row in result.notes] == [60, 62, 65]
    assert any("goes on" in notice for notice in result.notices)
    assert any("not sung" in notice for notice in result.notices)


def test_a_score_without_lyrics_asks_for_them(tmp_path: Path) -> None:
    with pytest.raises(LyricsError, match="no lyrics"):
        underlay(read(tmp_path, song(note("C4", 4))), language="en")


def test_figures_of_a_bass_are_no_lyrics(tmp_path: Path) -> None:
    with pytest.raises(LyricsError, match="no lyrics"):
        underlay(read(tmp_path, song(note("C3", 2, "6") + note("D3", 2, "7"))), language="en")


def test_titles_composers_and_the_language_of_the_script(tmp_path: Path) -> None:
    head = (
        "<work><work-title>Sakura</work-title></work><identification><creator type='composer'>Trad.</creator>"
        "</identification><defaults><lyric-language xml:lang='en'/></defaults>"
    )
    english = read(tmp_path, score(part("P1", note("C4", 4, "la")), head=head))
    assert (english.title, english.composer, english.language) == ("Sakura", "Trad.", "en")
    assert read(tmp_path, score(part("P1", note("C4", 4, "さ")), head=head)).language == "ja"


def test_a_doctype_is_no_entity(tmp_path: Path) -> None:
    assert DOCTYPE in song(note("C4", 4, "la"))
    assert len(read(tmp_path, song(note("C4", 4, "la"))).parts) == 1
