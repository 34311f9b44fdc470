"""What each layer of a file says, in a sentence for a person."""

from __future__ import annotations

import math
from collections.abc import Sequence

from singer.marks import Search, Watermark
from singer.verdict import DIGEST, WATERMARK, Evidence, Record

_MOST_OTHERS = 8
_LONGEST_QUOTE = 60
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def watermark_evidence(
    marks: Sequence[Watermark], songs: Sequence[Record | None], search: Search
) -> Evidence:
    """What the sound says, and how it was asked. `marks`: the one that is believed first; `songs`: what was
    released as each."""
    if not marks:
        return Evidence(
            WATERMARK, "none", f"No watermark of this registry was found in it. {searched(search)}"
        )
    mark, *_ = marks
    released = songs[0] is not None
    said = (
        f"Carries the watermark of render {mark.render_id:016x} from {clock(mark.start_s)} to "
        f"{clock(mark.end_s)}; {mark.confidence:.0%} of its bits agree, and chance says so at most once in "
        f"{odds(mark.false_positive_rate)} files."
    )
    if mark.how == "scaled":
        speed, semitones = 1 / mark.time_scale, 12 * math.log2(mark.pitch_scale)
        said += f" It plays at about {speed:.0%} of the song's speed, roughly {semitones:+.1f} semitones off."
    for other, song in list(zip(marks, songs, strict=True))[1 : 1 + _MOST_OTHERS]:
        place = f"from {clock(other.start_s)} to {clock(other.end_s)}"
        since = ", never released" if song is None else "" if song.allowed_now else ", withdrawn since"
        said += f" It also carries that of render {other.render_id:016x}, {place}{since}."
    if not released:
        said += f" No song was released as {mark.render_id:016x}."
    return Evidence(WATERMARK, "yes" if released else "no", said)


def digest_evidence(released: bool) -> Evidence:
    """What the bytes say."""
    if released:
        return Evidence(DIGEST, "yes", "Exactly what was released, byte for byte.")
    return Evidence(DIGEST, "no", "Not a file that was released here, byte for byte.")


def quoted(text: str) -> str:
    """What a stranger's file says of itself, so that it cannot be taken for our own words: one short line in
    quotation marks."""
    line = "".join(letter for letter in text if letter.isprintable() and letter not in "“”")
    return f"“{line}”" if len(line) <= _LONGEST_QUOTE else f"“{line[: _LONGEST_QUOTE - 1]}…”"


def searched(search: Search) -> str:
    """How far a sound was searched."""
    keys = "one key" if search.keys == 1 else f"{search.keys} keys"
    said = f"Searched: {clock(search.duration_s)} at every place, with {keys}"
    if search.scaled_s:
        said += f"; {clock(search.scaled_s)} of it also at speeds of ±12 % and pitches of ±3.5 semitones"
    return f"{said}."


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds: 2:05."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def odds(rate: float) -> str:
    """In how many tries a rate is expected once, as a power of ten."""
    power = 300 if rate <= 0 else max(0, math.floor(-math.log10(rate)))
    return "10" + str(power).translate(_SUPERSCRIPTS)
