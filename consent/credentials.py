"""Content credentials as anybody may read them: the C2PA manifest of a file, and whether it holds.

C2PA Technical Specification 2.x, through its reference library. Nothing is ever fetched from a network: a
manifest that lies elsewhere, and certificates' revocation answers, are not asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

State = Literal["trusted", "valid", "invalid"]

RENDER_ASSERTION = "vnd.consonance.render"
"""The label of our own assertion: which render this is, and what it was allowed by."""

SOFT_BINDING = "vnd.consonance.watermark.1"
"""What the soft binding assertion calls our watermark. It is not in C2PA's list of algorithms."""

SIDECAR_SUFFIX = ".c2pa"
LARGEST_SIDECAR = 4 << 20
DAMAGED = "consonance.manifest.damaged"
"""Our own code, beside C2PA's, for a manifest that cannot even be taken apart."""

UNTRUSTED = "signingCredential.untrusted"
_SCAN_BYTES = 1 << 20
_BOXES = (b"jumdc2pa\x00\x11\x00\x10", b"jumdc2ma\x00\x11\x00\x10")
"""How the descriptions of a manifest store and of a manifest begin (C2PA 2.x, 11.1.4)."""

_LONGEST_BOX = max(map(len, _BOXES))
_HEX = re.compile(r"[0-9a-f]{16}")
_NO_NETWORK: Mapping[str, Any] = {
    "version": 1,
    "core": {"allowed_network_hosts": [], "max_decompressed_manifest_size_in_mb": 8},
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True},
}


@dataclass(frozen=True)
class Credentials:
    """What a manifest says and whether it holds.

    `manifest` is the URN of the active manifest. `state` is "trusted" when all of it holds and its signer
    stands under one of the given roots, "valid" when it holds but nobody vouches for the signer, "invalid"
    when anything does not hold; `problems` are C2PA's codes for what does not. What an invalid manifest says,
    `render_id` with it, is nobody's word. `place` says where it was found; `issuer` is the organisation in
    the signer's certificate; `actions` what C2PA calls the steps that made the file. `data` is the library's
    whole report.
    """

    manifest: str
    state: State
    problems: tuple[str, ...]
    render_id: int | None
    place: Literal["embedded", "sidecar"]
    title: str
    producer: str
    actions: tuple[str, ...]
    issuer: str
    data: Mapping[str, Any] = field(repr=False)


def read_credentials(
    path: Path, sidecar: Path | None = None, roots: Sequence[bytes] = ()
) -> Credentials | None:
    """The credentials of a file, or None where there are none.

    `roots` are PEM certificates whose word is taken. A chain among them, a signer's certificate before those
    of its authorities, means that signer alone. A `sidecar` that is named is what is judged; otherwise what
    is embedded in the file, and where nothing is, the file beside it (`song.opus.c2pa`). Never raises for
    what a file holds: a manifest that is damaged or was altered comes back as "invalid". Raises OSError for a
    file that cannot be read, ValueError for roots that are no certificates.
    """
    if sidecar is not None:
        return _of_sidecar(path, sidecar, roots)
    found = _report(path, None, roots)
    if isinstance(found, str):
        if _holds_manifest(path):
            return _credentials({}, "embedded", found)
        beside = sidecar_of(path)
        return _of_sidecar(path, beside, roots) if beside.is_file() else None
    return _credentials(found, "embedded")


def sidecar_of(path: Path) -> Path:
    """Where the manifest of a file stands that cannot hold it: `song.opus.c2pa` beside `song.opus`."""
    return path.with_name(path.name + SIDECAR_SUFFIX)


def _of_sidecar(path: Path, sidecar: Path, roots: Sequence[bytes]) -> Credentials:
    with sidecar.open("rb") as file:
        manifest = file.read(LARGEST_SIDECAR + 1)
    if len(manifest) > LARGEST_SIDECAR:
        return _credentials({}, "sidecar", "The sidecar is too large to be a manifest.")
    found = _report(path, manifest, roots) if manifest else "The sidecar is empty."
    if isinstance(found, str):
        return _credentials({}, "sidecar", found)
    return _credentials(found, "sidecar")


def _report(path: Path, manifest: bytes | None, roots: Sequence[bytes]) -> dict[str, Any] | str:
    """What the library reports of a file, or in words why it reports nothing."""
    authorities, signers = _parted(tuple(roots))
    report = _judged_by(path, manifest, authorities)
    if isinstance(report, str) or not signers or UNTRUSTED not in _codes(report):
        return report
    again = _judged_by(path, manifest, tuple(signers.values()))
    if isinstance(again, str) or UNTRUSTED in _codes(again) or _serial(again) not in signers:
        return report
    return again


def _judged_by(path: Path, manifest: bytes | None, authorities: tuple[bytes, ...]) -> dict[str, Any] | str:
    import c2pa

    with path.open("rb") as file:
        try:
            reader = c2pa.Reader(None, file, manifest, context=_context(authorities))
            with reader:
                report = json.loads(reader.json())
        except (c2pa.C2paError, ValueError, RecursionError) as error:
            return str(error) or "The manifest cannot be read."
    return report if isinstance(report, dict) else "The manifest cannot be read."


@lru_cache(maxsize=8)
def _parted(roots: tuple[bytes, ...]) -> tuple[tuple[bytes, ...], dict[str, bytes]]:
    """PEM of the authorities whose every signer is trusted; and by the serial number of a signer that alone
    is trusted, PEM of its authorities, who give no number twice (RFC 5280, 4.1.2.2)."""
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_pem_x509_certificates

    from consent.certificates import issues

    authorities: list[bytes] = []
    signers: dict[str, bytes] = {}
    for root in roots:
        serial = ""
        for certificate in load_pem_x509_certificates(root):
            pem = certificate.public_bytes(Encoding.PEM)
            if not issues(certificate):
                serial = str(certificate.serial_number)
                signers[serial] = b""
            elif serial:
                signers[serial] += pem
            else:
                authorities.append(pem)
    return tuple(authorities), signers


@lru_cache(maxsize=8)
def _context(authorities: tuple[bytes, ...]) -> Any:
    """How to judge: by these authorities alone, and without a network."""
    import c2pa

    anchors = b"".join(authorities).decode("ascii")
    trust = {"trust": {"user_anchors": anchors}} if anchors else {}
    return c2pa.Context(c2pa.Settings.from_dict({**_NO_NETWORK, **trust}))


def _holds_manifest(path: Path) -> bool:
    """Whether the first bytes of a manifest stand anywhere in a file; reads it in pieces."""
    kept = b""
    with path.open("rb") as file:
        while piece := file.read(_SCAN_BYTES):
            seen = kept + piece
            if any(box in seen for box in _BOXES):
                return True
            kept = piece[-_LONGEST_BOX:]
    return False


def _credentials(
    report: Mapping[str, Any], place: Literal["embedded", "sidecar"], damage: str = ""
) -> Credentials:
    active, manifest = _text(report.get("active_manifest")), _active(report)
    problems = _codes(report)
    said = _text(report.get("validation_state")).lower()
    state: State = "trusted" if said == "trusted" else "valid" if said == "valid" else "invalid"
    if damage:
        state, problems = "invalid", (DAMAGED,)
        report = {"damage": damage}
    assertions = [_mapping(assertion) for assertion in _list(manifest.get("assertions"))]
    generator = _mapping(next(iter(_list(manifest.get("claim_generator_info"))), None))
    signature = _mapping(manifest.get("signature_info"))
    return Credentials(
        manifest=active,
        state=state,
        problems=problems,
        render_id=_render_id(assertions),
        place=place,
        title=_text(manifest.get("title")),
        producer=f"{_text(generator.get('name'))} {_text(generator.get('version'))}".strip(),
        actions=tuple(
            _text(_mapping(action).get("action"))
            for assertion in assertions
            if _text(assertion.get("label")).startswith("c2pa.actions")
            for action in _list(_mapping(assertion.get("data")).get("actions"))
        ),
        issuer=_text(signature.get("issuer")),
        data=report,
    )


def _active(report: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(_mapping(report.get("manifests")).get(_text(report.get("active_manifest"))))


def _codes(report: Mapping[str, Any]) -> tuple[str, ...]:
    """C2PA's codes for what does not hold, each once."""
    codes = (_text(_mapping(status).get("code")) for status in _list(report.get("validation_status")))
    return tuple(dict.fromkeys(code for code in codes if code))


def _serial(report: Mapping[str, Any]) -> str:
    return _text(_mapping(_active(report).get("signature_info")).get("cert_serial_number"))


def _render_id(assertions: Sequence[Mapping[str, Any]]) -> int | None:
    """The render that our own assertion names, or else a soft binding by our watermark."""
    for assertion in assertions:
        if assertion.get("label") == RENDER_ASSERTION:
            return _hex_id(_mapping(assertion.get("data")).get("render"))
    for assertion in assertions:
        data = _mapping(assertion.get("data"))
        if _text(assertion.get("label")).startswith("c2pa.soft-binding") and data.get("alg") == SOFT_BINDING:
            for block in _list(data.get("blocks")):
                return _hex_id(_mapping(block).get("value"))
    return None


def _hex_id(value: object) -> int | None:
    return int(value, 16) if isinstance(value, str) and _HEX.fullmatch(value) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
