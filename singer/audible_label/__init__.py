"""The label that is heard: a spoken sentence or a rhythm, before the song or after it.

China's GB 45438-2025 asks for one of the two at the start, the end or a fitting place of a generated sound;
the EU's AI Act (article 50) for a plain disclaimer at first exposure, so at the start. A deployment can
require a label of every song (`singer.deployment`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from singer import HOP, SAMPLE_RATE
from singer.errors import BadInput

__all__ = [
    "CHOICES",
    "ENVIRONMENT",
    "Announcement",
    "AudibleLabel",
    "announce",
    "labelled",
    "marking",
    "required",
]

Form = Literal["spoken", "rhythm"]
Place = Literal["start", "end"]
ENVIRONMENT = "CONSONANCE_AUDIBLE_LABEL"
CHOICES = tuple(f"{form}-{place}" for form in get_args(Form) for place in get_args(Place))

_WORDS_PER_MINUTE = 130
_PAUSE_S = 0.7

Mark = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Puts a song's watermark into sound, (n,) to (n,)."""


@dataclass(frozen=True)
class AudibleLabel:
    """Which label a song gets, and where it stands."""

    form: Form = "spoken"
    place: Place = "start"

    @classmethod
    def parse(cls, text: str) -> AudibleLabel:
        """Read one of CHOICES. Raises BadInput."""
        for form in get_args(Form):
            for place in get_args(Place):
                if text == f"{form}-{place}":
                    return cls(form, place)
        raise BadInput(f"“{text}” is not an audible label.", f"Choose one of {', '.join(CHOICES)}.")

    def __str__(self) -> str:
        return f"{self.form}-{self.place}"


@dataclass(frozen=True)
class Announcement:
    """A label as it sounds, (n,) float32 at 44 100 Hz with the pause between it and the song; unmarked."""

    samples: NDArray[np.float32]
    place: Place

    @property
    def seconds(self) -> float:
        """By how much the song becomes longer."""
        return len(self.samples) / SAMPLE_RATE

    @property
    def before_s(self) -> float:
        """How long it lasts until the singing starts."""
        return self.seconds if self.place == "start" else 0.0


def required() -> AudibleLabel | None:
    """The label that the environment asks of every song, or None. Raises BadInput for one that is none."""
    said = os.environ.get(ENVIRONMENT, "")
    if not said:
        return None
    try:
        return AudibleLabel.parse(said)
    except BadInput as error:
        raise BadInput(f"{ENVIRONMENT}: {error.sentence}", error.remedy) from error


def announce(label: AudibleLabel | None, language: str) -> Announcement:
    """A label for a song in `language` (a name of `singer.language`), as loud as the voices are calibrated.

    Whole frames long, so that the song keeps its frame grid; nothing at all for no label. The same arguments
    give the same samples. Raises AudioError where nothing can be spoken.
    """
    from singer.loudness import TARGET_LUFS, limit_peaks, measure_lufs

    if label is None:
        return Announcement(np.zeros(0, np.float32), "start")
    if label.form == "spoken":
        from singer.audible_label.sentences import read_aloud
        from singer.audible_label.speech import say

        sound = say(*read_aloud(language), _WORDS_PER_MINUTE)
    else:
        from singer.audible_label.rhythm import rhythm

        sound = rhythm()
    gain = 10 ** ((TARGET_LUFS - measure_lufs(sound)) / 20)
    sound = limit_peaks((sound * gain).astype(np.float32))
    length = -(-(len(sound) + round(_PAUSE_S * SAMPLE_RATE)) // HOP) * HOP
    pause = np.zeros(length - len(sound), np.float32)
    parts = (sound, pause) if label.place == "start" else (pause, sound)
    return Announcement(np.concatenate(parts), label.place)


def marking(render_id: int, key: bytes) -> Mark:
    """What puts a song's watermark into sound."""
    from singer.watermark import embed

    return lambda samples: embed(samples, render_id, key)


def labelled(song: NDArray[np.float32], announcement: Announcement, mark: Mark) -> NDArray[np.float32]:
    """A marked song, (n,), with its label, which `mark` marks as well.

    The watermark repeats itself; the label carries that part of its period which leads up to the song, or
    goes on from it. So a detector finds one mark from end to end, and the song's own begins with the song.
    """
    from singer.watermark.pattern import PERIOD_S

    label = announcement.samples
    if not len(label):
        return song
    period = round(PERIOD_S * SAMPLE_RATE)
    into = (-len(label) if announcement.place == "start" else len(song)) % period
    marked = mark(np.concatenate([np.zeros(into, np.float32), label]))[into:]
    return np.concatenate([marked, song] if announcement.place == "start" else [song, marked])
