"""Tracing: from a recording, whatever was done to it, back to the render that it was made from.

The marks come first. Where none is left, the registry's contours say which songs it may be, and each of these
is sung again from its recipe and held against the recording. What is sung again stays in memory: nothing is
released, and the ledger says that somebody looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from consent.errors import ConsentError
from consent.registry import Registry
from singer.errors import BadInput
from singer.marks import USUAL_SCALED_S
from singer.planning import performance_sha256, work_digest
from singer.studio.verifying import verify
from singer.tracing.answer import MARKED, NOTHING, UNKNOWN, Suspected, concluded
from singer.tracing.likelihood import ahead, same_render, same_song
from singer.verdict import Verdict
from singer.voice import Progress, Voice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from singer.fingerprint import Contour
    from singer.fingerprint.alignment import Listened
    from singer.performance.model import Performance
    from singer.tracing.candidates import Candidate
    from singer.tracing.recording import Excerpt
    from singer.tracing.weighing import Weighed

SHORTEST_S = 3.0
MOST_CANDIDATES = 16
MOST_HINTED = 200
"""Renders that one hint may name: a song that everybody sings has more."""


@dataclass(frozen=True)
class Trace:
    """What became of a trace: `state` in a word, `sentence` for a person, the verdict on the marks, and the
    suspected renders."""

    state: str
    sentence: str
    verdict: Verdict
    suspected: tuple[Suspected, ...] = ()


def trace(
    registry: Registry,
    path: Path,
    *,
    by: str,
    hint: Performance | None = None,
    lyrics: str = "",
    language: str | None = None,
    most: int = MOST_CANDIDATES,
    deep: bool = False,
    scaled_s: float = USUAL_SCALED_S,
    progress: Progress | None = None,
) -> Trace:
    """Find the render that a recording was made from.

    1. Its marks are read as `verify` reads them; where they prove a song that is the answer, unless `deep`.
    2. The melody is sought among all contours. `hint`, a performance of the song that it may be, and `lyrics`
       (words that are heard in it, in `language`; by default the one that their script suggests), name songs
       to look at in any case; so do marks that prove nothing.
    3. Each of at most `most` candidates is sung again (consent.tracing: logged, as asked for `by` somebody),
       laid over the recording, and weighed.

    Raises AudioError for a file that is no audio, BadInput for one too short to tell songs apart, and what
    `singer.fingerprint.words.words_of_lyrics` does.
    """
    from singer.audio_file import read
    from singer.fingerprint import contour_of
    from singer.fingerprint.salience import LISTENING_RATE
    from singer.tracing.candidates import as_heard
    from singer.tracing.recording import excerpts_of

    told = progress or (lambda share, what: None)
    told(0.0, "reading the marks")
    verdict = verify(registry, path, scaled_s=scaled_s)  # 1
    if verdict.identified and not deep:
        return Trace(MARKED, verdict.sentence, verdict)
    samples = read(path, LISTENING_RATE).samples
    if len(samples) < SHORTEST_S * LISTENING_RATE:
        raise BadInput(
            f"{path.name} lasts less than {SHORTEST_S:g} s: too little to tell songs apart.",
            "Give more of the recording.",
        )
    told(0.2, "looking for the melody")  # 2
    hinted = None if hint is None else as_heard(contour_of(hint))
    hints = _hinted(registry, verdict, hint) + _sung_to(registry, lyrics, language)
    excerpt, candidates = _sought(registry, excerpts_of(samples), hints, hinted, most)
    if not candidates:
        return Trace(UNKNOWN, NOTHING, verdict)
    weighed: list[_Tried] = []
    for done, candidate in enumerate(candidates):  # 3
        told(0.3 + 0.6 * done / len(candidates), f"singing candidate {done + 1} of {len(candidates)}")
        weighed.append(_try(registry, excerpt, candidate, by, verdict.sha256))
    told(0.9, "weighing")
    stranger = _stranger_nats(registry, excerpt, weighed, by, verdict.sha256)
    told(1.0, "weighed")
    return _judged(registry, verdict, weighed, stranger)


def known_melodies(registry: Registry, path: Path, most: int = 8) -> list[tuple[int, float]]:
    """(render id, melody) of the renders whose melody a recording has, best first; nothing is sung again.

    The melody is how much better it fits than the same tune backwards: from `MELODY_RATIO` on
    (`singer.tracing.answer`) it is believed. Raises AudioError for a file that is no audio.
    """
    from singer.audio_file import read
    from singer.fingerprint.salience import LISTENING_RATE
    from singer.tracing.recording import excerpts_of

    samples = read(path, LISTENING_RATE).samples
    if len(samples) < SHORTEST_S * LISTENING_RATE:
        return []
    _, found = _sought(registry, excerpts_of(samples)[:1], (), None, most)
    return [(one.render_id, one.melody) for one in found]


def _sought(
    registry: Registry,
    excerpts: Sequence[Excerpt],
    hints: Sequence[int],
    hinted: Listened | None,
    most: int,
) -> tuple[Excerpt, list[Candidate]]:
    """The excerpt whose melody fits a song best, and the songs that it fits; those that have the `hinted`
    melody are looked at, and the renders in `hints`, too."""
    from singer.fingerprint import unpack
    from singer.fingerprint.search import shortlists
    from singer.tracing.candidates import SHORTLIST, candidates_of

    recordings = [excerpt.melody for excerpt in excerpts] + ([] if hinted is None else [hinted])
    near = shortlists(recordings, registry.tracing.contours(), SHORTLIST)
    hints = list(
        dict.fromkeys(
            [*hints, *(render for found in near[len(excerpts) :] for render in found[:MOST_CANDIDATES])]
        )
    )
    best: tuple[Excerpt, list[Candidate]] = excerpts[0], []
    for excerpt, found in zip(excerpts, near, strict=False):
        kept = registry.tracing.fingerprints(list(dict.fromkeys([*hints, *found])))
        songs: dict[int, Contour] = {render_id: unpack(one.contour) for render_id, one in kept.items()}
        candidates = candidates_of(excerpt, songs, hints, most)
        if candidates and (not best[1] or candidates[0].score > best[1][0].score):
            best = excerpt, candidates
    return best


@dataclass(frozen=True)
class _Tried:
    """A candidate, how it fits if it could be sung again, and why not otherwise."""

    candidate: Candidate
    weighed: Weighed | None
    why_not: str = ""


def _try(registry: Registry, excerpt: Excerpt, candidate: Candidate, by: str, sha256: str) -> _Tried:
    from singer.tracing.weighing import weigh

    def again(render_id: int, start_s: float, end_s: float) -> NDArray[np.float32]:
        return Voice.sing_again(registry, render_id, start_s, end_s, by=by, suspect_sha256=sha256)

    try:
        return _Tried(candidate, weigh(excerpt, candidate, again))
    except ConsentError as error:  # withdrawn, erased, or damaged: the others may still be sung
        return _Tried(candidate, None, error.sentence)


def _stranger_nats(
    registry: Registry, excerpt: Excerpt, tried: Sequence[_Tried], by: str, sha256: str
) -> float:
    """What the best candidate's song reaches backwards; 0 where none could be sung."""
    from singer.fingerprint import unpack
    from singer.tracing.spectra import spectra_of
    from singer.tracing.weighing import listening, stranger_nats

    found = [one.weighed for one in tried if one.weighed is not None]
    if not found:
        return 0.0
    best = max(found, key=lambda one: one.nats).render_id
    contour = unpack(registry.tracing.fingerprints([best])[best].contour)
    samples = Voice.sing_again(registry, best, 0.0, contour.seconds, by=by, suspect_sha256=sha256)
    return stranger_nats(excerpt, contour, spectra_of(listening(samples)))


def _hinted(registry: Registry, verdict: Verdict, hint: Performance | None) -> list[int]:
    """The renders that something speaks for: a mark that proves nothing, or a score that somebody has."""
    hints = [int(verdict.render_id, 16)] if verdict.render_id else []
    if hint is not None:
        digest = performance_sha256(hint)
        works = [work_digest(digest, voice.id) for voice in registry.voices()]
        hints += registry.tracing.renders_of_works(works)[:MOST_HINTED]
    return hints


def _sung_to(registry: Registry, lyrics: str, language: str | None) -> list[int]:
    """The renders that are sung to some words; their recipes stay closed."""
    from singer.fingerprint.words import sung_to, words_of_lyrics
    from singer.language import detect_language

    if not lyrics.strip():
        return []
    asked = words_of_lyrics(lyrics, language or detect_language(lyrics))
    return sung_to(asked, registry.tracing.words(), MOST_HINTED)


def _judged(
    registry: Registry,
    verdict: Verdict,
    tried: Sequence[_Tried],
    stranger: float,
) -> Trace:
    """Weigh the candidates against each other, and say what that means."""
    sung = sorted((one.weighed for one in tried if one.weighed is not None), key=lambda found: -found.nats)
    following = {
        found.render_id: ahead(found, sung[place + 1]) if place + 1 < len(sung) else None
        for place, found in enumerate(sung)
    }
    suspected = []
    for one in tried:
        song, found = registry.render(one.candidate.render_id), one.weighed
        if song is None:
            continue
        place = one.candidate.places[0] if found is None else found.comparison.alignment
        suspected.append(
            Suspected(
                render_id=f"{song.render_id:016x}",
                voice=song.voice,
                voice_name=song.voice_name,
                grant=song.grant,
                released_at=song.released_at.isoformat(timespec="seconds"),
                allowed_now=song.allowed_now,
                start_s=round(place.offset_s, 2),
                tempo=round(place.tempo, 4),
                semitones=round(place.shift, 2),
                melody=round(one.candidate.melody, 2),
                song_nats=None if found is None else same_song(found.comparison, stranger),
                render_nats=None if found is None else same_render(found.comparison, stranger),
                ahead_nats=None if found is None else following[found.render_id],
                why_not=one.why_not,
            )
        )
    order = {f"{found.render_id:016x}": -found.nats for found in sung}
    suspected.sort(key=lambda suspect: (order.get(suspect.render_id, 1.0), -suspect.melody))
    state, sentence = concluded(suspected)
    return Trace(state, sentence, verdict, tuple(suspected))
