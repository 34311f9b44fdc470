"""How the command line speaks on standard output: one JSON document, or lines of a name and a value."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import click


def print_json(value: object) -> None:
    """One indented JSON document; instants and paths as their text."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def plain(text: str) -> str:
    """A text from elsewhere as one line: what would steer a terminal is replaced."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def print_card(rows: Iterable[tuple[str, object]]) -> None:
    """Lines of `Name: value`, aligned; rows without a value are left out."""
    for name, value in rows:
        if value not in (None, ""):
            click.echo(f"{name + ':':<11}{plain(str(value))}")


def say_songs(render_ids: Sequence[str]) -> None:
    """One line about the songs that are already out, by their render ids (16 hex digits)."""
    count = "1 song" if len(render_ids) == 1 else f"{len(render_ids)} songs"
    click.echo(f"Already out: {count}{': ' if render_ids else ''}{', '.join(render_ids)}")
