"""`consonance verify`: what a file is, asked of the registry, or proven without it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path

import click

from consent.ledger.errors import ProofFormatError
from consent.ledger.log_keys import LogKeys
from consent.ledger.notes import VerifierKey
from consent.ledger.proof import LONGEST_BYTES, SUFFIX, Proof, ProvenRelease, verify_proof
from singer.cli_output import print_card, print_json

_READ_BYTES = 1 << 20
_LONGEST_KEYS = 1 << 16
_SIGNS = {"yes": "+", "no": "-", "none": " "}
_UNKNOWN = (
    "Not in a proof: whether the grant or the voice was withdrawn since. Only the registry knows: "
    "consonance verify FILE, or its verify page."
)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--offline", is_flag=True, help="Use the proof beside FILE and a public key, and no registry.")
@click.option(
    "--proof",
    "proof_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"Proof to use with --offline.  [default: FILE{SUFFIX}]",
)
@click.option("--public-key", help="With --offline: the registry's verifier key, or a file that holds it.")
@click.option(
    "--witness",
    "witnesses",
    multiple=True,
    help="With --offline: a witness that must have cosigned; repeatable.",
)
@click.option("--full", is_flag=True, help="Search all of the sound at other speeds and pitches, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
@click.pass_obj
def verify(
    home: Path | None,
    file: Path,
    offline: bool,
    proof_file: Path | None,
    public_key: str | None,
    witnesses: tuple[str, ...],
    full: bool,
    as_json: bool,
) -> int:
    """Say whose voice is in FILE, under which grant, and whether that still stands."""
    if offline:
        if public_key is None:
            raise click.UsageError(
                "--offline needs the registry's key: --public-key KEY (or a file with it)."
            )
        _print_proven(file, _prove(file, proof_file, public_key, witnesses), as_json)
        return 0
    if proof_file or public_key or witnesses:
        raise click.UsageError("--proof, --public-key and --witness go with --offline.")
    return _ask_registry(home, file, full, as_json)


def read_key(given: str) -> VerifierKey:
    """A verifier key, given as itself or as a file that holds it. Raises ProofFormatError."""
    return VerifierKey.parse(_given(given))


def read_keys(given: str) -> LogKeys:
    """A registry's verifier keys, as `consonance ledger key` prints them, or a file that holds them.

    Raises ProofFormatError.
    """
    return LogKeys.parse(_given(given))


def _given(given: str) -> str:
    file = Path(given)
    if "+" in given and not file.is_file():
        return given
    with file.open("rb") as opened:
        text = opened.read(_LONGEST_KEYS)
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise ProofFormatError(f"{file} holds no verifier key.") from None


def _prove(file: Path, proof_file: Path | None, public_key: str, witnesses: tuple[str, ...]) -> ProvenRelease:
    place = proof_file or file.with_name(f"{file.name}{SUFFIX}")
    if not place.is_file():
        raise ProofFormatError(
            f"There is no proof {place}.", "Whoever has the registry makes one: consonance ledger prove FILE"
        )
    with place.open("rb") as opened:
        proof = Proof.from_json(opened.read(LONGEST_BYTES + 1))
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_READ_BYTES):
            digest.update(chunk)
    asked = [read_key(witness) for witness in witnesses]
    return verify_proof(proof, read_keys(public_key), digest.hexdigest(), asked)


def _print_proven(file: Path, proven: ProvenRelease, as_json: bool) -> None:
    if as_json:
        print_json({"file": str(file), "state": "proven", **asdict(proven), "not_proven": _UNKNOWN})
        return
    click.echo(f"Released by {proven.origin}, byte for byte: its signed ledger holds this file.")
    print_card(
        [
            ("Voice", f"{proven.voice} {proven.voice_version}"),
            ("Grant", proven.grant),
            ("Terms", f"SHA-256 {proven.terms_sha256}"),
            ("Render id", proven.render_id),
            ("Released", f"{proven.at:%Y-%m-%d %H:%M:%S} UTC"),
            ("Entry", f"{proven.index} of {proven.head_size}"),
            ("Head", f"signed {proven.head_at:%Y-%m-%d %H:%M:%S} UTC"),
            *(("Witness", f"{name}, {at:%Y-%m-%d %H:%M:%S} UTC") for name, at in proven.witnesses),
        ]
    )
    click.echo(_UNKNOWN)


def _ask_registry(home: Path | None, file: Path, full: bool, as_json: bool) -> int:
    from singer import studio  # a proof needs neither registry nor database
    from singer.audio_file import MAX_SECONDS
    from singer.marks import USUAL_SCALED_S

    scaled_s = MAX_SECONDS if full else USUAL_SCALED_S
    verdict = studio.verify(studio.open_registry(home), file, scaled_s=scaled_s)
    if as_json:
        print_json({"file": str(file), **asdict(verdict)})
        return 0 if verdict.identified else 1
    click.echo(verdict.sentence)
    print_card(
        [
            ("Voice", verdict.voice),
            ("Owner", verdict.owner),
            ("Credit", verdict.credit),
            ("Grant", verdict.grant),
            ("Render id", verdict.render_id),
            ("Released", verdict.released_at),
            ("Marks", ", ".join(verdict.marks_found)),
        ]
    )
    for evidence in verdict.evidence:
        click.echo(f"{_SIGNS[evidence.found]} {evidence.layer.capitalize() + ':':<13}{evidence.sentence}")
    return 0 if verdict.identified else 1
