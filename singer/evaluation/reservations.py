"""How often a reserved song is known again when it was changed, and how often another is taken for it.

Every song is reserved in a registry of its own and asked about in every guise, through the door that singing
asks at. Collections hold the same tune under several titles, so a hit on another song is looked at by means
that the registry does not use: its title, and the longest run of notes or words that both share verbatim.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

from singer.errors import BadInput, ConsonanceError
from singer.evaluation import guises
from singer.evaluation.guises import Tune
from singer.score import read_score
from singer.score.tune import part_of, tune_of, words_of

SCORES = (".musicxml", ".mxl", ".xml", ".mid", ".midi", ".kar")
TEXTS = (".txt",)
LEAST_NOTES, LEAST_WORDS = 12, 12
SAME_NOTES, SAME_WORDS = 12, 10
"""So many notes (repeats merged, in any key), or words, in a row are the same tune or text."""

Keep = Callable[[str, dict[str, object], str], str | None]
"""(kind, data, title) → the id of the reservation, None where it cannot be made."""

Ask = Callable[[str, Tune], frozenset[str]]
"""(lyrics, melody) → the ids of the reservations that they run into."""


@dataclass(frozen=True)
class Piece:
    """A song of the collection: where from, its title, its tune with each note's bar, its words."""

    name: str
    title: str
    tune: Tune
    bars: tuple[int, ...]
    words: str


def read_pieces(folder: Path, progress: Callable[[str], None]) -> list[Piece]:
    """Every score and text under a folder; those that cannot be read are left out, and said.

    Raises BadInput where there is none.
    """
    pieces = []
    for path in sorted(folder.rglob("*")):
        suffix = path.suffix.lower()
        if suffix in TEXTS:
            words = path.read_text(encoding="utf-8", errors="replace")
            pieces.append(Piece(path.name, path.stem, (), (), words))
        elif suffix in SCORES:
            try:
                pieces.append(_piece(path))
            except ConsonanceError as error:
                progress(f"left out: {error.sentence}")
    if not pieces:
        raise BadInput(f"{folder} holds no score and no text.", "Name a folder of songs.")
    return pieces


def measure_melodies(
    pieces: Sequence[Piece], keep: Keep, ask: Ask, asked: int, seed: int = 0
) -> Iterator[dict[str, object]]:
    """One row for the hits on other songs, then one for each guise; `asked` songs of each are tried."""
    kept = {}
    for number, piece in enumerate(pieces):
        if len(piece.tune) >= LEAST_NOTES:
            made = keep("melody", {"notes": piece.tune}, piece.title)
            if made is not None:
                kept[made] = number
    mine = {number: made for made, number in kept.items()}
    yield _others(
        pieces, kept, lambda piece: ask("", piece.tune), lambda a, b: _shared_notes(a, b) >= SAME_NOTES
    )
    rng = random.Random(seed)
    sample = rng.sample(sorted(mine), min(asked, len(mine)))
    for name, change in guises.of_melodies(rng):
        found = tried = 0
        for number in sample:
            changed = change(pieces[number].tune, pieces[number].bars)
            if changed is not None:
                tried += 1
                found += mine[number] in ask("", changed)
        yield {"guise": name, "asked": tried, "found": round(found / max(tried, 1), 4)}


def measure_lyrics(
    pieces: Sequence[Piece], keep: Keep, ask: Ask, asked: int, seed: int = 0
) -> Iterator[dict[str, object]]:
    """The same for lyrics."""
    kept = {}
    for number, piece in enumerate(pieces):
        if len(piece.words.split()) >= LEAST_WORDS or len(piece.words) >= 3 * LEAST_WORDS:
            made = keep("lyric", {"text": piece.words}, piece.title)
            if made is not None:
                kept[made] = number
    mine = {number: made for made, number in kept.items()}
    yield _others(
        pieces, kept, lambda piece: ask(piece.words, ()), lambda a, b: _shared_words(a, b) >= SAME_WORDS
    )
    rng = random.Random(seed)
    sample = rng.sample(sorted(mine), min(asked, len(mine)))
    for name, change in guises.of_lyrics(rng):
        found = sum(mine[number] in ask(change(pieces[number].words), ()) for number in sample)
        yield {"guise": name, "asked": len(sample), "found": round(found / max(len(sample), 1), 4)}


def _others(
    pieces: Sequence[Piece],
    kept: dict[str, int],
    ask: Callable[[Piece], frozenset[str]],
    is_same: Callable[[Piece, Piece], bool],
) -> dict[str, object]:
    """Ask with every song, and sort the hits on others."""
    titled = alike = strange = 0
    disturbed = set()
    examples = []
    took = []
    for number in kept.values():
        started = time.perf_counter()
        hits = ask(pieces[number])
        took.append(time.perf_counter() - started)
        for other in sorted(kept[hit] for hit in hits if kept[hit] != number):
            one, two = pieces[number], pieces[other]
            if one.title and _plain(one.title) == _plain(two.title):
                titled += 1
            elif is_same(one, two):
                alike += 1
            else:
                strange += 1
                disturbed.add(number)
                examples.append(f"{one.name} ~ {two.name}")
    took.sort()
    pairs = len(kept) * (len(kept) - 1)
    return {
        "songs": len(kept),
        "pairs": pairs,
        "hits_same_title": titled,
        "hits_same_stretch": alike,
        "hits_other": strange,
        "other_per_million": round(strange * 1e6 / max(pairs, 1), 3),
        "songs_disturbed": len(disturbed),
        "median_ms": round(took[len(took) // 2] * 1e3, 3) if took else None,
        "p95_ms": round(took[int(len(took) * 0.95)] * 1e3, 3) if took else None,
        "examples": examples[:200],
    }


def _piece(path: Path) -> Piece:
    score = read_score(path)
    part = part_of(score)
    bars = tuple(note.bar for note in part.notes if not note.grace)
    return Piece(path.name, score.title, tune_of(score), bars, words_of(part))


def _shared_notes(one: Piece, two: Piece) -> int:
    """The longest run of notes that two tunes share in some key, repeated notes merged."""
    first, second = (_steps(piece.tune) for piece in (one, two))
    match = SequenceMatcher(None, first, second, autojunk=False).find_longest_match()
    return match.size + 1


def _steps(tune: Tune) -> list[int]:
    steps = [round(after - before) for (before, _), (after, _) in pairwise(tune)]
    return [step for step in steps if step]


def _shared_words(one: Piece, two: Piece) -> int:
    """The longest run of words, or of characters where no spaces part them, that two texts share."""
    first, second = (_plain(piece.words).split() for piece in (one, two))
    if min(len(first), len(second)) < LEAST_WORDS:
        first, second = (list(_plain(piece.words).replace(" ", "")) for piece in (one, two))
    return SequenceMatcher(None, first, second, autojunk=False).find_longest_match().size


def _plain(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())
