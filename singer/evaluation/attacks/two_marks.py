"""Two marks in one sound: averages of two renders, and a second mark over the first."""

from __future__ import annotations

import hashlib

import numpy as np

from singer.evaluation.attacks.model import Clip
from singer.evaluation.attacks.sounds import Sound
from singer.watermark import embed


def averaged(clip: Clip) -> Sound:
    """The mean of two renders of one song, which carry two ids."""
    size = min(len(clip.samples), len(clip.twin))
    return np.float32(0.5) * (clip.samples[:size] + clip.twin[:size])


def marked_by_another(clip: Clip) -> Sound:
    """Marked once more by somebody with a key of their own."""
    return embed(clip.samples, clip.twin_id, hashlib.sha256(b"another registry" + clip.key).digest())


def marked_again(clip: Clip) -> Sound:
    """Marked once more under the same key, as if the song had gone through our own works a second time."""
    return embed(clip.samples, clip.twin_id, clip.key)
