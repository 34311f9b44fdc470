"""`consonance ledger`: the record of every decision, its signed heads, its proofs and its checker."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from consent.ledger.errors import ProofFormatError
from consent.ledger.kinds import KINDS
from consent.ledger.notes import SignedNote
from consent.registry import Registry
from singer.cli_output import print_json
from singer.cli_proof import read_key
from singer.places import home_folder

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITTEN = click.Path(dir_okay=False, path_type=Path)
_LONGEST_NOTE = 1 << 16


@click.group()
def ledger() -> None:
    """Look at the ledger: every authorisation, refusal, release and withdrawal; prove and check it."""


@ledger.command()
@click.option("--voice", help="Only the rows of this voice.")
@click.option("--kind", type=click.Choice(sorted(KINDS)), help="Only rows of this kind.", metavar="KIND")
@click.option("--limit", type=click.IntRange(1), help="Only the newest rows.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows and the signed head as JSON.")
@click.pass_obj
def show(home: Path | None, voice: str | None, kind: str | None, limit: int | None, as_json: bool) -> None:
    """Show the ledger's rows, oldest first, and its signed head."""
    registry = Registry.open(home_folder(home))
    rows = registry.ledger_rows(voice, kind, limit)
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
@click.option(
    "--against", "notes", multiple=True, type=EXISTING, help="A signed head that you kept; may be repeated."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_obj
def fsck(home: Path | None, notes: tuple[Path, ...], as_json: bool) -> int:
    """Recompute the whole ledger from its rows, and compare it with the registry's records."""
    report = Registry.open(home_folder(home)).check_ledger(notes)
    if as_json:
        print_json({"ok": report.ok, **asdict(report)})
    else:
        for finding in report.findings:
            click.echo(f"{finding.sentence}")
        for notice in report.notices:
            click.echo(f"Note: {notice}")
        count = len(report.findings) + report.unlisted
        whole = "every hash, head and signature agrees" if report.ok else f"{count} things are wrong"
        click.echo(f"{report.entries} entries: {whole}.")
    return 0 if report.ok else 1


ledger.add_command(show, "rows")
ledger.add_command(fsck, "check")


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Print the key as JSON.")
@click.pass_obj
def key(home: Path | None, as_json: bool) -> None:
    """Print the verifier keys of this registry's ledger: give them to whoever is to verify offline."""
    own = Registry.open(home_folder(home)).proofs.public_keys
    if as_json:
        print_json({"name": own.name, "key": str(own.newest), "keys": str(own).split("\n")})
    else:
        click.echo(str(own))


@ledger.command()
@click.option("-o", "output", type=WRITTEN, help="Write the note to a file.")
@click.option("--json", "as_json", is_flag=True, help="Print the head as JSON.")
@click.pass_obj
def head(home: Path | None, output: Path | None, as_json: bool) -> int:
    """Print the newest signed head, a note that a witness can cosign."""
    newest = Registry.open(home_folder(home)).ledger_head()
    if newest is None:
        click.echo("The ledger is empty.", err=True)
        return 1
    if output:
        output.write_text(newest.note, encoding="utf-8")
    if as_json:
        said = {"origin": newest.origin, "size": newest.size, "root": newest.root.hex()}
        print_json({**said, "at": newest.at.isoformat(), "note": newest.note})
    elif not output:
        click.echo(newest.note, nl=False)
    return 0


@ledger.command()
@click.argument("file", type=EXISTING)
@click.option("--json", "as_json", is_flag=True, help="Print where the proof is, and the proof, as JSON.")
@click.pass_obj
def prove(home: Path | None, file: Path, as_json: bool) -> None:
    """Write the proof of a released FILE beside it, as FILE.proof."""
    written = Registry.open(home_folder(home)).proofs.write_beside(file)
    if as_json:
        print_json({"proof": str(written), **json.loads(written.read_bytes())})
    else:
        click.echo(
            f"{written}: verifies with consonance verify --offline, and the key of consonance ledger key."
        )


@ledger.command()
@click.argument("first", type=click.IntRange(0))
@click.argument("second", type=click.IntRange(0))
@click.option("-o", "output", type=WRITTEN, help="Write the proof to a file.")
@click.option("--json", "as_json", is_flag=True, help="Print the proof as JSON, which it is in any case.")
@click.pass_obj
def consistency(home: Path | None, first: int, second: int, output: Path | None, as_json: bool) -> None:
    """Prove that the ledger of SECOND entries begins with the one of FIRST: what a witness asks for."""
    proof = Registry.open(home_folder(home)).proofs.consistency(first, second).to_json()
    if output:
        output.write_bytes(proof)
    if as_json or not output:
        click.echo(proof.decode())


@ledger.command()
@click.argument("note", type=EXISTING)
@click.option("--witness", required=True, help="The witness's verifier key, or a file that holds it.")
@click.option("--json", "as_json", is_flag=True, help="Print the entry's place as JSON.")
@click.pass_obj
def cosign(home: Path | None, note: Path, witness: str, as_json: bool) -> None:
    """Take a cosigned NOTE back in: proofs made from now on carry the cosignature."""
    place = Registry.open(home_folder(home)).proofs.take_cosigned(read_note(note), read_key(witness))
    if as_json:
        print_json({"entry": place})
    else:
        click.echo(f"Entry {place} of the ledger records the cosignature.")


def read_note(file: Path) -> SignedNote:
    """A signed note in a file. Raises ProofFormatError."""
    with file.open("rb") as opened:
        raw = opened.read(_LONGEST_NOTE + 1)
    try:
        return SignedNote.parse(raw.decode())
    except UnicodeDecodeError:
        raise ProofFormatError(f"{file} is not a signed note.") from None


def _row(row: Any) -> dict[str, Any]:
    return {
        "position": row.position,
        "kind": row.kind,
        "at": row.at.isoformat(),
        "body": dict(row.body),
        "leaf_hash": row.leaf_hash.hex(),
    }
