"""How well recordings are known again by their fingerprints, and voices by their screen vectors.

A bank is a folder of sound files under the folder that is measured. Of each bank tapes are made: for
fingerprints half a minute long, for voices 25 seconds, of which half are reserved and the others asked with.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from singer.audio_file import read
from singer.chromaprint import fingerprint
from singer.errors import AudioError, BadInput
from singer.listening import RATE, sound_files
from singer.screening import screen_vector

TAPE_S, TAKE_S = 27.0, 25.0
Samples = NDArray[np.float32]
Guise = Callable[[Samples], Samples]
Agrees = Callable[[Sequence[int], Sequence[int]], bool]
"""Whether two fingerprints are of one recording."""

Judges = Callable[[Mapping[str, Any], Mapping[str, Any]], tuple[str, float]]
"""What a screen says of two vectors, and how far apart they are."""


@dataclass(frozen=True)
class Tape:
    """Joined recordings of one bank, (n,) at RATE."""

    bank: str
    samples: Samples


def tapes_of(folder: Path, seconds: float, count: int, seed: int = 0) -> list[Tape]:
    """At most `count` tapes of each bank, of files drawn by the seed. Raises BadInput where there is none."""
    rng = random.Random(seed)
    banks: dict[str, list[Path]] = {}
    for path in sound_files(folder):
        banks.setdefault(path.parent.relative_to(folder).as_posix(), []).append(path)
    tapes = []
    for bank, files in sorted(banks.items()):
        rng.shuffle(files)
        joined: list[Samples] = []
        made = 0
        for path in files:
            joined.append(read(path, RATE).samples)
            if sum(map(len, joined)) >= seconds * RATE:
                tapes.append(Tape(bank, np.concatenate(joined)))
                joined, made = [], made + 1
            if made == count:
                break
    if not tapes:
        raise BadInput(
            f"{folder} holds no bank of {seconds:g} seconds.", "Name a folder of folders of takes."
        )
    return tapes


def measure_fingerprints(tapes: Sequence[Tape], agrees: Agrees, asked: int) -> Iterator[dict[str, object]]:
    """A row for each guise of a recording, then for others of the same bank, and of other banks."""
    made = [fingerprint(tape.samples, RATE) for tape in tapes]
    sample = random.Random(1).sample(range(len(tapes)), min(asked, len(tapes)))
    for name, change in _GUISES.items():
        found = sum(agrees(made[n], fingerprint(change(tapes[n].samples), RATE)) for n in sample)
        yield {"recording": name, "asked": len(sample), "taken_for_it": found / len(sample)}
    pairs = list(combinations(range(len(tapes)), 2))
    for name, same in (("another of the same singer and pitch", True), ("another singer or pitch", False)):
        others = [(a, b) for a, b in pairs if (tapes[a].bank == tapes[b].bank) == same]
        taken = sum(agrees(made[a], made[b]) for a, b in others)
        yield {"recording": name, "asked": len(others), "taken_for_it": taken / max(len(others), 1)}


def measure_voices(
    tapes: Sequence[Tape], judges: Judges, singer_of: Callable[[str], str]
) -> Iterator[dict[str, object]]:
    """A row for each relation of a reserved take to one that is asked with; EER against other singers."""
    reserved = [(tape, _vector(tape.samples)) for tape in tapes[::2]]
    halves = [tape for tape in tapes[1::2]]
    plain = [(tape, _vector(tape.samples)) for tape in halves]
    strangers = [
        judges(one, two)
        for (a, one), (b, two) in product(reserved, plain)
        if singer_of(a.bank) != singer_of(b.bank)
    ]
    yield _voice_row("another singer", strangers, [])
    for name, change in {"the same bank": None, **_VOICE_GUISES}.items():
        asked = plain if change is None else [(tape, _vector(change(tape.samples))) for tape in halves]
        pairs = [judges(one, two) for (a, one), (b, two) in product(reserved, asked) if a.bank == b.bank]
        yield _voice_row(name if change is None else f"the same bank, {name}", pairs, strangers)
    elsewhere = [
        judges(one, two)
        for (a, one), (b, two) in product(reserved, plain)
        if a.bank != b.bank and singer_of(a.bank) == singer_of(b.bank)
    ]
    if elsewhere:
        yield _voice_row("the same singer in another bank", elsewhere, strangers)


def _voice_row(
    name: str, judged: Sequence[tuple[str, float]], strangers: Sequence[tuple[str, float]]
) -> dict[str, object]:
    answers = [answer for answer, _ in judged]
    shares = {
        answer: round(answers.count(answer) / max(len(answers), 1), 4)
        for answer in ("same", "review", "different")
    }
    rate = _equal_error_rate([d for _, d in judged], [d for _, d in strangers]) if strangers else None
    return {"voice": name, "pairs": len(answers), **shares, "eer": rate}


def _equal_error_rate(mine: Sequence[float], others: Sequence[float]) -> float:
    """Where as many of mine lie above a distance as of the others below it."""
    own, strange = np.asarray(mine), np.asarray(others)
    limits = np.unique(np.concatenate([own, strange]))
    missed = np.array([(own > limit).mean() for limit in limits])
    taken = np.array([(strange <= limit).mean() for limit in limits])
    at = int(np.argmin(np.abs(missed - taken)))
    return round(float(missed[at] + taken[at]) / 2.0, 4)


def _vector(samples: Samples) -> dict[str, Any]:
    try:
        return screen_vector(samples, RATE)
    except AudioError as error:
        raise BadInput(f"A take of the bank cannot be screened: {error.sentence}", "Leave it out.") from error


def _encoded(file_format: str) -> Guise:
    def change(samples: Samples) -> Samples:
        buffer = io.BytesIO()
        soundfile.write(buffer, samples, RATE, format=file_format)
        buffer.seek(0)
        return np.asarray(soundfile.read(buffer, dtype="float32")[0])

    return change


def _noisy(db: float) -> Guise:
    def change(samples: Samples) -> Samples:
        level = float(np.sqrt(np.mean(samples**2))) * 10.0 ** (-db / 20.0)
        noise = np.random.default_rng(1).normal(0.0, level, len(samples))
        return (samples + noise).astype(np.float32)

    return change


def _faster(factor: float) -> Guise:
    """Played so many times as fast: pitch and formants rise."""
    return lambda samples: np.asarray(soxr.resample(samples, RATE * factor, RATE), np.float32)


_GUISES: dict[str, Guise] = {
    "itself": lambda samples: samples,
    "as MP3": _encoded("MP3"),
    "as Ogg Vorbis": _encoded("OGG"),
    "14 dB quieter": lambda samples: samples * np.float32(0.2),
    "in 8 bit": lambda samples: (np.round(samples * 127.0) / 127.0).astype(np.float32),
    "fifteen seconds of it": lambda samples: samples[int(4.7 * RATE) : int(19.7 * RATE)],
    "with noise at 20 dB": _noisy(20.0),
    "with noise at 10 dB": _noisy(10.0),
    "2 % faster": _faster(1.02),
}
_VOICE_GUISES: dict[str, Guise] = {
    "noise at 20 dB": _noisy(20.0),
    "as MP3": _encoded("MP3"),
    "two semitones up": _faster(2.0 ** (2 / 12)),
    "two semitones down": _faster(2.0 ** (-2 / 12)),
    "four semitones up": _faster(2.0 ** (4 / 12)),
}
