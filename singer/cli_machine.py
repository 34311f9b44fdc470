"""`consonance serve` and `consonance doctor`: the page, and what this machine lacks for it."""

from __future__ import annotations

import json
import os
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
    click.echo(
        json.dumps({"address": address}) if as_json else f"Consonance is at {address} (Ctrl-C ends it)."
    )
    sys.stdout.flush()
    # The page runs in gunicorn's own process: the arrow from web to singer stays the only one between the
    # two.
    environment = {**os.environ, "CONSONANCE_HOME": str(home_folder(home)), "OMP_NUM_THREADS": "1"}
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--worker-class",
        "gthread",
        "--workers",
        "1",
        "--threads",
        "8",
    ]
    command += [
        "--bind",
        f"{host}:{port}",
        "--timeout",
        "0",
        "--log-level",
        "warning",
        "web.app:create_app()",
    ]
    os.execve(sys.executable, command, environment)


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
