"""One attack of the suite: what it does to a clip, and which row of the table it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from singer import SAMPLE_RATE
from singer.evaluation.attacks.sounds import Sound


@dataclass(frozen=True)
class Clip:
    """A marked excerpt at 44 100 Hz, and what an attacker may hold beside it."""

    samples: Sound
    render_id: int
    twin: Sound
    """The same excerpt of the same song, sung or marked once more under another id."""
    twin_id: int
    key: bytes

    def names(self, render_id: int) -> bool:
        """Whether an id is one of the two."""
        return render_id in (self.render_id, self.twin_id)


@dataclass(frozen=True)
class Row:
    """A row of the table: attacks under one bar. `bar_percent` None: limits, measured without one."""

    name: str
    bar_percent: float | None


@dataclass(frozen=True)
class Attack:
    """One thing that happens to a song.

    `apply`: (clip, a random generator) → samples. `sample_rate`: what the result is then taken to be at.
    `full_search`: whether the detector must search speed and pitch. `seconds`: length of the excerpt.
    `either`: an answer counts that names either of the clip's two ids.
    """

    name: str
    row: Row
    apply: Callable[[Clip, np.random.Generator], Sound]
    sample_rate: int = SAMPLE_RATE
    full_search: bool = False
    seconds: float = 10.0
    either: bool = False
