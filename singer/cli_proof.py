"""`consonance verify`: what a file is, asked of the registry, or proven without it.

Without it there are the proof and the registry's public key, or the file's content credentials and the
certificates that they are signed under.
"""

from __future__ import annotations

import hashlib
import os
import shlex
from dataclasses import asdict
from pathlib import Path

import click

from consent.credentials import SIDECAR_SUFFIX, Credentials, read_credentials
from consent.ledger.errors import ProofFormatError
from consent.ledger.log_keys import LogKeys
from consent.ledger.notes import VerifierKey
from consent.ledger.proof import LONGEST_BYTES, SUFFIX, Proof, ProvenRelease, verify_proof
from singer.cli_output import print_card, print_json

COMMAND = os.environ.get("CONSONANCE_COMMAND", "consonance")
"""What a person types to run this program again; ./run says how it was called."""

_READ_BYTES = 1 << 20
_LONGEST_KEYS = 1 << 16
_PEM_END = b"-----END CERTIFICATE-----"
_OFFLINE_STATES = {"trusted": "signed", "valid": "signed-by-a-stranger", "invalid": "altered"}
_CREDENTIALS_SAY = {
    "trusted": "Signed under a certificate that was given, and all that the credentials cover is as it was.",
    "valid": "Signed, and all that the credentials cover is as it was; but none of the given certificates "
    "speaks for whoever signed.",
    "invalid": "The content credentials do not hold: altered, or not those of this file.",
}
_SIGNS = {"yes": "+", "no": "-", "none": " "}
_UNKNOWN = (
    "Not shown by this: whether the grant or the voice was withdrawn since. Only the registry knows: "
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
    "--credentials",
    "sidecar",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"Content credentials to judge FILE by.  [default: those in it, or FILE{SIDECAR_SUFFIX}]",
)
@click.option(
    "--roots",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --offline: certificates (PEM) whose signature under the credentials is believed.",
)
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
    sidecar: Path | None,
    roots: Path | None,
    witnesses: tuple[str, ...],
    full: bool,
    as_json: bool,
) -> int:
    """Say whose voice is in FILE, under which grant, and whether that still stands."""
    if offline:
        if public_key is None and roots is None:
            raise click.UsageError(
                "--offline needs the registry's key for the proof: --public-key KEY (or a file with it); "
                "or certificates for the credentials: --roots FILE."
            )
        if public_key is None and (proof_file or witnesses):
            raise click.UsageError("--proof and --witness go with --public-key.")
        credentials = _read(file, sidecar, roots) if roots else None
        proven = _prove(file, proof_file, public_key, witnesses) if public_key else None
        return _print_offline(file, proven, credentials, as_json)
    if proof_file or public_key or roots or witnesses:
        raise click.UsageError("--proof, --public-key, --roots and --witness go with --offline.")
    return _ask_registry(home, file, sidecar, full, as_json)


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


def _read(file: Path, sidecar: Path | None, roots: Path) -> Credentials:
    """The credentials of a file, judged by certificates alone. Raises ProofFormatError where there are none,
    or no certificates."""
    with roots.open("rb") as opened:
        pem = opened.read(_LONGEST_KEYS)
    trusted = tuple(found + _PEM_END for found in pem.split(_PEM_END)[:-1])
    if not trusted or not pem.isascii():
        raise ProofFormatError(f"{roots} holds no certificates.", "Give them as PEM.")
    found = read_credentials(file, sidecar, trusted)
    if found is None:
        raise ProofFormatError(f"{file} bears no content credentials, and none lie beside it.")
    return found


def _print_offline(
    file: Path, proven: ProvenRelease | None, credentials: Credentials | None, as_json: bool
) -> int:
    """Print what was shown. Exit status 0 when all that was asked for holds; the state is then what the most
    shows, and otherwise what does not hold."""
    holds = credentials is None or credentials.state == "trusted"
    state = _OFFLINE_STATES[credentials.state] if credentials and not (holds and proven) else "proven"
    if as_json:
        said = {} if credentials is None else {"credentials": _summary(credentials)}
        entry = asdict(proven) if proven else {}
        print_json({"file": str(file), "state": state, **entry, **said, "not_proven": _UNKNOWN})
        return 0 if holds else 1
    if proven is not None:
        _print_proven(proven)
    if credentials is not None:
        click.echo(_CREDENTIALS_SAY[credentials.state])
        print_card(_card(credentials))
    click.echo(_UNKNOWN)
    return 0 if holds else 1


def _card(credentials: Credentials) -> list[tuple[str, object]]:
    """What credentials say; nothing of that where they do not hold, since it is nobody's word."""
    wrong: list[tuple[str, object]] = [("Wrong", ", ".join(credentials.problems))]
    if credentials.state == "invalid":
        return wrong
    return [
        ("Title", credentials.title),
        ("Made by", credentials.producer),
        ("Signed by", credentials.issuer),
        ("Steps", ", ".join(credentials.actions)),
        ("Render id", "" if credentials.render_id is None else f"{credentials.render_id:016x}"),
        ("Manifest", credentials.manifest),
        *wrong,
    ]


def _summary(credentials: Credentials) -> dict[str, object]:
    return {name: value for name, value in vars(credentials).items() if name != "data"}


def _print_proven(proven: ProvenRelease) -> None:
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


def _ask_registry(home: Path | None, file: Path, sidecar: Path | None, full: bool, as_json: bool) -> int:
    from singer import studio  # a proof needs neither registry nor database
    from singer.audio_file import MAX_SECONDS
    from singer.marks import USUAL_SCALED_S

    scaled_s = MAX_SECONDS if full else USUAL_SCALED_S
    verdict = studio.verify(studio.open_registry(home), file, sidecar=sidecar, scaled_s=scaled_s)
    if as_json:
        said = asdict(verdict)
        if verdict.watermark is not None:  # 64 bits are more than a JSON number holds for most readers
            said["watermark"]["render_id"] = f"{verdict.watermark.render_id:016x}"
        print_json({"file": str(file), **said})
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
    if not verdict.identified:
        click.echo(f"To hold it against songs that are sung again: {COMMAND} trace {shlex.quote(str(file))}")
    for evidence in verdict.evidence:
        click.echo(f"{_SIGNS[evidence.found]} {evidence.layer.capitalize() + ':':<13}{evidence.sentence}")
    return 0 if verdict.identified else 1
