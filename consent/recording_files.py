"""`[[recordings]]` of voice.toml and recordings.toml: for each set of recordings, what its performer and its
owner say of training a model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consent.errors import VoiceFileError
from consent.rights_files import stands_in
from consent.terms import Terms
from consent.texts import read_evidence
from consent.toml_files import Table, file_inside, load_toml

ALLOWED, SILENT, FORBIDDEN = "allowed", "silent", "forbidden"
ANSWERS = (ALLOWED, SILENT, FORBIDDEN)
"""What somebody may say of training: yes, nothing, no."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class TrainingAnswer:
    """What one person says of training a model: `training` is one of ANSWERS, `quote` their words.

    `terms` names the text that shows it and `terms_sha256` is that file's SHA-256; both are "" where there is
    none.
    """

    name: str
    training: str
    quote: str = ""
    terms: str = ""
    terms_sha256: str = ""


@dataclass(frozen=True)
class RecordingSource:
    """A set of recordings and both answers: the performer's, whose voice it is, and the recording owner's.

    `terms` is what else is allowed with them, None where the file does not say.
    """

    name: str
    title: str
    performer: TrainingAnswer
    owner: TrainingAnswer
    source: str
    terms: Terms | None = None


def read_recordings(
    path: Path, table: Mapping[str, Any], voices: Path
) -> tuple[tuple[RecordingSource, ...], tuple[Path, ...]]:
    """The sets of recordings that a file declares, and the texts that were read for them.

    Raises VoiceFileError with the entry at fault.
    """
    entries = table.get("recordings", [])
    if not isinstance(entries, list):
        raise VoiceFileError(f"{path}: recordings is not a list of tables.")
    found: list[RecordingSource] = []
    files: list[Path] = []
    for number, entry in enumerate(entries, 1):
        place = f"recordings {number}"
        values = Table(path, {place: entry}, place)
        if "training" in values.values:
            raise VoiceFileError(
                f"{values.place} training is said once, and two people are asked.",
                "Write it in performer = { … } and in owner = { … }; docs/voices.md shows both.",
            )
        values.only(("name", "title", "source", "performer", "owner", "grant"))
        name = values.text("name")
        if not _NAME.fullmatch(name):
            raise VoiceFileError(
                f"{values.place} name {name!r} is not letters, digits, dots, hyphens and underscores."
            )
        if name in (source.name for source in found):
            raise VoiceFileError(f"{path}: the recordings {name!r} are declared twice.")
        performer, owner = (
            _answer(path, entry, who, f"{place} {who}", voices, files) for who in ("performer", "owner")
        )
        title = values.text("title", "") or name
        terms = None if "grant" not in entry else Terms.parse(entry["grant"], f"{values.place} grant")
        if (
            terms is not None
            and "train" in terms.actions
            and {performer.training, owner.training} != {ALLOWED}
        ):
            raise VoiceFileError(f"{values.place} grant allows training, and not both answers do.")
        found.append(RecordingSource(name, title, performer, owner, values.text("source", ""), terms))
    return tuple(found), tuple(dict.fromkeys(files))


def read_recordings_file(path: Path, voices: Path) -> tuple[tuple[RecordingSource, ...], tuple[Path, ...]]:
    """Read `recordings.toml`: recordings of which no voice is shipped. Returns them and every file that was
    read."""
    recordings, files = read_recordings(path, load_toml(path), voices)
    return recordings, (path, *files)


def _answer(
    path: Path, entry: Mapping[str, Any], who: str, place: str, voices: Path, files: list[Path]
) -> TrainingAnswer:
    values = Table(path, entry, who, place)
    values.only(("name", "training", "quote", "terms"))
    training = values.text("training")
    if training not in ANSWERS:
        raise VoiceFileError(f"{values.place} training is {training!r}, not one of {', '.join(ANSWERS)}.")
    terms_sha256, terms, quote = "", values.text("terms", ""), values.text("quote", "")
    if terms:
        text = read_evidence(file_inside(path, terms, voices), path)
        files.append(file_inside(path, terms, voices))
        terms_sha256 = text.sha256
        if quote and not stands_in(quote, text.text):
            raise VoiceFileError(
                f"{values.place} quote does not stand in {terms}.",
                "Quote it word for word, with […] where words are left out.",
            )
    return TrainingAnswer(values.text("name"), training, quote, terms, terms_sha256)
