"""`consonance evaluate watermark`: what the mark survives, how seldom it is seen where it is not, and what it
does to the sound."""

from __future__ import annotations

import importlib.util
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from singer import studio
from singer.cli_output import print_json
from singer.cli_song import EXISTING
from singer.errors import BadInput, ConsonanceError

if TYPE_CHECKING:
    from singer.evaluation.attacks import Attack
    from singer.evaluation.watermark import MarkedSound

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_LIBRARIES = ("pesq", "pylibrb", "pyworld", "parselmouth")


@click.command()
@click.argument("scores", nargs=-1, type=EXISTING)
@click.option(
    "--recordings", "-r", multiple=True, type=FOLDER, help="Folder of recordings, which are marked here."
)
@click.option("--voice", "-v", "voices", multiple=True, help="Voice id; may be repeated.  [default: all]")
@click.option(
    "--attack",
    "-a",
    "chosen",
    multiple=True,
    help="Only what has this in its name; may be repeated.",
)
@click.option(
    "--excerpts", default=2, show_default=True, type=click.IntRange(1, 100), help="Per sound and attack."
)
@click.option("--each", is_flag=True, help="A line for each attack, not for each row.")
@click.option(
    "--false-positives", "strangers", type=click.IntRange(1), help="Instead: so many clips without the mark."
)
@click.option(
    "--search", type=click.Choice(["offset", "full"]), default="offset", help="Of --false-positives."
)
@click.option("--audibility", "heard", is_flag=True, help="Instead: marked sounds against unmarked ones.")
@click.option("--seed", default=0, show_default=True, help="Fixes all that is drawn by chance.")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 256))
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.pass_obj
def watermark(
    home: Path | None,
    scores: tuple[Path, ...],
    recordings: tuple[Path, ...],
    voices: tuple[str, ...],
    chosen: tuple[str, ...],
    excerpts: int,
    each: bool,
    strangers: int | None,
    search: str,
    heard: bool,
    seed: int,
    processes: int,
    as_json: bool,
) -> None:
    """Sing SCORES, mark recordings, attack both, and count how often the watermark still gives the id.

    Every score is sung by every voice, twice, for two users; the songs are released and deleted. The same
    registry, seed and options give the same table, whatever the number of processes.
    """
    missing = [name for name in _LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        raise ConsonanceError(
            f"This measurement needs {', '.join(missing)}.", "Install them: pip install -e '.[evaluation]'."
        )
    attacks = _attacks(chosen)
    registry = studio.open_registry(home)
    key = registry.watermark_keys()[-1][1]
    sounds = _sung(registry, scores, voices or tuple(record.id for record in registry.voices()), key)
    if strangers:
        lines = _strangers(recordings, sounds, strangers, search, seed, processes)
    elif heard:
        lines = _audibility(recordings, sounds, key, processes)
    else:
        lines = _table(recordings, sounds, key, attacks, excerpts, seed, processes, each)
    if as_json:
        print_json(lines)
    else:
        print_table(lines)


def _attacks(chosen: Sequence[str]) -> list[Attack]:
    from singer.evaluation.attacks import ATTACKS

    attacks = [
        attack
        for attack in ATTACKS
        if not chosen or any(part.lower() in f"{attack.name}\n{attack.row.name}".lower() for part in chosen)
    ]
    if not attacks:
        raise BadInput(
            f"No attack has {' or '.join(chosen)} in its name.",
            "The names stand in docs/reference/watermark.md.",
        )
    return attacks


def _sung(
    registry: studio.Registry, scores: Sequence[Path], voices: Sequence[str], key: bytes
) -> list[MarkedSound]:
    """Every score in every voice, released for two users."""
    from singer.evaluation.watermark import released_pair

    sounds = []
    for score in scores:
        performance = studio.plan(score).performance
        for voice in voices:
            with tempfile.TemporaryDirectory() as folder:
                pair = [Path(folder) / f"{score.stem}, {voice}, {number}.wav" for number in (1, 2)]
                for number, file in enumerate(pair):
                    use = studio.Use(f"evaluation {number + 1}")
                    studio.render(registry, performance, [file], use=use, voice=voice)
                sounds.append(released_pair(pair[0], pair[1], key))
    return sounds


def _table(
    folders: Sequence[Path],
    sounds: list[MarkedSound],
    key: bytes,
    attacks: Sequence[Attack],
    excerpts: int,
    seed: int,
    processes: int,
    each: bool,
) -> list[dict[str, object]]:
    from singer.evaluation.takes import recorded_takes
    from singer.evaluation.watermark import by_attack, by_row, mark_recordings, try_attacks

    sounds = sounds + mark_recordings([take for folder in folders for take in recorded_takes(folder)], key)
    if not sounds:
        raise BadInput("There is nothing to attack.", "Give scores, or a folder with --recordings.")
    length = len(attacks) * len(sounds) * excerpts
    with click.progressbar(length=length, label="Attacking", file=sys.stderr) as bar:
        trials = try_attacks(
            sounds,
            key,
            attacks=attacks,
            excerpts=excerpts,
            seed=seed,
            processes=processes,
            progress=lambda _: bar.update(1),
        )
    return by_attack(trials) if each else by_row(trials)


def _strangers(
    folders: Sequence[Path], sounds: list[MarkedSound], tests: int, search: str, seed: int, processes: int
) -> list[dict[str, object]]:
    from singer.evaluation.takes import recorded_takes
    from singer.evaluation.watermark_strangers import (
        Stranger,
        by_kind,
        made_strangers,
        try_strangers,
        with_other_marks,
    )

    singing = [samples for folder in folders for _, samples in recorded_takes(folder)]
    everything = [
        *(Stranger("singing", samples) for samples in singing),
        *(Stranger("our songs, another's key", sound.samples) for sound in sounds),
        *made_strangers(seed),
        *with_other_marks(singing or [sound.samples for sound in sounds], seed),
    ]
    with click.progressbar(length=tests, label="Listening", file=sys.stderr) as bar:
        done = try_strangers(
            everything,
            tests,
            search="full" if search == "full" else "offset",
            seed=seed,
            processes=processes,
            progress=lambda _: bar.update(1),
        )
    return by_kind(done)


def _audibility(
    folders: Sequence[Path], sounds: list[MarkedSound], key: bytes, processes: int
) -> list[dict[str, object]]:
    """Recordings against themselves with a mark; songs against themselves with another key's gain mask over
    their own, since the keyed noise of a song is the only noise that it has; medians and worst of both.
    """
    from singer.evaluation.audibility import Audibility, mark_and_compare
    from singer.evaluation.takes import recorded_takes

    other = bytes(value ^ 0xFF for value in key)
    takes = [take for folder in folders for take in recorded_takes(folder)]
    everything = [
        *((name, samples, key, False) for name, samples in takes),
        *((sound.name, sound.samples, other, True) for sound in sounds),
    ]
    if not everything:
        raise BadInput("There is nothing to mark.", "Give scores, or a folder with --recordings.")
    rows = mark_and_compare(everything, processes)
    columns = {name: [row[name] for row in rows.values()] for name in next(iter(rows.values()))}
    rows["median"] = {name: round(statistics.median(values), 4) for name, values in columns.items()}
    rows["worst"] = {
        name: min(values) if name in Audibility.BETTER_HIGH else max(values)
        for name, values in columns.items()
    }
    return [{"sound": name, **row} for name, row in rows.items()]


def print_table(lines: Sequence[Mapping[str, object]]) -> None:
    """Lines in columns as wide as what stands in them; words to the left, numbers to the right."""
    if not lines:
        return
    names = list(dict.fromkeys(name for line in lines for name in line))
    cells = [names, *([_shown(line.get(name)) for name in names] for line in lines)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(names))]
    words = [isinstance(lines[0].get(name), str) for name in names]
    for row in cells:
        fitted = zip(row, widths, words, strict=True)
        click.echo(
            "  ".join(cell.ljust(width) if word else cell.rjust(width) for cell, width, word in fitted)
        )


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
