"""Speech that nobody said: espeak-ng reads numbers aloud in many languages."""

from __future__ import annotations

import ctypes
from functools import cache

import numpy as np

from singer import SAMPLE_RATE
from singer.errors import ConsonanceError
from singer.evaluation.attacks.sounds import Sound, resampled

LANGUAGES = ("en", "de", "fr", "es", "it", "pl", "ru", "tr", "hi", "cmn", "ja", "ko", "sw", "fi")

_SYNCHRONOUS, _UTF8, _RATE, _PITCH, _RANGE = 2, 1, 1, 3, 4
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def spoken_numbers(seconds: float, random: np.random.Generator) -> Sound:
    """(round(seconds * 44 100),): numbers read in a language, pace and pitch drawn at random, peak 0.9.

    The same generator gives the same speech in the same order of calls: espeak-ng's own chance is not reset.
    Raises ConsonanceError where espeak-ng does not open.
    """
    library, rate = _espeak()
    library.espeak_SetVoiceByName(LANGUAGES[int(random.integers(len(LANGUAGES)))].encode())
    for parameter, low, high in ((_RATE, 120, 220), (_PITCH, 20, 80), (_RANGE, 30, 80)):
        library.espeak_SetParameter(parameter, int(random.integers(low, high)), 0)
    parts: list[Sound] = []
    hear = _hearing(parts)
    library.espeak_SetSynthCallback(hear)
    while sum(map(len, parts)) < (seconds + 0.1) * rate:
        said = ", ".join(str(int(number)) for number in random.integers(0, 100_000, 6)).encode()
        before = len(parts)
        library.espeak_Synth(said, len(said) + 1, 0, 1, 0, _UTF8, None, None)
        if len(parts) == before:
            raise ConsonanceError(
                "espeak-ng says nothing.", "Install it anew: pip install --force-reinstall espeakng-loader"
            )
    sound = resampled(np.concatenate(parts), rate, SAMPLE_RATE)[: round(seconds * SAMPLE_RATE)]
    return sound * np.float32(0.9 / max(float(np.abs(sound).max()), 1e-6))


def spoken(text: str, language: str) -> Sound:
    """A text of some words as espeak-ng says it in its usual pace and pitch, (n,) at 44 100 Hz, peak 0.9.

    Raises ConsonanceError where espeak-ng does not open or says nothing.
    """
    library, rate = _espeak()
    library.espeak_SetVoiceByName(language.encode())
    for parameter, usual in ((_RATE, 175), (_PITCH, 50), (_RANGE, 50)):
        library.espeak_SetParameter(parameter, usual, 0)
    parts: list[Sound] = []
    hear = _hearing(parts)
    library.espeak_SetSynthCallback(hear)
    said = text.encode()
    library.espeak_Synth(said, len(said) + 1, 0, 1, 0, _UTF8, None, None)
    if not parts:
        raise ConsonanceError(
            "espeak-ng says nothing.", "Install it anew: pip install --force-reinstall espeakng-loader"
        )
    sound = resampled(np.concatenate(parts), rate, SAMPLE_RATE)
    return sound * np.float32(0.9 / max(float(np.abs(sound).max()), 1e-6))


def _hearing(parts: list[Sound]) -> ctypes._FuncPointer:
    """What espeak-ng gives its samples to: they are put into `parts`."""

    @_Callback
    def hear(wave: ctypes._Pointer[ctypes.c_short], count: int, events: int | None) -> int:
        if wave and count:
            parts.append(np.ctypeslib.as_array(wave, (count,)) * np.float32(1 / 32_768))
        return 0

    return hear


@cache
def _espeak() -> tuple[ctypes.CDLL, int]:
    """The library, opened to give its samples to us, and their rate."""
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = int(library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0))
    if rate <= 0:
        raise ConsonanceError(
            "espeak-ng does not open.", "Install it anew: pip install --force-reinstall espeakng-loader"
        )
    library.espeak_Synth.argtypes = (
        *(ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint),
        *(ctypes.c_void_p, ctypes.c_void_p),
    )
    return library, rate
