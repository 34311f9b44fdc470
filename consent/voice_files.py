"""`voice.toml` and `recordings.toml`, read strictly: `docs/voices.md` describes both."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consent.errors import VoiceFileError
from consent.terms import Terms

_VOICE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._]*")
_TRAINING = ("allowed", "silent", "forbidden")
_ENCODINGS = ("utf-8-sig", "cp932", "gb18030")  # a readme that must stay unaltered may be older than UTF-8


@dataclass(frozen=True)
class EvidenceText:
    """A text of the owner, as it reads in the voice's folder."""

    name: str
    text: str
    sha256: str


@dataclass(frozen=True)
class RecordingSource:
    """A set of recordings and what its owner says of training from it.

    `training` is "allowed", "silent" (the terms say nothing of it) or "forbidden", with the owner's words in
    `quote`.
    """

    name: str
    title: str
    owner: str
    performer: str
    training: str
    quote: str
    terms_sha256: str
    source: str


@dataclass(frozen=True)
class VoiceFile:
    """Everything that the consent core takes from a voice's folder. `terms` is None where nothing is granted
    yet."""

    folder: Path
    id: str
    name: str
    version: str
    languages: tuple[str, ...]
    credit: str
    link: str
    owner_name: str
    owner_contact: str
    source: str
    weights: tuple[Path, ...]
    evidence: tuple[EvidenceText, ...]
    terms: Terms | None
    recordings: tuple[RecordingSource, ...]
    read_files: tuple[Path, ...]


def read_voice_file(path: Path, voices: Path) -> VoiceFile:
    """Read a voice.toml and the texts that it names; the weights are named, not read.

    Raises VoiceFileError, or TermsError for the grant, with the file and the entry at fault.
    """
    table = _load(path)
    voice, owner = _Table(path, table, "voice"), _Table(path, table, "owner")
    evidence_table = _Table(path, table, "evidence")
    voice_id, version = voice.text("id"), voice.text("version")
    if not _VOICE_ID.fullmatch(voice_id) or len(voice_id) > 64:
        raise VoiceFileError(f"{path}: the id {voice_id!r} is not lower-case words joined by hyphens.")
    if not _VERSION.fullmatch(version) or len(version) > 32:
        raise VoiceFileError(f"{path}: the version {version!r} is not letters, digits, dots and underscores.")
    weights = tuple(_inside(path, name, voices) for name in voice.texts("weights"))
    if len({file.name for file in weights}) != len(weights):
        raise VoiceFileError(f"{path}: two weight files bear the same name.")
    term_files = tuple(_inside(path, name, voices) for name in evidence_table.texts("terms"))
    evidence = tuple(_evidence(file, path) for file in term_files)
    grant = table.get("grant")
    recordings, recording_files = _recordings(path, table, voices)
    return VoiceFile(
        folder=path.parent,
        id=voice_id,
        name=voice.text("name"),
        version=version,
        languages=voice.texts("languages"),
        credit=voice.text("credit"),
        link=voice.text("link", ""),
        owner_name=owner.text("name"),
        owner_contact=owner.text("contact", ""),
        source=evidence_table.text("source", ""),
        weights=weights,
        evidence=evidence,
        terms=None if grant is None else Terms.parse(grant, f"{path}: [grant]"),
        recordings=recordings,
        read_files=(path, *term_files, *recording_files),
    )


def read_recordings_file(path: Path, voices: Path) -> tuple[tuple[RecordingSource, ...], tuple[Path, ...]]:
    """Read `recordings.toml`: recordings of which no voice is shipped. Returns them and every file that was
    read."""
    recordings, files = _recordings(path, _load(path), voices)
    return recordings, (path, *files)


class _Table:
    """A table of a TOML file, which says where it stands when a value is missing or wrong."""

    def __init__(self, path: Path, parent: Mapping[str, Any], name: str) -> None:
        self._place = f"{path}: [{name}]"
        values = parent.get(name)
        if not isinstance(values, Mapping):
            raise VoiceFileError(f"{self._place} is missing.", "docs/voices.md shows a complete example.")
        self._values = values

    def text(self, key: str, default: str | None = None) -> str:
        value = self._values.get(key, default)
        if not isinstance(value, str) or (not value and default is None):
            raise VoiceFileError(
                f"{self._place} {key} is not a text.", "docs/voices.md shows a complete example."
            )
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """The non-empty list of texts under `key`; raises VoiceFileError where it is anything else."""
        value = self._values.get(key)
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(item, str) and item for item in value)
        ):
            raise VoiceFileError(
                f"{self._place} {key} is not a list of texts.", "docs/voices.md shows a complete example."
            )
        return tuple(value)


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise VoiceFileError(f"{path} is not TOML: {error}.") from None


def _inside(path: Path, name: str, voices: Path) -> Path:
    file = (path.parent / name).resolve()
    if not file.is_relative_to(voices.resolve()):
        raise VoiceFileError(f"{path}: {name} lies outside the folder of voices.")
    if not file.is_file():
        raise VoiceFileError(f"{path}: the file {name} is not there.")
    return file


def _evidence(file: Path, path: Path) -> EvidenceText:
    content = file.read_bytes()
    text = None
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None:
        raise VoiceFileError(f"{path}: {file.name} is a text in none of {', '.join(_ENCODINGS)}.")
    return EvidenceText(file.name, text, hashlib.sha256(content).hexdigest())


def _recordings(
    path: Path, table: Mapping[str, Any], voices: Path
) -> tuple[tuple[RecordingSource, ...], tuple[Path, ...]]:
    entries = table.get("recordings", [])
    if not isinstance(entries, list):
        raise VoiceFileError(f"{path}: recordings is not a list of tables.")
    found, files = [], []
    for number, entry in enumerate(entries, 1):
        place = f"recordings {number}"
        values = _Table(path, {place: entry}, place)
        training = values.text("training")
        if training not in _TRAINING:
            raise VoiceFileError(
                f"{path}: [{place}] training is {training!r}, not one of {', '.join(_TRAINING)}."
            )
        terms_sha256 = ""
        if terms := values.text("terms", ""):
            file = _inside(path, terms, voices)
            files.append(file)
            terms_sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        name = values.text("name")
        found.append(
            RecordingSource(
                name=name,
                title=values.text("title", "") or name,
                owner=values.text("owner"),
                performer=values.text("performer"),
                training=training,
                quote=values.text("quote", ""),
                terms_sha256=terms_sha256,
                source=values.text("source", ""),
            )
        )
    return tuple(found), tuple(files)
