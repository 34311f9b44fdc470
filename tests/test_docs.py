"""The pages build without a warning, and say what the program really has."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from singer.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[1]


def test_sphinx_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    built = subprocess.run(
        [*command, "-d", str(tmp_path / "doctrees"), str(ROOT / "docs"), str(tmp_path / "html")],
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "html" / "index.html").is_file()


def test_every_command_is_described() -> None:
    page = (ROOT / "docs" / "reference" / "command-line.md").read_text("utf-8")
    assert {name for name in COMMANDS if f"`{name}" not in page} == set()


def test_links_between_the_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    broken = [
        f"{page.relative_to(ROOT)} → {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []
