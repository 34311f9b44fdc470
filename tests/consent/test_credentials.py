"""Content credentials: what was signed is read back as it was said, and nothing else passes for it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path

import c2pa
import encypher_c2pa
import numpy as np
import pytest

from consent.certificates import SIGNER_YEARS, Certificates, Signer
from consent.credentials import DAMAGED, LARGEST_SIDECAR, Credentials, read_credentials, sidecar_of
from consent.credentials_boxes import UnknownBoxes, settle_salts
from consent.credentials_signing import CredentialsError, Signed, manifest_urn, sign_credentials
from tests.consent.signed_files import EMBEDDED, FORMATS, RENDER_ID, sound_file, statement

MEDIA_TYPES = {
    "wav": "audio/wav",
    "flac": "audio/flac",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
}
Sign = Callable[..., tuple[Path, Signed]]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("keys"), "consonance/test")


@pytest.fixture(scope="module")
def signer(certificates: Certificates) -> Signer:
    return certificates.signer()


@pytest.fixture(scope="module")
def roots(certificates: Certificates) -> tuple[bytes, ...]:
    return certificates.trusted()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Path]:
    folder, made = tmp_path_factory.mktemp("sounds"), dict[tuple[str, int], Path]()

    def sound(audio_format: str, seed: int = 0) -> Path:
        if (audio_format, seed) not in made:
            made[audio_format, seed] = sound_file(folder / f"{seed}.{audio_format}", seed)
        return made[audio_format, seed]

    return sound


@pytest.fixture
def sign(tmp_path: Path, sound: Callable[[str, int], Path], signer: Signer) -> Sign:
    """Sign a copy of a sound; returns its path and what was signed."""

    def sign(
        audio_format: str, seed: int = 0, name: str = "song", by: Signer = signer
    ) -> tuple[Path, Signed]:
        path = tmp_path / f"{name}.{audio_format}"
        shutil.copy(sound(audio_format, seed), path)
        return path, sign_credentials(path, statement(), by)

    return sign


def read(path: Path, roots: tuple[bytes, ...], sidecar: Path | None = None) -> Credentials:
    found = read_credentials(path, sidecar, roots)
    assert found is not None
    return found


@pytest.mark.parametrize("audio_format", FORMATS)
def test_what_was_signed_is_read_back(audio_format: str, sign: Sign, roots: tuple[bytes, ...]) -> None:
    path, signed = sign(audio_format)
    found = read(path, roots)
    assert (found.state, found.problems) == ("trusted", ())
    assert (found.manifest, found.render_id, found.title) == (signed.manifest, RENDER_ID, "A song")
    assert (found.producer, found.issuer) == ("Consonance 1", "Consonance, a local registry")
    assert found.actions == ("c2pa.created", "c2pa.watermarked.bound")
    assert found.place == ("embedded" if audio_format in EMBEDDED else "sidecar")
    assert (signed.sidecar is None) == (audio_format in EMBEDDED)


@pytest.mark.parametrize("audio_format", FORMATS)
def test_the_sound_and_its_tags_are_as_before(
    audio_format: str, sign: Sign, sound: Callable[..., Path]
) -> None:
    from singer.audio_file import read as decode
    from singer.audio_tags import read_tags

    path, _ = sign(audio_format)
    before, after = decode(sound(audio_format)), decode(path)
    assert np.array_equal(before.samples, after.samples)
    assert read_tags(path) == read_tags(sound(audio_format))


@pytest.mark.parametrize("audio_format", FORMATS)
def test_a_reader_that_does_not_know_us_finds_it_whole(audio_format: str, sign: Sign) -> None:
    path, _ = sign(audio_format)
    found = read(path, ())
    assert (found.state, found.problems) == ("valid", ("signingCredential.untrusted",))


def test_another_registry_is_not_taken_for_ours(sign: Sign, tmp_path: Path) -> None:
    path, _ = sign("wav")
    others = Certificates(_folder(tmp_path / "others"), "consonance/other").trusted()
    assert read(path, others).state == "valid"


@pytest.mark.parametrize("audio_format", EMBEDDED)
def test_the_reference_reader_accepts_our_files(
    audio_format: str, sign: Sign, roots: tuple[bytes, ...]
) -> None:
    """As c2patool does: a file, a trust anchor, and every other setting as it comes."""
    path, _ = sign(audio_format)
    trust = {"version": 1, "trust": {"trust_anchors": roots[0].decode()}}
    with c2pa.Reader(str(path), context=c2pa.Context(c2pa.Settings.from_dict(trust))) as reader:
        assert reader.get_validation_state() == "Trusted"
        assert reader.is_embedded()
        results = reader.get_validation_results()
    assert results is not None and results["activeManifest"]["failure"] == []


@pytest.mark.parametrize("audio_format", FORMATS)
def test_a_reader_with_code_of_its_own_agrees(
    audio_format: str, sign: Sign, roots: tuple[bytes, ...]
) -> None:
    """On files that are whole, and on flips of the sound, the tags, an assertion and the signed claim."""
    path, signed = sign(audio_format)
    victim = signed.sidecar or path

    def states() -> tuple[str, str]:
        kept = {} if signed.sidecar is None else {"manifest_store": signed.sidecar}
        told = encypher_c2pa.verify(
            path,
            MEDIA_TYPES[audio_format],
            trust_pem=roots[0].decode(),
            no_default_trust=True,
            telemetry=False,
            online=False,
            **kept,
        )
        return read(path, roots).state, str(told["validation_state"]).lower()

    assert states() == ("trusted", "trusted")
    for file, piece in (
        (path, b"Nobody"),
        (victim, b"trainedAlgorithmic"),
        (victim, b"claim_generator_info"),
    ):
        whole = file.read_bytes()
        at = whole.index(piece) + 2
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert states() == ("invalid", "invalid"), piece
        file.write_bytes(whole)
    assert states() == ("trusted", "trusted")


@pytest.mark.parametrize("audio_format", FORMATS)
def test_the_same_song_is_signed_with_the_same_bytes(audio_format: str, sign: Sign) -> None:
    first, one = sign(audio_format, name="first")
    second, two = sign(audio_format, name="second")
    assert first.read_bytes() == second.read_bytes()
    assert (one.manifest, one.data) == (two.manifest, two.data)


def test_the_urn_follows_from_file_statement_and_signer(
    sound: Callable[..., Path], signer: Signer, tmp_path: Path
) -> None:
    other = Certificates(_folder(tmp_path / "others"), "consonance/other").signer()
    urns = {
        manifest_urn(sound("wav", 0), statement(), signer),
        manifest_urn(sound("wav", 1), statement(), signer),
        manifest_urn(sound("wav", 0), statement(title="Another"), signer),
        manifest_urn(sound("wav", 0), statement(), other),
    }
    assert len(urns) == 4


def test_salts_are_secret_and_differ(sign: Sign, tmp_path: Path) -> None:
    other = Certificates(_folder(tmp_path / "others"), "consonance/other").signer()
    ours, theirs = sign("wav")[1].data, sign("wav", by=other)[1].data
    salts = [_salts(data) for data in (ours, theirs)]
    assert len(salts[0]) == len(set(salts[0])) >= 4
    assert not set(salts[0]) & set(salts[1])


def test_boxes_of_another_shape_are_not_touched(signer: Signer) -> None:
    def sign(data: bytes) -> bytes:
        raise AssertionError("nothing is signed")

    for odd in (b"\0\0\0\x08jumb", b"\0\0\0\x40jumb" + b"\0" * 56, b"\xff" * 40):
        with pytest.raises((UnknownBoxes, IndexError)):
            settle_salts(odd, b"signed", b"signature", sign, signer.salt)


@pytest.mark.parametrize("audio_format", FORMATS)
def test_nothing_is_said_of_a_file_without_credentials(
    audio_format: str, sound: Callable[..., Path], roots: tuple[bytes, ...]
) -> None:
    assert read_credentials(sound(audio_format), None, roots) is None


def test_nothing_is_said_of_what_is_no_sound(tmp_path: Path, roots: tuple[bytes, ...]) -> None:
    for content in (b"", b"c2pa", b"jumb" * 100, b"a text" * 1000, bytes(range(256)) * 50):
        file = tmp_path / "thing"
        file.write_bytes(content)
        assert read_credentials(file, None, roots) is None


@pytest.mark.parametrize("audio_format", FORMATS)
def test_a_flipped_bit_of_the_sound_is_found(audio_format: str, sign: Sign, roots: tuple[bytes, ...]) -> None:
    path, _ = sign(audio_format)
    content = bytearray(path.read_bytes())
    content[len(content) * 2 // 3 if audio_format != "wav" else 20_000] ^= 1
    path.write_bytes(content)
    found = read(path, roots)
    mismatch = "assertion.bmffHash.mismatch" if audio_format == "m4a" else "assertion.dataHash.mismatch"
    assert (found.state, found.problems) == ("invalid", (mismatch,))


@pytest.mark.parametrize("audio_format", FORMATS)
def test_an_edited_tag_is_found(audio_format: str, sign: Sign, roots: tuple[bytes, ...]) -> None:
    path, _ = sign(audio_format)
    content = path.read_bytes()
    assert b"Nobody" in content
    path.write_bytes(content.replace(b"Nobody", b"Nobodx"))
    assert read(path, roots).state == "invalid"


def test_a_flipped_bit_of_the_manifest_is_found(sign: Sign, roots: tuple[bytes, ...]) -> None:
    """What the standard leaves unsigned (padding, the frames of some boxes) says nothing: flipped there, a
    manifest may stay trusted, and says the same. The file's digest tells such flips."""
    path, signed = sign("wav")
    content, honest = path.read_bytes(), read(path, roots)
    start, padding = content.index(signed.data), _padding(signed.data)
    silent, found_out = 0, 0
    for place in range(0, len(signed.data), 5):
        if place in padding and place % 100:
            continue
        spoilt = bytearray(content)
        spoilt[start + place] ^= 1 << (place % 8)
        path.write_bytes(spoilt)
        found = read_credentials(path, None, roots)
        if found is not None and found.state == "trusted":
            assert (found.data["manifests"], found.render_id) == (honest.data["manifests"], RENDER_ID), place
            silent += place not in padding
        else:
            assert found is None or found.problems, place
            found_out += 1
    assert found_out > 400 and silent < found_out / 20


def test_a_hidden_manifest_is_not_taken_for_none(sign: Sign, roots: tuple[bytes, ...]) -> None:
    """Renamed so that readers pass it by, or with its outermost box spoilt."""
    path, _ = sign("wav")
    whole = path.read_bytes()
    chunk, store = whole.index(b"C2PA"), whole.index(b"jumdc2pa")
    for at in (chunk, store + 5, store + 9):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        found = read(path, roots)
        assert (found.state, found.problems, found.render_id) == ("invalid", (DAMAGED,), None)


@pytest.mark.parametrize("audio_format", EMBEDDED)
def test_a_transplanted_manifest_is_found(audio_format: str, sign: Sign, roots: tuple[bytes, ...]) -> None:
    _, donor = sign(audio_format, seed=1, name="donor")
    path, own = sign(audio_format, seed=2, name="host")
    assert len(donor.data) == len(own.data)
    path.write_bytes(path.read_bytes().replace(own.data, donor.data))
    found = read(path, roots)
    assert found.state == "invalid" and found.manifest == donor.manifest
    assert found.problems[0].endswith("Hash.mismatch")


@pytest.mark.parametrize("audio_format", ("ogg", "opus"))
def test_a_swapped_sidecar_is_found(audio_format: str, sign: Sign, roots: tuple[bytes, ...]) -> None:
    _, other = sign(audio_format, seed=1, name="other")
    path, _ = sign(audio_format, seed=2, name="song")
    assert other.sidecar is not None
    shutil.copy(other.sidecar, sidecar_of(path))
    found = read(path, roots)
    assert (found.state, found.place) == ("invalid", "sidecar")
    assert found.problems == ("assertion.dataHash.mismatch",)


def test_a_sidecar_that_is_named_is_what_is_judged(
    sign: Sign, roots: tuple[bytes, ...], tmp_path: Path
) -> None:
    path, signed = sign("opus")
    moved = (tmp_path / "elsewhere").with_suffix(".c2pa")
    sidecar_of(path).rename(moved)
    assert read_credentials(path, None, roots) is None
    assert read(path, roots, moved).manifest == signed.manifest


@pytest.mark.parametrize("content", (b"", b"\0", b"jumb" * 9, b"\xff" * 5000, b"\0" * (LARGEST_SIDECAR + 1)))
def test_a_sidecar_that_is_none_is_damaged(
    content: bytes, sound: Callable[..., Path], roots: tuple[bytes, ...], tmp_path: Path
) -> None:
    sidecar = tmp_path / "song.c2pa"
    sidecar.write_bytes(content)
    found = read(sound("opus"), roots, sidecar)
    assert (found.state, found.problems, found.render_id) == ("invalid", (DAMAGED,), None)


@pytest.mark.parametrize("audio_format", FORMATS)
def test_no_mutation_raises_or_passes(audio_format: str, sign: Sign, roots: tuple[bytes, ...]) -> None:
    """Drawn by a seed: pieces cut out, doubled, overwritten, cut short. None is trusted, none raises."""
    path, signed = sign(audio_format)
    victim = sidecar_of(path) if signed.sidecar else path
    whole, rng = victim.read_bytes(), np.random.default_rng(5)
    start = whole.index(signed.data)
    for _ in range(60):
        at = start + int(rng.integers(0, 1200))
        size = int(rng.integers(1, 60))
        drawn = rng.bytes(size)
        piece = whole[at : at + size]
        spoilt = (
            whole[:at] + whole[at + size :],
            whole[:at] + piece + whole[at:],
            whole[:at] + drawn + whole[at + size :],
            whole[: at + size],
        )[int(rng.integers(4))]
        if spoilt == whole:
            continue
        victim.write_bytes(spoilt)
        found = read_credentials(path, None, roots)
        assert found is None or found.state == "invalid"


def test_an_expired_signer_is_called_expired(sign: Sign, tmp_path: Path) -> None:
    """Made so long ago that it ends in a moment: before that it signs, afterwards neither more nor well."""
    old = Certificates(_folder(tmp_path / "old"), "consonance/old")
    lasts = timedelta(days=round(365.25 * SIGNER_YEARS))
    made_at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=3) - lasts
    ending = old.signer(now=made_at)
    path, _ = sign("wav", by=ending)
    assert read(path, old.trusted()).state == "trusted"
    while datetime.now(UTC) <= made_at + lasts + timedelta(seconds=1):
        time.sleep(0.1)
    found = read(path, old.trusted())
    assert found.state == "invalid" and "signingCredential.expired" in found.problems
    with pytest.raises(CredentialsError, match="not valid at time of signing"):
        sign("wav", name="later", by=ending)
    old.renew()
    later, _ = sign("wav", name="renewed", by=old.signer())
    assert read(later, old.trusted()).state == "trusted"


def test_a_manifest_elsewhere_is_not_fetched(
    sound: Callable[..., Path], signer: Signer, roots: tuple[bytes, ...], tmp_path: Path
) -> None:
    asked: list[str] = []

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    with HTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        path = tmp_path / "song.wav"
        address = f"http://127.0.0.1:{server.server_address[1]}/song.c2pa"
        with (
            c2pa.Signer.from_callback(
                signer.sign, c2pa.C2paSigningAlg.ES256, signer.chain.decode(), None
            ) as native,
            c2pa.Builder(statement()) as builder,
        ):
            builder.set_no_embed()
            builder.set_remote_url(address)
            signed = BytesIO()
            builder.sign(native, "audio/wav", BytesIO(sound("wav").read_bytes()), signed)
        path.write_bytes(signed.getvalue())
        assert address.encode() in path.read_bytes()
        found = read_credentials(path, None, roots)
        server.shutdown()
    assert asked == []
    assert found is None or found.state == "invalid"


def test_other_formats_are_not_signed(tmp_path: Path, signer: Signer) -> None:
    path = tmp_path / "song.txt"
    path.write_text("la la la")
    with pytest.raises(CredentialsError, match=r"song\.txt"):
        sign_credentials(path, statement(), signer)


@pytest.mark.parametrize("audio_format", EMBEDDED)
def test_a_file_that_lies_about_its_format_is_not_signed(
    audio_format: str, tmp_path: Path, signer: Signer
) -> None:
    path = tmp_path / f"song.{audio_format}"
    path.write_bytes(b"")
    with pytest.raises(CredentialsError):
        sign_credentials(path, statement(), signer)
    assert list(tmp_path.iterdir()) == [path]


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _salts(manifest: bytes) -> list[bytes]:
    places = [at for at in range(len(manifest)) if manifest.startswith(b"c2sh", at)]
    return [manifest[at + 4 : at + 20] for at in places]


def _padding(manifest: bytes) -> range:
    """The longest run of zeros: what the signature's box keeps free."""
    longest, at = range(0), 0
    while at < len(manifest):
        end = at
        while end < len(manifest) and manifest[end] == 0:
            end += 1
        longest = range(at, end) if end - at > len(longest) else longest
        at = max(end, at + 1)
    return longest
