"""What the web page allows itself: places, sizes, rates and lifetimes, in one value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Settings:
    """Limits of one running page. Sizes in bytes, times in seconds, rates in Flask-Limiter's words."""

    home: Path
    voices: Path | None = None
    examples: Path | None = None
    melody_bytes: int = 4 * MEBIBYTE
    verify_bytes: int = 120 * MEBIBYTE
    lyrics_characters: int = 20_000
    song_s: float = 600.0
    form_parts: int = 40
    queue_length: int = 24
    songs_per_visitor: int = 3
    keep_s: float = 24 * 3600.0
    singers: int = 1
    sing_rate: str = "12 per minute; 120 per hour"
    verify_rate: str = "12 per minute; 120 per hour"
    verify_scaled_s: float = 30.0
    verify_patience_s: float = 60.0
    binding_rate: str = "120 per minute; 2000 per hour"
    page_rate: str = "600 per minute"
    secure_cookies: bool = False
    trusted_hosts: tuple[str, ...] | None = None

    @property
    def uploads(self) -> Path:
        """Where melodies that visitors bring lie until they are sung or too old, under names of our own."""
        return self.home / "uploads"

    @property
    def songs(self) -> Path:
        """Where released songs lie until they are too old, one folder per job."""
        return self.home / "songs"


LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""The names by which a machine calls itself."""
