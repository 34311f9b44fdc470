"""A picture of a song: piano roll with the pitch curve over it, lyrics, phones and the spectrogram."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from singer import HOP, SAMPLE_RATE
from singer.language.phones import is_syllabic, is_voiced
from singer.performance.model import SILENCE, Performance, PerformedNote, PhoneSpan, Phrase
from singer.picture_fonts import families, fitting, width_em, writable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH_IN, _DPI = 16.0, 120
_LEFT_IN, _RIGHT_IN, _TOP_IN, _BOTTOM_IN = 0.75, 0.25, 0.75, 0.45
_ROLL_IN, _PHONES_IN, _SPECTROGRAM_IN, _GAP_IN = 2.6, 0.3, 1.6, 0.62
_ONE_ROW_STRETCH = 1.7
_ROW_S = 16.0
_MOST_ROWS = 8
_LYRIC_PT, _PHONE_PT = 10.0, 8.0
_HEARD_DB = -40.0

_INK, _FAINT, _GRID = "#22313f", "#7b8794", "#e3e8ee"
_BLACK_KEY, _NOTE, _NOTE_EDGE, _CURVE = "#f5f7f9", "#bfdcf5", "#6ba3d6", "#d6336c"
_VOWEL, _CONSONANT, _SPACE = "#ffe3b3", "#dfe6ee", "#ffffff"
_NATURALS = {0: "C", 2: "D", 4: "E", 5: "F", 7: "G", 9: "A", 11: "B"}


@dataclass(frozen=True)
class _Row:
    """One system of the picture, in seconds of the song, and the pitches that all of them show."""

    start_s: float
    end_s: float
    lowest: float
    highest: float

    def em_s(self, points: float) -> float:
        """How many seconds an em of type of this size covers."""
        width_in = _WIDTH_IN - _LEFT_IN - _RIGHT_IN
        return points / 72.0 * (self.end_s - self.start_s) / width_in

    def holds(self, start_s: float, end_s: float) -> bool:
        """Whether anything from `start_s` to `end_s` lies in the row."""
        return start_s < self.end_s and end_s > self.start_s


def draw(performance: Performance, samples: np.ndarray | None, path: Path) -> None:
    """Draw the performance into a PNG at `path`, in rows of 16 s (longer ones where a song needs more
    than 8).

    `samples` (n,) at 44 100 Hz give the spectrogram; without them it is left out. Characters that no
    font on this machine has are replaced by the phones. Raises OSError where `path` cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = _rows(performance)
    stretch = _ONE_ROW_STRETCH if len(rows) == 1 else 1.0
    roll_in, spectrogram_in = _ROLL_IN * stretch, _SPECTROGRAM_IN * stretch if samples is not None else 0.0
    row_in = roll_in + _PHONES_IN + spectrogram_in + _GAP_IN
    height_in = _TOP_IN + len(rows) * row_in - _GAP_IN + _BOTTOM_IN
    figure = Figure(figsize=(_WIDTH_IN, height_in), dpi=_DPI, facecolor="white")
    canvas = FigureCanvasAgg(figure)
    _draw_title(figure, performance, height_in)
    levels = _levels(samples, rows)
    for index, row in enumerate(rows):
        top_in = height_in - _TOP_IN - index * row_in
        phones_in = top_in - roll_in - _PHONES_IN
        roll = _axes(figure, row, phones_in + _PHONES_IN, roll_in, height_in)
        phones = _axes(figure, row, phones_in, _PHONES_IN, height_in)
        _draw_roll(roll, performance, row)
        _draw_phones(phones, performance, row)
        lowest = phones
        if levels is not None:
            lowest = _axes(figure, row, phones_in - spectrogram_in, spectrogram_in, height_in)
            _draw_spectrogram(lowest, levels[index], row, float(max(level.max() for level in levels)))
        _draw_seconds(lowest, row)
    canvas.print_figure(str(path), format="png", facecolor="white")


def _rows(performance: Performance) -> list[_Row]:
    duration_s = max(performance.duration_s, 1.0)
    count = min(math.ceil(duration_s / _ROW_S), _MOST_ROWS)
    pitches = [note.pitch for phrase in performance.phrases for note in phrase.notes] or [60.0]
    middle = (min(pitches) + max(pitches)) / 2
    half = max((max(pitches) - min(pitches)) / 2 + 2.5, 6.5)
    seconds = duration_s / count
    return [
        _Row(index * seconds, (index + 1) * seconds, middle - half, middle + half) for index in range(count)
    ]


def _axes(figure: Figure, row: _Row, bottom_in: float, tall_in: float, height_in: float) -> Axes:
    wide_in = _WIDTH_IN - _LEFT_IN - _RIGHT_IN
    place = (_LEFT_IN / _WIDTH_IN, bottom_in / height_in, wide_in / _WIDTH_IN, tall_in / height_in)
    axes = figure.add_axes(place)
    axes.set_xlim(row.start_s, row.end_s)
    axes.tick_params(length=2, colors=_FAINT, labelsize=8)
    axes.set_xticks([])
    for spine in axes.spines.values():
        spine.set_color(_GRID)
    return axes


def _draw_title(figure: Figure, performance: Performance, height_in: float) -> None:
    language = performance.language
    title = writable(performance.title, language) or "Untitled"
    minutes, seconds = divmod(round(performance.duration_s), 60)
    notes = sum(len(phrase.notes) for phrase in performance.phrases)
    phrases = len(performance.phrases)
    counts = (_counted(notes, "note"), _counted(phrases, "phrase"))
    facts = "   ·   ".join((language, f"{minutes}:{seconds:02d}", *counts))
    y = 1.0 - 0.36 / height_in
    style: dict[str, Any] = {"family": list(families(language)), "parse_math": False, "va": "center"}
    figure.text(_LEFT_IN / _WIDTH_IN, y, title[:80], size=17, color=_INK, weight="bold", **style)
    figure.text(1 - _RIGHT_IN / _WIDTH_IN, y, facts, size=10, color=_FAINT, ha="right", **style)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _draw_roll(axes: Axes, performance: Performance, row: _Row) -> None:
    from matplotlib.collections import PolyCollection

    axes.set_ylim(row.lowest, row.highest)
    keys = range(math.ceil(row.lowest), math.floor(row.highest) + 1)
    for key in keys:
        if key % 12 not in _NATURALS:
            axes.axhspan(key - 0.5, key + 0.5, color=_BLACK_KEY, linewidth=0)
    every = len(keys) <= 26
    named = [key for key in keys if key % 12 == 0 or (every and key % 12 in _NATURALS)]
    axes.set_yticks(named, [f"{_NATURALS[key % 12]}{key // 12 - 1}" for key in named])
    notes = [(phrase, note) for phrase in performance.phrases for note in phrase.notes]
    shown = [(phrase, note) for phrase, note in notes if row.holds(note.onset_s, note.end_s)]
    boxes = [_box(note.onset_s, note.end_s, note.pitch - 0.42, note.pitch + 0.42) for _, note in shown]
    axes.add_collection(PolyCollection(boxes, facecolors=_NOTE, edgecolors=_NOTE_EDGE, linewidths=0.8))
    _draw_bars(axes, [note for _, note in notes], row)
    for phrase in performance.phrases:
        if row.holds(phrase.start_s, phrase.end_s):
            _draw_curve(axes, phrase)
    _draw_lyrics(axes, performance.language, shown, row)


def _box(left: float, right: float, bottom: float, top: float) -> list[tuple[float, float]]:
    return [(left, bottom), (left, top), (right, top), (right, bottom)]


def _draw_bars(axes: Axes, notes: Sequence[PerformedNote], row: _Row) -> None:
    """A line and the printed number where the first note of a bar is."""
    firsts = [note for before, note in zip((None, *notes), notes, strict=False) if _new_bar(before, note)]
    firsts = [note for note in firsts if row.start_s <= note.onset_s < row.end_s]
    labels = [str(note.bar) for note in firsts]
    starts_s = [note.onset_s for note in firsts]
    drawn = fitting(labels, starts_s, [*starts_s[1:], row.end_s][: len(firsts)], row.em_s(_PHONE_PT))
    for note, label, fits in zip(firsts, labels, drawn, strict=True):
        axes.axvline(note.onset_s, color=_GRID, linewidth=0.8, zorder=0.5)
        if fits:
            style: dict[str, Any] = {"size": _PHONE_PT, "color": _FAINT, "va": "bottom", "clip_on": False}
            axes.text(note.onset_s, row.highest, label, **style)


def _new_bar(before: PerformedNote | None, note: PerformedNote) -> bool:
    return before is None or before.bar != note.bar


def _draw_curve(axes: Axes, phrase: Phrase) -> None:
    """The f0 curve where something is heard: strong where the voice is in it, thin through other
    consonants."""
    times_s = (phrase.start_frame + np.arange(phrase.frames) + 0.5) * HOP / SAMPLE_RATE
    pitch = 69.0 + 12.0 * np.log2(np.asarray(phrase.curves["f0_hz"]) / 440.0)
    heard = np.asarray(phrase.curves["loudness_db"]) > _HEARD_DB
    starts_s = np.array([span.start_s for span in phrase.phones])
    span_of = np.clip(np.searchsorted(starts_s, times_s, side="right") - 1, 0, None)
    voiced = np.array([is_voiced(span.phone) for span in phrase.phones])[span_of] & heard
    axes.plot(times_s, np.where(heard, pitch, np.nan), color=_CURVE, linewidth=0.7, alpha=0.45)
    axes.plot(times_s, np.where(voiced, pitch, np.nan), color=_CURVE, linewidth=1.7, solid_capstyle="round")


def _draw_lyrics(axes: Axes, language: str, shown: list[tuple[Phrase, PerformedNote]], row: _Row) -> None:
    """Each syllable above the beginning of its note, where there is room before the next one."""
    labels = [writable(note.text, language) or _spoken(phrase, note) for phrase, note in shown]
    em_s = row.em_s(_LYRIC_PT)
    lift = 0.5 + 0.02 * (row.highest - row.lowest) / 2
    style: dict[str, Any] = {"family": list(families(language)), "parse_math": False, "size": _LYRIC_PT}
    free_from: dict[int, float] = {}
    for label, (_, note) in zip(labels, shown, strict=True):
        lane = round(note.pitch)
        start_s = max(note.onset_s, row.start_s)
        if not label or start_s < free_from.get(lane, -math.inf):
            continue
        free_from[lane] = start_s + em_s * width_em(label)
        axes.text(
            start_s + 0.15 * em_s, note.pitch + lift, label, color=_INK, va="bottom", clip_on=True, **style
        )


def _spoken(phrase: Phrase, note: PerformedNote) -> str:
    """The phones of the note's syllable; "" where the note continues one."""
    if not note.text:
        return ""
    index = phrase.notes.index(note)
    return "".join(span.phone for span in phrase.phones if span.note == index)


def _draw_phones(axes: Axes, performance: Performance, row: _Row) -> None:
    from matplotlib.collections import PolyCollection

    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([])
    shown = [span for span in _sounding(performance) if row.holds(span.start_s, span.end_s)]
    colours = [_VOWEL if is_syllabic(span.phone) else _CONSONANT for span in shown]
    boxes = [_box(span.start_s, span.end_s, 0.0, 1.0) for span in shown]
    axes.add_collection(PolyCollection(boxes, facecolors=colours, edgecolors=_SPACE, linewidths=0.7))
    starts_s, ends_s = [span.start_s for span in shown], [span.end_s for span in shown]
    drawn = fitting([span.phone for span in shown], starts_s, ends_s, row.em_s(_PHONE_PT))
    style: dict[str, Any] = {"size": _PHONE_PT, "color": _INK, "ha": "center", "va": "center_baseline"}
    for span, fits in zip(shown, drawn, strict=True):
        if fits:
            middle_s = (span.start_s + span.end_s) / 2
            axes.text(middle_s, 0.48, span.phone, parse_math=False, clip_on=True, **style)


def _sounding(performance: Performance) -> Iterator[PhoneSpan]:
    for phrase in performance.phrases:
        yield from (span for span in phrase.phones if span.phone != SILENCE)


def _levels(samples: np.ndarray | None, rows: Sequence[_Row]) -> list[np.ndarray] | None:
    from singer.picture_spectrogram import spectrogram_db

    if samples is None:
        return None
    columns = round((_WIDTH_IN - _LEFT_IN - _RIGHT_IN) * _DPI)
    return [spectrogram_db(samples, row.start_s, row.end_s, columns) for row in rows]


def _draw_spectrogram(axes: Axes, level_db: np.ndarray, row: _Row, loudest_db: float) -> None:
    from singer.picture_spectrogram import HIGHEST_HZ, LOWEST_HZ, RANGE_DB
    from singer.vocoder.controls import hz_to_mel

    bottom, top = hz_to_mel(np.array([LOWEST_HZ, HIGHEST_HZ]))
    axes.imshow(
        level_db,
        cmap="magma",
        vmin=loudest_db - RANGE_DB,
        vmax=loudest_db,
        extent=(row.start_s, row.end_s, bottom, top),
        origin="lower",
        aspect="auto",
        interpolation="nearest",
    )
    ticks = {250: "250", 500: "500", 1000: "1k", 2000: "2k", 4000: "4k", 8000: "8k"}
    axes.set_yticks(hz_to_mel(np.array(list(ticks))), list(ticks.values()))
    axes.set_ylabel("Hz", size=8, color=_FAINT, labelpad=2)


def _draw_seconds(axes: Axes, row: _Row) -> None:
    """Ticks in seconds below a row, not more than about thirty."""
    step = next(step for step in (1, 2, 5, 10, 30, 60, 120) if (row.end_s - row.start_s) / step <= 30)
    seconds = range(math.ceil(row.start_s / step) * step, math.floor(row.end_s) + 1, step)
    axes.set_xticks(list(seconds), [f"{second // 60}:{second % 60:02d}" for second in seconds])
