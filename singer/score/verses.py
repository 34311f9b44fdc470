"""Which verse is sung where: refrains written once under several verses, and verses that advance with each
pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from singer.score.lines import Line
from singer.score.repeats import Played
from singer.score.written import Marks, WrittenNote

_REFRAIN_NOTES = 4
"""So many syllables in a row without a verse's own text are a refrain, fewer are a melisma of that verse."""
_WHOLE_SONG = 0.6
"""A repeat over this share of the syllables repeats the song, not a line of it."""


def written_verses(line: Line) -> tuple[int, ...]:
    """The verse numbers under `line`, in order."""
    found = {
        verse
        for bar in line
        for note in bar
        for verse, lyric in note.lyrics.items()
        if lyric.text or lyric.extend
    }
    return tuple(sorted(found))


def fill_refrains(line: Line, marks: Sequence[Marks]) -> None:
    """Give every verse the syllables of a refrain that is written under one of them only.

    A run of notes without a verse's text, though another verse has some, is a refrain where it is long or
    fills what lies between two repeat or jump marks. The nearest verse above lends its text, else the first
    below.
    """
    verses = written_verses(line)
    if len(verses) < 2:
        return
    for region in _regions(line, marks):
        voiced = [note for note in region if any(lyric.text for lyric in note.lyrics.values())]
        originals = [dict(note.lyrics) for note in voiced]
        for verse in verses:
            run: list[int] = []
            for index in range(len(voiced) + 1):
                if index < len(voiced) and verse not in originals[index]:
                    run.append(index)
                    continue
                if len(run) >= _REFRAIN_NOTES or (run and len(run) == len(voiced)):
                    for place in run:
                        lent = [other for other in originals[place] if other < verse] or sorted(
                            originals[place]
                        )
                        source = max(lent) if lent[0] < verse else lent[0]
                        voiced[place].lyrics[verse] = originals[place][source]
                run = []


def _regions(line: Line, marks: Sequence[Marks]) -> list[list[WrittenNote]]:
    regions: list[list[WrittenNote]] = [[]]
    for index, bar in enumerate(line):
        if index < len(marks) and marks[index].parts_regions:
            regions.append([])
        regions[-1].extend(bar)
        if index < len(marks) and marks[index].closes_region:
            regions.append([])
    return [region for region in regions if region]


def advancing_bars(line: Line, order: Sequence[Played]) -> frozenset[int]:
    """The written bars in which each further pass sings the next verse.

    That is music under which no more verses stand than it has passes, and a repeat of (nearly) the whole
    song. A repeated last line under four verses is sung twice with the verse that is on.
    """
    passes: dict[int, int] = {}
    for bar, number in order:
        passes[bar] = max(number, passes.get(bar, 0))
    syllables = Counter({index: sum(bool(note.lyrics) for note in bar) for index, bar in enumerate(line)})
    total = max(syllables.total(), 1)
    advancing: set[int] = set()
    run: list[int] = []
    for index in range(len(line) + 1):
        if run and passes.get(index, 0) != passes[run[0]]:
            verses = {verse for bar in run for note in line[bar] for verse in note.lyrics}
            share = sum(syllables[bar] for bar in run) / total
            if len(verses) <= passes[run[0]] or share >= _WHOLE_SONG:
                advancing.update(run)
            run = []
        if passes.get(index, 0) > 1:
            run.append(index)
    return frozenset(advancing)
