"""What several rooms' tests share: voices small enough to sing in a moment, with real terms and a real
registry."""

from __future__ import annotations

from pathlib import Path

import pytest
from sung_phrases import sung_phrase

from singer.performance.model import Performance

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
    from singer.acoustic.weights import VoiceWeights, save_base, save_voice
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
        (room / f"{voice}.safetensors").write_bytes(save_voice(VoiceWeights(voice, film, 18.0)))
    return folder


@pytest.fixture(scope="session")
def performance() -> Performance:
    """Two phrases of two notes with a rest between them, six seconds in all."""
    return Performance("Two phrases", "en", 6.0, 3, (sung_phrase(0, 57.0), sung_phrase(520, 62.0)))
