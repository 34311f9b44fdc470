"""Law 7 of the house: arrows point down. Every import of the tree is read, lazy ones too."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("singer", "consent", "web")

FORBIDDEN = {
    "consent": {
        "singer", "web", "numpy", "scipy", "torch", "torchaudio", "soundfile", "soxr", "av", "mutagen",
        "flask", "matplotlib",
    },
    "singer": {"web", "flask", "sqlalchemy", "alembic"},
    "web": {"sqlalchemy", "alembic", "torch"},
}  # fmt: skip
"""What each package must not import, by the top name of the imported module."""

DOORS = ("singer/voice.py", "singer/studio/*.py", "singer/cli.py", "singer/cli_*.py")
"""The only rooms of singer that reach consent."""


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """(line, full module name) of every import in the file, those inside functions as well."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, (
                f"{path}:{node.lineno}: imports are written in full, so that this law can read them"
            )
            yield node.lineno, node.module or ""


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_down(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {package} imports {name}"
        for path in sources(package)
        for line, name in imported(path)
        if name.split(".")[0].lower() in FORBIDDEN[package]
    ]
    assert wrong == []


def test_singer_reaches_consent_through_its_doors_only() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: imports {name}"
        for path in sources("singer")
        if not any(path.relative_to(ROOT).match(door) for door in DOORS)
        for line, name in imported(path)
        if name.split(".")[0] == "consent"
    ]
    assert wrong == []


def test_only_a_voice_unseals_weights() -> None:
    callers = {
        path.relative_to(ROOT).as_posix()
        for package in ("singer", "web")
        for path in sources(package)
        if ".unseal(" in path.read_text(encoding="utf-8")
    }
    assert callers == {"singer/voice.py"}


def test_the_law_sees_an_offence(tmp_path: Path) -> None:
    offender = tmp_path / "offender.py"
    offender.write_text(
        "def late():\n    from sqlalchemy.orm import Session\n    import consent.registry\n", "utf-8"
    )
    assert list(imported(offender)) == [(2, "sqlalchemy.orm"), (3, "consent.registry")]


def test_rooms_have_names_and_one_job() -> None:
    vague = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py", "manager.py"}
    wrong = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in sources(package)
        if path.name in vague or len(path.read_text(encoding="utf-8").splitlines()) > 350
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("singer", ("torch", "numpy", "consent")),
        ("singer.cli", ("torch", "scipy", "matplotlib", "flask", "phonemizer", "pyopenjtalk", "pypinyin")),
        ("singer.studio", ("torch", "scipy", "matplotlib", "flask", "phonemizer", "pyopenjtalk", "pypinyin")),
        ("consent", ("numpy", "torch", "flask", "singer")),
    ],
)
def test_importing_a_door_is_cheap(module: str, heavy: tuple[str, ...]) -> None:
    program = f"import sys, {module}; print(*sorted(set({heavy!r}) & set(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []
