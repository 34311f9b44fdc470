"""What stood here before: Festival's singing mode and espeak-ng say and sing the same list of words."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from singer import SAMPLE_RATE
from singer.evaluation.resung import Sound
from singer.evaluation.speech import spoken

_FESTIVAL_VOICE = "voice_kal_diphone"
_TIMEOUT_S = 30
_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_SONG = """<?xml version="1.0"?>
<!DOCTYPE SINGING PUBLIC "-//SINGING//DTD SINGING mark up//EN" "Singing.v0_1.dtd" []>
<SINGING BPM="{tempo:g}"><PITCH NOTE="{notes}"><DURATION BEATS="{beats}">{word}</DURATION></PITCH></SINGING>
"""


def festival_can_sing() -> bool:
    """Whether Festival and a voice that follows its singing mode are installed.

    The HTS voice, which the English teacher is, follows neither its pitches nor its durations; the diphone
    voice of Debian's festvox-kallpc16k does.
    """
    return shutil.which("text2wave") is not None and bool(
        list(Path("/usr/share/festival/voices").glob("*/kal_diphone"))
    )


def sung_by_festival(
    words: Sequence[str], pitches: Sequence[Sequence[float]], beats_per_minute: float
) -> list[Sound]:
    """Each word on its notes (MIDI numbers), a quarter each, (n,) at 44 100 Hz."""
    with tempfile.TemporaryDirectory() as folder:
        return [
            _sung(word, notes, beats_per_minute, Path(folder))
            for word, notes in zip(words, pitches, strict=True)
        ]


def _sung(word: str, notes: Sequence[float], tempo: float, folder: Path) -> Sound:
    import soundfile
    import soxr

    song, wave = folder / "word.xml", folder / "word.wav"
    names = ",".join(festival_name(note) for note in notes)
    beats = ",".join(["1.0"] * len(notes))
    song.write_text(_SONG.format(tempo=tempo, notes=names, beats=beats, word=word), encoding="ascii")
    command = ["text2wave", "-mode", "singing", "-eval", f"({_FESTIVAL_VOICE})", str(song), "-o", str(wave)]
    ran = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False)
    if ran.returncode or not wave.exists():
        return np.zeros(SAMPLE_RATE // 4, np.float32)  # it cannot sing this word: nobody understands it
    samples, rate = soundfile.read(wave, dtype="float32")
    wave.unlink()
    resampled: Sound = soxr.resample(samples, rate, SAMPLE_RATE)
    return resampled


def festival_name(pitch: float) -> str:
    """A MIDI note number as singing mode names it, for which 440 Hz is A5: an octave over everybody else's
    name."""
    number = round(pitch)
    return f"{_NAMES[number % 12]}{number // 12}"


def said_by_espeak(words: Sequence[str]) -> list[Sound]:
    """Each word as espeak-ng's formant synthesiser says it, (n,) at 44 100 Hz."""
    return [spoken(word, "en-us") for word in words]
