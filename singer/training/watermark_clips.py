"""Marked sounds after real life has happened to them: what the watermark's network learns to read from.

Every take is marked under a key and an id of its own, so that nothing about a key can be learnt. A clip is
five seconds of it after one or two attacks whose strengths are drawn at random.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.evaluation.attacks import codecs, filters, levels, mixing, noise, resynthesis, rooms
from singer.evaluation.attacks.sounds import Sound
from singer.evaluation.watermark import sounding_piece
from singer.watermark.embed import embed
from singer.watermark.field import band_levels, to_field_rate
from singer.watermark.pattern import CHIP_S, CHIPS, keyed_pattern

CLIP_S = 5.0
CLIP_CHIPS = 248
"""Chips of a clip that are learnt from: those that lie in it whole at natural speed."""

_TAKE_S = 40.0
_DELAY, _ALIKE = 4000, 0.1  # samples; a correlation
_SPED_SHARE, _COARSE_SHARE, _SECOND_SHARE = 0.06, 0.2, 0.25

Wear = Callable[[Sound, np.random.Generator], Sound]


@dataclass(frozen=True)
class WornClips:
    """Clips as the network sees them, and what was marked in them."""

    levels: NDArray[np.float16]
    """(clips, 2, frames, 59) dB."""
    chips: NDArray[np.int8]
    """(clips, 248, 29): the way each cell was moved, ±1."""
    first_s: NDArray[np.float32]
    """(clips,): seconds into the song's time at which the first chip's centre lies after the clip's begin."""
    speed: NDArray[np.float32]
    """(clips,): how many times faster, and higher, the clip runs."""


def worn_clips(
    sounds: Sequence[NDArray[np.float32]], takes: int, clips_per_take: int, random: np.random.Generator
) -> WornClips:
    """So many clips from each of `takes` takes, drawn from `sounds`, (n,) each at 44 100 Hz.

    `sounds` of our own voices or of others: all are marked as sounds that no vocoder of ours made.
    """
    clips = [clip for _ in range(takes) for clip in _of_one_take(sounds, clips_per_take, random)]
    rows, chips, first_s, speed = zip(*clips, strict=True)
    return WornClips(np.stack(rows), np.stack(chips), np.array(first_s, "f4"), np.array(speed, "f4"))


def _of_one_take(
    sounds: Sequence[NDArray[np.float32]], count: int, random: np.random.Generator
) -> list[tuple[NDArray[np.float16], NDArray[np.int8], float, float]]:
    sound = sounds[int(random.integers(len(sounds)))]
    length = round(_TAKE_S * SAMPLE_RATE)
    begin = int(random.integers(max(1, len(sound) - length)))
    take = sound[begin : begin + length]
    if random.random() < _COARSE_SHARE:
        take = levels.in_bits(levels.to_peak(take, 0.9))
    key, render_id = random.bytes(32), int(random.integers(2**63))
    marked = embed(take, render_id, key)
    pattern = keyed_pattern(key).carrying(render_id, key)
    clips = []
    for _ in range(count):
        piece = sounding_piece(marked, 1.15 * CLIP_S, random)
        worn = _without_delay(worn_down(marked[piece], random), marked[piece])
        speed = float(random.uniform(0.88, 1.12)) if random.random() < _SPED_SHARE else 1.0
        if speed != 1.0:
            worn = _sped(worn, speed)
        start_s = piece.start / SAMPLE_RATE
        first = int(np.ceil(start_s / CHIP_S + 0.5))
        cells = pattern[(first + np.arange(CLIP_CHIPS)) % CHIPS].astype(np.int8)
        heard = band_levels(to_field_rate(worn, SAMPLE_RATE)[: round(CLIP_S * 16_000)])
        clips.append((heard.astype(np.float16), cells, (first + 0.5) * CHIP_S - start_s, speed))
    return clips


def _without_delay(worn: Sound, before: Sound) -> Sound:
    """A worn sound without what a codec has put before it, as far as the two can be compared."""
    size = 1 << (len(before) + len(worn)).bit_length()
    likeness = np.fft.irfft(np.fft.rfft(worn, size) * np.conj(np.fft.rfft(before, size)), size)
    near = np.concatenate([likeness[-_DELAY:], likeness[:_DELAY]])
    at = int(np.argmax(near)) - _DELAY
    alike = near[at + _DELAY] / (np.linalg.norm(worn) * np.linalg.norm(before) + 1e-9)
    if alike < _ALIKE:
        return worn
    return worn[at:] if at >= 0 else np.pad(worn, (-at, 0))


def _sped(samples: Sound, speed: float) -> Sound:
    import soxr

    return np.asarray(soxr.resample(samples, SAMPLE_RATE * speed, SAMPLE_RATE, quality="MQ"), np.float32)


def worn_down(samples: Sound, random: np.random.Generator) -> Sound:
    """A sound after one attack, sometimes two, of strengths drawn at random."""
    kinds, shares = zip(*_WEAR, strict=True)
    chances = np.array(shares) / np.sum(shares)
    worn = kinds[int(random.choice(len(kinds), p=chances))](samples, random)
    if random.random() < _SECOND_SHARE:
        worn = _SECOND[int(random.integers(len(_SECOND)))](worn, random)
    return worn[: len(samples)]


def _through_codec(samples: Sound, random: np.random.Generator) -> Sound:
    coder = (("libmp3lame", "mp3"), ("aac", "mp4"), ("libopus", "ogg"))[int(random.integers(3))]
    rate = 48_000 if coder[0] == "libopus" else SAMPLE_RATE
    return codecs.through_codec(samples, *coder, int(random.choice([16, 24, 32, 64, 128])), rate)


def _through_filter(samples: Sound, random: np.random.Generator) -> Sound:
    low, high = random.choice([1, 100, 300, 500]), random.choice([3400, 4000, 6000, 8000])
    return filters.passed(samples, float(low), float(high))


def _levelled(samples: Sound, random: np.random.Generator) -> Sound:
    how: tuple[Callable[[Sound], Sound], ...] = (
        *(levels.clipped, levels.compressed, levels.limited, levels.gated, filters.equalised),
    )
    return how[int(random.integers(len(how)))](samples)


def _under_band(samples: Sound, random: np.random.Generator) -> Sound:
    return mixing.under_band(samples, random, float(random.uniform(-14, 3)))


def _in_noise(samples: Sound, random: np.random.Generator) -> Sound:
    return noise.with_noise(samples, random, float(random.uniform(3, 22)), float(random.choice([0.0, 0.5])))


def _over_the_air(samples: Sound, random: np.random.Generator) -> Sound:
    return rooms.over_the_air(samples, random, float(random.uniform(10, 25)), (0.3, 1.8))


def _in_room(samples: Sound, random: np.random.Generator) -> Sound:
    return rooms.reverberated(samples, random, float(random.uniform(0.2, 1.5)))


def _resynthesised(samples: Sound, random: np.random.Generator) -> Sound:
    if random.random() < 0.5:
        return resynthesis.through_world(samples)
    return resynthesis.through_mel(samples, random)


def _unworn(samples: Sound, random: np.random.Generator) -> Sound:
    return samples


def _through_gsm(samples: Sound, random: np.random.Generator) -> Sound:
    return codecs.through_gsm(samples)


_WEAR: tuple[tuple[Wear, float], ...] = (
    *((_under_band, 30), (_in_noise, 18), (_over_the_air, 14), (_through_gsm, 10), (mixing.produced, 8)),
    *((_through_codec, 7), (_in_room, 4), (_through_filter, 4), (_levelled, 3), (_resynthesised, 2)),
    (_unworn, 3),
)
_SECOND: tuple[Wear, ...] = (_through_codec, _through_codec, _through_filter, _in_noise, _levelled)
