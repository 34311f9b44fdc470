"""Putting the page together: configuration, guards, rooms, and what they share."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from singer import studio
from singer.places import examples_folder
from web import asked, reservations, sing, soft_binding, songs, verify, voices
from web.jobs import Queue
from web.secret import session_key
from web.security import FORM_BYTES, limiter, protect, settings
from web.settings import Settings
from web.tunes import Songbook
from web.worker import Worker

ERROR_SENTENCES = {
    400: (
        "That did not arrive whole",
        "The page could not read what your browser sent. Go back, try again.",
    ),
    404: ("There is nothing here", "The page may have been deleted, or belongs to another browser."),
    405: ("That is not how this page is used", "Start again from the form."),
    413: ("That file is too large", "Your browser sent more than this page takes."),
    429: ("A little slower, please", "Many requests came from your address. Wait a minute and try again."),
    500: ("Something broke here", "It is our fault, not yours, and it has been written to the server's log."),
    503: ("Too many songs wait", "Try again in a few minutes."),
}
CSRF_SENTENCE = (
    "The form had been open for too long, or came from elsewhere. Go back, load it anew, send it again."
)


def build(chosen: Settings) -> Flask:
    """The application over `chosen.home`: registry opened and seeded, rooms registered, worker made but not
    started.
    """
    app = Flask("web")
    app.config.update(
        SESSION_COOKIE_NAME="consonance",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=chosen.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session: people write slowly
        MAX_CONTENT_LENGTH=FORM_BYTES,
        TRUSTED_HOSTS=list(chosen.trusted_hosts) if chosen.trusted_hosts else None,
        RATELIMIT_APPLICATION=chosen.page_rate,
    )
    app.secret_key = session_key(chosen.home)
    registry = studio.open_registry(chosen.home, chosen.voices)
    queue = Queue(registry, chosen)
    app.extensions |= {
        "consonance.settings": chosen,
        "consonance.registry": registry,
        "consonance.queue": queue,
        "consonance.worker": Worker(queue),
        "consonance.songbook": Songbook(chosen.examples or examples_folder()),
        "consonance.voices": voices.Voices(registry),
    }
    protect(app)
    for module in (sing, songs, asked, verify, soft_binding, voices, reservations):
        app.register_blueprint(module.room)
    limiter.exempt(app.view_functions["static"])
    app.register_error_handler(HTTPException, _explain)
    app.register_error_handler(CSRFError, _explain)
    app.register_error_handler(SecurityError, _turn_away)
    return app


def _turn_away(error: SecurityError) -> tuple[str, int, dict[str, str]]:
    """A host name that the page does not answer to: nothing of the page can be built for it."""
    return "This page does not answer to that host name.\n", 400, {"Content-Type": "text/plain"}


def _explain(error: HTTPException) -> tuple[str, int] | Response:
    """Any HTTP error as a page with one sentence and a way on; to programs, as JSON."""
    if soft_binding.is_asked(request.path):
        return soft_binding.explain(error)
    status = error.code or 500
    on_verify = request.blueprint == "verify"
    title, sentence = ERROR_SENTENCES.get(status, ERROR_SENTENCES[400 if status < 500 else 500])
    if isinstance(error, CSRFError):
        sentence = CSRF_SENTENCE
    if status == 413:
        most = settings().verify_bytes if on_verify else settings().melody_bytes
        sentence = f"This page takes files up to {most >> 20} MB."
    back = url_for("verify.verify") if on_verify else url_for("sing.sing")
    words = "Back to the verify page" if on_verify else "Back to the form"
    return render_template("error.html", title=title, sentence=sentence, back=back, back_words=words), status
