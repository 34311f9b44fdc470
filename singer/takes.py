"""Takes: the same song sung several times, each with a seed, a file and a release of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from singer.errors import BadInput

if TYPE_CHECKING:
    from singer.score.model import Score
    from singer.studio import Song

MOST_TAKES = 100


def take_files(files: Sequence[Path], take: int) -> list[Path]:
    """The files of one take, counted from 1: `song.wav` becomes `song-1.wav`."""
    return [file.with_name(f"{file.stem}-{take}{file.suffix}") for file in files]


def sing_takes(
    score: str | Path | Score,
    output: str | Path | Sequence[str | Path],
    takes: int,
    *,
    seed: int = 0,
    **how: Any,
) -> tuple[Song, ...]:
    """Sing a score `takes` times with the seeds `seed`, `seed` + 1 …, into files that are numbered from 1.

    Each take asks for consent and is released by itself; one that is refused ends the call, and those before
    it stand. `how` is what `singer.sing` takes. Raises what it raises, and `BadInput` for a number of takes
    that is not from 1 to `MOST_TAKES`.
    """
    from singer.studio import sing_file

    if not 1 <= takes <= MOST_TAKES:
        raise BadInput(f"{takes} takes cannot be sung.", f"Ask for 1 to {MOST_TAKES}.")
    outputs = [Path(output)] if isinstance(output, str | Path) else [Path(path) for path in output]
    return tuple(
        sing_file(score, take_files(outputs, take), seed=seed + take - 1, **how)
        for take in range(1, takes + 1)
    )
