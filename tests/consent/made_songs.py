"""Songs to reserve: tunes drawn by a seed, a lyric in each kind of script, and what is done to them."""

from __future__ import annotations

import random

from consent.song import Song

Tune = tuple[tuple[float, float], ...]

LYRIC = """Over the silver river a lantern is drifting away,
and nobody knows the name of the boatman who lit it in May.
The willows have counted the summers, the herons have counted the years,
and still when the evening is windless the song of the boatman appears."""
JAPANESE = "川の向こうに灯りがひとつ　流れてゆくよ夏の夜に　誰も知らない船頭の歌　風が止むたび聞こえてくる"
MANDARIN = "银色河面漂着一盏灯，没有人知道船夫的姓名。柳树数过多少个夏天，无风的夜里歌声又响起。"


def drawn_tune(seed: int, notes: int = 64) -> Tune:
    """A tune that wanders like a sung one: steps mostly, leaps now and then, long and short notes."""
    rng = random.Random(seed)
    pitch, tune = 60.0, []
    for _ in range(notes):
        tune.append((pitch, rng.choice((0.25, 0.5, 0.5, 0.5, 0.75, 1.0))))
        step = rng.choice((-2, -2, -1, 1, 2, 2, -3, 3, 4, -4, 5, -5, 7, 0))
        pitch = pitch + step if 52 <= pitch + step <= 76 else pitch - step
    return tuple(tune)


def a_song(seed: int = 1, lyrics: str = "ding dong", **facts: str) -> Song:
    """A song that nobody reserved, unless its parts are."""
    return Song(lyrics, drawn_tune(seed), **facts)
