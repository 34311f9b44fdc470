"""What a check found, kept small however much is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

LISTED = 10_000
"""How many findings, and how many notices, are listed; more are counted."""
_TOLD_ONE_BY_ONE = 100


@dataclass(frozen=True)
class Finding:
    """One breach: the ledger place that it concerns, if one, and a sentence."""

    position: int | None
    sentence: str


@dataclass(frozen=True)
class Report:
    """What a check found. `findings` are breaches; `notices` are files that were moved or changed since.

    `unlisted` counts what is wrong beyond the first ten thousand findings.
    """

    entries: int
    findings: tuple[Finding, ...]
    notices: tuple[str, ...]
    unlisted: int = 0

    @property
    def ok(self) -> bool:
        """Whether ledger and records are whole and agree."""
        return not self.findings


@dataclass
class Findings:
    """Findings and notices as they come."""

    listed: list[Finding] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    unlisted: int = 0
    _last: list[Finding] = field(default_factory=list)

    def say(self, position: int | None, sentence: str) -> None:
        """Note a breach."""
        if len(self.listed) < LISTED:
            self.listed.append(Finding(position, sentence))
        else:
            self.unlisted += 1

    def say_dropped(self, runs: list[tuple[int, int]]) -> None:
        """Note entries that are nowhere in the ledger, however much else is wrong with it."""
        for first, last in runs[:LISTED]:
            if last - first < _TOLD_ONE_BY_ONE:
                told = [(place, f"Entry {place} was dropped") for place in range(first, last + 1)]
            else:
                told = [(first, f"Entries {first} to {last} were dropped")]
            self._last += [Finding(place, f"{words} from the ledger.") for place, words in told]
        self.unlisted += max(0, len(runs) - LISTED)

    def notice(self, sentence: str) -> None:
        """Note what is no breach, and worth a look."""
        if len(self.notices) < LISTED:
            self.notices.append(sentence)

    def report(self, entries: int) -> Report:
        """Everything, by place; what concerns no place comes last."""
        found = sorted([*self.listed, *self._last], key=lambda one: (one.position is None, one.position or 0))
        return Report(entries, tuple(dict.fromkeys(found)), tuple(self.notices), self.unlisted)


class Runs:
    """A set of whole numbers as runs, so that a million neighbours take no more room than one."""

    def __init__(self) -> None:
        self._runs: list[list[int]] = []

    def add(self, number: int, last: int | None = None) -> None:
        """Take in `number`, or everything from it to `last`."""
        end = number if last is None else last
        if self._runs and self._runs[-1][0] <= number <= self._runs[-1][1] + 1:
            self._runs[-1][1] = max(self._runs[-1][1], end)
        elif number <= end:
            self._runs.append([number, end])

    def without(self, other: Runs) -> list[tuple[int, int]]:
        """The runs of what is in this set and not in the other, in order."""
        left: list[tuple[int, int]] = []
        taken, place = list(other.merged()), 0
        for first, last in self.merged():
            while place < len(taken) and taken[place][1] < first:
                place += 1
            nearest = place
            while nearest < len(taken) and taken[nearest][0] <= last:
                begin, end = taken[nearest]
                if begin > first:
                    left.append((first, begin - 1))
                first, nearest = end + 1, nearest + 1
            if first <= last:
                left.append((first, last))
        return left

    def merged(self) -> Iterator[tuple[int, int]]:
        """The runs in order, none touching another."""
        held: list[int] | None = None
        for first, last in sorted((run[0], run[1]) for run in self._runs):
            if held and first <= held[1] + 1:
                held[1] = max(held[1], last)
                continue
            if held:
                yield held[0], held[1]
            held = [first, last]
        if held:
            yield held[0], held[1]
