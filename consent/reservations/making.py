"""From what somebody hands in to what is kept: for each kind, its content and the index that finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from consent.reservations import declaration, fingerprint, melody, screening, words
from consent.reservations.index import ShingleHash
from consent.reservations.reservation import (
    DECLARATION,
    EXCEPTIONS,
    LYRIC,
    MELODY,
    RECORDING,
    USES_OF,
    VOICE,
    ReservationError,
)
from consent.reservations.songs import lyric_shingles, melody_shingles

LEAST_MELODY_BITS, LEAST_ONCE_BITS = 1.1 * melody.THRESHOLD_BITS, 0.75 * melody.THRESHOLD_BITS
"""A melody that says less could hardly be known again with a note changed; one that says the same few notes
over and over (a scale, an arpeggio) would be found in everybody's."""

Index = Iterator[tuple[int, int]]


def content_of(kind: str, data: Mapping[str, Any], hashes: ShingleHash) -> tuple[dict[str, Any], Index]:
    """What is kept of `data`, and (hash, place) pairs for the index. Raises ReservationError.

    Melody: {"notes": [[MIDI note number, seconds], …]}. Lyric: {"text"}, and {"sounds"}, IPA phones, where
    they are known. Recording: {"items"}, Chromaprint's 32-bit numbers. Voice: {"takes": [screen vector, …]}.
    Declaration: see `declaration.read_declaration`.
    """
    if kind not in _CONTENT:
        raise ReservationError(f"{kind!r} cannot be reserved.", f"One of: {', '.join(_CONTENT)}.")
    if not isinstance(data, Mapping):
        raise ReservationError(f"What is known of the {kind} is not a table.")
    return _CONTENT[kind](data, hashes)


def uses_of(kind: str, uses: Sequence[str] | None) -> tuple[str, ...]:
    """The uses that are reserved: all that the kind can be held against, unless some are named."""
    possible = USES_OF[kind]
    if uses is None:
        return possible
    strange = [use for use in uses if use not in possible]
    if strange or not uses:
        raise ReservationError(
            f"A {kind} is not held against {', '.join(map(repr, strange)) or 'nothing'}.",
            f"It can be held against: {', '.join(possible)}.",
        )
    return tuple(use for use in possible if use in uses)


def exceptions_of(given: Mapping[str, Any]) -> dict[str, list[str]]:
    """What may be used all the same: `voices` (ids), `names` of performers and owners, `titles`."""
    strange = set(given) - set(EXCEPTIONS)
    if strange:
        raise ReservationError(
            f"The exceptions {', '.join(sorted(map(str, strange)))} are not understood.",
            f"One may except: {', '.join(EXCEPTIONS)}.",
        )
    kept = {}
    for name, values in given.items():
        if not isinstance(values, (list, tuple)) or not all(isinstance(v, str) and v.strip() for v in values):
            raise ReservationError(f"The excepted {name} are not a list of texts.")
        if values:
            kept[name] = [value.strip() for value in values]
    return kept


def _melody(data: Mapping[str, Any], hashes: ShingleHash) -> tuple[dict[str, Any], Index]:
    try:
        notes = [(float(pitch), float(seconds)) for pitch, seconds in data["notes"]]
    except (KeyError, TypeError, ValueError):
        raise ReservationError("A melody is a list of notes: MIDI note number and seconds.") from None
    if len(notes) > melody.LONGEST_NOTES:
        raise ReservationError(
            f"The melody has {len(notes)} notes.", f"Reserve it in parts of {melody.LONGEST_NOTES}."
        )
    full = melody.sketch(notes)
    said, once = melody.says_bits(full)
    if said < LEAST_MELODY_BITS or once < LEAST_ONCE_BITS:
        raise ReservationError(
            "The melody is too short, or too plain, to be told from others.",
            "Reserve a longer stretch: eight bars are enough as a rule.",
        )
    return full.to_json(), melody_shingles(hashes, full)


def _lyric(data: Mapping[str, Any], hashes: ShingleHash) -> tuple[dict[str, Any], Index]:
    text, sounds = data.get("text"), data.get("sounds", ())
    if not isinstance(text, str):
        raise ReservationError("A lyric is a text.")
    if not isinstance(sounds, (list, tuple)) or not all(isinstance(sound, str) for sound in sounds):
        raise ReservationError("The sounds of a lyric are a list of phones.")
    tokens = {**words.lyric_tokens(text), words.SOUNDS: words.sound_tokens(sounds)}
    shingles, sizes = lyric_shingles(hashes, tokens)
    if not words.is_tellable(sizes.items()):
        raise ReservationError(
            "The lyric is too short to be told from common words.", "Reserve at least a verse of it."
        )
    return {"runs": sizes}, iter(shingles)


def _recording(data: Mapping[str, Any], hashes: ShingleHash) -> tuple[dict[str, Any], Index]:
    items = data.get("items")
    if not isinstance(items, (list, tuple)):
        raise ReservationError("A recording is known by its fingerprint, a list of 32-bit numbers.")
    packed = fingerprint.pack(items)
    found = ((hashes.of("recording", item), place) for place, item in fingerprint.stretches(items))
    return {"items": packed}, found


def _voice(data: Mapping[str, Any], hashes: ShingleHash) -> tuple[dict[str, Any], Index]:
    takes = data.get("takes")
    if not isinstance(takes, (list, tuple)) or not 0 < len(takes) <= screening.MOST_TAKES:
        raise ReservationError(f"A voice is known by one to {screening.MOST_TAKES} screen vectors.")
    return {"takes": [screening.read_vector(take) for take in takes]}, iter(())


def _declaration(data: Mapping[str, Any], hashes: ShingleHash) -> tuple[dict[str, Any], Index]:
    read = declaration.read_declaration(data, "The declaration")
    keys = sorted(set(declaration.keys_of(read)))
    return read, ((hashes.of(field, value.encode()), 0) for field, value in keys)


_CONTENT: dict[str, Callable[[Mapping[str, Any], ShingleHash], tuple[dict[str, Any], Index]]] = {
    VOICE: _voice,
    RECORDING: _recording,
    MELODY: _melody,
    LYRIC: _lyric,
    DECLARATION: _declaration,
}
