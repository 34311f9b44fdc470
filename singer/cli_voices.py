"""`consonance voices`, `voice show`, `grant` and `withdraw`: who may be heard, on which terms, and how it
ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from consent.rights import PERFORMER, RECORDING_OWNER
from singer import studio
from singer.cli_output import print_json, say_songs
from singer.grant_options import given_terms, grant_to_json, say_grant, term_options


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
            {
                **_summary(found),
                "grants": [grant_to_json(grant) for grant in found.grants],
                "evidence": evidence,
            }
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
    for record in found.rights:
        what = "The performer's consent" if record.right.kind == PERFORMER else "The recordings' permission"
        click.echo(f"\n{what} ({record.right.state}), for: {', '.join(record.right.actions)}")
        click.echo(f"  {record.showing.basis}")
        click.echo(f"  “{record.showing.quote}” ({record.showing.evidence_name})")
    for text in found.evidence:
        click.echo(f"\n{text.name}, SHA-256 {text.sha256} {text.source}".rstrip())
        click.echo("\n".join(f"  | {line}" for line in text.text.splitlines()))


@click.command()
@click.argument("voice_id", metavar="VOICE")
@term_options
@click.pass_obj
def grant(home: Path | None, /, voice_id: str, terms: Path | None, as_json: bool, **given: Any) -> None:
    """Record what VOICE's owner allows: conditions from a TOML file TERMS, from the options, or both.

    It is in force at once; `consonance grants draft` begins the long way.

    consonance grant my-voice --to alice --purpose private --until 2030-01-01
    """
    said = given_terms(terms, given)
    made = studio.open_registry(home).grant(voice_id, said, list(given["users"]) or None, given["by"])
    say_grant(made, as_json)


@click.command()
@click.argument("voice_id", metavar="VOICE")
@click.option("--grant", "grant_id", help="End this grant only.")
@click.option(
    "--right",
    type=click.Choice([PERFORMER, RECORDING_OWNER]),
    help="End the performer's consent, or the recording owner's permission; the voice ends with it.",
)
@click.option("--by", help="Who withdraws: id or handle.  [default: the owner, or whoever gave the right]")
@click.option("--reason", default="", help="Why, for the registry's own record.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_obj
def withdraw(
    home: Path | None,
    voice_id: str,
    grant_id: str | None,
    right: str | None,
    by: str | None,
    reason: str,
    yes: bool,
    as_json: bool,
) -> None:
    """End a grant over VOICE, or, without --grant, the voice itself: its key is destroyed, for good."""
    if grant_id and right:
        raise click.UsageError("Name a grant or a right, not both.")
    registry = studio.open_registry(home)
    found = registry.voice(voice_id)
    if not yes:
        whole = f"{found.name} with all grants; its key will be destroyed"
        click.confirm(f"Withdraw {f'the grant {grant_id}' if grant_id else whole}?", abort=True, err=True)
    if right:
        done = registry.people.withdraw_right(voice_id, right, reason, by)
    else:
        done = registry.withdraw(voice_id, grant_id, reason, by)
    songs = [f"{song.render_id:016x}" for song in done.songs]
    if as_json:
        print_json(
            {
                "voice": done.voice,
                "grants": list(done.grants),
                "rights": list(done.rights),
                "cancelled_jobs": list(done.cancelled_jobs),
                "keys_destroyed": list(done.keys_destroyed),
                "songs_out": songs,
            }
        )
        return
    ended = ", ".join((*done.grants, *done.rights)) or "nothing that had not ended before"
    click.echo(f"Withdrawn: {ended}. {len(done.cancelled_jobs)} songs under way were stopped.")
    say_songs(songs)


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
