"""The verify room: any file in, one sentence out, and the evidence for it."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import ServiceUnavailable

from consent.credentials import sidecar_of
from singer import studio
from singer.errors import BadInput
from web import extensions
from web.evidence import Finding, finding_of
from web.faults import Fault, faults_of, status_of
from web.forms import VerifyForm
from web.hearing import kept_for_listening
from web.security import limiter, settings
from web.uploads import plain_name

room = Blueprint("verify", __name__)


@room.get("/verify")
def verify() -> str:
    """The page where a file can be dropped."""
    return _page()


@room.post("/verify")
@limiter.limit(lambda: settings().verify_rate)
def verify_file() -> str | tuple[str, int]:
    """Look for our marks in the file that came, then delete it."""
    brought = request.files.get("file")
    if brought is None or not brought.filename:
        return _page(
            faults=[Fault("No file came with the form.", "Choose one, or drop it on the page.")]
        ), 422
    name = plain_name(brought.filename, "your file")
    try:
        return _page(finding=_look(brought, request.files.get("credentials"), name))
    except BadInput as error:
        return _page(faults=faults_of(error)), status_of(error)
    except ServiceUnavailable as busy:
        return _page(faults=[Fault(str(busy.description))]), 503


def _look(brought: FileStorage, credentials: FileStorage | None, name: str) -> Finding:
    """Verify under a name of our own, with the credentials that came beside it. Raises `BadInput` for a file
    that cannot be listened to."""
    with kept_for_listening(brought.save, name) as path:
        sidecar = None
        if credentials is not None and credentials.filename:
            sidecar = sidecar_of(path)
            credentials.save(sidecar)
        verdict = studio.verify(
            extensions.registry(), path, sidecar=sidecar, scaled_s=settings().verify_scaled_s
        )
        return finding_of(verdict, name)


def _page(finding: Finding | None = None, faults: list[Fault] | None = None) -> str:
    return render_template(
        "verify.html", form=VerifyForm(), verdict=finding, faults=faults or [], limits=settings()
    )
