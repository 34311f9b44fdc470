"""`consonance approvals` and `notices`: what waits for somebody's yes, and what the registry told them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from singer import studio
from singer.cli_output import print_card, print_json

_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
_NUMBER = click.argument("number", type=int)


@click.group()
def approvals() -> None:
    """Look at songs that wait for approval, and answer."""


@approvals.command("list")
@click.option("--for", "person", help="Only what this person may answer: id or handle.")
@_AS_JSON
@click.pass_obj
def list_(home: Path | None, person: str | None, as_json: bool) -> None:
    """List what waits, oldest first."""
    found = studio.open_registry(home).approvals.waiting(person)
    if as_json:
        print_json([asdict(request) for request in found])
        return
    for request in found:
        title = request.asked.get("title") or "without a title"
        click.echo(
            f"{request.id:>5}  {request.voice}: {title}, for {request.asked.get('purpose')} use, "
            f"asked by {request.user}, until {request.expires_at:%Y-%m-%d}"
        )
    if not found:
        click.echo("Nothing waits.")


@approvals.command()
@_NUMBER
@_AS_JSON
@click.pass_obj
def show(home: Path | None, number: int, as_json: bool) -> None:
    """Show the request NUMBER: the words, what they are for, and the rule that asks for a person."""
    _say(studio.open_registry(home).approvals.get(number), as_json)


@approvals.command()
@_NUMBER
@click.option("--by", required=True, help="Who says yes: id or handle.")
@click.option("--note", default="", help="A word for whoever asked.")
@_AS_JSON
@click.pass_obj
def approve(home: Path | None, number: int, by: str, note: str, as_json: bool) -> None:
    """Say yes to the request NUMBER."""
    _say(studio.open_registry(home).approvals.approve(number, by, note), as_json)


@approvals.command()
@_NUMBER
@click.option("--by", required=True, help="Who says no: id or handle.")
@click.option("--note", default="", help="A word for whoever asked.")
@_AS_JSON
@click.pass_obj
def decline(home: Path | None, number: int, by: str, note: str, as_json: bool) -> None:
    """Say no to the request NUMBER; one no is enough."""
    _say(studio.open_registry(home).approvals.decline(number, by, note), as_json)


@click.command()
@click.argument("person")
@click.option("--unread", is_flag=True, help="Only new ones.")
@click.option("--read", "mark", is_flag=True, help="Mark what is shown as read.")
@_AS_JSON
@click.pass_obj
def notices(home: Path | None, person: str, unread: bool, mark: bool, as_json: bool) -> None:
    """Show what the registry told PERSON (id, handle or user), newest first."""
    registry = studio.open_registry(home)
    found = registry.notices.of_person(person, unread)
    if mark:
        found = [registry.notices.read(notice.id, person) for notice in found]
    if as_json:
        print_json([asdict(notice) for notice in found])
        return
    for notice in found:
        click.echo(f"{notice.at:%Y-%m-%d %H:%M}  {notice.text}")
    if not found:
        click.echo("No notices.")


def _say(request: Any, as_json: bool) -> None:
    if as_json:
        print_json(asdict(request))
        return
    of = f" of {', '.join(request.named)}" if request.named else ""
    print_card(
        [
            ("Request", f"{request.id}: {request.state}"),
            ("Voice", f"{request.voice}, grant {request.grant}"),
            ("Asked by", f"{request.user} on {request.asked_at:%Y-%m-%d}"),
            ("Needs", f"{request.people}{of}"),
            ("Title", request.asked.get("title")),
            ("Purpose", request.asked.get("purpose")),
            ("Language", request.asked.get("language")),
            ("Project", request.asked.get("project")),
        ]
    )
    for rule in request.rules:
        click.echo(f"Because:   {rule}")
    for answer in request.answers:
        said = "yes" if answer.approves else "no"
        click.echo(f"Answer:    {answer.name} said {said} on {answer.at:%Y-%m-%d}. {answer.note}".rstrip())
    for line in str(request.asked.get("lyrics", "")).splitlines():
        click.echo(f"  | {line}")
