"""`consonance disclosure`: what a voice was trained on, set by set and file by file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from singer import studio
from singer.cli_output import print_card, print_json

NOT_LISTED = 1


@click.command()
@click.argument("voice_id", metavar="VOICE")
@click.option("--files", is_flag=True, help="Print every file with its hashes.")
@click.option(
    "--has",
    "audio",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Say whether this recording (WAV, FLAC …) is in the list; exit status 1 where it is not.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole list as JSON.")
@click.pass_obj
def disclosure(home: Path | None, voice_id: str, files: bool, audio: Path | None, as_json: bool) -> int:
    """Say what VOICE was trained on: every set of recordings, whose it is, its terms, and every file."""
    found = studio.open_registry(home).disclosure(voice_id)
    if audio is not None:
        return _look_for(found, audio, as_json)
    if as_json:
        print_json(found.to_json())
        return 0
    for sentence in found.describe():
        click.echo(sentence)
    for recordings in found.sets:
        trained = recordings.trained()
        minutes = sum(file.seconds for file in trained) / 60.0
        click.echo(f"\n{recordings.recordings}: {recordings.title}")
        print_card(
            (
                ("Performer", recordings.performer),
                ("Owner", recordings.owner),
                ("Terms", _terms(recordings)),
                ("Source", recordings.source),
                ("Files", f"{len(trained)} trained on, {minutes:.1f} min; {_measured(recordings)}"),
                ("List", recordings.list_sha256 and f"SHA-256 {recordings.list_sha256}"),
                ("Today", "may be trained from" if recordings.may_be_trained else "may not be trained from"),
            )
        )
        if files:
            for file in recordings.files:
                click.echo(f"  {file.sha256}  {file.pcm_sha256}  {file.use:<8}  {file.name}")
    return 0


def _look_for(found: Any, audio: Path, as_json: bool) -> int:
    """Whether an audio file is in the list, by its bytes or by its samples."""
    from singer.marks import sha256_of
    from singer.training.listing import pcm_sha256

    by_bytes, by_samples = sha256_of(audio), pcm_sha256(audio)
    hits = {
        (recordings.recordings, file.name): file.use
        for sha256 in (by_bytes, by_samples)
        for recordings, file in found.find(sha256)
    }
    rows = [{"recordings": name, "file": file, "use": use} for (name, file), use in hits.items()]
    if as_json:
        print_json({"sha256": by_bytes, "pcm_sha256": by_samples, "found": rows})
    for row in () if as_json else rows:
        click.echo(f"{audio.name} is {row['recordings']}/{row['file']} of {found.name}: {row['use']}.")
    if not rows and not as_json:
        click.echo(f"{audio.name} is none of the files that {found.name} was trained on.")
    return 0 if rows else NOT_LISTED


def _terms(recordings: Any) -> str:
    """The texts that showed the two yeses, by their hashes."""
    both = dict.fromkeys((recordings.performer_terms_sha256, recordings.owner_terms_sha256))
    return ", ".join(f"SHA-256 {sha256}" for sha256 in both if sha256)


def _measured(recordings: Any) -> str:
    held_out = len(recordings.files) - len(recordings.trained())
    return f"{held_out} only measured with" if recordings.files else "no list is kept"
