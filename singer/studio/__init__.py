"""The one path from a request to a released song, and back from a file to what it is.

Beside voices (`singer/voice.py`) and the command line, these are the rooms that speak with the registry.
"""

from __future__ import annotations

from consent.registry import Registry
from singer.audible_label import AudibleLabel
from singer.places import home_folder, login_name, voices_folder
from singer.planning import Plan, plan, read_lyrics, read_performance
from singer.studio.singing import (
    DEFAULT_VOICE,
    Song,
    Use,
    open_registry,
    render,
    request_for,
    sing_file,
    use_of,
)
from singer.studio.training import allow_training, may_train
from singer.studio.verifying import verify
from singer.verdict import Verdict

__all__ = [
    "DEFAULT_VOICE",
    "AudibleLabel",
    "Plan",
    "Registry",
    "Song",
    "Use",
    "Verdict",
    "allow_training",
    "home_folder",
    "login_name",
    "may_train",
    "open_registry",
    "plan",
    "read_lyrics",
    "read_performance",
    "render",
    "request_for",
    "sing_file",
    "use_of",
    "verify",
    "voices_folder",
]
