"""Plain speech by espeak-ng: for what is said beside a song, in nobody's voice.

A lent voice says nothing that its owner did not allow; a formant synthesiser is nobody's.
"""

from __future__ import annotations

import ctypes
import shutil
import threading
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.errors import AudioError

_SYNCHRONOUS, _UTF8, _RATE, _CHARACTERS = 2, 1, 1, 1  # of espeak-ng's speak_lib.h
_LONGEST_TEXT = 500
_lock = threading.Lock()  # espeak-ng lives in global variables
_Heard = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


@lru_cache(maxsize=64)
def say(text: str, voice: str, words_per_minute: int) -> NDArray[np.float32]:
    """A sentence, (n,) float32 at 44 100 Hz within ±1, read only; the same arguments give the same samples.

    `voice` is one of espeak-ng's. Raises AudioError where it has no such voice, or says nothing.
    """
    if len(text) > _LONGEST_TEXT:
        raise AudioError(f"A label of {len(text)} characters is too long.", f"Say it in {_LONGEST_TEXT}.")
    with _lock, TemporaryDirectory(prefix="consonance-speech-") as folder:
        samples, rate = _speak(Path(folder), text, voice, words_per_minute)
    import soxr

    said = soxr.resample(samples, rate, SAMPLE_RATE, "HQ").astype(np.float32)
    said.flags.writeable = False
    return said


def _speak(folder: Path, text: str, voice: str, words_per_minute: int) -> tuple[NDArray[np.float32], int]:
    """Speak with a fresh copy of the library: its noise goes on from where the last sentence left it."""
    import espeakng_loader

    library = Path(espeakng_loader.get_library_path())
    try:
        engine = ctypes.CDLL(str(shutil.copy(library, folder)))
    except OSError as error:
        sentence = f"espeak-ng cannot be loaded from {folder}: {error}."
        raise AudioError(sentence, "Set TMPDIR to a folder that programs may run from.") from error
    pieces: list[NDArray[np.int16]] = []

    def hear(samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int | None) -> int:
        if samples and count > 0:
            pieces.append(np.ctypeslib.as_array(samples, (count,)).astype(np.int16))
        return 0

    heard = _Heard(hear)  # kept by name: the library calls it while it speaks
    data = str(espeakng_loader.get_data_path()).encode()
    rate = engine.espeak_Initialize(_SYNCHRONOUS, 0, data, 0)
    if rate <= 0:
        raise AudioError("espeak-ng cannot speak: its data is missing.", "Install espeakng-loader again.")
    try:
        engine.espeak_SetSynthCallback(heard)
        if engine.espeak_SetVoiceByName(voice.encode()):
            raise AudioError(f"espeak-ng has no voice “{voice}”.")
        engine.espeak_SetParameter(_RATE, words_per_minute, 0)
        raw = text.encode()
        engine.espeak_Synth(raw, len(raw) + 1, 0, _CHARACTERS, 0, _UTF8, None, None)
        engine.espeak_Synchronize()
    finally:
        engine.espeak_Terminate()
    if not any(piece.any() for piece in pieces):
        raise AudioError(f"espeak-ng says nothing for “{text}”.")
    return (np.concatenate(pieces) / 32_768).astype(np.float32), int(rate)
