"""`consonance verify` and `consonance ledger`: what a file is, and whether the record of it can be believed.
`consonance verify` and `consonance ledger`: what a file is, and whether the record of it can be believed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from singer import studio
from singer.cli_output import print_card, print_json


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
@click.pass_obj
def verify(home: Path | None, file: Path, as_json: bool) -> int:
    """Say whose voice is in FILE, under which grant, and whether that still stands."""
    verdict = studio.verify(studio.open_registry(home), file)
    if as_json:
        print_json({"file": str(file), **asdict(verdict)})
    else:
        click.echo(verdict.sentence)
        print_card(
            [
                ("Voice", verdict.voice),
                ("Owner", verdict.owner),
                ("Grant", verdict.grant),
                ("Render id", verdict.render_id),
                ("Released", verdict.released_at),
                ("Marks", ", ".join(verdict.marks_found)),
            ]
        )
    return 0 if verdict.identified else 1


@click.group()
def ledger() -> None:
    """Look at the ledger: every authorisation, refusal, release and withdrawal."""


@ledger.command()
@click.option("--voice", help="Only the rows of this voice.")
@click.option(
    "--kind", help="Only rows of this kind: voice, grant, authorisation, refusal, render, withdrawal."
)
@click.option("--limit", type=click.IntRange(1), help="Only the newest rows.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows and the signed head as JSON.")
@click.pass_obj
def show(home: Path | None, voice: str | None, kind: str | None, limit: int | None, as_json: bool) -> None:
    """Show the ledger's rows, oldest first, and its signed head."""
    registry = studio.open_registry(home)
    rows = [
        row
        for row in registry.ledger_rows()
        if (voice is None or row.body.get("voice") == voice) and (kind is None or row.kind == kind)
    ]
    rows = rows[-limit:] if limit else rows
    head = registry.ledger_head()
    if as_json:
        print_json({"rows": [_row(row) for row in rows], "head": head.note if head else None})
        return
    for row in rows:
        said = " ".join(f"{name}={value}" for name, value in row.body.items() if isinstance(value, str | int))
        click.echo(f"{row.position:>6}  {row.at:%Y-%m-%d %H:%M:%S}  {row.kind:<14}{said}")
    if head:
        click.echo(f"\n{head.note}", nl=False)


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_obj
def fsck(home: Path | None, as_json: bool) -> int:
    """Recompute the whole ledger from its rows, and compare it with the registry's records."""
    report = studio.open_registry(home).check_ledger()
    if as_json:
        print_json({"ok": report.ok, **asdict(report)})
    else:
        for finding in report.findings:
            click.echo(f"{finding.sentence}")
        for notice in report.notices:
            click.echo(f"Note: {notice}")
        whole = (
            "every hash, head and signature agrees"
            if report.ok
            else f"{len(report.findings)} things are wrong"
        )
        click.echo(f"{report.entries} entries: {whole}.")
    return 0 if report.ok else 1


def _row(row: Any) -> dict[str, Any]:
    return {
        "position": row.position,
        "kind": row.kind,
        "at": row.at.isoformat(),
        "body": dict(row.body),
        "leaf_hash": row.leaf_hash.hex(),
    }
