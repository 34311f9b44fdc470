"""From a request to a released song.

`render` is the only function that makes a lent voice audible: what leaves it is watermarked, labelled, on the
ledger and allowed at the very moment of its release, or it does not leave (laws 1, 2 and 4 of the house).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from consent.certificates import BoughtChain
from consent.credentials_statement import CreditedSong
from consent.errors import Refused
from consent.registry import Registry
from consent.release import Release
from consent.request import Request
from singer.audible_label import AudibleLabel, announce, labelled, marking
from singer.deployment import deployment_of
from singer.errors import Cancelled
from singer.places import home_folder, login_name, voices_folder
from singer.planning import performance_sha256, plan, work_digest
from singer.staging import places_for, staging
from singer.studio.files import human_edits, write_file
from singer.studio.known_by import known_by
from singer.voice import Cancelling, Progress, Voice, song_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from singer.performance.model import Performance
    from singer.performance.styles import Style
    from singer.score.model import Score

DEFAULT_VOICE = "hitsune-kumi"


@dataclass(frozen=True)
class Use:
    """Who sings and what for: what a grant's conditions are held against. `purpose` is one of consent's
    PURPOSES.

    `iswc` and `isrc` name the work and the recording; `accepted_price` repeats the price that a grant asks,
    in its own words; `further_training` says that a model will be trained from the song.
    """

    user: str
    purpose: str = "private"
    project: str | None = None
    territory: str | None = None
    iswc: str = ""
    isrc: str = ""
    accepted_price: str | None = None
    further_training: bool = False


def use_of(request: Request) -> Use:
    """The use that a request asks for, as when it was filed as a job."""
    return Use(
        user=request.user,
        purpose=request.purpose,
        project=request.project,
        territory=request.territory,
        iswc="" if request.song is None else request.song.iswc,
        isrc="" if request.song is None else request.song.isrc,
        accepted_price=request.accepted_price,
        further_training=request.further_training,
    )


@dataclass(frozen=True)
class Song:
    """A released song: `files` are in their places and on the ledger, and so are the `sidecars` of those that
    cannot hold their credentials; `samples` (n,) float32 at 44 100 Hz, marked, with the label that is heard;
    `sung` are those of them that are sung."""

    render_id: str
    voice: str
    voice_name: str
    owner: str
    grant: str
    title: str
    duration_s: float
    files: tuple[Path, ...]
    sidecars: tuple[Path, ...]
    samples: NDArray[np.float32]
    sung: NDArray[np.float32]


def open_registry(home: Path | None = None, voices: Path | None = None) -> Registry:
    """The registry in `home` (default: `home_folder()`), with the shipped voices in it. Seeding again changes
    nothing.

    A voice on a base on which nothing new may be built stays out, with a warning; all others sing.
    """
    registry = Registry.open(home_folder(home))
    try:
        registry.seed(voices or voices_folder())
    except Refused as refused:
        logging.getLogger("consonance").warning("%s", refused.sentence)
    return registry


def render(
    registry: Registry,
    performance: Performance,
    outputs: Sequence[Path],
    *,
    use: Use,
    voice: str = DEFAULT_VOICE,
    label: AudibleLabel | None = None,
    progress: Progress | None = None,
    cancelled: Cancelling | None = None,
) -> Song:
    """Sing a performance into `outputs` (WAV, FLAC, MP3, M4A, Ogg, Opus by their suffixes) and release them
    together.

    1. The registry authorises this very performance for this voice, user and purpose, and gives it a render
    id.
    2. The voice opens with that authorisation and sings; what it returns carries the render id. The label
    that is heard is joined to it: the one that this deployment requires, or else `label`.
    3. Each file is encoded, labelled and signed in a staging folder beside its place.
    4. Every mark is read back from the staged bytes.
    5. The registry commits: consent is asked once more, the ledger grows by a row, the files move to their
    places.

    Raises `consent.errors.Refused` (reasons in words) or `KeyStoreError` (certificates that were configured
    and cannot be used), `BadInput`, `MarkMissing` or `Cancelled`; then no file exists.
    """
    targets = places_for(outputs)
    deployment = deployment_of(registry.home)
    bought = None if deployment.credentials is None else BoughtChain(*deployment.credentials)
    signer = registry.credentials.signer(bought)
    heard = announce(deployment.audible_label or label, performance.language)
    request = request_for(performance, voice, use, heard.seconds)
    with staging(targets) as staged:
        authorization = registry.authorise(request)  # 1
        sung = Voice.open(registry, authorization).sing(performance, progress, cancelled)  # 2
        key_version, key = registry.watermark_keys()[-1]
        samples = labelled(sung, heard, marking(authorization.render_id, key))
        credited = CreditedSong(
            title=performance.title,
            iswc=use.iswc,
            isrc=use.isrc,
            edits=human_edits(performance),
            announced=heard.place if heard.seconds else "",
        )
        written = []
        for done, (target, stage) in enumerate(zip(targets, staged, strict=True)):
            if cancelled and cancelled():
                raise Cancelled()
            if progress:
                progress(0.92 + 0.08 * done / len(targets), f"writing {target.suffix[1:].upper()}")
            written.append(  # 3, 4
                write_file(registry, stage, target, samples, credited, authorization, key, signer)
            )
        released = Release(
            files=tuple(pair for file in written for pair in file.files),
            seconds=request.seconds,
            performance_sha256=performance_sha256(performance),
            sha256s=tuple(sha256 for file in written for sha256 in file.sha256s),
            known_by=known_by(
                performance,
                sung,
                key_version,
                tuple(file.manifest for file in written),
                keeps_recipe=deployment.keeps_recipes,
            ),
        )
        record = registry.commit(authorization, released)  # 5
    if progress:
        progress(1.0, "released")
    return Song(
        render_id=f"{record.render_id:016x}",
        voice=record.voice,
        voice_name=record.voice_name,
        owner=record.owner,
        grant=authorization.grant,
        title=performance.title,
        duration_s=request.seconds,
        files=tuple(targets),
        sidecars=tuple(final for _, final in released.files if final not in targets),
        samples=samples,
        sung=sung,
    )


def sing_file(
    score: str | Path | Score,
    output: str | Path | Sequence[str | Path],
    *,
    lyrics: str | None = None,
    language: str | None = None,
    voice: str = DEFAULT_VOICE,
    part: str | None = None,
    verse: int | None = None,
    transpose: float = 0.0,
    style: str | Style = "plain",
    seed: int = 0,
    use: Use | None = None,
    label: AudibleLabel | None = None,
    home: Path | None = None,
    progress: Progress | None = None,
    cancelled: Cancelling | None = None,
) -> Song:
    """Sing a score into one or more files: `plan`, then `render`, with the registry in `home`. This is
    `singer.sing`.

    `lyrics` is text, not a path. `use` defaults to private use by the user who is logged in. Raises as `plan`
    and `render` do.
    """
    outputs = [output] if isinstance(output, str | Path) else list(output)
    read = Path(score) if isinstance(score, str) else score
    planned = plan(
        read, lyrics, language=language, part=part, verse=verse, transpose=transpose, style=style, seed=seed
    )
    return render(
        open_registry(home),
        planned.performance,
        [Path(path) for path in outputs],
        use=use or Use(login_name()),
        voice=voice,
        label=label,
        progress=progress,
        cancelled=cancelled,
    )


def request_for(performance: Performance, voice: str, use: Use, label_s: float = 0.0) -> Request:
    """What consent is asked for a performance: this very work, in this voice, for this use.

    `label_s`: by how much a label that is heard makes the song longer.
    """
    return Request(
        voice=voice,
        user=use.user,
        purpose=use.purpose,
        project=use.project,
        territory=use.territory,
        work_digest=work_digest(performance_sha256(performance), voice),
        seconds=performance.duration_s + label_s,
        language=performance.language,
        song=replace(song_of(performance), iswc=use.iswc, isrc=use.isrc),
        accepted_price=use.accepted_price,
        further_training=use.further_training,
    )
