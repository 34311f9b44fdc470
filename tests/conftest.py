"""What several rooms' tests share: voices small enough to sing in a moment, with real terms and a real
registry."""

from __future__ import annotations

from pathlib import Path

import pytest

from singer import HOP, SAMPLE_RATE
from singer.performance.expression import CURVES
from singer.performance.model import Performance, PerformedNote, PhoneSpan, Phrase

TINY_TERMS = "Anybody may let this voice sing, for any purpose. — Nobody In Particular, 2026\n"

TINY_VOICE = """\
[voice]
id = "{id}"
name = "{name}"
version = "1"
languages = ["en", "ja", "zh"]
credit = "{name} by Nobody In Particular"
weights = ["../base.safetensors", "{id}.safetensors"]

[owner]
name = "Nobody In Particular"
contact = "nobody@example.org"

[evidence]
terms = ["terms.txt"]
source = "https://example.org/terms"

[rights.performer]
name = "Nobody In Particular"
basis = "Nobody In Particular is the singer, and signed the terms."
quote = "Anybody may let this voice sing, for any purpose. — Nobody In Particular"
evidence = "terms.txt"
actions = ["sing"]

[rights.recording-owner]
name = "Nobody In Particular"
basis = "Nobody In Particular made the recordings, and signed the terms."
quote = "Anybody may let this voice sing, for any purpose. — Nobody In Particular"
evidence = "terms.txt"
actions = ["sing"]

[grant]
actions = ["sing"]

[[grant.constraints]]
type = "licensee"
{licensee}

[[grant.constraints]]
type = "purpose"
{purpose}
"""

TINY_VOICES = (
    ("tiny-open", "Tiny Open", "anyone = true", "anything = true"),
    ("tiny-closed", "Tiny Closed", 'users = ["alice"]', 'allowed = ["private"]'),
)
"""(id, name, who, what for): a voice for everybody and everything, and one for Alice alone."""


@pytest.fixture(scope="session")
def tiny_voices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of voices whose models are real and small, with random weights: they sound, and nobody would
    listen."""
    import torch

    from singer.acoustic.model import AcousticConfig, AcousticModel
    from singer.acoustic.weights import save_base, save_voice
    from singer.vocoder.model import Vocoder, VocoderConfig

    torch.manual_seed(7)
    folder = tmp_path_factory.mktemp("tiny") / "voices"
    folder.mkdir()
    config = AcousticConfig(channels=16, layers=1, phone_channels=8, phone_layers=1, voices=1, conditions=1)
    acoustic = AcousticModel(config)
    (folder / "base.safetensors").write_bytes(
        save_base(acoustic, Vocoder(VocoderConfig(channels=16, layers=1)))
    )
    for voice, name, licensee, purpose in TINY_VOICES:
        room = folder / voice
        room.mkdir()
        (room / "terms.txt").write_text(TINY_TERMS, encoding="utf-8")
        text = TINY_VOICE.format(id=voice, name=name, licensee=licensee, purpose=purpose)
        (room / "voice.toml").write_text(text, encoding="utf-8")
        film = acoustic.voice_film.weight[0] + acoustic.condition_film.weight[0]
        (room / f"{voice}.safetensors").write_bytes(save_voice(voice, film, 18.0))
    return folder


@pytest.fixture(scope="session")
def performance() -> Performance:
    """Two phrases of two notes with a rest between them, six seconds in all."""
    return Performance("Two phrases", "en", 6.0, 3, (sung_phrase(0, 57.0), sung_phrase(520, 62.0)))


def sung_phrase(start_frame: int, pitch: float, frames: int = 480) -> Phrase:
    """Silence, “la”, “mi” on two notes a third apart, silence; on the frame grid at `start_frame`."""
    marks_s = [start_frame * HOP / SAMPLE_RATE + at_s for at_s in (0.0, 0.2, 0.3, 1.2, 1.3, 2.4)]
    marks_s.append((start_frame + frames) * HOP / SAMPLE_RATE)
    phones = ("SP", "l", "a", "m", "i", "SP")
    notes = (None, 0, 0, 1, 1, None)
    spans = tuple(
        PhoneSpan(phone, start_s, end_s, note)
        for phone, start_s, end_s, note in zip(phones, marks_s, marks_s[1:], notes, strict=False)
    )
    sung = (
        PerformedNote(marks_s[1], marks_s[3], pitch, "la", 1),
        PerformedNote(marks_s[3], marks_s[5], pitch + 4.0, "mi", 1),
    )
    curves = {curve.name: (curve.default or 0.0,) * frames for curve in CURVES}
    half = frames // 2
    f0_hz = [440.0 * 2 ** ((note.pitch - 69.0) / 12) for note in sung]
    curves["f0_hz"] = (f0_hz[0],) * half + (f0_hz[1],) * (frames - half)
    return Phrase(start_frame, frames, spans, sung, curves)
