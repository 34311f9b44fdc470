"""Asking before a song is sung: does it run into a reserved melody, lyric or declaration?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from consent.inquiry import Hit
from consent.reservations import declaration, index, melody, rows, words
from consent.reservations.index import Found, ShingleHash
from consent.reservations.melody import Sketch
from consent.reservations.reservation import DECLARATION, LYRIC, MELODY, SING, Reservation
from consent.song import Song
from consent.store import Store

_LEVELS = 2  # a melody is looked up with and without its shortest notes
_KINDS = (words.WORDS, words.SIGNS, words.SOUNDS)
_SEEDS, _ALIGNED = 2, 8  # stretches that make a melody worth aligning; how many of the best are aligned
_SURE_SEEDS, _ALIGNED_AT_MOST = 6, 16
_DIAGONAL = 8
_PLACES = 4  # how often a stretch that is sung again and again is looked at


def hits_of_song(
    store: Store, session: Session, song: Song | None, voice: str, summary: Any = None
) -> tuple[Hit, ...]:
    """Every reservation that a song runs into, in the session's snapshot.

    1. Where nothing is reserved against singing, that is all: one query.
    2. Where something is, a song that nobody described is a hit.
    3. What the song shares with reserved melodies, lyrics and declarations is looked up by keyed hashes.
    4. What is shared is weighed: alignment for melodies, number of runs for lyrics, codes and titles.

    `summary` is the row of counts, where it was read already. A reservation or an index that is damaged is
    a hit, too: an error while asking is a no.
    """
    try:
        standing = (
            rows.standing_from(store, summary) if summary is not None else rows.standing_now(store, session)
        )
        kinds = standing.kinds(SING)
        if not kinds:
            return ()
        if song is None:
            sentence = "Songs are reserved in this registry, and the request does not say what will be sung."
            return (Hit("", "unknown-song", sentence),)
        hashes = ShingleHash(store.keys)
        index.require_same_key(hashes, standing.proof)
        melody_asked = tuple((float(pitch), float(seconds)) for pitch, seconds in song.melody)
        song = replace(song, melody=melody_asked, sounds=tuple(song.sounds))
        return tuple(_hits(store, session, hashes, song, voice, kinds))
    except SQLAlchemyError:
        raise
    except Exception as error:
        return (Hit("", "reservations", f"The reservations could not be asked: {error}"),)


def melody_shingles(hashes: ShingleHash, full: Sketch) -> Iterator[tuple[int, int]]:
    """(hash, place) by which a melody is found."""
    for level, sketch in enumerate((full, melody.plain(full))):
        seen: Counter[bytes] = Counter()
        for place, intervals in melody.shingles(sketch):
            seen[intervals] += 1
            if seen[intervals] <= _PLACES:
                yield hashes.of(f"melody {level}", intervals), place * _LEVELS + level


def lyric_shingles(
    hashes: ShingleHash, tokens: Mapping[str, list[str]]
) -> tuple[list[tuple[int, int]], dict[str, int]]:
    """(hash, place) by which a lyric is found, and how many runs of each kind it has."""
    found: list[tuple[int, int]] = []
    sizes = {}
    for number, kind in enumerate(_KINDS):
        runs = words.shingles(kind, tokens.get(kind, []))
        sizes[kind] = len(runs)
        found.extend(
            (hashes.of(kind, run.encode()), place * len(_KINDS) + number) for place, run in enumerate(runs)
        )
    return found, sizes


@dataclass(frozen=True)
class _Question:
    """What a song is looked up by: (hash, place) pairs, and what is weighed afterwards."""

    asked: tuple[tuple[int, int], ...]
    melody: Sketch
    runs: Mapping[str, int]
    facts: frozenset[tuple[str, str]]


@lru_cache(maxsize=64)  # a song is asked about when it is filed, begun, opened and released
def _question(hashes: ShingleHash, song: Song, kinds: frozenset[str]) -> _Question:
    asked: list[tuple[int, int]] = []
    full = Sketch((), ())
    runs: dict[str, int] = {}
    facts: frozenset[tuple[str, str]] = frozenset()
    if MELODY in kinds:
        full = melody.sketch(song.melody)
        asked += melody_shingles(hashes, full)
    if LYRIC in kinds:
        tokens = {**words.lyric_tokens(song.lyrics), words.SOUNDS: words.sound_tokens(song.sounds)}
        found, runs = lyric_shingles(hashes, tokens)
        asked += found
    if DECLARATION in kinds:
        isrcs = (song.isrc,) if song.isrc else ()
        facts = frozenset(declaration.keys_asked(title=song.title, iswc=song.iswc, isrcs=isrcs))
        asked += [(hashes.of(field, value.encode()), 0) for field, value in facts]
    return _Question(tuple(asked), full, runs, facts)


def _hits(
    store: Store, session: Session, hashes: ShingleHash, song: Song, voice: str, kinds: frozenset[str]
) -> Iterator[Hit]:
    question = _question(hashes, song, kinds)
    full, sizes, facts = question.melody, question.runs, question.facts
    found = index.look_up(session, question.asked)
    worth = _worth_reading(found)
    if not worth:
        return
    for number, reservation in sorted(rows.load(store, session, worth).items()):
        if reservation.state == "damaged":
            yield _damaged(reservation)
        if reservation.state != "active" or SING not in reservation.uses:
            continue
        if voice in reservation.exceptions.get("voices", ()):
            continue
        said = _says(reservation, found[number], full, sizes, facts)
        if said and not _is_excepted(reservation, song.title):
            yield Hit(reservation.id, reservation.kind, said)


def _worth_reading(found: Mapping[int, list[Found]]) -> list[int]:
    """The reservations with which enough is shared, those with most of it first."""
    shared = {number: len({place.asked_place for place in places}) for number, places in found.items()}
    by_most = sorted(shared, key=lambda number: -shared[number])
    # One stretch may be chance for a melody or a lyric, and is all there is for a title or a code: those
    # stand at place 0 on both sides.
    named = {n for n, places in found.items() if any(p.reserved_place == p.asked_place == 0 for p in places)}
    many = [number for number in by_most if shared[number] >= _SEEDS]
    sure = [number for number in many if shared[number] >= _SURE_SEEDS][:_ALIGNED_AT_MOST]
    return list(dict.fromkeys([*many[:_ALIGNED], *sure, *named]))


def _says(
    reservation: Reservation,
    found: list[Found],
    full: Sketch,
    sizes: Mapping[str, int],
    facts: Set[tuple[str, str]],
) -> str | None:
    """What a reservation says against a song, or None."""
    whose = f"{_called(reservation)}, which {reservation.holder} has reserved ({reservation.id})."
    if reservation.kind == MELODY:
        if _melody_bits(Sketch.from_json(reservation.data), full, found) >= melody.THRESHOLD_BITS:
            return f"The melody is that of {whose}"
    elif reservation.kind == LYRIC:
        kind = _quoted(reservation.data["runs"], sizes, found)
        if kind is not None:
            return f"The lyrics {'sound like' if kind == words.SOUNDS else 'quote'} {whose}"
    elif reservation.kind == DECLARATION:
        what = declaration.speaks_of(reservation.data, facts)
        if what is not None:
            return f"{reservation.holder} has declared that {what} is not to be sung ({reservation.id})."
    return None


def _melody_bits(reserved: Sketch, asked: Sketch, found: list[Found]) -> float:
    """What two melodies share, aligned where their stretches say that they run together."""
    sketches = ((reserved, asked), (melody.plain(reserved), melody.plain(asked)))
    votes: dict[tuple[int, int], Counter[int]] = defaultdict(Counter)
    for match in found:
        level = match.asked_place % _LEVELS
        if match.reserved_place % _LEVELS != level:
            continue
        i, j = match.reserved_place // _LEVELS, match.asked_place // _LEVELS
        there, here = sketches[level]
        votes[level, (here.pitches[j] - there.pitches[i]) % 12][(j - i) // _DIAGONAL] += 1
    best = 0.0
    for level, shift in sorted(votes, key=lambda key: -votes[key].total())[:3]:
        ((diagonal, _),) = votes[level, shift].most_common(1)
        middle = diagonal * _DIAGONAL + _DIAGONAL // 2
        bits = melody.shared_bits(*sketches[level], shift, middle, melody.THRESHOLD_BITS)
        best = max(best, bits)
        if best >= melody.THRESHOLD_BITS:
            break
    return best


def _quoted(reserved: Mapping[str, int], asked: Mapping[str, int], found: list[Found]) -> str | None:
    """In which kind of tokens a lyric is quoted, or None."""
    for number, kind in enumerate(_KINDS):
        shared = len({match.asked_place for match in found if match.asked_place % len(_KINDS) == number})
        if shared and words.is_quoted(kind, shared, asked.get(kind, 0), reserved.get(kind, 0)):
            return kind
    return None


def _is_excepted(reservation: Reservation, title: str) -> bool:
    titles = {declaration.folded(free) for free in reservation.exceptions.get("titles", ())}
    return bool(titles) and declaration.folded(title) in titles


def _called(reservation: Reservation) -> str:
    return f"“{reservation.title}”" if reservation.title else f"a {reservation.kind}"


def _damaged(reservation: Reservation) -> Hit:
    sentence = f"The stored reservation {reservation.id} is not what the registry wrote, and counts as a no."
    return Hit(reservation.id, reservation.kind, sentence)
