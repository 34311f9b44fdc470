"""Ways of singing: presets that keep their promises, and files that people write themselves."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_underlays import Event, make_underlay

from singer import HOP, SAMPLE_RATE
from singer.errors import PerformanceError
from singer.performance import Performance, perform
from singer.performance.styles import LIMITS, STYLES, Style, read_style

FRAME_S = HOP / SAMPLE_RATE
LONG = [Event(0.5, 2.0, 60.0, "la"), Event(0.0, 0.62, 64.0, "la"), Event(0.0, 3.0, 62.0, "a")]
ASKING = [name for name, style in STYLES.items() if style.vibrato_cents >= 30.0]


def sung(made: list[Event], **options: Any) -> Performance:
    underlay, syllables = make_underlay(made)
    return perform(underlay, syllables, language="en", **options)


def cents_of_notes(performance: Performance) -> list[tuple[np.ndarray, np.ndarray]]:
    """Of each note, seconds since its onset and cents around it."""
    found = []
    for phrase in performance.phrases:
        times_s = (phrase.start_frame + np.arange(phrase.frames) + 0.5) * FRAME_S
        cents = 1200.0 * np.log2(np.array(phrase.curves["f0_hz"]) / 440.0) + 6900.0
        for note in phrase.notes:
            mine = (times_s >= note.onset_s) & (times_s < note.end_s)
            found.append((times_s[mine] - note.onset_s, cents[mine] - 100.0 * note.pitch))
    return found


def test_every_number_of_a_style_has_limits_and_the_presets_keep_them() -> None:
    assert {field.name for field in dataclasses.fields(Style)} == {"name", *LIMITS}
    assert tuple(STYLES) == ("plain", "straight", "pop", "choral", "enka", "ballad")
    for name, style in STYLES.items():
        assert style.name == name
        for field, (low, high) in LIMITS.items():
            assert low <= getattr(style, field) <= high
    assert set(ASKING) == {"pop", "enka", "ballad"}


@pytest.mark.parametrize("style", ASKING)
@pytest.mark.parametrize("seed", range(8))
def test_vibrato_is_late_and_within_what_singers_do(style: str, seed: int) -> None:
    quiet = dataclasses.replace(
        STYLES[style],
        fluctuation_cents=0.0,
        overshoot_cents=0.0,
        preparation_cents=0.0,
        turn_cents=0.0,
        scoop_cents=0.0,
        transition_s=0.05,
    )
    for since_s, cents in cents_of_notes(sung(LONG, style=quiet, seed=seed)):
        # the step from the note before is over, the one to the next has not begun
        straight = (since_s > 0.1) & (since_s < 0.25)
        assert np.abs(cents[straight]).max() < 1.0
        swinging = (since_s > 0.25) & (since_s < since_s[-1] - 0.07)
        top = np.flatnonzero(np.diff(np.sign(np.diff(cents[swinging])))) + 1
        heights, places_s = np.abs(cents[swinging][top]), since_s[swinging][top]
        assert 30.0 <= heights.max() <= 120.0
        grown = places_s[heights > 0.5 * heights.max()]
        if len(grown) >= 4:
            assert 4.5 <= 0.5 * (len(grown) - 1) / (grown[-1] - grown[0]) <= 6.5


def test_vibrato_varies_within_a_note_and_from_take_to_take() -> None:
    long = [Event(0.5, 4.0, 60.0, "la")]
    ((since_s, first),) = cents_of_notes(sung(long, style="ballad", seed=1))
    ((_, second),) = cents_of_notes(sung(long, style="ballad", seed=2))
    held = (since_s > 1.0) & (since_s < 3.7)
    assert np.corrcoef(first[held], second[held])[0, 1] < 0.95
    tops = np.flatnonzero(np.diff(np.sign(np.diff(first[held]))) < 0) + 1
    heights, gaps_s = first[held][tops], np.diff(since_s[held][tops])
    assert heights.max() - heights.min() > 2.0
    assert gaps_s.max() - gaps_s.min() > 0.005


def test_steps_overshoot_and_are_prepared_by_no_more_than_larynges_do() -> None:
    made = [Event(0.5, 0.5, 60.0, "a"), Event(0.0, 0.5, 67.0, None)]
    style = dataclasses.replace(
        STYLES["straight"], overshoot_cents=100.0, preparation_cents=100.0, fluctuation_cents=0.0
    )
    (_, low), (_, high) = cents_of_notes(sung(made, style=style))
    assert high.max() == pytest.approx(0.13 * 700.0, rel=0.15)
    assert low.min() == pytest.approx(-0.06 * 700.0, rel=0.3)


def test_a_slur_slides_longer_than_a_syllable_steps() -> None:
    def moving_s(second: str | None) -> float:
        made = [Event(0.5, 1.0, 60.0, "a"), Event(0.0, 1.0, 67.0, second)]
        style = dataclasses.replace(STYLES["straight"], slur_s=0.1)
        (_, low), (_, high) = cents_of_notes(sung(made, style=style))
        cents = np.concatenate([low, high + 700.0])
        return np.count_nonzero((cents > 20.0) & (cents < 680.0)) * FRAME_S

    assert moving_s(None) > moving_s("a") + 0.04


def test_kobushi_turns_above_the_note_and_back() -> None:
    style = dataclasses.replace(STYLES["straight"], turn_cents=100.0)
    ((since_s, cents),) = cents_of_notes(sung([Event(0.5, 1.0, 60.0, "la")], style=style))
    assert cents.max() == pytest.approx(100.0, abs=5.0)
    assert cents.min() == pytest.approx(-40.0, abs=5.0)
    assert np.abs(cents[since_s > 0.35]).max() < 1.0


def test_takes_differ_within_human_bounds_and_keep_the_score() -> None:
    made = [Event(0.5 * (n % 8 == 0), 0.5, 60.0 + n % 5, "la") for n in range(48)]
    takes = [sung(made, style="ballad", seed=seed) for seed in (1, 2, 3)]
    onsets_s = []
    for take in takes:
        assert [note for phrase in take.phrases for note in phrase.notes] == [
            note for phrase in takes[0].phrases for note in phrase.notes
        ]
        onsets_s.append(
            [span.start_s for phrase in take.phrases for span in phrase.phones if span.phone == "a"]
        )
    apart_s = np.abs(np.diff(onsets_s, axis=0))
    assert 0.002 < np.median(apart_s) < 0.02
    assert apart_s.max() <= 4.0 * STYLES["ballad"].timing_s + 1e-5


def test_a_song_slows_at_its_end_only_and_lasts_longer() -> None:
    made = [Event(0.5 * (n == 0), 0.5, 60.0, "la") for n in range(60)]
    strict, slowed = sung(made, style="plain"), sung(made, style="choral")
    strict_s = np.array([note.onset_s for phrase in strict.phrases for note in phrase.notes])
    slowed_s = np.array([note.onset_s for phrase in slowed.phrases for note in phrase.notes])
    assert np.allclose(slowed_s[:49], strict_s[:49], atol=1e-5)
    lengths_s = np.diff(slowed_s)[50:]
    assert np.all(np.diff(lengths_s) > 0.0)
    assert 0.5 < lengths_s[-1] < 0.5 / STYLES["choral"].final_tempo
    assert slowed.duration_s > strict.duration_s + 0.3


def test_a_phrase_is_held_over_into_its_rest_and_moves_nothing() -> None:
    made = [Event(0.5, 1.0, 60.0, "la"), Event(1.0, 1.0, 60.0, "la")]
    style = dataclasses.replace(STYLES["straight"], final_lengthening=0.2)
    held, plain = sung(made, style=style), sung(made, style="straight")
    assert held.phrases[0].phones[-2].end_s == pytest.approx(plain.phrases[0].phones[-2].end_s + 0.2)
    assert held.phrases[1] == plain.phrases[1]


def test_a_singer_breathes_at_a_line_end_without_a_rest() -> None:
    made = [Event(0.5 * (n == 0), 0.5, 60.0, "la") for n in range(4)]
    made[3] = dataclasses.replace(made[3], duration_s=1.5)
    underlay, syllables = make_underlay([*made, Event(0.0, 1.0, 62.0, "la")])
    words = list(underlay.words)
    words[3] = dataclasses.replace(words[3], phrase_end=True)
    underlay = dataclasses.replace(underlay, words=tuple(words))
    (phrase,) = perform(underlay, syllables, language="en", style="pop").phrases
    breath = next(span for span in phrase.phones[2:] if span.phone == "AP")
    assert 0.15 <= breath.end_s - breath.start_s <= STYLES["pop"].breath_s + 1e-5
    assert 3.0 < breath.start_s < breath.end_s < 3.5
    vowels = [span for span in phrase.phones if span.phone == "a"]
    assert vowels[3].end_s < breath.start_s
    assert vowels[4].start_s == pytest.approx(3.5, abs=0.03)
    assert phrase.notes[3].end_s == 3.5
    silent = perform(underlay, syllables, language="en", style="plain").phrases[0].phones[1:-1]
    assert {span.phone for span in silent} == {"l", "a"}


def test_long_notes_swell() -> None:
    (phrase,) = sung([Event(0.5, 3.0, 60.0, "a")], style="enka").phrases
    loudness = np.array(phrase.curves["loudness_db"])
    times_s = (phrase.start_frame + np.arange(phrase.frames) + 0.5) * FRAME_S - 0.5
    assert (
        loudness[(times_s > 1.5) & (times_s < 2.0)].mean()
        > loudness[(times_s > 0.1) & (times_s < 0.4)].mean() + 2
    )


def test_a_file_of_ones_own_starts_from_a_preset(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('base = "ballad"\nvibrato_cents = 60\n', encoding="utf-8")
    assert read_style(path) == dataclasses.replace(STYLES["ballad"], name="mine", vibrato_cents=60.0)
    path.write_text('name = "Meine Art"\nbreath_s = 0.2\n', encoding="utf-8-sig")
    assert read_style(path) == dataclasses.replace(STYLES["plain"], name="Meine Art", breath_s=0.2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("vibrato_cents = ", "mine.toml is not TOML"),
        ("vibrato_cents = 300", "vibrato_cents is 300"),
        ("vibrato_cents = nan", "vibrato_cents is nan"),
        ("vibrato_cents = true", "vibrato_cents is True"),
        ("vibrato_cents = '40'", "vibrato_cents is 40"),
        (f"vibrato_cents = {'9' * 400}", "vibrato_cents is 999"),
        (f"vibrato_cents = {'9' * 5000}", "not TOML"),
        ("vibrato_cent = 40", "no 'vibrato_cent'"),
        ("base = 'yodel'", "base is 'yodel'"),
        ("base = 3", "base is '3'"),
        ("name = ''", "name is not usable"),
        ("name = 5", "name is not usable"),
        ("x = " + "[" * 20_000, "not TOML"),
        ("#" * 70_000, "too large"),
    ],
)
def test_a_style_that_cannot_be_used_says_why(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PerformanceError) as refusal:
        read_style(path)
    assert words in refusal.value.sentence
    assert refusal.value.remedy


def marked(made: list[Event], place: int, *marks: str) -> Performance:
    """The events sung straight, one of them with articulations."""
    underlay, syllables = make_underlay(made)
    notes = list(underlay.notes)
    notes[place] = dataclasses.replace(notes[place], marks=marks)
    underlay = dataclasses.replace(underlay, notes=tuple(notes))
    return perform(underlay, syllables, language="en", style="straight")


def test_staccato_notes_are_short_and_the_next_one_keeps_its_beat() -> None:
    made = [Event(0.5, 0.6, 60.0, "la"), Event(0.0, 0.6, 62.0, "la"), Event(0.0, 0.6, 64.0, "la")]
    vowels = {}
    for marks in ((), ("staccato",), ("staccatissimo",)):
        (phrase,) = marked(made, 0, *marks).phrases
        vowels[marks] = [span for span in phrase.phones if span.phone == "a"]
        assert [span.start_s for span in vowels[marks]] == [span.start_s for span in vowels[()]]
    assert vowels[("staccato",)][0].end_s == pytest.approx(0.5 + 0.3)
    assert vowels[("staccatissimo",)][0].end_s == pytest.approx(0.5 + 0.35 * 0.6)


def test_an_accent_is_louder_where_it_stands() -> None:
    made = [Event(0.5 * (n == 0), 0.6, 60.0, "la") for n in range(4)]
    plain, accented = marked(made, 2), marked(made, 2, "accent")
    louder = np.subtract(accented.phrases[0].curves["loudness_db"], plain.phrases[0].curves["loudness_db"])
    times_s = (plain.phrases[0].start_frame + np.arange(len(louder)) + 0.5) * FRAME_S
    assert louder.max() == pytest.approx(3.0, abs=0.1)
    assert np.abs(louder[np.abs(times_s - 1.7) > 0.13]).max() == 0.0


def test_the_scores_dynamics_are_heard_and_press_the_voice() -> None:
    made = [Event(0.5 * (n == 0), 1.0, 60.0, "la") for n in range(3)]
    underlay, syllables = make_underlay(made)
    levels = ((-4.0, 0.0), (5.0, 0.0), (5.0, -9.0))
    notes = tuple(
        dataclasses.replace(note, loudness_db=level, swell_db=swell)
        for note, (level, swell) in zip(underlay.notes, levels, strict=True)
    )
    (phrase,) = perform(
        dataclasses.replace(underlay, notes=notes), syllables, language="en", style="straight"
    ).phrases
    times_s = (phrase.start_frame + np.arange(phrase.frames) + 0.5) * FRAME_S

    def around(name: str, at_s: float) -> float:
        return float(np.interp(at_s, times_s, phrase.curves[name]))

    assert [around("loudness_db", at_s) for at_s in (1.0, 2.0, 2.6)] == pytest.approx(
        [-4.0, 5.0, 4.0], abs=0.2
    )
    assert around("loudness_db", 3.2) < -1.0
    assert around("tension", 1.0) == pytest.approx(-0.4)
    assert around("tension", 2.0) == pytest.approx(0.5)
