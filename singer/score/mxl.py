"""Compressed MusicXML (.mxl): finds the score in the container without unpacking more than we allow."""

from __future__ import annotations

import io
import zipfile
import zlib

from singer.errors import ScoreError
from singer.score.limits import MAX_FILE_BYTES, too_large
from singer.score.xmltree import parse_tree

_MAX_ENTRIES = 1_000
_CONTAINER = "META-INF/container.xml"
_AGAIN = "Export the score again, or as plain .musicxml."


def unpack_mxl(data: bytes, name: str) -> bytes:
    """The MusicXML document inside the .mxl container `data` (MusicXML 4.0, "Compressed .MXL files").

    Declared sizes and the bytes that really come out are both held to MAX_FILE_BYTES.
    Raises ScoreError for a damaged, encrypted, oversized or foreign archive.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > _MAX_ENTRIES:
                raise too_large(name, f"{len(entries):,} files in one archive", f"{_MAX_ENTRIES:,}")
            return _read_entry(archive, _find_score(archive, name), name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise ScoreError(f"{name} is a damaged or unreadable archive ({error}).", _AGAIN) from error
    except (KeyError, ValueError, IndexError) as error:
        raise ScoreError(f"{name} is an archive whose list of files is damaged.", _AGAIN) from error


def _find_score(archive: zipfile.ZipFile, name: str) -> str:
    names = [entry.filename for entry in archive.infolist()]
    if _CONTAINER in names:
        root = parse_tree(_read_entry(archive, _CONTAINER, name), f"{name} ({_CONTAINER})", [])
        for element in root.iter():
            if element.tag.rpartition("}")[2] == "rootfile" and element.get("full-path") in names:
                return str(element.get("full-path"))
    for entry in names:
        if not entry.startswith(("META-INF/", "__MACOSX/")) and entry.lower().endswith((".xml", ".musicxml")):
            return entry
    if any(entry.endswith(".mscx") for entry in names):
        raise ScoreError(f"{name} is a MuseScore project.", "Export it from MuseScore as MusicXML.")
    raise ScoreError(f"{name} is an archive without a MusicXML score in it.", _AGAIN)


def _read_entry(archive: zipfile.ZipFile, entry: str, name: str) -> bytes:
    info = archive.getinfo(entry)
    limit = f"{MAX_FILE_BYTES / 1e6:.0f} MB"
    if info.file_size > MAX_FILE_BYTES:
        raise too_large(name, f"{entry} unpacks to {info.file_size / 1e6:.0f} MB", limit)
    with archive.open(info) as stream:
        data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise too_large(name, f"{entry} unpacks to more than it says", limit)
    return data
