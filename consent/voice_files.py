"""`voice.toml`, read strictly: `docs/voices.md` describes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from consent.errors import VoiceFileError
from consent.recording_files import RecordingSource, read_recordings
from consent.rights_files import PublishedRight, read_rights
from consent.terms import Terms
from consent.texts import EvidenceText, read_evidence
from consent.toml_files import Table, file_inside, load_toml

_VOICE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._]*")


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
    rights: tuple[PublishedRight, ...]
    terms: Terms | None
    recordings: tuple[RecordingSource, ...]
    read_files: tuple[Path, ...]


def read_voice_file(path: Path, voices: Path) -> VoiceFile:
    """Read a voice.toml and the texts that it names; the weights are named, not read.

    Raises VoiceFileError, or TermsError for the grant, with the file and the entry at fault.
    """
    table = load_toml(path)
    voice, owner = Table(path, table, "voice"), Table(path, table, "owner")
    evidence_table = Table(path, table, "evidence")
    voice_id, version = voice.text("id"), voice.text("version")
    if not _VOICE_ID.fullmatch(voice_id) or len(voice_id) > 64:
        raise VoiceFileError(f"{path}: the id {voice_id!r} is not lower-case words joined by hyphens.")
    if not _VERSION.fullmatch(version) or len(version) > 32:
        raise VoiceFileError(f"{path}: the version {version!r} is not letters, digits, dots and underscores.")
    weights = tuple(file_inside(path, name, voices) for name in voice.texts("weights"))
    if len({file.name for file in weights}) != len(weights):
        raise VoiceFileError(f"{path}: two weight files bear the same name.")
    term_files = tuple(file_inside(path, name, voices) for name in evidence_table.texts("terms"))
    evidence = tuple(read_evidence(file, path) for file in term_files)
    grant = table.get("grant")
    recordings, recording_files = read_recordings(path, table, voices)
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
        rights=read_rights(path, table, evidence),
        terms=None if grant is None else Terms.parse(grant, f"{path}: [grant]"),
        recordings=recordings,
        read_files=(path, *term_files, *recording_files),
    )
