"""The C2PA Soft Binding Resolution API, version 2.4: other verifiers ask for the manifest that a file lost.

Watermark or file in, URNs of manifests out, and each manifest by its URN. What is handed out went out with a
released file before; who a song was made for is not in it. No account is asked for; the rate is limited.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from werkzeug.exceptions import BadRequest, HTTPException, NotFound, RequestURITooLarge, UnsupportedMediaType

from consent.credentials import SOFT_BINDING
from singer import studio
from singer.errors import BadInput
from web import extensions
from web.hearing import kept_for_listening
from web.security import csrf, limiter, settings

room = Blueprint("soft_binding", __name__)
csrf.exempt(room)

VERSION = "2.4.0"
"""Version of the C2PA specification whose API this is."""

PREFIX = "/c2pa/v1"
DISCOVERY = "/.well-known/c2pa-soft-binding-resolution"
MANIFEST_TYPE = "application/c2pa"
MOST_RESULTS = 100
LONGEST_VALUE = 128
LONGEST_QUERY = 2048
_USUAL_RESULTS = 10
_SURE = 100
_URN = re.compile(r"urn:(c2pa|uuid):[0-9A-Za-z:._/-]{1,200}")
_ID_BYTES, _ID = 8, re.compile(r"[0-9a-fA-F]{16}")
_HEARD = ("audio/", "video/", "application/octet-stream", "application/ogg")


@room.get(f"{PREFIX}/matches/byBinding")
@limiter.limit(lambda: settings().binding_rate)
def by_binding() -> Response:
    """Manifests of the song whose watermark is given: `alg`, `value`, `maxResults`."""
    if len(request.query_string) > LONGEST_QUERY:
        raise RequestURITooLarge("The query is too long: send it by POST.")
    return _matches_of(request.args.get("alg"), request.args.get("value"))


@room.post(f"{PREFIX}/matches/byBinding")
@limiter.limit(lambda: settings().binding_rate)
def by_large_binding() -> Response:
    """The same, with `alg` and `value` in a JSON object."""
    try:
        asked = request.get_json(silent=True)
    except RecursionError:
        asked = None
    if not isinstance(asked, dict):
        raise BadRequest("Send a JSON object with alg and value.")
    return _matches_of(asked.get("alg"), asked.get("value"))


@room.post(f"{PREFIX}/matches/byContent")
@limiter.limit(lambda: settings().verify_rate)
def by_content() -> Response:
    """Manifests of the song that a sound file is, known by its bytes or its watermark.

    The file is the body, or the first file of a form. `hintAlg` and `hintValue` may say what to look for.
    """
    if request.args.get("alg", SOFT_BINDING) != SOFT_BINDING:
        raise BadRequest(f"This service knows one algorithm: {SOFT_BINDING}.")
    most = _most_results()
    hint = request.args.get("hintValue") if request.args.get("hintAlg") == SOFT_BINDING else None
    hints = () if hint is None else (render_id_of(hint),)
    form = request.mimetype == "multipart/form-data"
    if not form and not request.mimetype.startswith(_HEARD):
        raise UnsupportedMediaType("Send a sound: audio/*, or a form with a file.")
    if form and not request.files:
        raise BadRequest("No file came with the form.")
    with kept_for_listening(_save_form if form else _save_body, "the file") as path:
        verdict = studio.verify(
            extensions.registry(), path, scaled_s=settings().verify_scaled_s, suggested=hints
        )
    if not verdict.identified or verdict.render_id is None:
        return jsonify(matches=[])
    sure = _SURE if verdict.intact else _similarity(verdict)
    return _answer(int(verdict.render_id, 16), most, sure, verdict.sha256)


@room.get(f"{PREFIX}/manifests/<path:manifest>")
@limiter.limit(lambda: settings().binding_rate)
def manifest(manifest: str) -> Response:
    """A manifest store by the URN of its active manifest, which is the only one that it holds."""
    if request.args.get("returnActiveManifest", "false").lower() not in ("true", "false"):
        raise BadRequest("returnActiveManifest is true or false.")
    if not _URN.fullmatch(manifest):
        raise BadRequest("That is not the URN of a manifest.")
    found = extensions.registry().manifests.get(manifest)
    if found is None:
        raise NotFound("This registry signed no such manifest.")
    return Response(found, mimetype=MANIFEST_TYPE)


@room.get(f"{PREFIX}/services/supportedAlgorithms")
def algorithms() -> Response:
    """The soft bindings that can be asked for."""
    return jsonify(watermarks=[{"alg": SOFT_BINDING}], fingerprints=[])


@room.get(f"{PREFIX}/services/capabilities")
def capabilities() -> Response:
    """What of the API is here, beside what has to be."""
    return jsonify(c2paSpecificationVersion=VERSION, supportedCapabilities=["queryByContent"])


@room.get(f"{PREFIX}/services/status")
def status() -> Response:
    """That the service answers."""
    return jsonify(status="ok")


@room.get(DISCOVERY)
def discovery() -> Response:
    """Where the API is (RFC 8615)."""
    return jsonify(
        apiEndpoint=url_for("soft_binding.by_binding", _external=True).rsplit("/matches/", 1)[0],
        c2paSpecificationVersion=VERSION,
        capabilitiesEndpoint=url_for("soft_binding.capabilities", _external=True),
        statusEndpoint=url_for("soft_binding.status", _external=True),
    )


def render_id_of(value: str) -> int:
    """The render id that a soft binding's value says: 16 hex digits, as in the manifest's assertion, or the
    base64 of them, or of the id's eight bytes, most significant first.

    Raises BadRequest for anything else.
    """
    if _ID.fullmatch(value):
        return int(value, 16)
    try:
        raw = base64.b64decode(value, validate=True) if len(value) <= LONGEST_VALUE else b""
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) == _ID_BYTES:
        return int.from_bytes(raw)
    if len(raw) == 2 * _ID_BYTES and _ID.fullmatch(text := raw.decode("ascii", "replace")):
        return int(text, 16)
    raise BadRequest("The value is not that of our watermark: 64 bits, in base64.")


def _matches_of(algorithm: Any, value: Any) -> Response:
    if not isinstance(algorithm, str) or not isinstance(value, str):
        raise BadRequest("Give alg and value.")
    if algorithm != SOFT_BINDING:
        raise BadRequest(f"This service knows one algorithm: {SOFT_BINDING}.")
    return _answer(render_id_of(value), _most_results(), _SURE)


def _answer(render_id: int, most: int, score: int, sha256: str = "") -> Response:
    """The song's manifests: that of the very file first, then the newest release's."""
    kept = extensions.registry().manifests.of_render(render_id)
    ordered = sorted(kept, key=lambda one: one.sha256 != sha256)
    return jsonify(matches=[{"manifestId": one.manifest, "similarityScore": score} for one in ordered[:most]])


def _similarity(verdict: studio.Verdict) -> int:
    """How well the sound fits, 0 … 100: the share of the watermark's bits that agree, 50 being chance."""
    return round(100 * verdict.watermark.confidence) if verdict.watermark else 0


def _most_results() -> int:
    given = request.args.get("maxResults", str(_USUAL_RESULTS))
    if not (given.isascii() and given.isdigit()) or len(given) > 9 or int(given) < 1:
        raise BadRequest("maxResults is a number from 1 on.")
    return min(int(given), MOST_RESULTS)


def _save_form(path: Path) -> None:
    next(iter(request.files.values())).save(path)


def _save_body(path: Path) -> None:
    with path.open("wb") as file:
        for block in _blocks():
            file.write(block)


def _blocks() -> Iterable[bytes]:
    while block := request.stream.read(1 << 20):
        yield block


@room.after_request
def _for_everybody(response: Response) -> Response:
    """Verifiers in browsers may ask, from any page."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Headers"] = "Content-Type"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@room.errorhandler(BadInput)
def _no_sound(error: BadInput) -> tuple[Response, int]:
    return jsonify(error=f"{error.sentence} {error.remedy}".strip()), 415


@room.errorhandler(HTTPException)
def explain(error: HTTPException) -> Response:
    """An HTTP error as programs read it: a JSON object with one sentence, and the headers of its kind."""
    response = jsonify(error=error.description)
    response.status_code = error.code or 500
    for name, value in error.get_headers():
        if name != "Content-Type":
            response.headers[name] = value
    return _for_everybody(response)


def is_asked(path: str) -> bool:
    """Whether a request's path belongs to the API, also where nothing stands at it."""
    return path in (PREFIX, DISCOVERY) or path.startswith(f"{PREFIX}/")
