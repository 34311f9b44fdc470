"""Takes from folders of recordings: the short sounds of each folder joined to a minute or less."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.audio_file import read
from singer.errors import BadInput

_SOUNDS = (".flac", ".wav", ".mp3", ".m4a", ".ogg", ".opus")


def sounds_in(place: Path) -> list[Path]:
    """The sounds of a folder by name, not of those below it."""
    return sorted(path for path in place.iterdir() if path.suffix.lower() in _SOUNDS)


def sounds_for_training(place: Path, seconds: float = 60.0) -> list[Path]:
    """The sounds of a folder that `recorded_takes` leaves."""
    files = sounds_in(place)
    measured = set(_drawn(files, seconds))
    return [file for file in files if file not in measured]


def _drawn(files: Sequence[Path], seconds: float) -> Sequence[Path]:
    """Sounds taken evenly from all through a folder, about as many as fill `seconds`."""
    if not files:
        return files
    first = read(files[0], SAMPLE_RATE).samples
    wanted = max(1, -(-round(seconds * SAMPLE_RATE) // max(len(first), 1)))
    return files[:: max(1, len(files) // wanted)]


def recorded_takes(folder: Path, seconds: float = 60.0) -> list[tuple[str, NDArray[np.float32]]]:
    """(name, samples at 44 100 Hz) of each folder with sounds in it, at any depth: sounds taken evenly from
    all through the folder and joined until `seconds` are full. Raises `BadInput` where there is no sound.
    """
    takes = []
    for place in sorted({path.parent for path in folder.rglob("*") if path.suffix.lower() in _SOUNDS}):
        joined: list[NDArray[np.float32]] = []
        for file in _drawn(sounds_in(place), seconds):
            joined.append(read(file, SAMPLE_RATE).samples)
            if sum(map(len, joined)) >= seconds * SAMPLE_RATE:
                break
        name = place.relative_to(folder).as_posix() if place != folder else folder.name
        takes.append((name, np.concatenate(joined)[: round(seconds * SAMPLE_RATE)]))
    if not takes:
        raise BadInput(f"{folder} holds no sound.", f"Give a folder with recordings ({', '.join(_SOUNDS)}).")
    return takes
