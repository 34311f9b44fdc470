"""What the watermark's network learns from: recordings whose owners allow any use, made speech, our songs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.audio_file import read
from singer.evaluation.speech import spoken_numbers
from singer.evaluation.takes import sounds_for_training

SOURCES = ("yuki_ja", "dorodoro_ja")
"""Recordings by the names under which the registry knows them. Kumi's are left out: they are what the network
is measured on, beside what `evaluate watermark` takes from these."""

_SPEECH_PARTS, _SPEECH_S = 14, 30.0
_RECORDINGS_WEIGH, _OTHERS_WEIGH = 3, 2


def training_sounds(
    recordings: Path, songs: Sequence[Path], sources: Sequence[str] = SOURCES
) -> list[NDArray[np.float32]]:
    """(n,) each at 44 100 Hz, with those twice or thrice in the list that are to be drawn so much oftener.

    From `recordings`/source come all sounds but those that `evaluate watermark` measures. Raises `BadInput`
    where a file cannot be read.
    """
    random = np.random.default_rng(1)
    sung = [_joined(sounds_for_training(recordings / source)) for source in sources]
    others = [np.concatenate([spoken_numbers(_SPEECH_S, random) for _ in range(_SPEECH_PARTS)])]
    if songs:
        others.append(_joined(songs))
    return [sound for sound in sung * _RECORDINGS_WEIGH + others * _OTHERS_WEIGH if len(sound)]


def _joined(files: Sequence[Path]) -> NDArray[np.float32]:
    return np.concatenate([np.zeros(0, np.float32), *(read(file, SAMPLE_RATE).samples for file in files)])
