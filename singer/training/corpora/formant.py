"""A teacher of sounds that no recording has: espeak-ng speaks words of many languages and times every phone.

It is a formant synthesiser (Klatt 1980) and nobody's voice: it teaches what the mouth does in nasal vowels,
trills or tense stops, and is shipped as no voice. It gives 22 kHz, hence the condition "formant". Every other
line is afterwards sung (`sung.py`).
"""

from __future__ import annotations

import ctypes
import random
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.errors import ConsonanceError, LyricsError
from singer.language import espeak
from singer.training.corpora.model import (
    UNKNOWN,
    LabelledPhone,
    Utterance,
    gapless,
    load_labels,
    save_labels,
)
from singer.training.corpora.sung import sing

VOICE = "formant-teacher"
CONDITION = "formant"
LABELS = "labels-formant.json"
WORDS = Path(__file__).with_name("formant_words.toml")
WORDS_IN_LINE = 5
PITCH_HZ = 160.0
MAIN_SHARE = 0.6
"""Of a diphthong's time, its first vowel's."""

_SYNCHRONOUS, _PHONEME_EVENTS_IN_IPA = 2, 1 | 2 | 0x8000  # and never to end the process
_PHONEME, _END_OF_LIST, _UTF8 = 7, 0, 1
_RATE, _PITCH, _RANGE = 1, 3, 4
_SETTINGS = {_RATE: 130, _PITCH: 99, _RANGE: 15}

_HEARD = {"pt-br": {"y": "i", "æ": "ɐ"}}
"""What espeak's symbols of a language stand for, where they are not IPA's."""

Array = NDArray[np.float64]


class FormantTeacherMissing(ConsonanceError):
    """espeak-ng cannot be loaded, or does not know a language: says which."""

    code = "no-formant-teacher"


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user", ctypes.c_void_p),
        ("phoneme", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class Speaker:
    """espeak-ng with its own state: a copy of the library, so that what reads lyrics is not disturbed."""

    def __init__(self) -> None:
        import espeakng_loader

        with tempfile.TemporaryDirectory() as folder:
            copied = shutil.copy(espeakng_loader.get_library_path(), Path(folder) / "speaker.so")
            self._library: Any = ctypes.CDLL(str(copied))
        data = str(espeakng_loader.get_data_path()).encode()
        self.sample_rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _PHONEME_EVENTS_IN_IPA)
        if self.sample_rate <= 0:
            raise FormantTeacherMissing("espeak-ng does not start.", "pip install espeakng-loader")
        self._samples: list[int] = []
        self._phonemes: list[tuple[int, str]] = []
        self._callback = _Callback(self._take)
        self._library.espeak_SetSynthCallback(self._callback)
        for setting, value in _SETTINGS.items():
            self._library.espeak_SetParameter(setting, value, 0)

    def _take(self, wave: Any, count: int, events: Any) -> int:
        if count > 0:
            self._samples.extend(wave[:count])
        place = 0
        while events[place].type != _END_OF_LIST:
            if events[place].type == _PHONEME:
                name = events[place].phoneme.decode("utf-8", errors="replace")
                self._phonemes.append((events[place].sample, name))
            place += 1
        return 0

    def say(self, text: str, voice: str) -> tuple[Array, list[tuple[str, float]]]:
        """Samples (n,), and each phoneme in espeak's IPA with the second at which it begins. Raises
        FormantTeacherMissing for a voice that espeak-ng does not have."""
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise FormantTeacherMissing(f"espeak-ng has no voice {voice}.", "pip install espeakng-loader")
        self._samples.clear()
        self._phonemes.clear()
        content = text.encode()
        self._library.espeak_Synth(content, len(content) + 1, 0, 1, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()
        samples = np.array(self._samples, dtype=np.float64) / 32768.0
        return samples, [(name, sample / self.sample_rate) for sample, name in self._phonemes]


def lines() -> list[tuple[str, tuple[str, ...]]]:
    """What is said: (espeak's voice, words), always the same and in the same order."""
    said = []
    for voice, text in tomllib.loads(WORDS.read_text(encoding="utf-8")).items():
        words = text.split()
        random.Random(voice).shuffle(words)
        said += [(voice, tuple(words[at : at + WORDS_IN_LINE])) for at in range(0, len(words), WORDS_IN_LINE)]
    return said


def phones_of(phonemes: Sequence[tuple[str, float]], end_s: float, voice: str) -> tuple[LabelledPhone, ...]:
    """espeak's phonemes in our phones, gapless to `end_s`; what is none of ours is UNKNOWN and masked."""
    labels: list[LabelledPhone] = []
    starts = [*(start_s for _, start_s in phonemes), end_s]
    for number, (name, start_s) in enumerate(phonemes):
        stop_s = starts[number + 1]
        if name == "h" and labels and labels[-1].phone in ("p", "t", "k", "tɕ") and voice == "ko":
            last = labels.pop()  # an aspirated stop, which espeak says as two
            labels.append(LabelledPhone(last.phone + "ʰ", last.start_s, stop_s))
            continue
        parts = _phones(name, voice)
        middles = [start_s + (stop_s - start_s) * share for share in _shares(len(parts))]
        labels += [
            LabelledPhone(part, a, b) for part, a, b in zip(parts, middles[:-1], middles[1:], strict=True)
        ]
    return gapless(labels, end_s)


def _phones(name: str, voice: str) -> tuple[str, ...]:
    if not name.strip("ˈˌ_:; "):
        return ("SP",)
    try:
        sounds = espeak.sounds_of(name, voice, f"[{name}]")
    except LyricsError:
        return (UNKNOWN,)
    heard = _HEARD.get(voice, {})
    return tuple(heard.get(phone, phone) for sound in sounds for phone in sound.phones)


def _shares(parts: int) -> tuple[float, ...]:
    """Where the parts of one phoneme meet, from 0 to 1."""
    if parts == 2:
        return (0.0, MAIN_SHARE, 1.0)
    return tuple(number / parts for number in range(parts + 1))


def synthesise_formant_teacher(
    work: Path, *, progress: Callable[[str], None] | None = None
) -> list[Utterance]:
    """The teacher's utterances; what lies in `work` already is not made again.

    Writes `NNNN.flac` (spoken, or sung for odd numbers) and LABELS into `work`. Raises FormantTeacherMissing.
    """
    work.mkdir(parents=True, exist_ok=True)
    labels = work / LABELS
    done = load_labels(labels, work) if labels.exists() else []
    said = lines()
    if len(done) >= len(said):
        return done[: len(said)]
    speaker = Speaker()
    made = [_spoken(speaker, number, voice, words, work) for number, (voice, words) in enumerate(said)]
    save_labels(made, labels, work)
    if progress:
        progress(f"{len(made)} lines of the formant teacher")
    return made


def _spoken(speaker: Speaker, number: int, voice: str, words: Sequence[str], work: Path) -> Utterance:
    import soundfile
    import soxr

    samples, phonemes = speaker.say(", ".join(words) + ".", voice)
    labels, pitch_hz = list(phones_of(phonemes, len(samples) / speaker.sample_rate, voice)), PITCH_HZ
    if number % 2 and not any(label.phone == UNKNOWN for label in labels):
        samples, labels, pitch_hz = sing(samples, speaker.sample_rate, labels, seed=number)
    samples = soxr.resample(samples, speaker.sample_rate, SAMPLE_RATE)
    samples *= 0.5 / max(abs(samples).max(), 1e-6)
    path = work / f"{number:04d}.flac"
    soundfile.write(path, samples, SAMPLE_RATE, subtype="PCM_16")
    duration_s = len(samples) / SAMPLE_RATE
    language = voice.split("-")[0]
    return Utterance(path.stem, VOICE, CONDITION, language, path, pitch_hz, gapless(labels, duration_s))
