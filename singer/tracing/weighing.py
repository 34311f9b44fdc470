"""Songs that are sung again and weighed against one recording."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.fingerprint.alignment import Alignment, places
from singer.fingerprint.contour import Contour
from singer.fingerprint.salience import LISTENING_RATE
from singer.tracing.candidates import Candidate
from singer.tracing.comparison import Comparison, compare
from singer.tracing.recording import Excerpt
from singer.tracing.spectra import Spectra, spectra_of

_AROUND_S = 2.0  # sung before and after what seems to be heard
_PLACES = 4

SingAgain = Callable[[int, float, float], NDArray[np.float32]]
"""(render id, start_s, end_s) → the song's samples (n,) at 44 100 Hz, sounding at least between the two."""


@dataclass(frozen=True)
class Weighed:
    """A candidate and how it fits, at the place where it fits best."""

    render_id: int
    comparison: Comparison

    @property
    def nats(self) -> float:
        """What speaks for it in all, before calibration."""
        return self.comparison.nats


def weigh(excerpt: Excerpt, candidate: Candidate, sing_again: SingAgain) -> Weighed | None:
    """Sing a candidate again and compare it with an excerpt; None where they hardly overlap."""
    starts = [place.offset_s for place in candidate.places]
    ends = [place.offset_s + excerpt.seconds * place.tempo for place in candidate.places]
    start_s = max(0.0, min(starts) - _AROUND_S)
    samples = sing_again(candidate.render_id, start_s, max(ends) + _AROUND_S)
    part = samples[round(start_s * SAMPLE_RATE) : round((max(ends) + _AROUND_S) * SAMPLE_RATE)]
    return weigh_spectra(excerpt, candidate, spectra_of(listening(part)), start_s)


def weigh_spectra(
    excerpt: Excerpt, candidate: Candidate, song: Spectra, start_s: float = 0.0
) -> Weighed | None:
    """Compare a candidate whose spectra from `start_s` on are known already."""
    best = _best(excerpt, candidate.places, song, start_s)
    return None if best is None else Weighed(candidate.render_id, best)


def stranger_nats(excerpt: Excerpt, contour: Contour, song: Spectra) -> float:
    """What speaks for a song that the excerpt cannot be from: this one, backwards.

    `song` are the spectra of all of it. A search that may choose place, tempo and key finds something in any
    song; a decoy made by reversal (Elias and Gygi, Nature Methods 4, 2007) tells how much.
    """
    backwards = Contour(contour.pitch[::-1])
    found = places(excerpt.melody, backwards, _PLACES)
    best = _best(excerpt, found, Spectra(song.lines[::-1], song.bands[::-1]), 0.0)
    return 0.0 if best is None else best.nats


def listening(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples at 44 100 Hz as they are listened to, at 16 kHz."""
    return np.asarray(soxr.resample(samples, SAMPLE_RATE, LISTENING_RATE), np.float32)


def _best(excerpt: Excerpt, found: Sequence[Alignment], song: Spectra, start_s: float) -> Comparison | None:
    compared = (compare(excerpt.spectra, song, place, start_s) for place in found)
    fitting = [comparison for comparison in compared if comparison is not None]
    return max(fitting, key=lambda comparison: comparison.nats, default=None)
