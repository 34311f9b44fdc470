"""`consonance terms`: what owners allow, in plain words, as data and as ODRL."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from consent.errors import TermsError
from consent.odrl import from_odrl, to_odrl
from consent.terms import Terms, Unknown
from singer import studio
from singer.cli_output import print_json
from singer.errors import BadInput

MOST_BYTES = 1 << 20
"""How long a file of terms may be."""


@click.group()
def terms() -> None:
    """Read terms: what owners allow, in plain words and as ODRL."""


@terms.command()
@click.argument("voice_id", metavar="VOICE")
@click.option("--odrl", is_flag=True, help="Print ODRL policies (JSON-LD).")
@click.option("--json", "as_json", is_flag=True, help="Print the terms as JSON.")
@click.pass_obj
def show(home: Path | None, voice_id: str, odrl: bool, as_json: bool) -> None:
    """Show the terms of every grant over VOICE that stands."""
    voice = studio.open_registry(home).voice(voice_id)
    grants = [grant for grant in voice.grants if grant.state == "active"]
    if odrl:
        print_json(
            [
                to_odrl(
                    grant.terms,
                    f"urn:consonance:voice:{voice.id}",
                    assigner=voice.owner.contact or voice.owner.name,
                    uid=f"urn:consonance:grant:{grant.id}",
                )
                for grant in grants
            ]
        )
    elif as_json:
        print_json([{"grant": grant.id, "terms": grant.terms.to_json()} for grant in grants])
    else:
        for grant in grants:
            _say(grant.id, grant.terms)
        if not grants:
            click.echo(f"No grant over {voice.name} stands, so nothing is allowed.")


@terms.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was read as JSON.")
def check(file: Path, as_json: bool) -> None:
    """Read the terms in FILE (TOML, JSON, a voice.toml, or an ODRL policy) and say them in plain words."""
    read = list(_read(file))
    if as_json:
        print_json(
            [{"place": place, "terms": said.to_json(), "sentences": said.describe()} for place, said in read]
        )
        return
    for place, said in read:
        _say(place, said)


def _say(place: str, said: Terms) -> None:
    click.echo(f"{place}:")
    for line in said.describe():
        click.echo(f"  {line}")


def _read(file: Path) -> Iterator[tuple[str, Terms]]:
    """Every set of terms in a file, with its place. Raises BadInput or TermsError."""
    data = _load(file)
    if "permission" in data or "prohibition" in data or "@context" in data:
        said = from_odrl(data)
        strange = [condition.why for condition in said.constraints if isinstance(condition, Unknown)]
        if strange:
            raise TermsError(
                f"{file}: not understood: {', '.join(strange)}. Such a policy allows nothing.",
                "The page “Terms as ODRL” of the documentation says what is understood.",
            )
        yield str(file), Terms.parse(said.to_json(), str(file))
    elif "actions" in data:
        yield str(file), Terms.parse(data, str(file))
    else:
        found = False
        recordings = data.get("recordings", [])
        for place, entry in [
            ("[grant]", data),
            *((f"[[recordings]] {number}", entry) for number, entry in enumerate(_list(recordings), 1)),
        ]:
            if isinstance(entry, Mapping) and "grant" in entry:
                found = True
                yield f"{file}: {place}", Terms.parse(entry["grant"], f"{file}: {place}")
        if not found:
            raise BadInput(
                f"{file} holds no terms: neither actions, nor a [grant], nor an ODRL policy.",
                "The page “Voice folders” of the documentation shows how they are written.",
            )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _load(file: Path) -> dict[str, Any]:
    with file.open("rb") as opened:
        raw = opened.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise BadInput(f"{file} is longer than {MOST_BYTES >> 20} MiB.", "Terms are a page of text.")
    try:
        text = raw.decode("utf-8-sig")
        data = (
            json.loads(text)
            if text.lstrip().startswith(("{", "[")) and not _is_toml(file)
            else tomllib.loads(text)
        )
    except (ValueError, RecursionError) as error:
        raise BadInput(
            f"{file} is neither TOML nor JSON: {str(error) or type(error).__name__}.",
            "Write terms in TOML, JSON or ODRL.",
        ) from None
    if not isinstance(data, dict):
        raise BadInput(f"{file} holds a list, not terms.", "Write one set of terms in a file.")
    return data


def _is_toml(file: Path) -> bool:
    return file.suffix == ".toml"
