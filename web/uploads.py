"""Files that visitors bring: kept under names of our own, never under theirs."""

from __future__ import annotations

import re
import secrets
import shutil
import time
import unicodedata
from pathlib import Path

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """256 random bits as 43 URL-safe characters: a name that nobody can guess."""
    return secrets.token_urlsafe(32)


def keep_melody(uploads: Path, content: bytes) -> str:
    """Write a score that a visitor brought to a new folder of its own; give the folder's token back."""
    token = new_token()
    folder = uploads / token
    folder.mkdir(parents=True, mode=0o700)
    (folder / f"melody{_suffix(content)}").write_bytes(content)
    return token


def kept_melody(uploads: Path, token: str) -> Path | None:
    """The score that a token stands for, or None where there is none (any more)."""
    if not TOKEN.fullmatch(token):
        return None
    return next(iter(sorted((uploads / token).glob("melody.*"))), None)


def _suffix(content: bytes) -> str:
    """A suffix by what the file starts with, so that an error names `melody.mid` and not a random word."""
    if content.startswith(b"MThd") or content.startswith(b"RIFF"):
        return ".mid"
    if content.startswith(b"PK"):
        return ".mxl"
    return ".musicxml"


def plain_name(name: str, fallback: str, longest: int = 80) -> str:
    """A visitor's word made safe to show and to suggest as a file name: one line, no separators, no
    controls.
    """
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in text if c.isprintable() and c not in '<>:"/\\|?*')
    return kept.strip(" .")[:longest].strip(" .") or fallback


def sweep(folder: Path, keep_s: float, now_s: float | None = None) -> int:
    """Delete every entry of `folder` that was last written longer than `keep_s` seconds ago; say how many."""
    if not folder.is_dir():
        return 0
    oldest = (time.time() if now_s is None else now_s) - keep_s
    old = [entry for entry in folder.iterdir() if entry.lstat().st_mtime < oldest]
    for entry in old:
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    return len(old)
