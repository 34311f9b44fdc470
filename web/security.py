"""What stands before every view: who asks, how often, how much, from which page; and the headers after it."""

from __future__ import annotations

import secrets

from flask import Flask, Response, current_app, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

from web.settings import Settings

csrf = CSRFProtect()
limiter = Limiter(
    get_remote_address, storage_uri="memory://", strategy="moving-window", headers_enabled=False
)

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
FORM_BYTES = 1 << 20
"""What a form may carry beside its file."""


def settings() -> Settings:
    """The running page's settings."""
    found: Settings = current_app.extensions["consonance.settings"]
    return found


def visitor() -> str:
    """The visitor's pseudonym: made at the first visit, kept in the signed cookie, tied to nothing else.

    It is the `user` of every request to the registry: `web:` and 16 hexadecimal digits. Knowing it opens
    nothing, since a cookie that names it must also be signed.
    """
    known = session.get("visitor")
    if not isinstance(known, str):
        known = session["visitor"] = secrets.token_hex(8)
        session.permanent = True
    return f"web:{known}"


def protect(app: Flask) -> None:
    """Install rate limits, body limits, CSRF tokens and headers, in this order: a flood never reaches a
    parser.
    """
    limiter.init_app(app)
    app.before_request(_bound_the_body)
    csrf.init_app(app)
    app.after_request(_harden)


def _bound_the_body() -> None:
    """Give each form its own limit before anything reads the body (CSRF is the first to read it)."""
    allowed = settings()
    files = {
        "sing.file_song": allowed.melody_bytes,
        "verify.verify_file": allowed.verify_bytes,
        "soft_binding.by_content": allowed.verify_bytes,
    }
    file_bytes = files.get(request.endpoint or "", 0)
    request.max_content_length = file_bytes + FORM_BYTES
    request.max_form_memory_size = FORM_BYTES
    request.max_form_parts = allowed.form_parts


def _harden(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
