"""`consonance keys`: which keys a registry has, and new ones in their place. No key is ever shown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from consent.certificates import BoughtChain
from consent.keyring import KeyInfo
from consent.registry import Registry
from singer.cli_output import print_json
from singer.deployment import deployment_of
from singer.places import home_folder


@click.group()
def keys() -> None:
    """Look at the registry's keys, and renew them (docs/guide/keys.md)."""


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a list as JSON.")
@click.pass_obj
def show(home: Path | None, as_json: bool) -> None:
    """List every key and certificate by what it is for: fingerprint and dates."""
    registry = Registry.open(home_folder(home))
    files = deployment_of(registry.home).credentials
    faults = registry.credentials.faults(files)
    usable = files is not None and all(fault.usable for fault in faults)
    found = registry.keyring.inventory(BoughtChain(*files) if files and usable else None)
    if as_json:
        print_json([_as_json(key) for key in found])
    for key in () if as_json else found:
        name = key.kind if key.voice is None else f"voice {key.voice}"
        line = f"{name:<24}{key.version:>3}  {key.fingerprint[:16]}  {key.state:<10}{_day(key.made_at)}"
        line += "" if key.retired_at is None else f" to {_day(key.retired_at)}"
        click.echo(line if key.ends_at is None else f"{line}, valid until {_day(key.ends_at)}")
    for fault in faults:
        click.echo(f"{fault.sentence} {fault.remedy}".strip(), err=True)


@keys.command()
@click.pass_obj
def certificates(home: Path | None) -> None:
    """Print the certificates that songs' credentials are signed under: what other readers are to trust."""
    for certificate in Registry.open(home_folder(home)).credentials.trusted():
        click.echo(certificate.decode("ascii"), nl=False)


@keys.command()
@click.option("--voice", metavar="VOICE", help="The keys of this voice's weights, which are sealed anew.")
@click.option("--macs", is_flag=True, help="The key that vouches for grants, permissions and other records.")
@click.option("--at-once", is_flag=True, help="With --macs: revoke the songs under way, and keep no old key.")
@click.option("--ledger", is_flag=True, help="The key that signs the ledger.")
@click.option("--watermark", is_flag=True, help="The key that marks songs; older songs stay readable.")
@click.option("--recipes", is_flag=True, help="The key that seals recipes; older ones stay readable.")
@click.option("--credentials", is_flag=True, help="The signer of credentials; older songs stay trusted.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_obj
def rotate(
    home: Path | None,
    voice: str | None,
    macs: bool,
    at_once: bool,
    ledger: bool,
    watermark: bool,
    recipes: bool,
    credentials: bool,
    as_json: bool,
) -> None:
    """Put a new key in the place of a voice's or of one of the registry's own."""
    if [voice is not None, macs, ledger, watermark, recipes, credentials].count(True) != 1:
        which = "--voice VOICE, --macs, --ledger, --watermark, --recipes or --credentials"
        raise click.UsageError(f"Say which key: {which}.")
    if at_once and not macs:
        raise click.UsageError("--at-once goes with --macs.")
    registry = Registry.open(home_folder(home))
    ring, done = registry.keyring, dict[str, Any]()
    if voice is not None:
        versions = ring.rotate_voice(voice)
        done, sentence = {"voice": voice, "versions": list(versions)}, f"{voice} rests under new keys."
    elif macs:
        renewed = ring.rotate_macs(at_once)
        done, sentence = {"renewed": renewed}, f"{renewed} records bear a MAC by the new key."
    elif ledger:
        version = ring.rotate_ledger_key()
        done = {"version": version, "keys": str(registry.proofs.public_keys).split("\n")}
        sentence = (
            f"The ledger is signed with key {version} from now on. Whoever verifies offline needs the new "
            "list: consonance ledger key"
        )
    elif credentials:
        version = ring.rotate_credentials()
        done, sentence = {"version": version}, f"Credentials are signed by signer {version} from now on."
        if deployment_of(registry.home).credentials is not None:
            sentence += " A bought certificate is configured and goes before it."
    elif recipes:
        version = ring.rotate_recipes()
        done, sentence = {"version": version}, f"Recipes are sealed with key {version} from now on."
    else:
        version = ring.rotate_watermark()
        done, sentence = {"version": version}, f"Songs are marked with key {version} from now on."
    if as_json:
        print_json(done)
    else:
        click.echo(sentence)


def _as_json(key: KeyInfo) -> dict[str, Any]:
    return {
        "kind": key.kind,
        "voice": key.voice,
        "version": key.version,
        "fingerprint": key.fingerprint,
        "state": key.state,
        "made_at": key.made_at.isoformat(),
        "retired_at": None if key.retired_at is None else key.retired_at.isoformat(),
        "ends_at": None if key.ends_at is None else key.ends_at.isoformat(),
    }


def _day(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d}"
