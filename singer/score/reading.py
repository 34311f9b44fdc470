"""Finds out by content what kind of score a file is, and gives it to its reader."""

from __future__ import annotations

import re
from pathlib import Path

from singer.errors import ScoreError
from singer.score.limits import MAX_FILE_BYTES, too_large
from singer.score.model import Score

_EXPORT = "Export it as MusicXML or MIDI."
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG", "a picture (PNG)", _EXPORT),
    (b"\xff\xd8\xff", "a picture (JPEG)", _EXPORT),
    (b"GIF8", "a picture (GIF)", _EXPORT),
    (b"%PDF", "a PDF, a picture of a score", _EXPORT),
    (b"RIFF", "a sound file (WAV)", "Give the melody as MusicXML or MIDI."),
    (b"fLaC", "a sound file (FLAC)", "Give the melody as MusicXML or MIDI."),
    (b"ID3", "a sound file (MP3)", "Give the melody as MusicXML or MIDI."),
    (b"\xff\xfb", "a sound file (MP3)", "Give the melody as MusicXML or MIDI."),
    (b"OggS", "a sound file (Ogg)", "Give the melody as MusicXML or MIDI."),
    (b"\x0fSIBELIUS", "a Sibelius project", "Export it from Sibelius as MusicXML."),
    (b"ENIGMA BINARY FILE", "a Finale project", "Export it from Finale as MusicXML."),
    (b"VPR", "a VOCALOID project", _EXPORT),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"7z\xbc\xaf", "a 7-Zip archive", "Unpack it first."),
    (b"Rar!", "a RAR archive", "Unpack it first."),
)
_TEXTS: tuple[tuple[str, str, str], ...] = (
    (r"\[#(VERSION|SETTING)\]", "a UTAU project (UST)", "Export it as MIDI or MusicXML."),
    (r"(name|comment|ustx_version)\s*:", "an OpenUtau project (USTX)", "Export it as MIDI or MusicXML."),
    (r"\{\s*\"", "a JSON document", "Export the score as MusicXML or MIDI."),
    (r"\s*\\(version|header|score|relative)", "LilyPond source", "Convert it to MusicXML or MIDI."),
    (r"(%abc|X:\s*\d)", "ABC notation", "Convert it to MusicXML or MIDI."),
)


def read_file(path: Path) -> Score:
    """The score in the file `path`; see `singer.score.read_score`."""
    name = path.name or str(path)
    data = _read_bytes(path, name)
    if data.startswith(b"RIFF") and data[8:12] == b"RMID":
        data = data[20:]
    if data.startswith(b"MThd"):
        from singer.score.midi import read_midi

        return read_midi(data, name)
    from singer.score.musicxml import read_musicxml

    if data.startswith(b"PK"):
        from singer.score.mxl import unpack_mxl

        return read_musicxml(unpack_mxl(data, name), name)
    _refuse_other_kinds(data, name)
    return read_musicxml(data, name)


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        if path.is_dir():
            raise ScoreError(f"{path} is a folder, not a score.", "Name one MusicXML or MIDI file.")
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise ScoreError(f"There is no file {path}.", "Check the name.") from error
    except (OSError, ValueError) as error:
        raise ScoreError(
            f"{name} cannot be opened: {error}.", "Check the file and its permissions."
        ) from error
    if len(data) > MAX_FILE_BYTES:
        raise too_large(name, f"more than {MAX_FILE_BYTES / 1e6:.0f} MB", f"{MAX_FILE_BYTES / 1e6:.0f} MB")
    if not data.strip(b"\0 \t\r\n"):
        raise ScoreError(f"{name} is empty.", "Export the score again.")
    return data


def _refuse_other_kinds(data: bytes, name: str) -> None:
    """Raises ScoreError where `data` is not XML, and says what it is where that shows."""
    for signature, kind, remedy in _SIGNATURES:
        if data.startswith(signature):
            raise ScoreError(f"{name} is {kind}, not a score we read.", remedy)
    head = data[:4_000]
    if b"<" in head[:400] and (head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<")):
        return
    text = head.decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")
    for pattern, kind, remedy in _TEXTS:
        if re.match(pattern, text):
            raise ScoreError(f"{name} is {kind}, not a score we read yet.", remedy)
    raise ScoreError(f"{name} is neither MusicXML nor MIDI.", "Export the score as MusicXML (.mxl) or MIDI.")
