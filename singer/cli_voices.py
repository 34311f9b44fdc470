"""`consonance voices`, `voice show`, `grant` and `withdraw`: who may be heard, on which terms, and how it
ends."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from singer import studio
from singer.cli_output import print_json
from singer.errors import BadInput


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a list as JSON.")
@click.pass_obj
def voices(home: Path | None, as_json: bool) -> None:
    """List the voices of the registry."""
    found = studio.open_registry(home).voices()
    if as_json:
        print_json([_summary(voice) for voice in found])
        return
    for voice in found:
        state = (
            "may sing" if _may_sing(voice) else voice.state if voice.state != "active" else "no grant stands"
        )
        click.echo(
            f"{voice.id:<20}{voice.name}, by {voice.owner.name} ({', '.join(voice.languages)}): {state}"
        )


@click.group()
def voice() -> None:
    """Look at one voice."""


@voice.command()
@click.argument("voice_id", metavar="VOICE")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_obj
def show(home: Path | None, voice_id: str, as_json: bool) -> None:
    """Show VOICE: its owner, its terms and what shows them, its grants."""
    found = studio.open_registry(home).voice(voice_id)
    if as_json:
        evidence = [
            {"name": text.name, "sha256": text.sha256, "source": text.source, "text": text.text}
            for text in found.evidence
        ]
        print_json(
            {**_summary(found), "grants": [_grant(grant) for grant in found.grants], "evidence": evidence}
        )
        return
    click.echo(f"{found.name} ({found.id}), version {found.version}: {found.state}")
    click.echo(f"Owner:     {found.owner.name} {found.owner.contact}".rstrip())
    click.echo(f"Credit:    {found.credit} {found.link}".rstrip())
    click.echo(f"Languages: {', '.join(found.languages)}")
    for grant in found.grants:
        standing = (
            f"{grant.kind}, {grant.state}, made {grant.made_at:%Y-%m-%d}, sung {grant.renders_used} times"
        )
        click.echo(f"\n{grant.id} ({standing})")
        for line in grant.terms.describe():
            click.echo(f"  {line}")
    for text in found.evidence:
        click.echo(f"\n{text.name}, SHA-256 {text.sha256} {text.source}".rstrip())
        click.echo("\n".join(f"  | {line}" for line in text.text.splitlines()))


@click.command()
@click.argument("voice_id", metavar="VOICE")
@click.argument("terms", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--to", "users", multiple=True, help="Who may use it.  [default: whom TERMS name]")
@click.option("--purpose", "purposes", multiple=True, help="What for: private, non-commercial, commercial …")
@click.option("--language", "languages", multiple=True, help="In which languages.")
@click.option("--project", "projects", multiple=True, help="For which projects.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Until when (UTC).")
@click.option("--renders", type=click.IntRange(0), help="For how many songs.")
@click.option("--json", "as_json", is_flag=True, help="Print the grant as JSON.")
@click.pass_obj
def grant(home: Path | None, /, voice_id: str, terms: Path | None, as_json: bool, **given: Any) -> None:
    """Record what VOICE's owner allows: conditions from a TOML file TERMS, from the options, or both.

    consonance grant my-voice --to alice --purpose private --until 2030-01-01
    """
    data: dict[str, Any] = _read_terms(terms) if terms else {"actions": ["sing"]}
    constraints = data.get("constraints", [])
    if not isinstance(constraints, list):
        raise BadInput(f"{terms}: constraints is not a list.", "Write each condition under [[constraints]].")
    data = {**data, "constraints": [*constraints, *_conditions(given)]}
    made = studio.open_registry(home).grant(voice_id, data, to=list(given["users"]) or None)
    if as_json:
        print_json(_grant(made))
        return
    click.echo(f"{made.id} over {voice_id}:")
    for line in made.terms.describe():
        click.echo(f"  {line}")


@click.command()
@click.argument("voice_id", metavar="VOICE")
@click.option("--grant", "grant_id", help="End this grant only.")
@click.option("--reason", default="", help="Why, for the registry's own record.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_obj
def withdraw(
    home: Path | None, voice_id: str, grant_id: str | None, reason: str, yes: bool, as_json: bool
) -> None:
    """End a grant over VOICE, or, without --grant, the voice itself: its key is destroyed, for good."""
    registry = studio.open_registry(home)
    found = registry.voice(voice_id)
    if not yes:
        what = (
            f"the grant {grant_id}"
            if grant_id
            else f"{found.name} with all grants; its key will be destroyed"
        )
        click.confirm(f"Withdraw {what}?", abort=True, err=True)
    done = registry.withdraw(voice_id, grant_id, reason)
    songs = [f"{song.render_id:016x}" for song in done.songs]
    if as_json:
        print_json(
            {
                "voice": done.voice,
                "grants": list(done.grants),
                "cancelled_jobs": list(done.cancelled_jobs),
                "keys_destroyed": list(done.keys_destroyed),
                "songs_out": songs,
            }
        )
        return
    ended = ", ".join(done.grants) or "nothing that had not ended before"
    click.echo(f"Withdrawn: {ended}. {len(done.cancelled_jobs)} songs under way were stopped.")
    click.echo(f"Already out: {len(songs)} songs{': ' if songs else ''}{', '.join(songs)}")


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
    return conditions


def _read_terms(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            f"{path.name} is not TOML: {error}.", "docs/guide/artist-and-label.md shows one."
        ) from error


def _may_sing(voice: Any) -> bool:
    return voice.state == "active" and any(grant.state == "active" for grant in voice.grants)


def _summary(voice: Any) -> dict[str, Any]:
    return {
        "id": voice.id,
        "name": voice.name,
        "owner": voice.owner.name,
        "contact": voice.owner.contact,
        "version": voice.version,
        "languages": list(voice.languages),
        "credit": voice.credit,
        "link": voice.link,
        "state": voice.state,
        "may_sing": _may_sing(voice),
        "grants": [grant.id for grant in voice.grants],
    }


def _grant(grant: Any) -> dict[str, Any]:
    return {
        "id": grant.id,
        "voice": grant.voice,
        "kind": grant.kind,
        "state": grant.state,
        "made_at": grant.made_at.isoformat(),
        "renders_used": grant.renders_used,
        "seconds_used": grant.seconds_used,
        "terms": grant.terms.to_json(),
        "in_words": grant.terms.describe(),
    }
