"""What holds for every performance: times, pitch and loudness against the score."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from made_underlays import Event, events, make_underlay

from singer import HOP, SAMPLE_RATE
from singer.errors import PerformanceError
from singer.language.phones import is_vowel
from singer.performance import Performance, PhoneSpan, perform
from singer.performance.durations import heard_early_s
from singer.performance.styles import STYLES
from singer.performance.timing import FIRST_ENTRY_S, LONGEST_ENTRY_S

FRAME_S = HOP / SAMPLE_RATE


def sung(made: list[Event], **options: Any) -> Performance:
    underlay, syllables = make_underlay(made)
    return perform(underlay, syllables, language="en", **options)


def sounding(performance: Performance) -> list[PhoneSpan]:
    return [
        span for phrase in performance.phrases for span in phrase.phones if span.phone not in ("SP", "AP")
    ]


def deviations_cents(performance: Performance) -> list[np.ndarray]:
    """Of each note, f0 against it where a vowel is steady: 60 ms and more from its edges and the note's."""
    result = [np.zeros(1)]
    for phrase in performance.phrases:
        times_s = (phrase.start_frame + np.arange(phrase.frames) + 0.5) * FRAME_S
        cents = 1200.0 * np.log2(np.array(phrase.curves["f0_hz"]) / 440.0) + 6900.0
        for note in phrase.notes:
            steady = np.zeros(phrase.frames, dtype=bool)
            for span in phrase.phones:
                if is_vowel(span.phone):
                    start_s, end_s = max(span.start_s, note.onset_s), min(span.end_s, note.end_s)
                    steady |= (times_s >= start_s + 0.06) & (times_s <= end_s - 0.06)
            result.append(cents[steady] - 100.0 * note.pitch)
    return result


@settings(max_examples=150, deadline=None)
@given(events())
def test_every_phone_is_sung_once_in_order_without_a_gap(made: list[Event]) -> None:
    performance = sung(made)
    _, syllables = make_underlay(made)
    said = [phone for (syllable,) in syllables for phone in syllable.phones]
    assert [span.phone for span in sounding(performance)] == said
    free_from = 0
    for phrase in performance.phrases:
        assert phrase.start_frame >= free_from
        free_from = phrase.start_frame + phrase.frames
        edges = [span.start_s for span in phrase.phones] + [phrase.phones[-1].end_s]
        assert edges[0] == pytest.approx(phrase.start_frame * FRAME_S, abs=1e-5)
        assert edges[-1] == pytest.approx(free_from * FRAME_S, abs=1e-5)
        assert all(a.end_s == b.start_s for a, b in zip(phrase.phones[:-1], phrase.phones[1:], strict=True))
        assert all(np.diff(edges) > 0)
        assert all(len(values) == phrase.frames for values in phrase.curves.values())
    assert free_from * FRAME_S < performance.duration_s + FRAME_S


@settings(max_examples=150, deadline=None)
@given(events())
def test_nuclei_are_heard_on_the_beat(made: list[Event]) -> None:
    underlay, syllables = make_underlay(made)
    performance = perform(underlay, syllables, language="en", style="straight")
    nuclei = {}
    for note in underlay.notes:
        if not note.melisma:
            syllable = syllables[note.word or 0][0]
            late_s = heard_early_s(syllable.onset[-1]) if syllable.onset else 0.0
            boundary_s = note.onset_s + min(late_s, 0.15 * note.duration_s)
            nuclei[note.onset_s] = (syllable.nucleus[0], boundary_s)
    starts = {(span.phone, span.start_s) for span in sounding(performance)}
    for beat_s, (phone, boundary_s) in nuclei.items():
        mine = [start_s for name, start_s in starts if name == phone]
        nearest_s = min(mine, key=lambda start_s: abs(start_s - boundary_s))
        if beat_s >= FIRST_ENTRY_S:
            assert nearest_s == pytest.approx(boundary_s, abs=2e-5)
            assert nearest_s - beat_s <= 0.025 + 2e-5
        else:
            assert -1e-5 <= nearest_s - beat_s <= FIRST_ENTRY_S + 1e-5


@settings(max_examples=150, deadline=None)
@given(events())
def test_rests_hold_nothing_but_the_next_consonants(made: list[Event]) -> None:
    underlay, syllables = make_underlay(made)
    performance = perform(underlay, syllables, language="en")
    ends_s = [note.onset_s + note.duration_s for note in underlay.notes]
    beats_s = [note.onset_s for note in underlay.notes[1:]] + [np.inf]
    for end_s, beat_s in zip(ends_s, beats_s, strict=True):
        if beat_s - end_s < 0.06:
            continue
        quiet = (end_s + 1e-5, min(beat_s - LONGEST_ENTRY_S, end_s + 0.4 * (beat_s - end_s)) - 1e-5)
        assert not [s for s in sounding(performance) if s.start_s < quiet[1] and s.end_s > quiet[0]]
    for phrase in performance.phrases:
        times_s = (phrase.start_frame + np.arange(phrase.frames) + 0.5) * FRAME_S
        loudness = np.array(phrase.curves["loudness_db"])
        for span in phrase.phones:
            if span.phone == "SP":
                assert np.all(loudness[(times_s > span.start_s) & (times_s < span.end_s)] == -60.0)
        assert loudness.max() <= 6.0


@settings(max_examples=100, deadline=None)
@given(events(shortest_s=0.2))
def test_plain_notes_are_in_tune(made: list[Event]) -> None:
    deviations = np.abs(np.concatenate(deviations_cents(sung(made))))
    assert np.percentile(deviations, 90) <= 10.0
    assert deviations.max() <= 16.0


def test_a_plain_song_is_within_the_bar_with_room_to_spare() -> None:
    lengths_s = (0.5, 0.5, 1.0, 0.25, 0.25, 0.5, 2.0, 1.5)
    made = [Event(0.3 * (n % 5 == 0), lengths_s[n % 8], 60.0 + n * 5 % 13, "la") for n in range(80)]
    deviations = np.abs(np.concatenate(deviations_cents(sung(made))))
    assert np.median(deviations) <= 2.0
    assert np.percentile(deviations, 90) <= 8.0


@settings(max_examples=60, deadline=None)
@given(events(shortest_s=0.2))
def test_straight_notes_are_exactly_the_score(made: list[Event]) -> None:
    deviations = np.abs(np.concatenate(deviations_cents(sung(made, style="straight"))))
    assert deviations.max() <= 0.05


@settings(max_examples=60, deadline=None)
@given(events(shortest_s=0.002, longest_s=6.0))
def test_every_style_sings_everything_and_round_trips(made: list[Event]) -> None:
    for style in STYLES:
        performance = sung(made, style=style, seed=3)
        assert Performance.from_json(performance.to_json()) == performance
        f0_hz = [value for phrase in performance.phrases for value in phrase.curves["f0_hz"]]
        assert 40.0 <= min(f0_hz) <= max(f0_hz) <= 1600.0


@settings(max_examples=60, deadline=None)
@given(events(), events(), events())
def test_an_edit_changes_its_own_phrase_only(
    first: list[Event], middle: list[Event], last: list[Event]
) -> None:
    middle = [dataclasses.replace(middle[0], rest_s=0.5, syllable="la"), *middle[1:]]
    last = [dataclasses.replace(last[0], rest_s=0.5, syllable="o"), *last[1:]]
    edited = [dataclasses.replace(event, pitch=event.pitch + 1.0) for event in middle]
    edited[0] = dataclasses.replace(edited[0], syllable="strengths")
    before, after = sung(first + middle + last), sung(first + edited + last)
    differing = {
        note.onset_s
        for old, new in zip(before.phrases, after.phrases, strict=True)
        for note in old.notes
        if old != new
    }
    underlay, _ = make_underlay(first + middle + last)
    notes = underlay.notes[len(first) : len(first) + len(middle)]
    assert differing == {round(note.onset_s, 6) for note in notes}


def test_the_same_request_gives_the_same_performance_and_another_seed_does_not() -> None:
    made = [Event(0.3, 1.0, 60.0, "la"), Event(0.0, 1.0, 64.0, "sing")]
    assert sung(made, seed=5).to_json() == sung(made, seed=5).to_json()
    assert sung(made, seed=5).phrases != sung(made, seed=6).phrases


def test_a_first_consonant_is_squeezed_and_never_moves_the_song() -> None:
    made = [Event(0.0, 0.5, 60.0, "strengths"), Event(0.0, 0.5, 60.0, "la")]
    performance = sung(made, style="straight")
    spans = sounding(performance)
    assert spans[0].start_s == 0.0
    vowels = [span.start_s for span in spans if span.phone in "ɛa"]
    assert vowels == [pytest.approx(0.025), pytest.approx(0.5 + heard_early_s("l"))]


def test_consonants_leave_half_of_a_short_note_to_its_vowel() -> None:
    made = [Event(0.5, 0.12, 60.0, "strengths"), Event(0.0, 0.12, 60.0, "strengths")]
    spans = sounding(sung(made, style="straight"))
    vowels = [span for span in spans if span.phone == "ɛ"]
    assert all(span.end_s - span.start_s >= 0.0599 - heard_early_s("ɹ") for span in vowels)


def test_a_diphthong_glides_at_the_end_of_its_last_note() -> None:
    made = [Event(0.5, 1.0, 60.0, "night"), Event(0.0, 0.6, 62.0, None), Event(0.0, 0.6, 64.0, None)]
    a, glide, t = sounding(sung(made, style="straight"))[1:]
    assert (a.phone, glide.phone, t.phone) == ("a", "ɪ", "t")
    assert a.start_s == pytest.approx(0.5 + heard_early_s("n"))
    assert glide.end_s - glide.start_s == pytest.approx(0.2, abs=1e-5)
    assert t.end_s == pytest.approx(2.7)


def test_a_melisma_that_a_rest_interrupts_closes_at_its_end() -> None:
    made = [Event(0.5, 1.0, 60.0, "night"), Event(0.5, 1.0, 62.0, None)]
    assert [span.phone for span in sounding(sung(made))] == ["n", "a", "a", "ɪ", "t"]


def test_repeated_vowels_are_parted_by_a_dip() -> None:
    made = [Event(0.5, 1.0, 60.0, "a"), Event(0.0, 1.0, 60.0, "a")]
    (phrase,) = sung(made, style="straight").phrases
    times_s = (phrase.start_frame + np.arange(phrase.frames) + 0.5) * FRAME_S
    loudness = np.array(phrase.curves["loudness_db"])
    dip = loudness[(times_s > 1.42) & (times_s < 1.5)]
    assert dip.min() == pytest.approx(-6.0, abs=0.3)
    assert np.count_nonzero(dip < -2.9) * FRAME_S == pytest.approx(0.04, abs=0.012)
    assert abs(loudness[(times_s > 0.7) & (times_s < 1.4)]).max() == 0.0


def test_breaths_are_a_matter_of_style() -> None:
    made = [Event(1.0, 1.0, 60.0, "la"), Event(1.0, 1.0, 60.0, "la")]
    phones = {style: [s.phone for p in sung(made, style=style).phrases for s in p.phones] for style in STYLES}
    assert "AP" not in phones["plain"]
    assert phones["ballad"].count("AP") == 2


def test_notes_without_lyrics_are_silent_and_a_song_of_them_is_refused() -> None:
    underlay, syllables = make_underlay([Event(0.5, 1.0, 60.0, "la"), Event(0.0, 1.0, 62.0, "la")])
    mute = dataclasses.replace(underlay.notes[0], word=None, syllable=None)
    performance = perform(
        dataclasses.replace(underlay, notes=(mute, underlay.notes[1])), syllables, language="en"
    )
    assert min(span.start_s for span in sounding(performance)) > 1.3
    with pytest.raises(PerformanceError, match="No note carries lyrics"):
        perform(dataclasses.replace(underlay, notes=(mute,)), syllables, language="en")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pitch": 120.0}, "Bar 1: MIDI note 120 lies outside"),
        ({"pitch": float("nan")}, "Bar 1"),
        ({"duration_s": 0.0}, "Bar 1: a note at 0.000 s lasts"),
        ({"duration_s": float("inf")}, "Bar 1: a note has no finite time"),
        ({"onset_s": float("nan")}, "Bar 1: a note has no finite time"),
        ({"duration_s": 3600.0}, "Bar 1: a note ends after 3600 s"),
    ],
)
def test_a_note_that_cannot_be_sung_is_named_by_its_bar(change: dict[str, Any], words: str) -> None:
    underlay, syllables = make_underlay([Event(0.0, 1.0, 60.0, "la")])
    note = dataclasses.replace(underlay.notes[0], **change)
    with pytest.raises(PerformanceError) as refusal:
        perform(dataclasses.replace(underlay, notes=(note,)), syllables, language="en")
    assert words in refusal.value.sentence
    assert refusal.value.remedy


def test_transposing_moves_the_notes_and_the_curve() -> None:
    made = [Event(0.5, 1.0, 60.0, "la")]
    (low,), (high,) = sung(made, style="straight").phrases, sung(made, style="straight", transpose=12).phrases
    assert high.notes[0].pitch == 72.0
    assert np.allclose(np.array(high.curves["f0_hz"]), 2 * np.array(low.curves["f0_hz"]), atol=0.002)


def test_an_unknown_style_is_refused_with_the_list() -> None:
    with pytest.raises(PerformanceError, match="plain, straight, pop, choral, enka, ballad"):
        sung([Event(0.0, 1.0, 60.0, "la")], style="yodel")


def test_long_titles_and_texts_are_shortened_rather_than_refused() -> None:
    underlay, syllables = make_underlay([Event(0.5, 1.0, 60.0, "la")], title="x" * 5000)
    assert len(perform(underlay, syllables, language="en").title) == 1000
