"""What histories of consent are told in: the model's facts as the registry's values, and what was counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from made_registries import BASE, VOICE_TOML, WEIGHTS

import consent.store
from consent.errors import Refused
from consent.registry import Request
from consent.song import Song

T = TypeVar("T")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
START_MS = 1_900_000_000_000
VOICES = ("ada", "bea", "cyn")


@dataclass
class Tally:
    """What came of a history. `wrong` holds the first few disagreements, in words."""

    decisions: int = 0
    allowed: int = 0
    wrongly_allowed: int = 0
    wrongly_denied: int = 0
    lost: int = 0
    releases: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count another history, too."""
        for name in ("decisions", "allowed", "wrongly_allowed", "wrongly_denied", "lost", "releases"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.wrong = [*self.wrong, *other.wrong][:5]

    def count(self, allowed: bool, expected: bool, what: object) -> None:
        """Count one decision."""
        self.decisions += 1
        self.allowed += allowed
        if allowed != expected:
            self.wrongly_allowed += allowed
            self.wrongly_denied += expected
            self.note(f"{'allowed' if allowed else 'denied'}: {what}")

    def note(self, sentence: str) -> None:
        """Keep a disagreement in words."""
        self.wrong = [*self.wrong, sentence][:5]

    def is_clean(self) -> bool:
        """Whether registry and model agreed in everything."""
        return not (self.wrongly_allowed or self.wrongly_denied or self.lost or self.wrong)


def write_voices(folder: Path) -> Path:
    """A folder of three voices: Ada with all rights, Bea whose performer trains no model, Cyn without rights
    in the recordings to pass them on."""
    (folder / "base").mkdir(parents=True)
    (folder / "base" / "base.safetensors").write_bytes(BASE)
    for name, change in (
        ("ada", ("", "")),
        ("bea", ('actions = ["sing", "train", "share-voice"]', 'actions = ["sing", "share-voice"]')),
        ("cyn", ("", "")),
    ):
        (folder / name).mkdir()
        (folder / name / "weights.safetensors").write_bytes(WEIGHTS)
        (folder / name / "TERMS.md").write_text("Sing with it, for yourself. Never sell it.\n", "utf-8")
        toml = (
            VOICE_TOML.replace("Ada", name.title()).replace('"ada"', f'"{name}"').replace("/ada", f"/{name}")
        )
        if change[0]:
            toml = toml.replace(*change, 1)
        if name == "cyn":
            start = toml.index("[rights.recording-owner]")
            toml = toml[:start] + toml[start:].replace(
                '["sing", "train", "share-voice"]', '["sing", "train"]'
            )
        (folder / name / "voice.toml").write_text(toml, "utf-8")
    return folder


@contextmanager
def model_clock(clock_ms: Callable[[], int]) -> Iterator[None]:
    """Let the registry's machine clock be the history's."""
    before = consent.store.now_utc
    consent.store.now_utc = lambda: at(clock_ms())
    try:
        yield
    finally:
        consent.store.now_utc = before


def attempt(action: Callable[[], T]) -> tuple[T | None, object]:
    """What an action gave, or why it was refused."""
    try:
        return action(), None
    except Refused as refused:
        return None, refused.reasons


def at(ms: int) -> datetime:
    """An instant from milliseconds."""
    return EPOCH + timedelta(milliseconds=ms)


def to_ms(instant: datetime) -> int:
    """An instant in milliseconds."""
    return round((instant - EPOCH) / timedelta(milliseconds=1))


def as_request(facts: dict[str, Any]) -> Request:
    """The facts of the model as a request."""
    song = facts["song"]
    if song is not None:
        song = Song(song["lyrics"], ((60.0, 1.0),), (), song["title"], song["iswc"], song["isrc"])
    return Request(**{**facts, "song": song})


def as_terms(terms: dict[str, Any]) -> dict[str, Any]:
    """The terms of the model as a person writes them: instants in words."""
    return {
        "actions": terms["actions"],
        "constraints": [
            {
                name: at(value).isoformat() if name.startswith("not_") else value
                for name, value in said.items()
            }
            for said in terms["constraints"]
        ],
    }
