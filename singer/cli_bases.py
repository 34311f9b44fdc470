"""`consonance bases` and `recordings`: what may be trained from, and the joint bases that were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from singer import studio
from singer.cli_output import print_card, print_json


@click.command()
@click.option(
    "--retraining-days",
    "days",
    type=click.IntRange(1, 365),
    help="Set within how many days of a withdrawal a base is to be trained anew; dates once stated stay.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a list as JSON.")
@click.pass_obj
def bases(home: Path | None, days: int | None, as_json: bool) -> None:
    """List the joint bases: what each was trained from, whether it is marked, and by when it has to go."""
    registry = studio.open_registry(home)
    if days is not None:
        registry.bases.set_retraining_days(days)
    found = registry.bases.all()
    if as_json:
        rows = [{**_base(base), "voices": list(registry.bases.voices_on(base.id))} for base in found]
        print_json({"retraining_days": registry.bases.retraining_days(), "bases": rows})
        return
    click.echo(f"A base that holds what was withdrawn is due in {registry.bases.retraining_days()} days.")
    for base in found:
        click.echo(f"\n{base.name} ({base.id[:12]}): {base.state}")
        print_card(
            (
                ("Holds", ", ".join(base.contributors)),
                ("Withdrawn", ", ".join(base.because_of)),
                ("Due", base.due_at and f"{base.due_at:%Y-%m-%d %H:%M UTC}"),
                ("Replaced", base.replaced_by and f"by {base.replaced_by[:12]}"),
                ("Voices", ", ".join(registry.bases.voices_on(base.id))),
            )
        )


@click.group()
def recordings() -> None:
    """Sets of recordings: who said what of training from them."""


@recordings.command()
@click.option("--json", "as_json", is_flag=True, help="Print a list as JSON.")
@click.pass_obj
def show(home: Path | None, as_json: bool) -> None:
    """List the sets with both answers, and whether a model may be trained from them."""
    registry = studio.open_registry(home)
    rows = [
        (found, registry.may_train(found.name, by=studio.login_name())) for found in registry.recordings()
    ]
    if as_json:
        print_json([_set(found, decision) for found, decision in rows])
        return
    for found, decision in rows:
        click.echo(f"\n{found.name}: {found.title}")
        print_card(
            (
                ("Performer", f"{found.performer.name}: {found.performer.training}"),
                ("Owner", f"{found.owner.name}: {found.owner.training}"),
                ("Training", "allowed" if decision.allow else _why(decision)),
            )
        )


@recordings.command()
@click.argument("name")
@click.option("--reason", default="", help="Why, for the registry's own record.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_obj
def withdraw(home: Path | None, name: str, reason: str, yes: bool, as_json: bool) -> None:
    """End the permission to train from the recordings NAME; every base that holds them is marked."""
    registry = studio.open_registry(home)
    if not yes:
        click.confirm(f"Withdraw the recordings {name}, for good?", abort=True, err=True)
    ended = registry.withdraw_recordings(name, reason)
    marked = [base for base in registry.bases.due() if name in base.because_of]
    if as_json:
        print_json({"recordings": name, "ended": ended, "bases": [_base(base) for base in marked]})
        return
    click.echo(f"{name}: {'withdrawn' if ended else 'had been withdrawn before'}.")
    for base in marked:
        click.echo(f"The base {base.name} ({base.id[:12]}) is due by {base.due_at:%Y-%m-%d}.")


def _base(base: Any) -> dict[str, Any]:
    return {
        "sha256": base.id,
        "name": base.name,
        "state": base.state,
        "documented": base.documented,
        "contributors": list(base.contributors),
        "because_of": list(base.because_of),
        "marked_at": base.marked_at and base.marked_at.isoformat(),
        "due_at": base.due_at and base.due_at.isoformat(),
        "replaced_by": base.replaced_by,
        "ledger_index": base.ledger_index,
    }


def _set(found: Any, decision: Any) -> dict[str, Any]:
    return {
        "name": found.name,
        "title": found.title,
        "voice": found.voice,
        "source": found.source,
        "state": found.state,
        "performer": vars(found.performer),
        "owner": vars(found.owner),
        "may_be_trained": decision.allow,
        "reasons": [{"code": reason.code, "sentence": reason.sentence} for reason in decision.reasons],
    }


def _why(decision: Any) -> str:
    return " ".join(reason.sentence for reason in decision.reasons)
