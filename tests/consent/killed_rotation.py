"""A process that rotates a key and kills itself (SIGKILL) at its n-th touch of a file or transaction."""

from __future__ import annotations

import sys

from killed_process import Fuse
from made_registries import Place
from sqlalchemy import Engine, event


def rotate(what: str, touches: int, place: Place) -> None:
    """Rotate one kind of key, and die at the n-th touch if it comes that far."""
    fuse = Fuse(touches)
    registry = place.open()
    sys.addaudithook(fuse.audit)
    for moment in ("begin", "before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(Engine, moment, fuse.burn)
    fuse.lit = True
    if what == "voice":
        registry.keyring.rotate_voice("ada")
    elif what == "macs":
        registry.keyring.rotate_macs()
    elif what == "ledger":
        registry.keyring.rotate_ledger_key()
    elif what == "credentials":
        registry.keyring.rotate_credentials()
    else:
        registry.keyring.rotate_watermark()
    fuse.lit = False
