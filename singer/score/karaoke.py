"""Lyric and text events of a MIDI file → syllables on its clock, and those under the notes they fall on."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from singer.score.charset import detect_charset
from singer.score.model import ELISION, Lyric
from singer.score.scripts import script_language
from singer.score.syllabletext import read_syllable

if TYPE_CHECKING:
    from singer.score.midievents import MidiEvents, MidiNote

_TAG = re.compile(r"\{[@#$]?[^{}]*\}")
_CHARSET_TAGS = {"JP": "cp932", "LATIN": "latin-1", "UTF-8": "utf-8", "UTF8": "utf-8"}
_KAR_LANGUAGES = {
    "ENGL": "en", "EN": "en", "FREN": "fr", "FRAN": "fr", "FR": "fr", "GERM": "de", "DEUT": "de", "DE": "de",
    "SPAN": "es", "ES": "es", "ITAL": "it", "IT": "it", "JAPA": "ja", "JP": "ja", "JA": "ja", "CHIN": "zh",
    "ZH": "zh", "PORT": "pt", "PT": "pt", "DUTC": "nl", "KORE": "ko", "RUSS": "ru",
}  # fmt: skip
_BREAKS = "/\\\r\n"


@dataclass
class Karaoke:
    """The lyrics of a MIDI file in time order."""

    syllables: list[tuple[int, Lyric]] = field(default_factory=list)
    """(tick, syllable)."""
    track: int | None = None
    """The track that holds them."""
    title: str = ""
    language: str | None = None


def read_karaoke(events: MidiEvents, notices: list[str]) -> Karaoke:
    """The lyrics of `events`: its lyric events or, where those are few, its text events as .kar files use
    them.

    The charset is what a `{@JP}` or `{@LATIN}` tag says (RP-026), else what the bytes look like.
    """
    karaoke = Karaoke()
    texts = _decoded(events, notices)
    for _, _, kind, text in texts:
        if kind == "text":
            _read_kar_header(text, karaoke)
    track, sung = _sung_texts(texts)
    karaoke.track = track
    karaoke.syllables = _syllables(sung)
    if karaoke.syllables and karaoke.language is None:
        karaoke.language = script_language("".join(lyric.text for _, lyric in karaoke.syllables))
    return karaoke


def _decoded(events: MidiEvents, notices: list[str]) -> list[tuple[int, int, str, str]]:
    raw = [text.encode("latin-1", errors="replace") for _, _, _, text in events.texts]
    joined = b"\n".join(raw)
    tagged = re.search(rb"\{@([A-Z0-9-]{2,8})\}", joined)
    charset = _CHARSET_TAGS.get(tagged.group(1).decode("ascii"), "") if tagged else ""
    charset = charset or detect_charset(joined)
    if not joined.isascii():
        notices.append(f"The lyrics are read as {charset}.")
    return [
        (tick, track, kind, data.decode(charset, errors="replace").replace("\0", ""))
        for (tick, track, kind, _), data in zip(events.texts, raw, strict=True)
    ]


def _read_kar_header(text: str, karaoke: Karaoke) -> None:
    if text.startswith("@T") and not karaoke.title:
        karaoke.title = text[2:].strip()
    elif text.startswith("@L"):
        karaoke.language = _KAR_LANGUAGES.get(text[2:].strip().upper()[:4])


def _sung_texts(texts: list[tuple[int, int, str, str]]) -> tuple[int | None, list[tuple[int, str]]]:
    """The one track of lyric events (or else text events) that holds most words, without headers and tags."""
    for kind, least in (("lyrics", 1), ("text", 4)):
        found = [
            (tick, track, _TAG.sub("", text))
            for tick, track, of_kind, text in texts
            if of_kind == kind and not text.startswith("@") and not (kind == "text" and text.startswith("["))
        ]
        words = Counter(track for _, track, text in found if text.strip(" \t" + _BREAKS))
        if not words:
            continue
        track, count = words.most_common(1)[0]
        distinct = {tick for tick, on, text in found if on == track and text.strip(" \t" + _BREAKS)}
        if count >= least and (kind == "lyrics" or len(distinct) >= least):
            return track, [(tick, text) for tick, on, text in found if on == track]
    return None, []


def _syllables(sung: list[tuple[int, str]]) -> list[tuple[int, Lyric]]:
    """Syllables with their place in a word, by the file's own habit: blanks between words, or hyphens inside
    them.
    """
    bodies = [text.strip(_BREAKS) for _, text in sung]
    blanks = sum(1 for body in bodies if body.strip() and (body[0].isspace() or body[-1].isspace()))
    by_blanks = blanks >= max(1, len(bodies) // 20)
    placed: list[tuple[int, Lyric]] = []
    goes_on = False
    for tick, text in sung:
        starts_line = text[:1] in _BREAKS and bool(text)
        ends_line = text[-1:] in _BREAKS and bool(text)
        body = text.strip(_BREAKS)
        if starts_line or body[:1].isspace():
            goes_on = False
        if starts_line and placed:
            placed[-1] = (placed[-1][0], _closed(placed[-1][1]))
        lyric = read_syllable(body)
        if lyric is not None and (lyric.text or lyric.extend):
            hyphen = lyric.syllabic in ("begin", "middle")
            after = hyphen or (by_blanks and not body[-1:].isspace() and not ends_line)
            before = goes_on or lyric.syllabic in ("middle", "end")
            if lyric.text:
                placed.append((tick, replace(lyric, syllabic=_syllabic(before, after))))
                goes_on = after
            else:
                placed.append((tick, lyric))
        if ends_line or body[-1:].isspace():
            goes_on = False
        if ends_line and placed:
            placed[-1] = (placed[-1][0], _closed(placed[-1][1]))
    return _settled(placed)


def _syllabic(before: bool, after: bool) -> str:
    if before:
        return "middle" if after else "end"
    return "begin" if after else "single"


def _closed(lyric: Lyric) -> Lyric:
    """`lyric` as the last of its line."""
    syllabic = {"begin": "single", "middle": "end"}.get(lyric.syllabic, lyric.syllabic)
    return replace(lyric, syllabic=syllabic, phrase_end=True)


def _settled(placed: list[tuple[int, Lyric]]) -> list[tuple[int, Lyric]]:
    """A syllable that says its word goes on, though the next one begins a word, ends its word."""
    settled = []
    for index, (tick, lyric) in enumerate(placed):
        following = next((other for _, other in placed[index + 1 : index + 4] if other.text), None)
        if lyric.syllabic in ("begin", "middle") and (
            following is None or following.syllabic in ("single", "begin")
        ):
            lyric = replace(lyric, syllabic="single" if lyric.syllabic == "begin" else "end")
        settled.append((tick, lyric))
    return settled


def attach_lyrics(notes: list[MidiNote], karaoke: Karaoke, events: MidiEvents) -> int:
    """Put each syllable under the note it falls on, in place; gives back how many found none.

    That is the note that begins nearest to it (within a quarter of a beat), else the one that sounds then,
    else the next one within a beat. Syllables that meet on one note share it.
    """
    onsets = [note.tick for note in notes]
    near = max(1, events.ticks_per_quarter // 4)
    left = 0
    for tick, lyric in karaoke.syllables:
        place = bisect_right(onsets, tick) - 1
        candidates = [index for index in (place, place + 1) if 0 <= index < len(notes)]
        nearest = min(candidates, key=lambda index: abs(onsets[index] - tick))
        if abs(onsets[nearest] - tick) > near:
            sounding = place >= 0 and events.quarters(tick) < notes[place].end
            coming = place + 1 < len(notes) and onsets[place + 1] - tick <= events.ticks_per_quarter
            if not sounding and not coming:
                left += 1
                continue
            nearest = place if sounding else place + 1
        elif notes[nearest].lyrics and nearest + 1 < len(notes) and abs(onsets[nearest + 1] - tick) <= near:
            nearest += 1
        _share(notes[nearest], lyric)
    return left


def _share(note: MidiNote, lyric: Lyric) -> None:
    before = note.lyrics.get(1)
    if before is None or not before.text:
        note.lyrics[1] = lyric
    elif lyric.text:
        same_word = lyric.syllabic in ("middle", "end")
        starts = before.syllabic in ("single", "begin")
        goes_on = lyric.syllabic in ("begin", "middle")
        text = before.text + ("-" if same_word else "") + ELISION + lyric.text
        note.lyrics[1] = Lyric(
            text,
            _syllabic(not starts, goes_on),
            phrase_end=lyric.phrase_end,
            opens_language=before.opens_language or lyric.opens_language,
            closes_language=before.closes_language or lyric.closes_language,
        )
