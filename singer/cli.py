"""The command line: `consonance`. What it can do is a table; how it fails is decided here, once.

Exit status: 0 fine, 1 not identified or something unexpected, 2 usage, 3 refused by consent, 4 bad input.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from consent.errors import ConsentError
from singer.errors import ConsonanceError

COMMANDS = {
    "sing": "singer.cli_song:sing",
    "plan": "singer.cli_song:plan",
    "render": "singer.cli_song:render",
    "voices": "singer.cli_voices:voices",
    "voice": "singer.cli_voices:voice",
    "terms": "singer.cli_terms:terms",
    "grant": "singer.cli_voices:grant",
    "grants": "singer.cli_grants:grants",
    "suspend": "singer.cli_grants:suspend",
    "resume": "singer.cli_grants:resume",
    "withdraw": "singer.cli_voices:withdraw",
    "approvals": "singer.cli_approvals:approvals",
    "notices": "singer.cli_approvals:notices",
    "reserve": "singer.cli_reservations:reserve",
    "reservations": "singer.cli_reservations:reservations",
    "people": "singer.cli_people:people",
    "content": "singer.cli_content:content",
    "verify": "singer.cli_proof:verify",
    "trace": "singer.cli_trace:trace",
    "ledger": "singer.cli_ledger:ledger",
    "witness": "singer.cli_witness:witness",
    "evaluate": "singer.cli_evaluation:evaluate",
    "train": "singer.cli_training:train",
    "train-watermark": "singer.cli_watermark_training:train_watermark",
    "recordings": "singer.cli_bases:recordings",
    "bases": "singer.cli_bases:bases",
    "disclosure": "singer.cli_disclosure:disclosure",
    "receipts": "singer.cli_receipts:receipts",
    "personal-data": "singer.cli_personal_data:personal_data",
    "destruction": "singer.cli_personal_data:destruction",
    "housekeeping": "singer.cli_personal_data:housekeeping",
    "keys": "singer.cli_keys:keys",
    "serve": "singer.cli_machine:serve",
    "doctor": "singer.cli_machine:doctor",
}
"""Every command and where it stands: a room adds a row, and is imported only when its command is called."""

UNEXPECTED, USAGE, BAD_INPUT, INTERRUPTED = 1, 2, 4, 130


class LazyCommands(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, attribute = place.split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the registry: voices, grants, ledger.  [default: ~/.local/share/consonance]",
)
@click.option("--debug", is_flag=True, help="On an unexpected error, show where in the program it happened.")
@click.version_option(package_name="consonance", prog_name="consonance")
@click.pass_context
def cli(ctx: click.Context, home: Path | None, debug: bool) -> None:
    """Sing lyrics over a melody in a voice whose owner said yes, and prove it afterwards."""
    ctx.obj = home


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line on `arguments` (default: those of the process) and return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = cli.main(given, prog_name="consonance", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Cancelled; nothing was changed.", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (ConsonanceError, ConsentError) as error:
        return _fail(given, error.code, error.sentence, error.remedy, error.exit_status)
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNEXPECTED
    except OSError as error:
        return _fail(given, "os-error", _sentence_of(error), "", BAD_INPUT)
    except Exception as error:
        if "--debug" in given:
            traceback.print_exc()
        sentence = f"Consonance met an error that it does not know: {type(error).__name__}: {error}"
        remedy = "Please report it, with what `consonance --debug …` prints for the same command."
        return _fail(given, "unexpected", sentence, remedy, UNEXPECTED)
    return status if isinstance(status, int) else 0


def _fail(given: Sequence[str], code: str, sentence: str, remedy: str, status: int) -> int:
    """Say what went wrong on standard error, and for `--json` as an object on standard output too."""
    click.echo(f"{sentence} {remedy}".strip(), err=True)
    if "--json" in given:
        click.echo(
            json.dumps({"error": {"code": code, "sentence": sentence, "remedy": remedy}}, ensure_ascii=False)
        )
    return status


def _sentence_of(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}." if error.filename else f"{reason}."
