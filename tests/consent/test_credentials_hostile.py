"""Manifests made to hurt whoever reads them: each is called invalid, at once."""

from __future__ import annotations

import resource
import struct
import time
from pathlib import Path

import pytest

from consent.certificates import Certificates
from consent.credentials import read_credentials
from consent.credentials_signing import Signed, sign_credentials
from tests.consent.signed_files import sound_file, statement

HOSTILE = {
    "nested arrays": b"\x81" * 2_000_000 + b"\x00",
    "nested maps": b"\xa1\x61a" * 500_000 + b"\x00",
    "endless arrays": b"\x9f" * 2_000_000,
    "nested tags": b"\xd8\x20" * 1_000_000 + b"\x00",
    "an array of 2^64": b"\x9b" + b"\xff" * 8,
    "a text of 2^63": b"\x7b\x7f" + b"\xff" * 7,
    "bytes of 2^63": b"\x5b\x7f" + b"\xff" * 7,
    "a map of 2^40": b"\xbb\x00\x00\x01" + b"\x00" * 5,
    "nothing": b"",
    "nested lists": b"[" * 1_000_000,
    "nested objects": b'{"a":' * 500_000,
    "nested lists that close": b"[" * 50_000 + b"]" * 50_000,
}
TARGETS = ("c2pa.claim.v2", "c2pa.signature", "c2pa.actions.v2", "c2pa.hash.data", "vnd.consonance.said")


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Signed, tuple[bytes, ...]]:
    folder = tmp_path_factory.mktemp("hostile")
    keys = folder / "keys"
    keys.mkdir()
    certificates = Certificates(keys, "consonance/test")
    said = statement()
    said["assertions"].append({"label": "vnd.consonance.said", "data": {"a": [1]}, "kind": "Json"})
    path = sound_file(folder / "song.opus")
    return path, sign_credentials(path, said, certificates.signer()), certificates.trusted()


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("target", TARGETS)
def test_a_hostile_box_is_invalid_at_once(
    target: str, what: str, signed: tuple[Path, Signed, tuple[bytes, ...]]
) -> None:
    path, honest, roots = signed
    assert honest.sidecar is not None
    honest.sidecar.write_bytes(with_content(honest.data, target, HOSTILE[what]))
    started, kilobytes = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = read_credentials(path, None, roots)
    assert found is not None and found.state == "invalid" and found.problems
    assert time.process_time() - started < 3.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - kilobytes < 300_000


def test_the_rebuilt_manifest_is_the_honest_one(signed: tuple[Path, Signed, tuple[bytes, ...]]) -> None:
    """Put back what was there, it is trusted: so what is tested is the content alone."""
    path, honest, roots = signed
    assert honest.sidecar is not None
    at = honest.data.index(b"vnd.consonance.said\0")
    start = honest.data.index(b"json", at) + 4
    (size,) = struct.unpack_from(">I", honest.data, start - 8)
    content = honest.data[start : start + size - 8]
    honest.sidecar.write_bytes(with_content(honest.data, "vnd.consonance.said", content))
    found = read_credentials(path, None, roots)
    assert found is not None and found.state == "trusted"


def with_content(data: bytes, target: str, content: bytes) -> bytes:
    """A manifest store whose superbox of that label holds other content; every length around it fits."""
    size, kind = struct.unpack_from(">I4s", data)
    if kind != b"jumb":
        return data[:size] + (with_content(data[size:], target, content) if data[size:] else b"")
    (described,) = struct.unpack_from(">I", data, 8)
    label = data[8 + 8 + 17 : data.index(b"\0", 8 + 8 + 17)].decode()
    inside = data[8 + described : size]
    if label == target:
        inside = struct.pack(">I4s", 8 + len(content), inside[4:8]) + content
    else:
        inside = with_content(inside, target, content) if inside else b""
    body = data[8 : 8 + described] + inside
    rest = data[size:]
    return (
        struct.pack(">I4s", 8 + len(body), kind)
        + body
        + (with_content(rest, target, content) if rest else b"")
    )
