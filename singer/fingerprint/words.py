"""What a song's words are recognised by: digests of short runs of the phones that are sung.

Phones rather than letters, so that neither spelling nor script nor hyphens matter: 故郷 and ふるさと are one.
Texts are compared by shingles (Broder 1997), here of five phones: a line that is remembered a little wrongly
still has most of them. A song of three minutes has about a thousand, of four bytes each.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from singer.errors import BadInput
from singer.language import normalise_language, phonemise, split_lyrics
from singer.performance.model import Performance

RUN = 5
"""Phones in a run."""

LEAST_SHARE = 0.3
"""Of a hint's runs, that a song must have to count."""

MOST_RUNS = 8_192
"""Runs that are kept of one song, the lowest digests first."""

_SILENT = ("SP", "AP")


def words_of(performance: Performance) -> bytes:
    """The runs of what a performance sings, packed: digests of four bytes, little-endian, in order."""
    spans = chain.from_iterable(phrase.phones for phrase in performance.phrases)
    return _packed([span.phone for span in spans])


def words_of_lyrics(lyrics: str, language: str) -> bytes:
    """The same of a text.

    Raises LyricsError for words that cannot be read, BadInput for a text shorter than a run.
    """
    said = phonemise(split_lyrics(lyrics, normalise_language(language)), language)
    packed = _packed(
        [phone for word in said for one in word for phone in (*one.onset, *one.nucleus, *one.coda)]
    )
    if not packed:
        raise BadInput("These lyrics are too few words to tell songs apart.", "Give a line of them.")
    return packed


def sung_to(words: bytes, songs: Iterable[tuple[int, bytes]], most: int) -> list[int]:
    """The ids of the `most` songs that have the largest share of some words' runs, largest first; those with
    less than `LEAST_SHARE` are left out. Both are packed as `words_of` does."""
    asked = np.frombuffer(words, "<u4")
    found: list[tuple[float, int]] = []
    for name, packed in songs:
        kept = np.frombuffer(packed, "<u4")
        if not len(kept):
            continue
        place = np.minimum(np.searchsorted(kept, asked), len(kept) - 1)
        share = float((kept[place] == asked).mean())
        if share >= LEAST_SHARE:
            found.append((-share, name))
    return [name for _, name in sorted(found)[:most]]


def _packed(phones: Sequence[str]) -> bytes:
    """Silences left out, and a phone that is held through several notes taken once."""
    sung = [phone for phone in phones if phone not in _SILENT]
    sung = [phone for place, phone in enumerate(sung) if place == 0 or phone != sung[place - 1]]
    runs = {" ".join(sung[first : first + RUN]) for first in range(len(sung) - RUN + 1)}
    digests: NDArray[np.uint32] = np.unique(np.array([zlib.crc32(run.encode()) for run in runs], "<u4"))
    return digests[:MOST_RUNS].astype("<u4").tobytes()
