"""`consonance people`: who is known, who may act for whom, and whose permissions stand behind a voice."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from consent.mandates import ACTS
from consent.people import Shown
from consent.persons import KINDS
from consent.request import ACTIONS
from consent.rights import CAPACITIES, PERFORMER, RECORDING_OWNER
from singer import studio
from singer.cli_output import print_json

_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
_INSTANT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@click.group()
def people() -> None:
    """Write down owners, performers, licensees, labels, guardians and estates."""


@people.command("list")
@_AS_JSON
@click.pass_obj
def list_(home: Path | None, as_json: bool) -> None:
    """List everybody."""
    found = studio.open_registry(home).people.everybody()
    if as_json:
        print_json([asdict(person) for person in found])
        return
    for person in found:
        click.echo(_line(person))


@people.command()
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), default="person", show_default=True)
@click.option("--contact", default="", help="How to reach them.")
@click.option("--handle", help="The user name that they sign in with.")
@click.option("--minor-until", type=_INSTANT, help="When they come of age (UTC).")
@_AS_JSON
@click.pass_obj
def add(
    home: Path | None,
    name: str,
    kind: str,
    contact: str,
    handle: str | None,
    minor_until: datetime | None,
    as_json: bool,
) -> None:
    """Write NAME down."""
    door = studio.open_registry(home).people
    _say(door.add(name, kind=kind, contact=contact, handle=handle, minor_until=_utc(minor_until)), as_json)


@people.command()
@click.argument("person")
@click.option("--handle", help="The user name that they sign in with; empty for none.")
@click.option("--minor-until", type=_INSTANT, help="When they come of age (UTC).")
@click.option("--deceased", is_flag=True, help="They have died.")
@_AS_JSON
@click.pass_obj
def change(
    home: Path | None,
    person: str,
    handle: str | None,
    minor_until: datetime | None,
    deceased: bool,
    as_json: bool,
) -> None:
    """Write down something new about PERSON (id or handle)."""
    door = studio.open_registry(home).people
    name = door.get(person).id
    if handle is not None:
        door.set_handle(name, handle or None)
    if minor_until is not None:
        door.set_minor(name, _utc(minor_until))
    if deceased:
        door.record_death(name)
    _say(door.get(name), as_json)


@people.command()
@click.argument("agent")
@click.option("--for", "principal", required=True, help="For whom: id or handle.")
@click.option("--as", "capacity", type=click.Choice(CAPACITIES), required=True)
@click.option("--may", "acts", type=click.Choice(ACTS), multiple=True, required=True, help="Several times.")
@click.option("--voice", "voices", multiple=True, help="For which voices.  [default: all of theirs]")
@click.option("--from", "not_before", type=_INSTANT, help="From when (UTC).  [default: now]")
@click.option("--until", "not_after", type=_INSTANT, help="Until when (UTC).")
@click.option("--evidence", default="", help="What shows it; needed for guardians and estates.")
@_AS_JSON
@click.pass_obj
def appoint(
    home: Path | None,
    agent: str,
    principal: str,
    capacity: str,
    acts: tuple[str, ...],
    voices: tuple[str, ...],
    not_before: datetime | None,
    not_after: datetime | None,
    evidence: str,
    as_json: bool,
) -> None:
    """Let AGENT act for somebody: as label, agent, guardian or estate."""
    made = studio.open_registry(home).people.appoint(
        agent,
        principal,
        capacity,
        acts,
        voices=voices,
        not_before=_utc(not_before),
        not_after=_utc(not_after),
        evidence=evidence,
    )
    _say_mandate(made, as_json)


@people.command("end-mandate")
@click.argument("mandate")
@click.option("--by", help="Who ends it: whoever gave or holds it.")
@_AS_JSON
@click.pass_obj
def end_mandate(home: Path | None, mandate: str, by: str | None, as_json: bool) -> None:
    """End MANDATE now; grants that rest on it allow nothing new until they are confirmed."""
    _say_mandate(studio.open_registry(home).people.end_mandate(mandate, by), as_json)


@people.command()
@click.argument("person", required=False)
@_AS_JSON
@click.pass_obj
def mandates(home: Path | None, person: str | None, as_json: bool) -> None:
    """List the mandates that PERSON gave or holds, or all."""
    found = studio.open_registry(home).people.mandates(person)
    if as_json:
        print_json([asdict(record) for record in found])
        return
    for record in found:
        _say_mandate(record, False)
    if not found:
        click.echo("Nobody acts for anybody.")


@people.command("give-right")
@click.argument("voice_id", metavar="VOICE")
@click.argument("kind", type=click.Choice([PERFORMER, RECORDING_OWNER]))
@click.argument("person")
@click.argument("text", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--may", "actions", type=click.Choice(ACTIONS), multiple=True, required=True)
@click.option("--basis", required=True, help="In plain words, what shows it.")
@click.option("--quote", default="", help="The place in TEXT that counts.")
@click.option("--given-by", help="Who said so for PERSON.  [default: they did]")
@click.option("--until", "not_after", type=_INSTANT, help="Until when (UTC).")
@_AS_JSON
@click.pass_obj
def give_right(
    home: Path | None,
    voice_id: str,
    kind: str,
    person: str,
    text: Path,
    actions: tuple[str, ...],
    basis: str,
    quote: str,
    given_by: str | None,
    not_after: datetime | None,
    as_json: bool,
) -> None:
    """Record PERSON's consent to the use of VOICE, or permission for its recordings, which TEXT shows."""
    shown = Shown(basis, text.name, text.read_text(encoding="utf-8"), quote)
    made = studio.open_registry(home).people.give_right(
        voice_id, kind, person, actions, shown, not_after=_utc(not_after), given_by=given_by
    )
    if as_json:
        print_json(asdict(made))
        return
    click.echo(f"{made.right.id}: {person} allows to {', '.join(made.right.actions)} with {voice_id}.")


def _say(person: Any, as_json: bool) -> None:
    if as_json:
        print_json(asdict(person))
        return
    click.echo(_line(person))


def _line(person: Any) -> str:
    about = [person.kind]
    if person.handle is not None:
        about.append(f"signs in as {person.handle}")
    if person.minor_until is not None:
        about.append(f"of age from {person.minor_until:%Y-%m-%d}")
    if person.deceased:
        about.append("deceased")
    if person.state != "active":
        about.append(person.state)
    return f"{person.id:<24}{person.name} ({', '.join(about)})"


def _say_mandate(record: Any, as_json: bool) -> None:
    if as_json:
        print_json(asdict(record))
        return
    mandate = record.mandate
    until = f" until {mandate.not_after:%Y-%m-%d %H:%M UTC}" if mandate.not_after is not None else ""
    over = ", ".join(record.voices) or "all voices"
    click.echo(
        f"{mandate.id}: {mandate.agent} for {mandate.principal} as {mandate.capacity} ({mandate.state}), "
        f"may {', '.join(record.acts)} over {over}{until}"
    )


def _utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.replace(tzinfo=UTC)
