"""Repeats, endings, da capo, dal segno, coda and fine: the order in which written bars are played."""

from __future__ import annotations

from collections.abc import Sequence

from singer.errors import ScoreError
from singer.score.limits import MAX_BARS, too_large
from singer.score.written import Marks

Played = tuple[int, int]
"""(index of a written bar, which pass through its repeated music this is, from 1)."""


def play_order(marks: Sequence[Marks], name: str = "The score") -> tuple[Played, ...]:
    """The bars in the order in which a musician plays them.

    Repeats are taken as often as written, the bracket of each pass is chosen; after a da capo or dal segno
    repeats are not taken again and last endings are played, until the coda or fine (Gould, *Behind Bars*,
    "Repeat signs"). Raises ScoreError where that comes to more than MAX_BARS bars.
    """
    return _Player(marks, name).play()


class _Player:
    def __init__(self, marks: Sequence[Marks], name: str) -> None:
        self.marks = marks
        self.name = name
        self.brackets, self.group_end = _brackets(marks)
        self.passes: dict[int, int] = {}
        self.segno = next((index for index, mark in enumerate(marks) if mark.segno), 0)
        self.coda = next((index for index, mark in enumerate(marks) if mark.coda), None)
        self.start = 0
        self.current_pass = 1
        self.after_jump = False
        self.entries: dict[int, int] = {0: 1}
        self.jumped_from: set[int] = set()

    def play(self) -> tuple[Played, ...]:
        """The bars in the order they sound; raises ScoreError where the repeats come to too many."""
        order: list[Played] = []
        index = 0
        while index < len(self.marks):
            mark = self.marks[index]
            if mark.forward and index != self.start:
                self._enter(index)
            if self.after_jump and mark.to_coda_before and self.coda is not None and self.coda > index:
                index = self._go_to_coda()
                continue
            bracket = self.brackets[index]
            if bracket and self.current_pass not in bracket:
                index += 1
                continue
            order.append((index, self.entries[self.start]))
            if len(order) > MAX_BARS:
                raise too_large(self.name, "repeats that come to too many bars", f"{MAX_BARS:,}")
            following = self._after(index)
            if following is None:
                break
            index = following
        if not order and self.marks:
            raise ScoreError(
                f"{self.name}: no bar is left once its repeats are followed.", "Check its endings."
            )
        return tuple(order)

    def _after(self, index: int) -> int | None:
        """The bar that follows bar `index`, or None at the end of the song."""
        mark = self.marks[index]
        if self.after_jump and mark.fine:
            return None
        if self.after_jump and mark.to_coda and self.coda is not None and self.coda > index:
            return self._go_to_coda()
        if mark.backward:
            if self.current_pass < self._passes(self.start):
                self.current_pass += 1
                self.entries[self.start] += 1
                return self.start
            if not self.brackets[index] or index == self.group_end[index]:
                self._enter(index + 1)
        elif index == self.group_end[index]:
            self._enter(index + 1)
        if (mark.da_capo or mark.dal_segno) and index not in self.jumped_from:
            self.jumped_from.add(index)
            self.after_jump = True
            target = 0 if mark.da_capo else self.segno
            if target <= index:
                self._enter(target)
                return target
        return index + 1

    def _enter(self, index: int) -> None:
        """Begin a section at `index`; after a jump it is played only once, with its last ending."""
        self.start = index
        self.entries[index] = self.entries.get(index, 0) + 1
        self.current_pass = self._passes(index) if self.after_jump else 1

    def _go_to_coda(self) -> int:
        assert self.coda is not None
        self.after_jump = False
        self._enter(self.coda)
        return self.coda

    def _passes(self, start: int) -> int:
        """How often the section that begins at `start` is played as written."""
        if start not in self.passes:
            self.passes[start] = self._count_passes(start)
        return self.passes[start]

    def _count_passes(self, start: int) -> int:
        passes = 1
        for index in range(start, len(self.marks)):
            mark, bracket = self.marks[index], self.brackets[index]
            if mark.forward and index > start and passes == 1:
                return 1
            passes = max(passes, mark.backward, *bracket)
            closes = mark.backward and not bracket
            if closes or index == self.group_end[index]:
                return passes
        return passes


def _brackets(marks: Sequence[Marks]) -> tuple[list[frozenset[int]], list[int]]:
    """For each bar the passes of the ending bracket over it (empty where there is none), and the last bar of
    its group.

    A group is a first ending with the endings that follow it. Brackets of a group without a way back are no
    endings, so that no bar of theirs is lost.
    """
    brackets: list[frozenset[int]] = []
    current: frozenset[int] = frozenset()
    for mark in marks:
        if mark.forward:
            current = frozenset()
        current = mark.ending or current
        brackets.append(current)
        if mark.ending_stop or mark.backward:
            current = frozenset()
    group_end = [-1] * len(marks)
    first = 0
    while first < len(marks):
        last = first
        while last + 1 < len(marks) and brackets[first] and _same_group(marks, brackets, last):
            last += 1
        group = range(first, last + 1)
        if brackets[first]:
            if any(marks[bar].backward or marks[bar].da_capo or marks[bar].dal_segno for bar in group):
                group_end[first : last + 1] = [last] * len(group)
            else:
                brackets[first : last + 1] = [frozenset()] * len(group)
        first = last + 1
    return brackets, group_end


def _same_group(marks: Sequence[Marks], brackets: Sequence[frozenset[int]], bar: int) -> bool:
    following = brackets[bar + 1]
    if not following or marks[bar + 1].forward:
        return False
    return following == brackets[bar] or max(following) > min(brackets[bar])
