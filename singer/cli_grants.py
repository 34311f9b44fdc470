"""`consonance grants`, `suspend` and `resume`: the life of a grant, move by move."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from singer import studio
from singer.cli_output import print_json, say_songs
from singer.grant_options import given_terms, grant_to_json, say_grant, term_options

_BY_OWNER = click.option("--by", help="Who acts for the owner: id or handle.  [default: the owner]")
_BY_USER = click.option("--by", required=True, help="The user to whom the grant is made.")
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
_GRANT = click.argument("grant_id", metavar="GRANT")


@click.group()
def grants() -> None:
    """List grants, and take them from draft to offered, accepted, active."""


@grants.command("list")
@click.argument("voice_id", metavar="VOICE", required=False)
@click.option("--state", help="Only those in this state: draft, offered, accepted, active …")
@_AS_JSON
@click.pass_obj
def list_(home: Path | None, voice_id: str | None, state: str | None, as_json: bool) -> None:
    """List the grants over VOICE, or all."""
    found = studio.open_registry(home).lifecycle.grants(voice_id, state)
    if as_json:
        print_json([grant_to_json(grant) for grant in found])
        return
    for grant in found:
        sung = f"sung {grant.renders_used} times" if grant.renders_used else "not sung under yet"
        click.echo(f"{grant.id}  {grant.voice}: {grant.state}, made {grant.made_at:%Y-%m-%d}, {sung}")
    if not found:
        click.echo("There is no such grant.")


@grants.command()
@click.argument("voice_id", metavar="VOICE")
@term_options
@click.pass_obj
def draft(home: Path | None, /, voice_id: str, terms: Path | None, as_json: bool, **given: Any) -> None:
    """Write a grant over VOICE down that allows nothing yet; TERMS and options as for `consonance grant`."""
    said = given_terms(terms, given)
    life = studio.open_registry(home).lifecycle
    say_grant(life.draft(voice_id, said, list(given["users"]) or None, given["by"]), as_json)


def _move(name: str, doc: str, by: Callable[..., Any]) -> None:
    """Add a command that takes a grant one step further."""

    @by
    @_GRANT
    @_AS_JSON
    @click.pass_obj
    def command(home: Path | None, grant_id: str, by: str | None, as_json: bool) -> None:
        move = getattr(studio.open_registry(home).lifecycle, name)
        say_grant(move(grant_id, by), as_json)

    grants.command(name, help=doc)(command)


_move("offer", "Offer the draft GRANT to those whom it names.", _BY_OWNER)
_move("accept", "Accept the GRANT that was offered to you.", _BY_USER)
_move("decline", "Turn down the GRANT that was offered to you.", _BY_USER)
_move("activate", "Put the accepted GRANT in force.", _BY_OWNER)
_move(
    "confirm", "Let the GRANT rest on the owner's own word, whatever mandate it was given under.", _BY_OWNER
)


@click.command()
@click.argument("voice_id", metavar="VOICE")
@click.option("--grant", "grant_id", help="Let this grant rest only.")
@_BY_OWNER
@click.option("--reason", default="", help="Why, for the registry's own record.")
@_AS_JSON
@click.pass_obj
def suspend(
    home: Path | None, voice_id: str, grant_id: str | None, by: str | None, reason: str, as_json: bool
) -> None:
    """Let VOICE, or one grant over it, rest until it is resumed: songs under way are stopped, keys stay."""
    done = studio.open_registry(home).suspend(voice_id, grant_id, reason, by)
    songs = [f"{song.render_id:016x}" for song in done.songs]
    if as_json:
        print_json(
            {
                "voice": done.voice,
                "grant": done.grant,
                "cancelled_jobs": list(done.cancelled_jobs),
                "songs_out": songs,
            }
        )
        return
    what = f"The grant {done.grant}" if done.grant else f"The voice {done.voice}"
    click.echo(f"{what} is suspended. {len(done.cancelled_jobs)} songs under way were stopped.")
    say_songs(songs)


@click.command()
@click.argument("voice_id", metavar="VOICE")
@click.option("--grant", "grant_id", help="Let this grant hold again only.")
@_BY_OWNER
@_AS_JSON
@click.pass_obj
def resume(home: Path | None, voice_id: str, grant_id: str | None, by: str | None, as_json: bool) -> None:
    """End the suspension of VOICE, or of one grant over it."""
    studio.open_registry(home).resume(voice_id, grant_id, by)
    if as_json:
        print_json({"voice": voice_id, "grant": grant_id, "resumed": True})
        return
    click.echo(f"{f'The grant {grant_id}' if grant_id else f'The voice {voice_id}'} may be used again.")
