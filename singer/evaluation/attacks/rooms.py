"""Rooms: echo, reverberation, and a telephone held to a loudspeaker."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.evaluation.attacks.filters import passed
from singer.evaluation.attacks.noise import with_noise
from singer.evaluation.attacks.sounds import Sound, convolved

_SOUND_M_S = 343.0


def echoed(samples: Sound, delay_s: float = 0.12, level: float = 0.4) -> Sound:
    """One echo."""
    delay = round(delay_s * SAMPLE_RATE)
    return samples + np.float32(level) * np.pad(samples, (delay, 0))[: len(samples)]


def reverberated(samples: Sound, random: np.random.Generator, seconds: float) -> Sound:
    """Decaying noise as impulse response (−60 dB in `seconds`; Moorer 1979), as loud as the direct sound."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    tail = random.standard_normal(len(time)) * 10 ** (-3 * time / seconds)
    response = tail / np.sqrt(np.sum(tail**2))
    response[0] += 1
    return convolved(samples, response)


def over_the_air(
    samples: Sound,
    random: np.random.Generator,
    snr_db: float = 20.0,
    metres: tuple[float, float] = (0.3, 1.0),
) -> Sound:
    """From a small loudspeaker to a telephone held before it: 200–7000 Hz at both ends, a room of about
    5 × 4 × 2.6 m that dies away in 0.4 s, pink noise at `snr_db`.
    """
    size = np.array([5.0, 4.0, 2.6]) * random.uniform(0.9, 1.1, 3)
    speaker = size * random.uniform(0.25, 0.75, 3)
    direction = random.standard_normal(3)
    microphone = speaker + direction / np.linalg.norm(direction) * random.uniform(*metres)
    microphone = np.clip(microphone, 0.3, size - 0.3)
    played = passed(samples, 200, 7000)
    heard = convolved(played, room_response(size, speaker, microphone, random, seconds=0.4))
    return passed(with_noise(heard, random, snr_db, tilt=0.5), 200, 7000)


def room_response(
    size_m: NDArray[np.float64],
    speaker_m: NDArray[np.float64],
    microphone_m: NDArray[np.float64],
    random: np.random.Generator,
    seconds: float,
) -> NDArray[np.float64]:
    """Impulse response of a shoebox room by its image sources (Allen and Berkley 1979), from the direct sound
    on.

    The walls' reflection is Eyring's for two thirds of the reverberation time `seconds`, since images of a
    shoebox die away more slowly than his diffuse field (Lehmann and Johansson 2008). Images beyond the first
    are moved by up to 8 cm, so that they do not fall into a comb (De Sena and others 2015).
    """
    volume = float(np.prod(size_m))
    surface = 2 * float(size_m[0] * size_m[1] + size_m[1] * size_m[2] + size_m[0] * size_m[2])
    reflection = np.sqrt(np.exp(-24 * np.log(10) * volume / (_SOUND_M_S * surface * 2 / 3 * seconds)))
    reach = np.ceil(_SOUND_M_S * seconds / size_m / 2).astype(int)
    cells = np.stack(np.meshgrid(*(np.arange(-n, n + 1) for n in reach), indexing="ij"), -1).reshape(-1, 3)
    response = np.zeros(round(seconds * SAMPLE_RATE) + 1)
    for mirrored in np.ndindex(2, 2, 2):
        image = np.where(mirrored, -speaker_m, speaker_m) + 2 * cells * size_m
        bounces = (np.abs(cells) + np.abs(cells - np.array(mirrored))).sum(axis=1)
        image = image + np.where(bounces[:, None] > 0, random.uniform(-0.08, 0.08, image.shape), 0)
        distance = np.maximum(np.linalg.norm(image - microphone_m, axis=1), 0.1)
        place = np.round(distance / _SOUND_M_S * SAMPLE_RATE).astype(int)
        inside = place < len(response)
        np.add.at(response, place[inside], (reflection**bounces / distance)[inside])
    first = int(np.flatnonzero(response)[0])
    return response[first:]
