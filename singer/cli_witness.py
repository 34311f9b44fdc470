"""`consonance witness`: countersign the heads of others' ledgers, and notice when one forks."""

from __future__ import annotations

from pathlib import Path

import click

from consent.ledger.consistency import Consistency
from consent.ledger.witness import Witness, WitnessKey
from singer.cli_ledger import EXISTING, WRITTEN, read_note
from singer.cli_output import print_json
from singer.cli_proof import read_keys

_LONGEST_PROOF = 1 << 16


@click.command()
@click.argument("note", type=EXISTING, required=False)
@click.option(
    "--new", "name", metavar="NAME", help="Make a key for a witness of this name in --key, and print it."
)
@click.option("--key", "key_file", required=True, type=WRITTEN, help="File of the witness's private key.")
@click.option("--state", type=WRITTEN, help="File in which the witness remembers the heads that it saw.")
@click.option(
    "--proof", "proof_file", type=EXISTING, help="Proof that the head continues the last one that was seen."
)
@click.option(
    "--public-key", help="Verifier key of a ledger that the witness does not know yet, or a file with it."
)
@click.option("-o", "output", type=WRITTEN, help="Write the cosigned note to a file.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def witness(
    note: Path | None,
    name: str | None,
    key_file: Path,
    state: Path | None,
    proof_file: Path | None,
    public_key: str | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Cosign the signed head in NOTE, if it continues the last head of its ledger that this witness saw.

    A ledger that shows two histories is named and not cosigned.
    """
    if name is not None:
        own = WitnessKey.make(name, key_file).public
        if as_json:
            print_json({"name": own.name, "key": str(own)})
        else:
            click.echo(str(own))
        return
    if note is None or state is None:
        raise click.UsageError("Give a NOTE to cosign and --state; or make a key with --new NAME.")
    key = WitnessKey.read(key_file)
    proof = None
    if proof_file is not None:
        with proof_file.open("rb") as opened:
            proof = Consistency.from_json(opened.read(_LONGEST_PROOF + 1))
    known = None if public_key is None else read_keys(public_key)
    cosigned = Witness(key, state).cosign(read_note(note), proof, known)
    if output:
        output.write_text(str(cosigned), encoding="utf-8")
    if as_json:
        print_json({"witness": str(key.public), "note": str(cosigned)})
    elif not output:
        click.echo(str(cosigned), nl=False)
