"""Registries to try: real ones, on SQLite and on a PostgreSQL that runs for the session."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from made_registries import Place, voice_folder
from temporary_postgresql import new_database, temporary_postgresql

from consent.registry import Registry


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Path]:
    """A PostgreSQL that lives for the session; yields the folder of its socket."""
    with temporary_postgresql() as socket:
        yield socket


_numbers = itertools.count()


@contextmanager
def new_place(request: pytest.FixtureRequest, folder: Path) -> Iterator[Place]:
    """A place for a registry in `folder`, on the database that the test asks for."""
    if request.param == "sqlite":
        yield Place(folder / "home", None)
        return
    socket = request.getfixturevalue("postgresql")
    name = f"registry_{os.getpid()}_{next(_numbers)}"
    with new_database(socket, name) as url:
        yield Place(folder / "home", url)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A place for a registry, on each database in turn."""
    with new_place(request, tmp_path) as made:
        yield made


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lasting_place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """A place for a registry that all tests of a module share, on each database in turn."""
    with new_place(request, tmp_path_factory.mktemp("place")) as made:
        yield made


@pytest.fixture
def voices(tmp_path: Path) -> Path:
    """A folder of shipped voices with Ada in it."""
    return voice_folder(tmp_path / "voices")


@pytest.fixture
def registry(place: Place, voices: Path) -> Iterator[Registry]:
    """A registry that knows Ada, on each database in turn."""
    opened = place.open()
    opened.seed(voices)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_registry(tmp_path: Path, voices: Path) -> Iterator[Registry]:
    """A registry that knows Ada, on SQLite in `tmp_path/home`."""
    opened = Registry.open(tmp_path / "home")
    opened.seed(voices)
    yield opened
    opened.close()
