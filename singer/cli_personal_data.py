"""`consonance personal-data`, `destruction` and `housekeeping`: what is held about people, and its end."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from consent.personal_data import GROUNDS
from singer import studio
from singer.cli_output import print_card, print_json
from singer.errors import BadInput

_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


@click.group("personal-data")
def personal_data() -> None:
    """Hand out, or erase, what is held about somebody."""


@personal_data.command()
@click.argument("who", metavar="WHO")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it to a file.")
@click.pass_obj
def export(home: Path | None, who: str, output: Path | None) -> None:
    """Print everything that is held about WHO (id or handle) as JSON."""
    held = studio.open_registry(home).personal_data.export(who)
    if output is None:
        print_json(held)
        return
    _write_private(output, held)
    click.echo(f"Written to {output}, for you alone to read.")


@personal_data.command()
@click.argument("who", metavar="WHO")
@click.option("--by", help="Who asks for it, if not WHO: id or handle.")
@click.option(
    "--reason",
    type=click.Choice(GROUNDS),
    default="request",
    show_default=True,
    help="Why (GDPR article 17).",
)
@click.option(
    "--withdraw-voices", is_flag=True, help="Also where voices or recordings end with it, for good."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@_AS_JSON
@click.pass_obj
def erase(
    home: Path | None,
    who: str,
    by: str | None,
    reason: str,
    withdraw_voices: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Erase what is held about WHO (id or handle). The ledger stays, under pseudonyms that lead nowhere."""
    door = studio.open_registry(home).personal_data
    resting = door.resting_on(who).in_words()
    if not yes:
        if resting:
            click.echo(f"This ends with it, for good: {resting}.", err=True)
        click.confirm(f"Erase everything about {who}?", abort=True, err=True)
        withdraw_voices = True
    done = door.erase(who, by=by, reason=reason, withdraw_voices=withdraw_voices)
    if as_json:
        print_json(asdict(done))
        return
    print_card(
        (
            ("Rows", ", ".join(f"{table} {count}" for table, count in done.rows.items())),
            ("Ended", done.ended.in_words()),
            ("Grants", ", ".join(done.grants_ended)),
            ("Jobs", ", ".join(map(str, done.jobs_removed))),
            ("Ledger", f"entry {done.ledger_index}"),
        )
    )
    for sentence in done.remains:
        click.echo(sentence)


@click.group()
def destruction() -> None:
    """What has to be destroyed, and when."""


@destruction.command("list")
@click.option("--person", help="Only what is kept of this person: id or handle.")
@click.option("--voice", help="Only what is kept of this voice.")
@_AS_JSON
@click.pass_obj
def list_destruction(home: Path | None, person: str | None, voice: str | None, as_json: bool) -> None:
    """List what is still to be destroyed, the most urgent first."""
    items = studio.open_registry(home).destruction.upcoming(person=person, voice=voice)
    if as_json:
        print_json([asdict(item) for item in items])
        return
    for item in items:
        click.echo(f"{item.id:>6}  {item.due_at:%Y-%m-%d %H:%M}  {item.what:<18} "
                   f"{item.voice or item.person or '-':<20} {item.reason}. {item.blocked}")  # fmt: skip
    if not items:
        click.echo("Nothing waits to be destroyed.")


@destruction.command("run")
@_AS_JSON
@click.pass_obj
def run_destruction(home: Path | None, as_json: bool) -> None:
    """Destroy everything that is due."""
    _print_destroyed(studio.open_registry(home).destruction.run_due(), as_json)


@destruction.command("done")
@click.argument("number", type=click.IntRange(1))
@_AS_JSON
@click.pass_obj
def done_by_hand(home: Path | None, number: int, as_json: bool) -> None:
    """Record that somebody has destroyed what no run can reach."""
    _print_destroyed([studio.open_registry(home).destruction.done(number)], as_json)


@click.command()
@_AS_JSON
@click.pass_obj
def housekeeping(home: Path | None, as_json: bool) -> None:
    """Do what time makes due: endings, destruction, retention. `serve` does it every ten minutes."""
    done = asdict(studio.open_registry(home).housekeeping())
    if as_json:
        print_json(done)
        return
    print_card(
        (name.replace("_", " ").capitalize(), len(value) if isinstance(value, tuple) else value)
        for name, value in done.items()
    )


def _print_destroyed(items: list[Any], as_json: bool) -> None:
    if as_json:
        print_json([asdict(item) for item in items])
        return
    for item in items:
        click.echo(
            f"Destroyed: {item.what} (number {item.id}{f', SHA-256 {item.sha256}' if item.sha256 else ''})"
        )
    if not items:
        click.echo("Nothing was due.")


def _write_private(path: Path, held: object) -> None:
    """Write JSON to a new file that its owner alone may read."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadInput(f"{path} is there already.", "Name a new file.") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(held, file, ensure_ascii=False, indent=2, default=str)
        file.write("\n")
