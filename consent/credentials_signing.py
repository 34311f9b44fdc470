"""Signs what a song says of itself into its file, or beside it where the file's format has no place for it.

The same file, definition and signer give the same bytes, unless the signer's key is RSA, whose signatures
are drawn by chance.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from consent.certificates import Signer
from consent.credentials import sidecar_of
from consent.credentials_boxes import UnknownBoxes, settle_salts
from consent.errors import ConsentError

EMBEDDED = {"wav": "audio/wav", "mp3": "audio/mpeg", "flac": "audio/flac", "m4a": "audio/mp4"}
"""The formats that hold a manifest, by suffix. The library has no place in Ogg: C2PA 2.x names none."""

BESIDE = {"ogg": "audio/ogg", "opus": "audio/ogg"}
_SETTINGS = {
    "version": 1,
    "core": {"allowed_network_hosts": []},
    "verify": {"verify_after_sign": False, "remote_manifest_fetch": False, "ocsp_fetch": False},
    "builder": {"thumbnail": {"enabled": False}},
}  # the song's marks are read back from the finished file, so the library need not do it too


class CredentialsError(ConsentError):
    """Content credentials could not be signed."""

    code = "credentials-not-signed"


@dataclass(frozen=True)
class Signed:
    """What was signed: the manifest's URN and bytes, and the sidecar where it is not in the file."""

    manifest: str
    data: bytes
    sidecar: Path | None


def sign_credentials(path: Path, definition: Mapping[str, Any], signer: Signer) -> Signed:
    """Sign a manifest for a finished file, whose format its suffix says.

    `definition` is what the manifest says (`consent.credentials_statement`). WAV, MP3, FLAC and M4A then hold
    it; beside Ogg and Opus lies `song.opus.c2pa`. Nothing may be written into the file afterwards. Raises
    CredentialsError for another format or a file that the library cannot take apart, OSError.
    """
    kind = path.suffix.lower().lstrip(".")
    media_type = EMBEDDED.get(kind) or BESIDE.get(kind)
    if media_type is None:
        raise CredentialsError(f"{path.name} is of a format that is not signed.")
    urn = manifest_urn(path, definition, signer)
    whole = {**definition, "claim_version": 2, "label": urn, "instance_id": urn, "format": media_type}
    draft = path.with_name(f".{path.name}.signed")
    try:
        manifest, settled = _sign(path, draft, whole, media_type, signer, embed=kind in EMBEDDED)
        if kind in EMBEDDED:
            _put_in_place(draft, manifest, settled)
            shutil.copymode(path, draft)
            os.replace(draft, path)
            return Signed(urn, settled, None)
        sidecar = sidecar_of(path)
        sidecar.write_bytes(settled)
        return Signed(urn, settled, sidecar)
    except UnknownBoxes as error:
        raise CredentialsError(f"{path.name} could not be signed: {error}") from error
    finally:
        draft.unlink(missing_ok=True)


def manifest_urn(path: Path, definition: Mapping[str, Any], signer: Signer) -> str:
    """The URN of a manifest (C2PA 2.x, 8.2): one for each file, definition and certificate, always the same.

    A version 4 UUID, as the standard asks; its bits are those of a SHA-256.
    """
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").digest()
    said = json.dumps(definition, sort_keys=True, ensure_ascii=False).encode()
    digest = hashlib.sha256(b"consonance manifest\n")
    for part in (content, said, signer.chain):
        digest.update(hashlib.sha256(part).digest())
    return f"urn:c2pa:{uuid.UUID(bytes=digest.digest()[:16], version=4)}"


def _sign(
    path: Path, draft: Path, definition: Mapping[str, Any], media_type: str, signer: Signer, embed: bool
) -> tuple[bytes, bytes]:
    """The manifest as the library made it, and as it shall be; the library's file stands at `draft`."""
    import c2pa

    asked: list[tuple[bytes, bytes]] = []

    def sign(data: bytes) -> bytes:
        asked.append((data, signer.sign(data)))
        return asked[-1][1]

    try:
        algorithm = c2pa.C2paSigningAlg[signer.algorithm.upper()]
        with (
            c2pa.Signer.from_callback(sign, algorithm, signer.chain.decode("ascii"), None) as native,
            c2pa.Builder(dict(definition), context=_context()) as builder,
            path.open("rb") as source,
            draft.open("w+b") as target,
        ):
            if not embed:
                builder.set_no_embed()
            manifest: bytes = builder.sign(native, media_type, source, target)
    except c2pa.C2paError as error:
        raise CredentialsError(f"{path.name} could not be signed: {error}") from error
    if not asked or not manifest:
        raise CredentialsError(f"{path.name} could not be signed: the library asked for no signature.")
    return manifest, settle_salts(manifest, *asked[-1], signer.sign, signer.salt)


@lru_cache(maxsize=1)
def _context() -> Any:
    import c2pa

    return c2pa.Context(c2pa.Settings.from_dict(_SETTINGS))


def _put_in_place(path: Path, manifest: bytes, settled: bytes) -> None:
    """Write a manifest over the one of the same length that a file holds."""
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as content:
        at = content.find(manifest)
        if at < 0 or content.find(manifest, at + 1) >= 0:
            raise UnknownBoxes("the manifest does not stand in it once, in one piece.")
        content[at : at + len(settled)] = settled
