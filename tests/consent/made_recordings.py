"""Voices with recordings and a joint base, as training leaves them: two voices, and a set without a voice."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from made_registries import BASE, STANDING, VOICE_TOML, voice_folder

TRAINABLE = STANDING.replace('"private", ', '"private", "model-training", ')
"""The standing grant, for training a model as well."""

SETS = ("ada-a3", "bea-c4", "teacher")


def recordings_toml(name: str, performer: str = "allowed", owner: str = "allowed", terms: str = "") -> str:
    """A `[[recordings]]` entry with both answers; `terms` is the text that shows each."""
    shown = f'terms = "{terms}"' if terms else ""
    return f"""
[[recordings]]
name = "{name}"
title = "The {name} takes"
source = "https://example.org/{name}"

[recordings.performer]
name = "Singer of {name}"
training = "{performer}"
{shown}

[recordings.owner]
name = "Studio of {name}"
training = "{owner}"
{shown}
"""


def list_of(name: str, files: int = 3) -> str:
    """A list of recordings; the last file is held out."""
    head = {"format": "consonance-recordings-1", "recordings": name, "title": name, "owner": "as published"}
    rows = [
        [
            f"{number}.wav",
            1500 + number,
            hashlib.sha256(f"{name} {number}".encode()).hexdigest(),
            hashlib.sha256(f"{name} {number} samples".encode()).hexdigest(),
            "held-out" if number == files - 1 else "trained",
        ]
        for number in range(files)
    ]
    return "".join(json.dumps(line) + "\n" for line in (head, *rows))


def write_base(voices: Path, content: bytes = BASE, sets: tuple[str, ...] = SETS, lists: bool = True) -> str:
    """The base that the voices share, with the record and the lists of its training; gives its SHA-256."""
    folder = voices / "base"
    (folder / "recordings").mkdir(parents=True, exist_ok=True)
    (folder / "base.safetensors").write_bytes(content)
    named = []
    for name in sets if lists else ():
        text = list_of(name)
        (folder / "recordings" / f"{name}.jsonl").write_text(text, encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        named.append({"recordings": name, "list": f"recordings/{name}.jsonl", "sha256": digest})
    sha256 = hashlib.sha256(content).hexdigest()
    allowed = [
        {"source": name, "performer_terms_sha256": "1" * 64, "owner_terms_sha256": "2" * 64} for name in sets
    ]
    record = {"base_sha256": sha256, "allowed": allowed, "recordings": named}
    (folder / "training.json").write_text(json.dumps(record), encoding="utf-8")
    return sha256


def two_voices(voices: Path) -> Path:
    """Ada and Bea with recordings of their own, a teacher without a voice, and the base of all three."""
    voice_folder(voices, TRAINABLE, recordings_toml("ada-a3", terms="TERMS.md"))
    add_voice(voices, "bea", "Bea", recordings_toml("bea-c4", terms="TERMS.md"))
    (voices / "teacher.txt").write_text("Teach with it.\n", encoding="utf-8")
    text = recordings_toml("teacher", terms="teacher.txt")
    (voices / "recordings.toml").write_text(text, encoding="utf-8")
    write_base(voices)
    return voices


def add_voice(voices: Path, voice: str, name: str, extra: str = "") -> None:
    """Another voice that rests on the same base."""
    room = voices / voice
    room.mkdir(parents=True, exist_ok=True)
    (room / "weights.safetensors").write_bytes(f"the own weights of {name} ".encode() * 50)
    (room / "TERMS.md").write_text("Sing with it, for yourself. Never sell it.\n", encoding="utf-8")
    text = (VOICE_TOML + TRAINABLE).replace('"ada"', f'"{voice}"').replace('"Ada"', f'"{name}"') + extra
    (room / "voice.toml").write_text(text, encoding="utf-8")
