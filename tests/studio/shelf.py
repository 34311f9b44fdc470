"""Songs of one registry in every format, and ways of spoiling copies of them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mutagen
from mutagen.id3 import TIT2

from consent.registry import Registry
from singer import studio
from singer.audio_file import FORMATS
from singer.verdict import Verdict

EMBEDDED = ("wav", "flac", "mp3", "m4a")
BESIDE = tuple(name for name in FORMATS if name not in EMBEDDED)


@dataclass(frozen=True)
class Shelf:
    """Two songs of one registry in every format, and a folder to spoil copies in."""

    registry: Registry
    first: studio.Song
    second: studio.Song
    bench: Path

    def copy(self, suffix: str, song: studio.Song | None = None, name: str = "copy") -> Path:
        """A copy of a song's file with everything that lies beside it."""
        source = next(file for file in (song or self.first).files if file.suffix == f".{suffix}")
        target = self.bench / f"{name}.{suffix}"
        for found in source.parent.glob(f"{source.name}*"):
            shutil.copy(found, self.bench / found.name.replace(source.name, target.name))
        return target

    def verdict(self, path: Path, **more: Any) -> Verdict:
        return studio.verify(self.registry, path, **more)


def codes(verdict: Verdict) -> set[str]:
    return {change.code for change in verdict.changes}


def says(verdict: Verdict, layer: str) -> str:
    return next(evidence.found for evidence in verdict.evidence if evidence.layer == layer)


def rename(file: Path, title: str) -> None:
    """Edit the title as a player would."""
    tags: Any = mutagen.File(file)
    if file.suffix == ".mp3":
        tags.tags.setall("TIT2", [TIT2(text=title)])
    elif file.suffix == ".m4a":
        tags["\xa9nam"] = [title]
    else:
        tags["title"] = [title]
    tags.save()


def relabel(file: Path, label: str, other: str) -> None:
    """Put something of the same length in the place of a part of the label.

    Pages of Ogg bear a checksum, so there the comments are written anew.
    """
    if file.suffix in (".ogg", ".opus"):
        tags: Any = mutagen.File(file)
        tags["AIGC"] = [tags["AIGC"][0].replace(label, other)]
        tags.save()
        return
    content = file.read_bytes()
    assert content.count(label.encode()) == 1
    file.write_bytes(content.replace(label.encode(), other.encode()))


def kept(registry: Registry, song: studio.Song, file: Path) -> bytes:
    """The manifest that a file was released with."""
    from singer.marks import sha256_of

    sha256 = sha256_of(file)
    found = next(one for one in registry.manifests.of_render(int(song.render_id, 16)) if one.sha256 == sha256)
    data = registry.manifests.get(found.manifest)
    assert data is not None
    return data
