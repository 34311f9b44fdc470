"""What several rooms' tests share: voices small enough to sing in a moment, with real terms and a real
registry."""

from __future__ import annotations

from pathlib import Path

import pytest

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
    ("hitsune-kumi", "Tiny Kumi", "anyone = true", "anything = true"),
    ("tiny-closed", "Tiny Closed", 'users = ["alice"]', 'allowed = ["private"]'),
)
"""The default voice's id, open to all; and a voice for one user and one purpose. (A folder like `voices/`.)
The default voice's id, open to all; and a voice for one user and one purpose. (A folder like `voices/`.)"""


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
