"""Texts that show what somebody allowed, read word for word, however old their encoding is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from consent.errors import VoiceFileError

_ENCODINGS = ("utf-8-sig", "cp932", "gb18030")  # a readme that must stay unaltered may be older than UTF-8


@dataclass(frozen=True)
class EvidenceText:
    """A text of the owner, as it reads in the voice's folder."""

    name: str
    text: str
    sha256: str


def read_evidence(file: Path, path: Path) -> EvidenceText:
    """Read a text that `path` names. Raises VoiceFileError where it is in none of the known encodings."""
    content = file.read_bytes()
    for encoding in _ENCODINGS:
        try:
            return EvidenceText(file.name, content.decode(encoding), hashlib.sha256(content).hexdigest())
        except UnicodeDecodeError:
            continue
    raise VoiceFileError(f"{path}: {file.name} is a text in none of {', '.join(_ENCODINGS)}.")
