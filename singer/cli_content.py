"""`consonance content`: the rules that lyrics are held against, and what they say of a text."""

from __future__ import annotations

from pathlib import Path

import click

from consent.content import examine, rule_book
from consent.content.characters import primary_language
from consent.content.rule_files import built_in
from consent.song import Song
from singer import studio
from singer.cli_output import print_json
from singer.cli_song import EXISTING
from singer.errors import LyricsError

REFUSED = 3


@click.group()
def content() -> None:
    """See what lyrics are held against, and try it on a text."""


@content.command()
@click.option("--language", "-l", help="Only the rules for lyrics in this language.")
@click.option("--json", "as_json", is_flag=True, help="Print a list as JSON.")
@click.pass_obj
def rules(home: Path | None, language: str | None, as_json: bool) -> None:
    """List the rules in force, and those that an operator switched off."""
    book = rule_book(studio.home_folder(home))
    off = dict(book.off)
    rows = [
        {
            "name": rule.name,
            "language": rule.language,
            "category": rule.category,
            "severity": rule.severity,
            "entries": rule.size(),
            "source": rule.source,
            "switched_off_by": off.get(rule.name),
        }
        for rule in (*book.rules, *(rule for rule in built_in() if rule.name in off))
        if language is None or rule.applies_to(primary_language(language))
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = f"switched off by {row['switched_off_by']}" if row["switched_off_by"] else row["source"]
        click.echo(
            f"{row['name']:<18} {row['language']:<4} {row['category']:<22} {row['severity']:<11}"
            f"{row['entries']:>4} entries  {state}"
        )


@content.command()
@click.argument("text", type=EXISTING)
@click.option("--language", "-l", required=True, help="Language of the lyrics: en, ja, zh …")
@click.option("--person", "persons", multiple=True, help="Somebody who may not be named; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.pass_obj
def check(home: Path | None, text: Path, language: str, persons: tuple[str, ...], as_json: bool) -> int:
    """Hold the lyrics in the file TEXT against the rules, as they are written and as they would be sung.

    Leaves with 3 where a rule clearly fires, with 0 where none does or a person would have to look.
    """
    lyrics = studio.read_lyrics(text)
    song = Song(lyrics, (), _sounds(lyrics, language))
    found = examine(song, language, rule_book(studio.home_folder(home)), persons)
    if as_json:
        print_json(
            [
                {
                    "rule": finding.rule,
                    "category": finding.category,
                    "borderline": finding.borderline,
                    "sentence": finding.sentence,
                }
                for finding in found
            ]
        )
    else:
        for finding in found:
            kind = "borderline" if finding.borderline else "clear"
            click.echo(f"{finding.rule} ({finding.category}, {kind}): {finding.sentence}")
        if not found:
            click.echo("No rule fires.")
    return REFUSED if any(not finding.borderline for finding in found) else 0


def _sounds(lyrics: str, language: str) -> tuple[str, ...]:
    """The phones of a text; without them, said so, where it cannot be pronounced."""
    from singer.performance.content import sounds_of_words
    from singer.score.lyrics import parse_lyrics

    try:
        return sounds_of_words(parse_lyrics(lyrics, language).lyric_words(), language)
    except LyricsError as error:
        click.echo(f"Only the letters are looked at: {error.sentence}", err=True)
        return ()
