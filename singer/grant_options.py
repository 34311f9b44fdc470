"""The options with which the command line says what a grant allows, and a grant as it is printed."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from singer.cli_output import print_json
from singer.errors import BadInput

_OPTIONS = (
    click.argument("terms", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    click.option("--to", "users", multiple=True, help="Who may use it.  [default: whom TERMS name]"),
    click.option("--purpose", "purposes", multiple=True, help="What for: private, commercial …"),
    click.option("--language", "languages", multiple=True, help="In which languages."),
    click.option("--project", "projects", multiple=True, help="For which projects."),
    click.option("--until", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Until when (UTC)."),
    click.option("--renders", type=click.IntRange(0), help="For how many songs."),
    click.option("--approval", type=click.IntRange(1, 2), help="How many people approve each song."),
    click.option("--by", help="Who gives it for the owner: id or handle.  [default: the owner]"),
    click.option("--json", "as_json", is_flag=True, help="Print the grant as JSON."),
)


def term_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the argument TERMS and the options that say what is allowed, to whom and by whom."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def given_terms(terms: Path | None, given: dict[str, Any]) -> dict[str, Any]:
    """The terms that the file and the options say together. Raises BadInput for a file that says none."""
    data: dict[str, Any] = _read_terms(terms) if terms else {"actions": ["sing"]}
    constraints = data.get("constraints", [])
    if not isinstance(constraints, list):
        raise BadInput(f"{terms}: constraints is not a list.", "Write each condition under [[constraints]].")
    return {**data, "constraints": [*constraints, *_conditions(given)]}


def grant_to_json(grant: Any) -> dict[str, Any]:
    """A grant as JSON values."""
    return {
        "id": grant.id,
        "voice": grant.voice,
        "kind": grant.kind,
        "state": grant.state,
        "made_at": grant.made_at.isoformat(),
        "mandate": None if grant.mandate is None else grant.mandate.id,
        "renders_used": grant.renders_used,
        "seconds_used": grant.seconds_used,
        "terms": grant.terms.to_json(),
        "in_words": grant.terms.describe(),
    }


def say_grant(grant: Any, as_json: bool) -> None:
    """Print one grant: its state and its terms line by line, or as JSON."""
    if as_json:
        print_json(grant_to_json(grant))
        return
    click.echo(f"{grant.id} over {grant.voice}: {grant.state}")
    for line in grant.terms.describe():
        click.echo(f"  {line}")


def _conditions(given: dict[str, Any]) -> list[dict[str, Any]]:
    """The conditions that the options say."""
    conditions: list[dict[str, Any]] = [
        {"type": kind, "allowed": list(given[option])}
        for kind, option in (("purpose", "purposes"), ("language", "languages"), ("project", "projects"))
        if given[option]
    ]
    until: datetime | None = given["until"]
    if until is not None:
        conditions.append({"type": "period", "not_after": until.replace(tzinfo=UTC).isoformat()})
    if given["renders"] is not None:
        conditions.append({"type": "renders", "at_most": given["renders"]})
    if given["approval"] is not None:
        conditions.append({"type": "approval", "people": given["approval"]})
    return conditions


def _read_terms(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            f"{path.name} is not TOML: {error}.", "docs/guide/artist-and-label.md shows one."
        ) from error
