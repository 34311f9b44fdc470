"""One voice sings one phrase: the model's levels, then what the performance's curves ask of them."""

from __future__ import annotations

import numpy as np
import torch

from singer import HOP, SAMPLE_RATE
from singer.acoustic.breath import as_vowels, breathed
from singer.acoustic.conditioning import STEP_FRAMES, Conditions, single
from singer.acoustic.expression import expressed
from singer.acoustic.model import AcousticModel
from singer.acoustic.voicing import hold_noise, sonority
from singer.acoustic.weights import VoiceWeights, WeightsError
from singer.networks import KERNEL
from singer.performance.model import SILENCE, Phrase
from singer.vocoder.controls import FLOOR_DB, Controls

PIECE_STEPS = 1024
"""Steps that the trunk answers at once: twelve seconds."""


class VoiceModel:
    """An acoustic model coloured by one voice."""

    def __init__(self, model: AcousticModel, voice: VoiceWeights) -> None:
        if voice.film.shape != (model.film_values,):
            raise WeightsError(
                f"Voice {voice.voice} was trained on another base model.", "Install voice and base together."
            )
        self._model, self._voice = model, voice

    @property
    def gain_db(self) -> float:
        """Gain in dB that brings this voice to the house's loudness."""
        return self._voice.gain_db

    def controls(self, phrase: Phrase) -> Controls:
        """The spectral controls of `phrase` on its frames; silences are at the floor."""
        f0 = np.asarray(phrase.curves["f0_hz"], dtype=np.float64)
        given = single(as_vowels(phrase.phones), phrase.start_frame * HOP / SAMPLE_RATE, f0)
        levels = self._levels(given)[: phrase.frames]
        harmonic, noise = levels[:, 0].astype(np.float64), levels[:, 1].astype(np.float64)
        if self._voice.noise_ceiling_db is not None:
            ceiling = self._voice.noise_ceiling_db.numpy().astype(np.float64)
            harmonic, noise = hold_noise(harmonic, noise, ceiling, sonority(phrase))
        harmonic, noise = breathed(phrase, harmonic, noise)
        harmonic, noise = expressed(phrase, harmonic + self.gain_db, noise + self.gain_db)
        silent = silent_frames(phrase)
        harmonic[silent] = noise[silent] = FLOOR_DB
        return Controls(f0.astype(np.float32), harmonic.astype(np.float32), noise.astype(np.float32))

    def _levels(self, given: Conditions) -> np.ndarray:
        """Levels in dB, (frames, 2, BANDS), piece by piece with the trunk's whole reach on either side of
        each."""
        film, steps = self._voice.film[None], given.phone_of_step.shape[1]
        reach = self._model.config.layers * (KERNEL // 2)
        pieces = []
        with torch.inference_mode():
            phones = self._model.encode(given)
            for first in range(0, steps, PIECE_STEPS):
                left, right = max(0, first - reach), min(steps, first + PIECE_STEPS + reach)
                part = slice(left, right)
                made = self._model.trunk(phones, given.phone_of_step[:, part], given.position[:, part], film)
                wanted = min(PIECE_STEPS, steps - first) * STEP_FRAMES
                pieces.append(self._voice.finished(made[0, (first - left) * STEP_FRAMES :][:wanted]).numpy())
        return np.concatenate(pieces)


def silent_frames(phrase: Phrase) -> np.ndarray:
    """Which frames of a phrase lie in silence, (frames,) bool: models hum in rests, so rests are gated."""
    centres = (phrase.start_frame + np.arange(phrase.frames) + 0.5) * HOP / SAMPLE_RATE
    starts = np.array([span.start_s for span in phrase.phones])
    index = np.clip(np.searchsorted(starts, centres, side="right") - 1, 0, len(starts) - 1)
    return np.array([span.phone == SILENCE for span in phrase.phones])[index]
