"""./run on machines that lack something: it says what, in a sentence, and takes no CUDA build of torch by
surprise."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BASE_PYTHON = Path(getattr(sys, "_base_executable", sys.executable))
TOOLS = ("bash", "cat", "cksum", "dirname", "env", "id", "mkdir")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout at a path with a space in it, with nothing installed."""
    folder = tmp_path / "a clone"
    folder.mkdir()
    for name in ("run", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder for PATH that holds what every Unix has, and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    return folder


def run(checkout: Path, path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {"PATH": str(path), "HOME": str(checkout), "PIP_CONFIG_FILE": os.devnull, **environment}
    return subprocess.run(
        [str(checkout / "run"), *arguments],
        env=variables,
        cwd="/",
        capture_output=True,
        text=True,
        timeout=300,
    )


def torch_wheel(folder: Path, requires: str) -> None:
    """A wheel that says it is torch 2.13.0 and what it requires."""
    folder.mkdir()
    info = "torch-2.13.0.dist-info"
    with zipfile.ZipFile(folder / "torch-2.13.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("torch/__init__.py", "__version__ = '2.13.0'\n")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: torch\nVersion: 2.13.0\n{requires}")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


def test_without_python_it_names_what_to_install(checkout: Path, tools: Path) -> None:
    done = run(checkout, tools, "song")
    assert done.returncode == 1
    assert "Python 3.11" in done.stderr and "apt-get install python3" in done.stderr
    assert not (checkout / ".venv").exists()


def test_an_unknown_word_is_usage(checkout: Path, tools: Path) -> None:
    done = run(checkout, tools, "sing-me-something")
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: ./run")


@pytest.mark.parametrize(
    ("requires", "sentence"),
    [
        (
            "Requires-Dist: nvidia-cublas==13.1; platform_system == 'Linux'\n",
            "pip sees no CPU build of torch",
        ),
        (
            "Requires-Dist: cuda-toolkit[cublas]==13.0; platform_system == 'Linux'\n",
            "pip sees no CPU build of torch",
        ),
        ("Requires-Dist: nvidia-dali; extra == 'data'\n", "Installing torch==2.13.0 (a CPU build)."),
    ],
)
def test_torch_is_taken_only_as_a_cpu_build(
    checkout: Path, tools: Path, tmp_path: Path, requires: str, sentence: str
) -> None:
    (tools / "python3").symlink_to(BASE_PYTHON)
    torch_wheel(tmp_path / "wheels", requires)
    done = run(checkout, tools, "song", PIP_NO_INDEX="1", PIP_FIND_LINKS=(tmp_path / "wheels").as_uri())
    assert done.returncode != 0  # there is no index to install the rest from
    has_torch = subprocess.run([BASE_PYTHON, "-c", "import torch"], capture_output=True).returncode == 0
    assert ("Keeping the torch" if has_torch else sentence) in done.stderr
    if "no CPU build" in sentence and not has_torch:
        assert "--index-url https://download.pytorch.org/whl/cpu" in done.stderr
        assert list((checkout / ".venv").rglob("torch*")) == []
