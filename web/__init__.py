"""The web page: a lyricist's form, the song that comes of it, the voices and their terms, and a place to
verify files.

`create_app` builds it over one registry home. One room per blueprint: `sing`, `songs`, `voices`, `verify`.
The page makes no audio itself: songs are filed as jobs in the registry's database (`web.jobs`), and
`singer.studio` sings them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

    from web.settings import Settings

__all__ = ["create_app"]


def create_app(home: Path, settings: Settings | None = None, **changes: Any) -> Flask:
    """The page over the registry in `home`; `changes` are fields of `web.settings.Settings`.

    Nothing is sung until a worker runs: `app.extensions["consonance.worker"].start()`, which `web.app` does
    for a served page. Raises what `singer.studio.open_registry` raises when the registry or its voices
    cannot be opened.
    """
    from web.building import build
    from web.settings import Settings as Values

    return build(settings or Values(home=home, **changes))
