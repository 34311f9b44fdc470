"""`consonance train --due`: the base that holds what was withdrawn is trained anew without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from singer import studio
from singer.cli_output import print_json


def retrain_due(
    home: Path | None, recordings: Path, work: Path, voices: Path, workers: int, as_json: bool
) -> None:
    """Train the marked base anew, put it in the place of the old one, and say what it costs the voices.

    1. The registry says which base is marked, and is asked for each of its contributors.
    2. The base is trained from those that it allows; nothing of the others is opened.
    3. Old and new base are compared on recordings that neither was trained on.
    4. The new base takes the old one's place, and the registry takes it in.
    5. What earlier runs kept of the others is erased from the work folder.
    """
    from singer.cli_training import folder_in, shown
    from singer.training.corpora import read_corpus
    from singer.training.publish import read_record
    from singer.training.retraining import (
        begin_retraining,
        comparison_of,
        finish_installing,
        forget,
        install,
        train_remaining,
    )

    finish_installing(work, voices)
    registry = studio.open_registry(home, voices)
    due = registry.bases.due()
    if not due:
        _print({"replaced": None}, "No base is marked: nothing is due.", as_json)
        return
    lies_there = read_record(voices)["base_sha256"]
    base = next((base for base in due if base.id == lies_there), due[0])
    folder_of = folder_in(recordings, work)
    kept, left_out = remaining(registry, base.contributors, folder_of)  # 1
    allowed = studio.allow_training(registry, kept, folder_of)
    say = None if as_json else click.echo
    for name, why in left_out.items():
        if say:
            say(f"Left out: {name}. {why}")
    utterances = read_corpus(recordings, work, sources=kept, progress=say)  # 2
    retraining = begin_retraining(base.id, voices, work, utterances, kept)
    train_remaining(retraining, utterances, allowed, shown(as_json), workers)  # 2, 3
    new = install(retraining)  # 4
    registry.seed(voices)
    registry.bases.replace(base.id, new)
    erased = forget(retraining, recordings)  # 5
    comparison = comparison_of(voices)
    outcome = {"replaced": base.id, "by": new, "left_out": left_out, "erased_files": erased}
    if as_json:
        print_json({**outcome, "comparison": comparison["voices"]})
        return
    click.echo(
        f"The base {base.id[:12]} was replaced by {new[:12]}; {erased} files of the work folder erased."
    )
    _print_table(comparison["voices"])


def remaining(
    registry: studio.Registry, names: Sequence[str], folder_of: Callable[[str], Path]
) -> tuple[list[str], dict[str, str]]:
    """Which sets of recordings may be trained from, and of the others the sentence why not.

    A set is listened to only where nothing but a reservation could stand against it: what was withdrawn is
    not opened.
    """
    kept, left_out = [], {}
    for name in names:
        decision = registry.may_train(name, by=studio.login_name())
        if all(reason.code == "reserved" for reason in decision.reasons):
            decision = studio.may_train(registry, name, folder_of)
        if decision.allow:
            kept.append(name)
        else:
            left_out[name] = " ".join(reason.sentence for reason in decision.reasons)
    return kept, left_out


def _print(outcome: dict[str, object], sentence: str, as_json: bool) -> None:
    if as_json:
        print_json(outcome)
    else:
        click.echo(sentence)


def _print_table(rows: object) -> None:
    """Old against new base for each voice that stays; lower is better but for the variance ratio, which is
    best near 1."""
    from singer.evaluation.card import shown, table

    full = [row for row in rows if len(row) > 2] if isinstance(rows, list) else []
    if full:
        click.echo(table(full))
    for row in rows if isinstance(rows, list) else ():
        if row not in full:
            click.echo(f"{row['voice']}: {shown(row['held_out'])} recordings were held out to compare with.")
