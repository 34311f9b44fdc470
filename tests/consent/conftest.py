"""Registries to try: real ones, on SQLite and on a PostgreSQL that runs for the session."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from made_registries import Place, voice_folder
from sqlalchemy import create_engine

from consent.registry import Registry


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Path]:
    """A PostgreSQL that lives for the session; yields the folder of its socket."""
    programs = shutil.which("initdb") or max(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")))
    binaries = Path(programs).parent
    folder = Path(tempfile.mkdtemp(prefix="consonance-postgresql-"))
    as_server: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
        as_server = ["runuser", "-u", "postgres", "--"]
    data = folder / "data"

    def run(*command: str | Path) -> None:
        subprocess.run([*as_server, *map(str, command)], check=True, cwd=folder, stdout=subprocess.DEVNULL)

    run(binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c shared_buffers=32MB"
    run(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield folder
    finally:
        run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


_numbers = itertools.count()


@contextmanager
def new_place(request: pytest.FixtureRequest, folder: Path) -> Iterator[Place]:
    """A place for a registry in `folder`, on the database that the test asks for."""
    if request.param == "sqlite":
        yield Place(folder / "home", None)
        return
    socket = request.getfixturevalue("postgresql")
    name = f"registry_{os.getpid()}_{next(_numbers)}"
    administration = create_engine(
        f"postgresql+psycopg://postgres@/postgres?host={socket}"
    ).execution_options(isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield Place(folder / "home", f"postgresql://postgres@/{name}?host={socket}")
    with administration.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    administration.dispose()


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
