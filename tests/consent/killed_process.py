"""A process that kills itself (SIGKILL) at its n-th touch of a file or transaction, to see what is left."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from made_registries import Place, a_release, a_request
from sqlalchemy import Engine, event

TOUCHES = {"os.rename", "os.remove", "os.link", "open", "os.truncate", "fcntl.flock"}


class Fuse:
    """Counts what the process does to files and transactions once it is lit, and kills it at the n-th."""

    def __init__(self, length: int) -> None:
        self.left = length
        self.lit = False

    def burn(self, *_: object) -> None:
        if self.lit:
            self.left -= 1
            if self.left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def audit(self, name: str, arguments: tuple[object, ...]) -> None:
        if name in TOUCHES and not (name == "open" and str(arguments[0]).endswith((".py", ".pyc"))):
            self.burn()


def release_or_withdraw(what: str, touches: int, place: Place, folder: Path) -> None:
    """Release a song into `folder`, or withdraw the voice, and die at the n-th touch if it comes that far."""
    fuse = Fuse(touches)
    registry = place.open()
    authorization = registry.authorise(a_request())
    release = a_release(folder)
    sys.addaudithook(fuse.audit)
    for moment in ("begin", "before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(Engine, moment, fuse.burn)
    fuse.lit = True
    if what == "commit":
        registry.commit(authorization, release)
    else:
        registry.withdraw("ada")
    fuse.lit = False
