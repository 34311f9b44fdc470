"""`serve`: the page through gunicorn, one process, many threads."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from web.settings import LOOPBACK

THREADS = 8
"""Requests that are answered at the same time."""


def serve(home: Path, host: str = "127.0.0.1", port: int = 8000) -> NoReturn:
    """Serve the page over the registry in `home` until interrupted; takes this process over.

    One worker process, because the rate limits and the reading of scores are counted in it; threads
    (gthread), so that a slow download holds nobody up. Songs are sung by the page's own worker thread, and
    by any other process that serves the same home: the jobs lie in the registry's database.
    """
    environment = {"OMP_NUM_THREADS": "1", **os.environ, "CONSONANCE_HOME": str(home)}
    if host not in LOOPBACK:
        environment.setdefault("CONSONANCE_HOSTS", "*")
    os.execve(sys.executable, [sys.executable, "-m", "gunicorn", *gunicorn_options(host, port)], environment)


def gunicorn_options(host: str, port: int) -> list[str]:
    """The command line of gunicorn for this page."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [
        *("--worker-class", "gthread", "--workers", "1", "--threads", str(THREADS)),
        *("--bind", address, "--timeout", "120", "--graceful-timeout", "5", "--keep-alive", "5"),
        *("--limit-request-line", "4094", "--limit-request-fields", "60", "--log-level", "warning"),
        "web.app:create_app()",
    ]
