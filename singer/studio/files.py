"""A song's files on their way out: encoded, labelled, signed, and every mark read back from their bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from consent.credentials import sidecar_of
from consent.credentials_signing import Signed
from consent.credentials_statement import CreditedSong, HumanEdit, program_version
from consent.registry import Registry
from consent.release_marks import SignedManifest
from singer.errors import MarkMissing
from singer.sound_bytes import sound_sha256
from singer.studio.credits import tags_of
from singer.studio.verifying import PRODUCER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from consent.authorization import Authorization
    from consent.certificates import Signer
    from singer.performance.model import Performance

_PARTS = {
    "timing": ("timing", "A person moved where phrases begin and end."),
    "notes": ("notes", "A person changed the notes and words that are written down."),
    "phones": ("pronunciation", "A person changed which sounds are sung, or when."),
    "f0_hz": ("pitch", "A person changed the pitch curve."),
    "loudness_db": ("loudness", "A person changed the loudness curve."),
    "breathiness_db": ("breathiness", "A person changed the breathiness curve."),
    "tension": ("tension", "A person changed the tension curve."),
    "brightness": ("brightness", "A person changed the brightness curve."),
}

_ANOTHER = ("other", "A person changed another part of it.")


@dataclass(frozen=True)
class WrittenFile:
    """What was written for one file of a song: (staged, final) paths, digests, and the signed manifest."""

    files: tuple[tuple[Path, Path], ...]
    sha256s: tuple[str, ...]
    manifest: SignedManifest


def write_file(
    registry: Registry,
    stage: Path,
    target: Path,
    samples: NDArray[np.float32],
    song: CreditedSong,
    authorization: Authorization,
    key: bytes,
    signer: Signer,
) -> WrittenFile:
    """Make one file of a song at `stage`, to be released at `target`.

    1. The marked sound is encoded, and the label and the credits are put in their places.
    2. The content credentials are signed over that: into the file, or beside it where it cannot hold them.
    3. Watermark, label and credentials are read back from the finished bytes.

    Raises `MarkMissing` when one of them cannot be, `consent.errors.ConsentError` when nothing can be signed.
    """
    from singer.audio_file import write
    from singer.marks import confirm_marks, sha256_of

    label = registry.labels.of(authorization, PRODUCER)
    write(stage, samples, tags_of(song, authorization, label, f"{PRODUCER} {program_version()}"))  # 1
    credited = replace(song, sound_sha256=sound_sha256(stage) or "")
    signed = registry.credentials.sign(stage, authorization, credited, signer)  # 2
    sha256 = confirm_marks(stage, authorization.render_id, key, label.to_json())  # 3
    _confirm_credentials(registry, stage, signed, authorization.render_id)
    manifest = SignedManifest(signed.manifest, sha256, signed.data)
    if signed.sidecar is None:
        return WrittenFile(((stage, target),), (sha256,), manifest)
    files = ((stage, target), (signed.sidecar, sidecar_of(target)))
    return WrittenFile(files, (sha256, sha256_of(signed.sidecar)), manifest)


def human_edits(performance: Performance) -> Sequence[HumanEdit]:
    """What people decided or changed in a performance, as far as it says how it was planned.

    It will be signed: so nothing is repeated that somebody may have written into the performance.
    """
    from singer.performance.planned import LYRICS_GIVEN, edited
    from singer.performance.styles import DEFAULT_STYLE, STYLES

    planned = performance.planned
    if planned is None:
        return ()
    edits = []
    if planned.lyrics == LYRICS_GIVEN:
        edits.append(HumanEdit("lyrics", "A person gave the lyrics in place of the score's."))
    if planned.transpose:
        edits.append(HumanEdit("melody", f"A person transposed it by {planned.transpose:+g} semitones."))
    if planned.style in STYLES and planned.style != DEFAULT_STYLE:
        edits.append(HumanEdit("style", f"A person chose the style “{planned.style}”."))
    elif planned.style not in STYLES:
        edits.append(HumanEdit("style", "A person gave a style of their own."))
    changed = dict.fromkeys(_PARTS.get(part, _ANOTHER) for part in edited(performance))
    return (*edits, *(HumanEdit(part, sentence) for part, sentence in changed))


def _confirm_credentials(registry: Registry, stage: Path, signed: Signed, render_id: int) -> None:
    found = registry.credentials.read(stage)
    if found is None or (found.state, found.manifest, found.render_id) != (
        "trusted",
        signed.manifest,
        render_id,
    ):
        problems = ", ".join(found.problems) if found is not None else "none are there"
        raise MarkMissing(
            f"{stage.name}: the credentials could not be read back ({problems}), so the song is not released."
        )
