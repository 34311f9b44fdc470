"""A page over a registry of its own, with small real voices, a visitor for it, and a real browser."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from visitors import MakePage, Visitor
from werkzeug.serving import make_server

from web import create_app


@pytest.fixture
def make_page(tmp_path: Path, tiny_voices: Path) -> MakePage:
    """A page in a home of its own; its worker sings when told to."""

    def make(**changes: Any) -> Flask:
        rates = {
            "sing_rate": "1000 per minute",
            "verify_rate": "1000 per minute",
            "page_rate": "9000 per minute",
        }
        app = create_app(tmp_path / "home", voices=tiny_voices, **{**rates, **changes})
        app.testing = True
        return app

    return make


@pytest.fixture
def app(make_page: MakePage) -> Flask:
    return make_page()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app.test_client())


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    return Visitor(app.test_client())


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, tiny_voices: Path) -> Iterator[str]:
    """The address of a page that is really served, with its worker singing."""
    app = create_app(tmp_path_factory.mktemp("served"), voices=tiny_voices, sing_rate="1000 per minute")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    worker = app.extensions["consonance.worker"]
    worker.start()
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    worker.stop()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's own Chromium instead of one that playwright would fetch."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    assert found, "These tests need Chromium: apt-get install chromium"
    return {"executable_path": found, "headless": True, "args": ["--no-sandbox"]}
