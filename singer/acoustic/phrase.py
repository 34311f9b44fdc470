"""One voice sings one phrase: the model's levels, then what the performance's curves ask of them."""

from __future__ import annotations

import numpy as np
import torch

from singer import HOP, SAMPLE_RATE
from singer.acoustic.conditioning import single
from singer.acoustic.model import AcousticModel
from singer.acoustic.weights import VoiceWeights, WeightsError
from singer.performance.model import SILENCE, Phrase
from singer.vocoder.controls import FLOOR_DB, Controls, band_centres_mel

TILT_CENTRE_HZ = 1000.0


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
        curves = {name: np.asarray(values, dtype=np.float64) for name, values in phrase.curves.items()}
        f0 = curves["f0_hz"]
        given = single(phrase.phones, phrase.start_frame * HOP / SAMPLE_RATE, f0)
        with torch.inference_mode():
            levels = self._model(given, self._voice.film[None])[0, : phrase.frames].numpy()
        harmonic, noise = levels[:, 0].astype(np.float64), levels[:, 1].astype(np.float64)
        loudness = curves.get("loudness_db", np.zeros(phrase.frames)) + self.gain_db
        octaves = np.log2((700.0 * (10.0 ** (band_centres_mel() / 2595.0) - 1.0)) / TILT_CENTRE_HZ)
        harmonic += loudness[:, None] + curves.get("tension", np.zeros(phrase.frames))[:, None] * octaves
        noise += loudness[:, None] + curves.get("breathiness_db", np.zeros(phrase.frames))[:, None]
        silent = silent_frames(phrase)
        harmonic[silent] = noise[silent] = FLOOR_DB
        return Controls(f0.astype(np.float32), harmonic.astype(np.float32), noise.astype(np.float32))


def silent_frames(phrase: Phrase) -> np.ndarray:
    """Which frames of a phrase lie in silence, (frames,) bool: models hum in rests, so rests are gated."""
    centres = (phrase.start_frame + np.arange(phrase.frames) + 0.5) * HOP / SAMPLE_RATE
    starts = np.array([span.start_s for span in phrase.phones])
    index = np.clip(np.searchsorted(starts, centres, side="right") - 1, 0, len(starts) - 1)
    return np.array([span.phone == SILENCE for span in phrase.phones])[index]
