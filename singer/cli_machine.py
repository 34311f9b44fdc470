"""`consonance serve` and `consonance doctor`: the page, and what this machine lacks for it."""

from __future__ import annotations

import importlib
import sys
from dataclasses import asdict
from pathlib import Path

import click

from singer import doctor as examination
from singer.cli_output import print_json
from singer.studio import home_folder


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--json", "as_json", is_flag=True, help="Print the address as JSON before serving.")
@click.pass_obj
def serve(home: Path | None, host: str, port: int, as_json: bool) -> None:
    """Serve the web page until it is interrupted."""
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    if as_json:
        print_json({"address": address})
    else:
        click.echo(f"Consonance is at {address} (Ctrl-C ends it).")
    sys.stdout.flush()
    # By its name only: the page stands above singer, and takes this process over.
    importlib.import_module("web.serve").serve(home_folder(home), host, port)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_obj
def doctor(home: Path | None, as_json: bool) -> int:
    """Look at this machine and say what is missing, with the remedy."""
    findings = []
    for finding in examination.examine(home_folder(home)):
        findings.append(finding)
        if not as_json:
            colour = {"ok": "green", "warn": "yellow", "fail": "red"}[finding.state]
            click.echo(
                f"{click.style(finding.state.rjust(4), fg=colour)}  {finding.subject}: {finding.sentence}"
            )
            if finding.remedy:
                click.echo(f"      → {finding.remedy}")
    state = examination.worst(findings)
    if as_json:
        print_json({"state": state, "findings": [asdict(finding) for finding in findings]})
    return 1 if state == examination.FAIL else 0
