"""A process that runs the destruction schedule, or erases somebody, and kills itself (SIGKILL) at its n-th
touch of a file or transaction."""

from __future__ import annotations

import sys

from killed_process import Fuse
from made_registries import Place
from sqlalchemy import Engine, event


def run_schedule(touches: int, place: Place, person: str | None = None) -> None:
    """Destroy what is due, or erase a person, and die at the n-th touch if it comes that far."""
    fuse = Fuse(touches)
    registry = place.open()
    sys.addaudithook(fuse.audit)
    for moment in ("begin", "before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(Engine, moment, fuse.burn)
    fuse.lit = True
    if person is None:
        registry.destruction.run_due()
    else:
        registry.personal_data.erase(person, withdraw_voices=True)
    fuse.lit = False
