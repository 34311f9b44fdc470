"""The C2PA Soft Binding Resolution API: whoever lost a manifest finds it by the sound, and learns no more."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from flask import Flask
from flask.testing import FlaskClient
from visitors import MakePage, Visitor, sing_all
from werkzeug.test import TestResponse

from consent.credentials import SOFT_BINDING
from consent.registry import Registry
from singer import studio
from web.soft_binding import PREFIX, render_id_of


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Another program, without cookies."""
    return app.test_client(use_cookies=False)


@pytest.fixture
def registry(app: Flask) -> Registry:
    found: Registry = app.extensions["consonance.registry"]
    return found


@pytest.fixture
def song(app: Flask, visitor: Visitor) -> dict[str, bytes]:
    """A song that was sung on this page, as its two files."""
    place = visitor.sing().location
    sing_all(app)
    return {suffix: visitor.get(f"{place}/save/song.{suffix}").data for suffix in ("wav", "mp3")}


def render_of(registry: Registry) -> str:
    """The render id of the newest song, from the ledger."""
    return str(registry.ledger_rows(kind="render")[-1].body["render"])


def stripped(content: bytes, gain: float = 0.8) -> bytes:
    """The sound alone, a little quieter, in another container."""
    samples, rate = soundfile.read(io.BytesIO(content), dtype="float32")
    out = io.BytesIO()
    soundfile.write(out, gain * samples, rate, format="FLAC")
    return out.getvalue()


def ask(client: FlaskClient, content: bytes, query: str = "", kind: str = "audio/flac") -> TestResponse:
    return client.post(f"{PREFIX}/matches/byContent{query}", data=content, content_type=kind)


def matches(page: TestResponse) -> list[dict[str, Any]]:
    assert page.status_code == 200, page.text
    assert page.headers["Access-Control-Allow-Origin"] == "*"
    found: list[dict[str, Any]] = page.json["matches"]
    return found


def test_a_stripped_song_finds_its_manifest_by_its_sound(
    client: FlaskClient, song: dict[str, bytes], registry: Registry
) -> None:
    found = matches(ask(client, stripped(song["wav"])))
    assert len(found) == 2  # its WAV's and its MP3's
    for match in found:
        assert set(match) == {"manifestId", "similarityScore"} and 50 < match["similarityScore"] <= 100
        page = client.get(f"{PREFIX}/manifests/{match['manifestId']}")
        assert page.status_code == 200 and page.mimetype == "application/c2pa"
        assert page.data == registry.manifests.get(match["manifestId"])
        assert page.data in song["wav"] or page.data in song["mp3"]  # it went out with the file


def test_a_manifest_that_was_found_again_speaks_for_the_stripped_song(
    client: FlaskClient, song: dict[str, bytes], registry: Registry, tmp_path: Path
) -> None:
    """As another verifier does: the signature holds, the song is named, the bytes are said to be others."""
    bare, found = tmp_path / "bare.flac", tmp_path / "found.c2pa"
    bare.write_bytes(stripped(song["wav"]))
    first, *_ = matches(ask(client, bare.read_bytes()))
    found.write_bytes(client.get(f"{PREFIX}/manifests/{first['manifestId']}").data)
    verdict = studio.verify(registry, bare, sidecar=found)
    assert verdict.marks_found == ("watermark", "credentials")
    assert "sidecar-does-not-fit" in {change.code for change in verdict.changes}


def test_the_very_file_finds_its_own_manifest_first(client: FlaskClient, song: dict[str, bytes]) -> None:
    for suffix, kind in (("wav", "audio/wav"), ("mp3", "audio/mpeg")):
        first, *_ = matches(ask(client, song[suffix], kind=kind))
        assert first["similarityScore"] == 100
        assert client.get(f"{PREFIX}/manifests/{first['manifestId']}").data in song[suffix]


def test_a_form_may_bring_the_file(client: FlaskClient, song: dict[str, bytes]) -> None:
    form = {"file": (io.BytesIO(stripped(song["mp3"])), "x.flac")}
    assert matches(client.post(f"{PREFIX}/matches/byContent", data=form))
    assert client.post(f"{PREFIX}/matches/byContent", data={"no": "file"},
                       content_type="multipart/form-data").status_code == 400  # fmt: skip


def test_a_watermark_finds_the_manifest_in_each_form_of_its_value(
    client: FlaskClient, song: dict[str, bytes], registry: Registry
) -> None:
    render = render_of(registry)
    forms = (
        render,
        base64.b64encode(bytes.fromhex(render)).decode(),
        base64.b64encode(render.encode()).decode(),
    )
    wanted = {one.manifest for one in registry.manifests.of_render(int(render, 16))}
    assert len(wanted) == 2
    for value in forms:
        query = {"alg": SOFT_BINDING, "value": value}
        for page in (
            client.get(f"{PREFIX}/matches/byBinding", query_string=query),
            client.post(f"{PREFIX}/matches/byBinding", json=query),
        ):
            assert {match["manifestId"] for match in matches(page)} == wanted
    one = client.get(f"{PREFIX}/matches/byBinding", query_string={**query, "maxResults": "1"})
    assert len(matches(one)) == 1


def test_what_nobody_made_here_finds_nothing(client: FlaskClient, song: dict[str, bytes]) -> None:
    noise = io.BytesIO()
    soundfile.write(noise, np.random.default_rng(5).normal(0, 0.1, 44_100), 44_100, format="WAV")
    assert matches(ask(client, noise.getvalue(), kind="audio/wav")) == []
    query = {"alg": SOFT_BINDING, "value": "0123456789abcdef"}
    assert matches(client.get(f"{PREFIX}/matches/byBinding", query_string=query)) == []


def test_nothing_private_is_said(client: FlaskClient, song: dict[str, bytes], registry: Registry) -> None:
    """Neither who the song was made for, nor anything of the grant that the file does not say itself."""
    record = registry.render(int(render_of(registry), 16))
    assert record is not None and record.user.startswith("web:")
    found = matches(ask(client, stripped(song["wav"])))
    assert found
    said = [json.dumps(found).encode()]
    said += [client.get(f"{PREFIX}/manifests/{match['manifestId']}").data for match in found]
    for content in said:
        assert (
            record.user.encode() not in content and record.user.removeprefix("web:").encode() not in content
        )
        assert record.work_digest.encode() not in content


def test_the_manifests_of_somebody_who_was_erased_are_gone(
    client: FlaskClient, song: dict[str, bytes], registry: Registry
) -> None:
    record = registry.render(int(render_of(registry), 16))
    assert record is not None
    found = matches(ask(client, song["wav"], kind="audio/wav"))
    assert found
    registry.personal_data.erase(record.user)
    for match in found:
        assert client.get(f"{PREFIX}/manifests/{match['manifestId']}").status_code == 404
    assert matches(ask(client, song["wav"], kind="audio/wav")) == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?alg=x.y.z&value=AAAA", 400),
        (f"?alg={SOFT_BINDING}", 400),
        (f"?alg={SOFT_BINDING}&value=!!!", 400),
        (f"?alg={SOFT_BINDING}&value=AAAA", 400),
        (f"?alg={SOFT_BINDING}&value=0123456789abcdef&maxResults=0", 400),
        (f"?alg={SOFT_BINDING}&value=0123456789abcdef&maxResults=-1", 400),
        (f"?alg={SOFT_BINDING}&value=0123456789abcdef&maxResults=ten", 400),
        (f"?alg={SOFT_BINDING}&value=0123456789abcdef&maxResults={'9' * 5000}", 414),
        (f"?alg={SOFT_BINDING}&value={'A' * 5000}", 414),
        (f"?alg={SOFT_BINDING}&value=0123456789abcdef&maxResults=999999999", 200),
    ],
)
def test_a_wrong_question_is_said_to_be_one(client: FlaskClient, query: str, status: int) -> None:
    page = client.get(f"{PREFIX}/matches/byBinding{query}")
    assert page.status_code == status
    assert page.mimetype == "application/json" and set(page.json) == {"matches" if status == 200 else "error"}


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"alg":1,"value":2}', b'{"value":"AAAA"}', b"[" * 100_000]
)
def test_a_wrong_document_is_said_to_be_one(client: FlaskClient, body: bytes) -> None:
    page = client.post(f"{PREFIX}/matches/byBinding", data=body, content_type="application/json")
    assert page.status_code == 400 and page.json["error"]


@pytest.mark.parametrize(
    ("kind", "query", "content", "status"),
    [
        ("image/png", "", b"\x89PNG", 415),
        ("audio/wav", "", b"", 415),
        ("audio/wav", "", b"RIFF\xff\xff\xff\xffWAVEfmt ", 415),
        ("application/octet-stream", "", b"a letter", 415),
        ("audio/wav", "?alg=com.example.other", b"", 400),
        ("audio/wav", "?maxResults=none", b"", 400),
        ("audio/wav", f"?hintAlg={SOFT_BINDING}&hintValue=none", b"", 400),
    ],
)
def test_what_is_no_sound_is_said_to_be_none(
    app: Flask, client: FlaskClient, kind: str, query: str, content: bytes, status: int
) -> None:
    page = ask(client, content, query, kind)
    assert page.status_code == status and page.json["error"]
    assert str(app.extensions["consonance.settings"].home) not in page.text


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("urn:c2pa:00000000-0000-4000-8000-000000000000", 404),
        ("urn:c2pa:00000000-0000-4000-8000-000000000000:acme%2Fx", 404),
        ("no-urn", 400),
        ("urn:c2pa:..%2F..%2Fkeys", 404),
        ("urn:c2pa:' OR 1=1", 400),
        ("urn:c2pa:00000000-0000-4000-8000-000000000000?returnActiveManifest=perhaps", 400),
    ],
)
def test_a_manifest_that_is_not_ours_is_not_found(client: FlaskClient, name: str, status: int) -> None:
    assert client.get(f"{PREFIX}/manifests/{name}").status_code == status


def test_the_service_says_where_it_is_and_what_it_does(client: FlaskClient) -> None:
    found = client.get("/.well-known/c2pa-soft-binding-resolution").json
    assert (
        found["apiEndpoint"] == f"http://localhost{PREFIX}" and found["c2paSpecificationVersion"] == "2.4.0"
    )
    assert client.get(found["capabilitiesEndpoint"]).json["supportedCapabilities"] == ["queryByContent"]
    assert client.get(found["statusEndpoint"]).json == {"status": "ok"}
    supported = client.get(f"{PREFIX}/services/supportedAlgorithms").json
    assert supported == {"watermarks": [{"alg": SOFT_BINDING}], "fingerprints": []}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", PREFIX, 404),
        ("GET", f"{PREFIX}/", 404),
        ("POST", f"{PREFIX}/matches", 404),
        ("GET", f"{PREFIX}/matches/byNothing", 404),
        ("GET", f"{PREFIX}/manifests/", 404),
        ("DELETE", f"{PREFIX}/matches/byBinding", 405),
        ("GET", f"{PREFIX}/matches/byContent", 405),
        ("POST", f"{PREFIX}/services/status", 405),
        ("PUT", "/.well-known/c2pa-soft-binding-resolution", 405),
    ],
)
def test_a_wrong_way_in_is_said_as_everything_else(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    page = client.open(path, method=method)
    assert (page.status_code, page.mimetype) == (status, "application/json")
    assert set(page.json) == {"error"} and page.headers["Access-Control-Allow-Origin"] == "*"
    assert ("Allow" in page.headers) == (status == 405)


def test_pages_for_people_stay_pages(client: FlaskClient) -> None:
    for path in ("/nothing", "/c2pa/v10/matches", "/c2pa"):
        page = client.get(path)
        assert (page.status_code, page.mimetype) == (404, "text/html")


def test_questions_are_counted_and_files_are_weighed(make_page: MakePage) -> None:
    app = make_page(binding_rate="2 per minute", verify_rate="1 per minute", verify_bytes=1000)
    client = app.test_client(use_cookies=False)
    assert ask(client, b"x" * (1 << 22), kind="audio/wav").status_code == 413
    assert ask(client, b"RIFF", kind="audio/wav").status_code == 429
    query = {"alg": SOFT_BINDING, "value": "0123456789abcdef"}
    pages = [client.get(f"{PREFIX}/matches/byBinding", query_string=query) for _ in range(3)]
    assert [page.status_code for page in pages] == [200, 200, 429]
    assert pages[-1].json["error"] and "Set-Cookie" not in pages[0].headers


def test_nothing_of_a_file_stays(app: Flask, client: FlaskClient, song: dict[str, bytes]) -> None:
    uploads = app.extensions["consonance.settings"].uploads
    before = set(uploads.rglob("*"))
    ask(client, song["wav"], kind="audio/wav")
    ask(client, b"no sound", kind="audio/wav")
    assert set(uploads.rglob("*")) == before


@pytest.mark.parametrize("id_", [0, 1, 0xFEED, (1 << 64) - 1])
def test_every_form_of_a_value_is_the_same_id(id_: int) -> None:
    text = f"{id_:016x}"
    forms = (text, text.upper(), base64.b64encode(text.encode()).decode(),
             base64.b64encode(id_.to_bytes(8)).decode())  # fmt: skip
    assert [render_id_of(form) for form in forms] == [id_] * 4
