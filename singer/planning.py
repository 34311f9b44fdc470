"""From a score and lyrics to a performance: everything that is decided before any voice is asked for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from singer.errors import BadInput, PerformanceError

if TYPE_CHECKING:
    from singer.performance.model import Performance
    from singer.performance.styles import Style
    from singer.score.model import Score
    from singer.score.sung import Underlay

MAX_LYRICS_BYTES = 1 << 20
MAX_TRANSPOSE = 36.0


@dataclass(frozen=True)
class Plan:
    """A song ready to be sung: performance, underlay, and what a person should know."""

    performance: Performance
    underlay: Underlay
    notices: tuple[str, ...]


def plan(
    score: Path | Score,
    lyrics: str | None = None,
    *,
    language: str | None = None,
    part: str | None = None,
    verse: int | None = None,
    transpose: float = 0.0,
    style: str | Style = "plain",
    seed: int = 0,
) -> Plan:
    """Score → underlay → phones → performance.

    `lyrics` replaces the score's own. `language` is a tag such as `en`, `ja`, `zh`; without it the score's,
    then what the script of the lyrics suggests. `part` (id or name) and `verse` choose among several; without
    them the first that carries lyrics. `transpose` in semitones. `style` is a preset's name, or what
    `singer.performance.styles.read_style` reads from a file; `seed` varies the take. Raises `BadInput` (with
    bar, word or line) for anything that cannot be sung.
    """
    from singer.language import detect_language, normalise_language, phonemise
    from singer.performance import perform
    from singer.performance.planned import LYRICS_GIVEN, LYRICS_OF_SCORE, Planned, digests_of
    from singer.performance.styles import style_named
    from singer.score import read_score
    from singer.score.underlay import underlay

    if not abs(transpose) <= MAX_TRANSPOSE:
        raise BadInput(
            f"A transposition of {transpose:g} semitones is too far.", f"At most ±{MAX_TRANSPOSE:g}."
        )
    read = read_score(score) if isinstance(score, Path) else score
    tongue = normalise_language(language or read.language or detect_language(lyrics or _text_of(read)))
    laid = underlay(read, lyrics, language=tongue, part=part, verse=verse)
    if transpose:
        laid = replace(laid, notes=tuple(replace(note, pitch=note.pitch + transpose) for note in laid.notes))
    syllables = phonemise(laid.words, tongue)
    chosen = style_named(style) if isinstance(style, str) else style
    performance = perform(laid, syllables, language=tongue, seed=seed, style=chosen)
    lyrics_of = LYRICS_OF_SCORE if lyrics is None or _own_words(read, laid, tongue) else LYRICS_GIVEN
    planned = Planned(lyrics_of, float(transpose), chosen.name, digests_of(performance))
    performance = replace(performance, planned=planned)
    # A reader's notices may stand in the underlay as well: each is said once, in order.
    return Plan(performance, laid, tuple(dict.fromkeys((*read.notices, *laid.notices))))


def _own_words(score: Score, laid: Underlay, language: str) -> bool:
    """Whether the words that were laid are those that the score has there itself."""
    from singer.score.underlay import underlay

    try:
        own = underlay(score, None, language=language, part=laid.part, verse=laid.verse)
    except BadInput:
        return False
    return _sung_text(own) == _sung_text(laid)


def _sung_text(laid: Underlay) -> list[str]:
    """The syllables in order; where words begin is a guess in scripts that do not part them."""
    return [syllable.text.casefold() for word in laid.words for syllable in word.syllables]


def _text_of(score: Score) -> str:
    """Every syllable that the score holds."""
    return " ".join(
        lyric.text for part in score.parts for note in part.notes for lyric in note.lyrics.values()
    )


def read_lyrics(path: Path) -> str:
    """The text of a lyrics file. Raises `BadInput` when it is too large or no text in a usual encoding."""
    raw = _read_at_most(path, MAX_LYRICS_BYTES, "lyrics")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        from charset_normalizer import from_bytes

        best = from_bytes(raw).best()
        if best is None:
            sentence = f"{path.name} is not a text file."
            raise BadInput(sentence, "Save the lyrics as plain text in UTF-8.") from error
        return str(best)


def read_performance(path: Path) -> Performance:
    """The performance in a file that `consonance plan` wrote, and that a person may have edited.

    Raises `PerformanceError` that names the file, the place and the remedy.
    """
    from singer.performance.document import LARGEST_DOCUMENT
    from singer.performance.model import Performance

    text = _read_at_most(path, LARGEST_DOCUMENT, "performance")
    try:
        return Performance.from_json(text)
    except PerformanceError as error:
        raise PerformanceError(f"{path.name}: {error.sentence}", error.remedy) from error


def _read_at_most(path: Path, limit: int, what: str) -> bytes:
    """A whole file, or `BadInput` for one over `limit` bytes (of which no more than that is read)."""
    with path.open("rb") as file:
        raw = file.read(limit + 1)
    if len(raw) > limit:
        raise BadInput(f"{path.name} is too large to be {what}.", f"At most {limit >> 10} kB are read.")
    return raw


def performance_sha256(performance: Performance) -> str:
    """Hex SHA-256 of a performance's canonical JSON, which holds its seed."""
    return hashlib.sha256(performance.to_json().encode()).hexdigest()


def work_digest(performance_digest: str, voice: str) -> str:
    """Hex SHA-256 of what will be sung: a performance (by its digest) in a voice (by its id)."""
    work = {"performance": performance_digest, "voice": voice}
    return hashlib.sha256(json.dumps(work, sort_keys=True).encode()).hexdigest()
