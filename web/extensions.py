"""What one running page holds, found through the application that serves the request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from consent.registry import Registry
    from web.jobs import Queue
    from web.tunes import Songbook
    from web.voices import Voices


def registry() -> Registry:
    """The registry that the page was opened on."""
    found: Registry = current_app.extensions["consonance.registry"]
    return found


def queue() -> Queue:
    """The songs that wait and run."""
    found: Queue = current_app.extensions["consonance.queue"]
    return found


def songbook() -> Songbook:
    """The public-domain songs that the form offers."""
    found: Songbook = current_app.extensions["consonance.songbook"]
    return found


def voices() -> Voices:
    """The voices and their terms."""
    found: Voices = current_app.extensions["consonance.voices"]
    return found


def session_key() -> bytes:
    """The key that signs cookies and seals."""
    key = current_app.secret_key
    if not isinstance(key, bytes):
        raise TypeError("The page was made without its session key.")
    return key
