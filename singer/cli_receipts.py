"""`consonance receipts`: the signed receipts that people get for every change."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from consent.receipts import LONGEST_BYTES, check_receipt, in_words, read_receipt
from singer import studio
from singer.cli_output import print_json
from singer.cli_proof import read_keys
from singer.errors import BadInput

_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


@click.group()
def receipts() -> None:
    """Look at the signed receipts that people get for every change, and check them."""


@receipts.command("list")
@click.option("--person", help="Only those of this person: id or handle.")
@click.option("--voice", help="Only those over this voice.")
@_AS_JSON
@click.pass_obj
def list_receipts(home: Path | None, person: str | None, voice: str | None, as_json: bool) -> None:
    """List receipts, oldest first."""
    found = studio.open_registry(home).receipts.of(person=person, voice=voice)
    if as_json:
        print_json([{**asdict(receipt), "document": None} for receipt in found])
        return
    for receipt in found:
        click.echo(f"{receipt.at:%Y-%m-%d %H:%M}  {receipt.id}  {receipt.event:<18} {receipt.voice:<16} "
                   f"{receipt.grant or '-':<24} {receipt.state}")  # fmt: skip
    if not found:
        click.echo("There are none.")


@receipts.command("show")
@click.argument("receipt_id", metavar="RECEIPT")
@_AS_JSON
@click.pass_obj
def show_receipt(home: Path | None, receipt_id: str, as_json: bool) -> int:
    """Show a receipt in plain words, or with --json the signed document itself, to keep."""
    receipt = studio.open_registry(home).receipts.get(receipt_id)
    if receipt.document is None:
        raise BadInput(
            f"The words of {receipt_id} were erased; its SHA-256 is {receipt.sha256}.",
            "Whoever got it at the time may still hold it.",
        )
    if as_json:
        print_json(receipt.document)
    elif receipt.state == "intact":
        for line in in_words(receipt.document["receipt"]):
            click.echo(line)
    if receipt.state != "intact":
        click.echo("What is stored as this receipt is not what the registry signed.", err=True)
        return 1
    return 0


@receipts.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--public-key", help="The registry's verifier key, or a file with it: no registry is asked.")
@_AS_JSON
@click.pass_obj
def check(home: Path | None, file: Path, public_key: str | None, as_json: bool) -> None:
    """Check FILE, a receipt as `receipts show --json` prints it, by its signature alone."""
    with file.open("rb") as opened:
        document = read_receipt(opened.read(LONGEST_BYTES + 1))
    if public_key is None:
        said = studio.open_registry(home).receipts.check(document)
    else:
        said = check_receipt(document, read_keys(public_key))
    if as_json:
        print_json({"valid": True, "receipt": said})
        return
    click.echo("The signature holds. The receipt says:")
    for line in in_words(said):
        click.echo(f"  {line}")


@receipts.command("operator")
@click.argument("name")
@click.argument("contact")
@click.pass_obj
def operator(home: Path | None, name: str, contact: str) -> None:
    """Say who runs the registry (NAME, and how to reach them: CONTACT), for receipts from now on."""
    studio.open_registry(home).receipts.name_operator(name, contact)
    click.echo(f"Receipts name {name} from now on.")
