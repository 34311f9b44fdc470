"""What a model was trained on, file by file: the lists that training leaves beside a base, read strictly.

`training.json` beside a base names its contributors and one list for each set of recordings. A list is JSON
Lines in UTF-8: the first line says which set it is, every other line is one file.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consent.errors import VoiceFileError

FORMAT = "consonance-recordings-1"
RECORD_FILE = "training.json"
TRAINED, HELD_OUT = "trained", "held-out"
"""What a file was used for: weights were trained on it, or it was only measured with."""

_MAX_BYTES = 16 << 20
_MAX_FILES = 200_000
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REMEDY = "Let `consonance train` write it."


@dataclass(frozen=True)
class ListedFile:
    """One audio file: its name within the set, its length, its SHA-256, that of its samples, and its use.

    `pcm_sha256` is over the samples as the data chunk of a WAV file holds them. `text_sha256` is the hash of
    what was spoken, for a file that was synthesised; "" for a recording.
    """

    name: str
    seconds: float
    sha256: str
    pcm_sha256: str
    use: str
    text_sha256: str = ""


@dataclass(frozen=True)
class RecordingList:
    """The files of one set of recordings that a model read; `head` is what the list says of the whole set."""

    recordings: str
    head: Mapping[str, Any]
    files: tuple[ListedFile, ...]


@dataclass(frozen=True)
class Contribution:
    """One set of recordings as a base's training record names it; `content` is its list, "" where none is.

    The two hashes are of the texts that showed the performer's and the owner's yes when it was trained.
    """

    recordings: str
    performer_terms_sha256: str
    owner_terms_sha256: str
    list_sha256: str
    content: str


@dataclass(frozen=True)
class TrainingRecord:
    """What `training.json` beside a base says of its contributors, and the files that were read for it."""

    contributions: tuple[Contribution, ...]
    read_files: tuple[Path, ...]


def read_training_record(base: Path, base_sha256: str) -> TrainingRecord | None:
    """The record beside a base's weight file; None where there is none.

    Raises VoiceFileError for a record that is damaged, of another base, or whose lists are not those that it
    names.
    """
    path = base.parent / RECORD_FILE
    if not path.is_file():
        return None
    record = _json(path, _text(path))
    if not isinstance(record, dict) or record.get("base_sha256") != base_sha256:
        raise VoiceFileError(f"{path} is not the record of {base.name} beside it.", _REMEDY)
    named = _tables(path, record.get("allowed"))
    listed = _tables(path, record.get("recordings", []))
    lists = {str(entry.get("recordings")): entry for entry in listed}
    found: dict[str, Contribution] = {}
    files = [path]
    for answer in named:
        name = _word(path, answer, "source")
        content, list_sha256 = "", ""
        if name in lists:
            file = _inside(path, _word(path, lists[name], "list"))
            content, list_sha256 = _text(file), _word(path, lists[name], "sha256")
            files.append(file)
            if hashlib.sha256(content.encode()).hexdigest() != list_sha256:
                raise VoiceFileError(f"{file} is not the list that {path.name} names.", _REMEDY)
            if parse_list(content, str(file)).recordings != name:
                raise VoiceFileError(f"{file} is the list of other recordings than {name}.", _REMEDY)
        owner = str(answer.get("owner_terms_sha256", answer.get("terms_sha256", "")))
        performer = str(answer.get("performer_terms_sha256", answer.get("terms_sha256", "")))
        found[name] = Contribution(name, performer, owner, list_sha256, content)
    strange = sorted(set(lists) - set(found))
    if strange:
        raise VoiceFileError(f"{path} lists the recordings {strange[0]}, which nobody allowed.", _REMEDY)
    return TrainingRecord(tuple(found.values()), tuple(files))


def parse_list(content: str, place: str) -> RecordingList:
    """A list's text as a value. Raises VoiceFileError, naming the line of `place` that is wrong."""
    lines = content.splitlines()
    head = _json(f"{place}, line 1", lines[0]) if lines else None
    if not isinstance(head, dict) or head.get("format") != FORMAT or not head.get("recordings"):
        raise VoiceFileError(f"{place} is not a list of recordings.", _REMEDY)
    if len(lines) > _MAX_FILES:
        raise VoiceFileError(f"{place} lists more than {_MAX_FILES} files.")
    files = tuple(
        _file(_json(f"{place}, line {number}", line), f"{place}, line {number}")
        for number, line in enumerate(lines[1:], 2)
    )
    if len({file.name for file in files}) != len(files):
        raise VoiceFileError(f"{place} lists a file twice.", _REMEDY)
    return RecordingList(str(head["recordings"]), head, files)


def _file(row: object, place: str) -> ListedFile:
    if isinstance(row, list) and len(row) in (5, 6):
        name, milliseconds, sha256, pcm_sha256, use, *rest = row
        hashes = [sha256, pcm_sha256, *rest]
        texts = isinstance(name, str) and name and all(isinstance(value, str) for value in hashes)
        whole = isinstance(milliseconds, int) and not isinstance(milliseconds, bool) and milliseconds >= 0
        if texts and whole and use in (TRAINED, HELD_OUT) and all(map(_SHA256.fullmatch, hashes)):
            return ListedFile(name, milliseconds / 1000.0, sha256, pcm_sha256, use, *rest)
    raise VoiceFileError(f"{place} is not a file of a list.", _REMEDY)


def _text(path: Path) -> str:
    if path.stat().st_size > _MAX_BYTES:
        raise VoiceFileError(f"{path} is larger than {_MAX_BYTES >> 20} MB.", _REMEDY)
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise VoiceFileError(f"{path} is not UTF-8.", _REMEDY) from None


def _json(place: object, text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise VoiceFileError(f"{place} is not JSON.", _REMEDY) from None


def _tables(path: Path, value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise VoiceFileError(f"{path}: allowed or recordings is not a list of tables.", _REMEDY)
    return value


def _word(path: Path, entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value:
        raise VoiceFileError(f"{path}: a set of recordings does not say its {key}.", _REMEDY)
    return value


def _inside(path: Path, name: str) -> Path:
    file = (path.parent / name).resolve()
    if not file.is_relative_to(path.parent.resolve()) or not file.is_file():
        raise VoiceFileError(f"{path}: the list {name} is not beside it.", _REMEDY)
    return file
