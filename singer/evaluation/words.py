"""Whether words are understood: a closed list, said or sung, heard by a recogniser that has never heard us.

The recogniser is PocketSphinx with its own English models and a grammar of the list (JSGF); the source is the
English teacher's own audio, whose phones, durations and pitch the voices take over.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from singer import SAMPLE_RATE
from singer.errors import ConsonanceError
from singer.evaluation.resung import Part, Sing, Sound
from singer.performance.model import Performance
from singer.planning import plan
from singer.score.model import Lyric, Note, Score, TempoMap
from singer.score.model import Part as ScorePart

WORDS = (
    "love", "heart", "night", "light", "moon", "star", "rain", "wind", "fire", "water", "river", "song",
    "voice", "dream", "sleep", "home", "road", "hand", "face", "child", "mother", "father", "friend",
    "summer", "winter", "morning", "evening", "flower", "garden", "golden", "silver", "ocean", "mountain",
    "angel", "dance", "bridge", "church", "joy", "young", "thing", "bird", "blue", "green", "rose", "cold",
    "wave", "tree", "field", "snow", "ship",
)  # fmt: skip
"""The closed list: none is left out for being hard."""

SYLLABLES = {
    "water": "wa-ter", "river": "ri-ver", "mother": "mo-ther", "father": "fa-ther", "summer": "sum-mer",
    "winter": "win-ter", "morning": "mor-ning", "evening": "eve-ning", "flower": "flow-er",
    "garden": "gar-den", "golden": "gol-den", "silver": "sil-ver", "ocean": "o-cean",
    "mountain": "moun-tain", "angel": "an-gel",
}  # fmt: skip
"""How words of two notes are divided."""

PITCHES = (57.0, 59.0, 60.0, 62.0)
"""The notes that the list is sung on, in turn: A3 to D4, which every voice and every recogniser can take."""

TEMPI = (160, 100)
"""Quarter notes in a minute at which the list is sung: notes of 0.375 and of 0.6 seconds."""

_RATE = 16_000
_PAUSE_S = 0.25


def understood(sounds: Sequence[Sound]) -> float:
    """Share of WORDS, one sound (n,) at 44 100 Hz for each in order, that the recogniser takes for
    themselves."""
    heard = [recognised(sound) for sound in sounds]
    return float(np.mean([said == word for said, word in zip(heard, WORDS, strict=True)]))


def recognised(sound: Sound) -> str:
    """The word of the list that a sound, (n,) at 44 100 Hz, is taken for; empty where it is none."""
    import soxr

    decoder = _decoder()
    quiet = np.pad(soxr.resample(sound, SAMPLE_RATE, _RATE), round(_PAUSE_S * _RATE))
    dither = np.random.default_rng(0).normal(0.0, 1e-4, len(quiet))
    level = 0.3 / max(float(np.abs(quiet).max()), 1e-6)
    decoder.start_utt()
    decoder.process_raw(
        np.round(np.clip(quiet * level + dither, -1, 1) * 32767).astype("<i2").tobytes(), False, True
    )
    decoder.end_utt()
    found = decoder.hyp()
    return found.hypstr if found is not None else ""


@cache
def _decoder() -> Any:
    try:
        from pocketsphinx import Decoder
    except ImportError as error:
        raise ConsonanceError(
            "This measurement needs pocketsphinx.", "Install it: pip install -e '.[evaluation]'"
        ) from error
    grammar = f"#JSGF V1.0;\ngrammar words;\npublic <word> = {' | '.join(WORDS)};\n"
    with tempfile.NamedTemporaryFile("w", suffix=".gram") as file:
        file.write(grammar)
        file.flush()
        return Decoder(jsgf=file.name, samprate=_RATE, loglevel="FATAL")


def source() -> tuple[list[Sound], list[Part]]:
    """The list as the English teacher says it: samples at 44 100 Hz, and what a voice needs to say it after
    her. Raises TeacherMissing."""
    import soundfile

    from singer.training.corpora.audio import resampled
    from singer.training.corpora.festival import PITCH_HZ, phones_of, speak
    from singer.training.corpora.model import gapless
    from singer.training.features import track_f0

    sounds, parts = [], []
    with tempfile.TemporaryDirectory() as folder:
        for wave, segments in speak(WORDS, Path(folder)):
            read, rate = soundfile.read(wave, dtype="float32")
            samples = resampled(read, rate)
            f0_hz, _ = track_f0(samples.astype(np.float64), PITCH_HZ)
            sounds.append(samples)
            parts.append(
                Part(gapless(phones_of(segments), len(samples) / SAMPLE_RATE), f0_hz.astype(np.float32))
            )
    return sounds, parts


def pitches() -> list[list[float]]:
    """The notes of each word of the list."""
    counts = [len(SYLLABLES.get(word, word).split("-")) for word in WORDS]
    return [[PITCHES[(n + m) % len(PITCHES)] for m in range(count)] for n, count in enumerate(counts)]


def sung_list(beats_per_minute: float) -> Performance:
    """The list as a song: a quarter note for each syllable, a quarter's rest after each word, so that each
    word is a phrase."""
    notes: list[Note] = []
    beat = Fraction(1)
    for number, word in enumerate(WORDS):
        pieces = SYLLABLES.get(word, word).split("-")
        for place, (piece, pitch) in enumerate(zip(pieces, pitches()[number], strict=True)):
            kind = "single" if len(pieces) == 1 else ("begin", "end")[place]
            notes.append(Note(beat, Fraction(1), pitch, 1 + int(beat // 4), {1: Lyric(piece, kind)}))
            beat += 1
        beat += 1
    tempo = TempoMap(((Fraction(0), beats_per_minute),))
    score = Score("Words", "", "en", tempo, (ScorePart("P1", "Voice", tuple(notes)),), beat, ())
    return plan(score, language="en").performance


def phrases_of(samples: Sound, performance: Performance) -> list[Sound]:
    """The samples of each phrase of a song."""
    return [
        samples[round(phrase.start_s * SAMPLE_RATE) : round(phrase.end_s * SAMPLE_RATE)]
        for phrase in performance.phrases
    ]


def understood_when_sung(sing: Sing, voice: str, beats_per_minute: float) -> float:
    """Share of the list that is understood when a voice sings it at a tempo."""
    performance = sung_list(beats_per_minute)
    return understood(phrases_of(sing(performance, voice), performance))
