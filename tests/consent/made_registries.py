"""What the consent tests share: a voice, requests and releases made here, and places for registries."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine

from consent.registry import Registry, Release, Request

WEIGHTS = b"the voice's own weights " * 50
BASE = b"the weights that voices share " * 50
VOICE_TOML = """
[voice]
id = "ada"
name = "Ada"
version = "1.0"
languages = ["en", "ja"]
weights = ["weights.safetensors", "../base/base.safetensors"]
credit = "Voice: Ada"
link = "https://example.org/ada"

[owner]
name = "Ada Singer"
contact = "https://example.org/"

[evidence]
terms = ["TERMS.md"]
source = "https://example.org/ada/terms"

[rights.performer]
name = "Ada Singer"
basis = "Ada sings, and wrote the terms."
quote = "Sing with it"
evidence = "TERMS.md"
actions = ["sing", "train", "share-voice"]

[rights.recording-owner]
name = "Ada's Studio"
kind = "organisation"
basis = "The studio made the recordings, and published the terms."
quote = "Sing with it, for yourself. […] Never sell it."
evidence = "TERMS.md"
actions = ["sing", "train", "share-voice"]
"""
STANDING = """
[grant]
actions = ["sing", "train"]
constraints = [
  { type = "licensee", anyone = true },
  { type = "purpose", allowed = ["private", "non-commercial"] },
  { type = "name", text = "Ada" },
  { type = "forbidden", actions = ["sell-voice"], quote = "Never sell it" },
]
"""


@dataclass(frozen=True)
class Place:
    """Where a registry rests; `open` opens it, as another process would."""

    home: Path
    url: str | None

    def open(self) -> Registry:
        return Registry.open(self.home, self.url)


def voice_folder(voices: Path, grant: str = STANDING, extra: str = "") -> Path:
    """A shipped voice under `voices/ada`, with the grant that its terms make."""
    (voices / "ada").mkdir(parents=True, exist_ok=True)
    (voices / "base").mkdir(exist_ok=True)
    (voices / "ada" / "weights.safetensors").write_bytes(WEIGHTS)
    (voices / "base" / "base.safetensors").write_bytes(BASE)
    (voices / "ada" / "TERMS.md").write_text("Sing with it, for yourself. Never sell it.\n", encoding="utf-8")
    (voices / "ada" / "voice.toml").write_text(VOICE_TOML + grant + extra, encoding="utf-8")
    return voices


def a_request(**changes: Any) -> Request:
    """A request that Ada's standing grant allows."""
    facts: dict[str, Any] = {
        "voice": "ada",
        "user": "ben@example.org",
        "purpose": "private",
        "work_digest": "5" * 64,
        "seconds": 60.0,
        "language": "en",
    }
    return Request(**{**facts, **changes})


def grant_terms(*constraints: dict[str, Any]) -> dict[str, Any]:
    """Terms for singing, for any purpose, under further conditions."""
    return {"actions": ["sing"], "constraints": [{"type": "purpose", "anything": True}, *constraints]}


def a_release(folder: Path, name: str = "song", seconds: float = 60.0) -> Release:
    """A finished song of two files, staged under `folder`."""
    staging = folder / "staging"
    staging.mkdir(exist_ok=True)
    pairs = []
    for suffix in (".wav", ".mp3"):
        (staging / f"{name}{suffix}").write_bytes(f"sound of {name}{suffix}".encode() * 1000)
        pairs.append((staging / f"{name}{suffix}", folder / f"{name}{suffix}"))
    return Release(tuple(pairs), seconds, "7" * 64)


def database(place: Place) -> Engine:
    """The raw database behind a registry."""
    if place.url is None:
        return create_engine(f"sqlite:///{place.home / 'registry.db'}")
    return create_engine(place.url.replace("postgresql://", "postgresql+psycopg://"))


def processes() -> ForkServerContext:
    """A way to start processes of one's own that have the consent core imported already."""
    multiprocessing.set_forkserver_preload(["consent.registry", "made_registries", "psycopg"])
    return multiprocessing.get_context("forkserver")
