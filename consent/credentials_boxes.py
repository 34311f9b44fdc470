"""The same manifest for the same song: what a library drew by chance in one is drawn from a secret instead.

Each assertion of a manifest bears a salt, so that nobody can guess from its hash what a removed one said.
The reference library draws the salts from the system. Here they are put in place anew, all lengths unchanged:
the claim's hashes follow, and its signature. Boxes: ISO/IEC 19566-5 (JUMBF); C2PA 2.x, 8.4 and 11.1.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_HEADER = 8
_UUID_AND_TOGGLES = 17
_CLAIM, _SIGNATURE, _ASSERTIONS = "c2pa.claim.v2", "c2pa.signature", "c2pa.assertions"


class UnknownBoxes(ValueError):
    """A manifest is not laid out as this module expects."""


@dataclass(frozen=True)
class Box:
    """A box: its type, where it begins, where its content begins, where it ends; `label` of a superbox."""

    kind: bytes
    start: int
    content: int
    end: int
    label: str = ""


def settle_salts(
    manifest: bytes, signed: bytes, signature: bytes, sign: Callable[[bytes], bytes], secret: bytes
) -> bytes:
    """The manifest store with salts that follow from `secret` and each assertion's label; as long as before.

    `signed` are the bytes that were signed (COSE's Sig_structure, RFC 9052, 4.4), `signature` is the
    signature over them, and `sign` makes the one over the new. Raises UnknownBoxes.
    """
    settled = bytearray(manifest)
    store = next(_boxes(manifest, 0, len(manifest)))
    active = _children(manifest, store)[-1]
    parts = {box.label: box for box in _children(manifest, active)}
    if {_CLAIM, _SIGNATURE, _ASSERTIONS} - set(parts):
        raise UnknownBoxes("The manifest lacks its claim, signature or assertions.")
    claim = _body(manifest, parts[_CLAIM])
    if not signed.endswith(claim):
        raise UnknownBoxes("What was signed is not the claim.")
    new_claim = claim
    for box in _children(manifest, parts[_ASSERTIONS]):
        salt = _salt(manifest, box)
        if salt is None:
            continue
        drawn = hmac.digest(secret, box.label.encode(), "sha256")[: salt.end - salt.content]
        settled[salt.content : salt.content + len(drawn)] = drawn
        before = hashlib.sha256(manifest[box.content : box.end]).digest()
        after = hashlib.sha256(settled[box.content : box.end]).digest()
        if new_claim.count(before) != 1:
            raise UnknownBoxes(f"The claim does not name {box.label} once.")
        new_claim = new_claim.replace(before, after)
    place = _content(manifest, parts[_CLAIM])
    settled[place.content : place.end] = new_claim
    new_signature = sign(signed[: -len(claim)] + new_claim)
    sealed = _content(manifest, parts[_SIGNATURE])
    at = manifest.find(signature, sealed.content, sealed.end)
    if at < 0 or len(new_signature) != len(signature):
        raise UnknownBoxes("The signature does not stand where it should.")
    settled[at : at + len(signature)] = new_signature
    return bytes(settled)


def _boxes(data: bytes, start: int, end: int) -> Iterator[Box]:
    """The boxes that lie one after another between two places."""
    while start < end:
        if end - start < _HEADER:
            raise UnknownBoxes("A box is cut short.")
        size, kind = struct.unpack_from(">I4s", data, start)
        if not _HEADER <= size <= end - start:
            raise UnknownBoxes("A box is larger than what it lies in.")
        box = Box(kind, start, start + _HEADER, start + size)
        yield Box(kind, start, box.content, box.end, _label(data, box)) if kind == b"jumb" else box
        start += size


def _children(data: bytes, box: Box) -> list[Box]:
    """What lies in a superbox, behind its description."""
    return list(_boxes(data, box.content, box.end))[1:]


def _label(data: bytes, box: Box) -> str:
    start = box.content + _HEADER + _UUID_AND_TOGGLES
    stop = data.find(b"\0", start, box.end)
    return data[start:stop].decode("utf-8", "replace") if stop >= 0 else ""


def _content(data: bytes, box: Box) -> Box:
    """The one box that holds what a superbox is about."""
    inside = _children(data, box)
    if len(inside) != 1:
        raise UnknownBoxes(f"{box.label} holds {len(inside)} boxes.")
    return inside[0]


def _body(data: bytes, box: Box) -> bytes:
    inside = _content(data, box)
    return data[inside.content : inside.end]


def _salt(data: bytes, box: Box) -> Box | None:
    """The salt in the description of a superbox."""
    description = next(_boxes(data, box.content, box.end))
    toggles = data[description.content + _UUID_AND_TOGGLES - 1]
    start = data.find(b"\0", description.content + _UUID_AND_TOGGLES, description.end) + 1
    if not toggles & 0b10000 or toggles & 0b1100 or not start:
        return None  # no private field, or an id or a digest before it
    return next((inner for inner in _boxes(data, start, description.end) if inner.kind == b"c2sh"), None)
