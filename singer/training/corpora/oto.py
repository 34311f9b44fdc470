"""UTAU's `oto.ini`: which syllable stands where in which recording.

A line is `file.wav=alias,offset,consonant,cutoff,preutterance,overlap`, times in milliseconds. A negative
`cutoff` is a length from `offset`, a positive one is counted from the end of the file.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from singer.training.corpora.model import LabelsError

_ENCODINGS = ("utf-8-sig", "cp932", "gb18030")


@dataclass(frozen=True)
class OtoEntry:
    """One entry; times in seconds from the start of the file."""

    alias: str
    offset_s: float
    steady_s: float
    preutterance_s: float
    overlap_s: float
    cutoff_s: float

    @property
    def anchor_s(self) -> float:
        """Where the sound after the alias' boundary begins (its vowel, in a CV or VCV entry)."""
        return self.offset_s + self.preutterance_s


def read_oto(path: Path) -> dict[str, list[OtoEntry]]:
    """Read an `oto.ini`: file stem → its entries in time order.

    Entries without an alias, or for a whole empty file, are left out. Raises LabelsError (file, line) when
    the text has no known encoding or a number cannot be read.
    """
    entries: dict[str, list[OtoEntry]] = defaultdict(list)
    for number, line in enumerate(_decode(path).splitlines(), 1):
        name, equals, rest = line.strip().partition("=")
        if not equals:
            continue
        entry = _entry(rest, path, number)
        if entry.alias:
            entries[_stem(name)].append(entry)
    return {stem: sorted(rows, key=lambda row: row.anchor_s) for stem, rows in entries.items()}


def _entry(rest: str, path: Path, number: int) -> OtoEntry:
    alias, *fields = rest.rsplit(",", 5)
    try:
        offset, steady, cutoff, preutterance, overlap = (float(field or 0.0) / 1000.0 for field in fields)
    except ValueError as error:
        raise LabelsError(
            f"{path}, line {number}: five numbers are expected.", "Correct the line."
        ) from error
    return OtoEntry(alias.strip(), offset, offset + steady, preutterance, offset + overlap, cutoff)


def _decode(path: Path) -> str:
    """The text in the encoding in which most of the files that it names exist (bytes alone can mislead)."""
    data = path.read_bytes()
    texts = []
    for encoding in _ENCODINGS:
        try:
            texts.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    if not texts:
        raise LabelsError(f"{path}: the text is neither UTF-8, Shift-JIS nor GB 18030.", "Save it as UTF-8.")
    present = {file.stem for file in path.parent.iterdir()}
    return max(texts, key=lambda text: sum(_stem(line) in present for line in text.splitlines()))


def _stem(line: str) -> str:
    return line.partition("=")[0].strip().rsplit(".", 1)[0]
