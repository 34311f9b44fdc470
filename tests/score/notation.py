"""Small scores as text: MusicXML built bar by bar, MIDI built event by event."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path

import mido

from singer.score import Score, read_score
from singer.score.sung import Underlay
from singer.score.underlay import underlay

DOCTYPE = (
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">'
)
DIVISIONS = 12


def note(
    pitch: str, quarters: float = 1, *lyrics: str, extra: str = "", before: str = "", voice: int = 1
) -> str:
    """One `<note>`: "C4", "F#4" or "r". Lyrics are verses from 1; "la-" goes on in its word, "-la" ends one.

    `before` stands before the pitch (chord, grace), `extra` behind the voice (notations, tie).
    """
    if pitch == "r":
        sound = "<rest/>"
    else:
        step, alter, octave = re.fullmatch(r"([A-G])([#b]?)(\d)", pitch).groups()  # type: ignore[union-attr]
        altered = {"#": "<alter>1</alter>", "b": "<alter>-1</alter>", "": ""}[alter]
        sound = f"<pitch><step>{step}</step>{altered}<octave>{octave}</octave></pitch>"
    duration = "" if "<grace" in before else f"<duration>{round(quarters * DIVISIONS)}</duration>"
    words = "".join(_lyric(number, text) for number, text in enumerate(lyrics, start=1) if text)
    return f"<note>{before}{sound}{duration}<voice>{voice}</voice>{extra}{words}</note>"


def _lyric(number: int, text: str) -> str:
    if text == "_":
        return f'<lyric number="{number}"><extend/></lyric>'
    before, after = text.startswith("-"), text.endswith("-")
    syllabic = ("middle" if after else "end") if before else ("begin" if after else "single")
    return f'<lyric number="{number}"><syllabic>{syllabic}</syllabic><text>{text.strip("-")}</text></lyric>'


def slur(kind: str) -> str:
    """A slur's "start" or "stop" as notations."""
    return f'<notations><slur type="{kind}" number="1"/></notations>'


def tie(*kinds: str) -> str:
    """A tie's "start" or "stop"."""
    return "".join(f'<tie type="{kind}"/>' for kind in kinds)


def repeat(direction: str, times: int | None = None) -> str:
    """A repeat barline, "forward" or "backward"."""
    count = f' times="{times}"' if times else ""
    return f'<barline><repeat direction="{direction}"{count}/></barline>'


def ending(number: str, kind: str) -> str:
    """The "start" or "stop" of an ending bracket."""
    return f'<barline><ending number="{number}" type="{kind}"/></barline>'


def words(text: str) -> str:
    """Printed words over the staff."""
    return f"<direction><direction-type><words>{text}</words></direction-type></direction>"


def tempo(bpm: float | str) -> str:
    """A tempo as playback takes it."""
    return f'<direction><direction-type><words/></direction-type><sound tempo="{bpm}"/></direction>'


def part(identity: str, *bars: str, time: tuple[int, int] = (4, 4), attributes: str = "") -> str:
    """A `<part>` of whole bars; a bar may begin with "implicit:"."""
    written = []
    for number, bar in enumerate(bars, start=1):
        implicit = ' implicit="yes"' if bar.startswith("implicit:") else ""
        opening = ""
        if number == 1:
            opening = (
                f"<attributes><divisions>{DIVISIONS}</divisions><time><beats>{time[0]}</beats>"
                f"<beat-type>{time[1]}</beat-type></time>{attributes}</attributes>"
            )
        body = bar.removeprefix("implicit:")
        written.append(f'<measure number="{number}"{implicit}>{opening}{body}</measure>')
    return f'<part id="{identity}">{"".join(written)}</part>'


def score(*parts: str, names: Sequence[str] = ("Voice", "Piano", "Bass"), head: str = "") -> str:
    """A whole score-partwise document."""
    identities = [re.search(r'<part id="([^"]*)"', text).group(1) for text in parts]  # type: ignore[union-attr]
    declared = "".join(
        f'<score-part id="{identity}"><part-name>{name}</part-name></score-part>'
        for identity, name in zip(identities, names, strict=False)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{DOCTYPE}<score-partwise version="4.0">{head}'
        f"<part-list>{declared}</part-list>{''.join(parts)}</score-partwise>"
    )


def song(*bars: str, **options: object) -> str:
    """A score of one part "P1"."""
    return score(part("P1", *bars, **options))  # type: ignore[arg-type]


def read(folder: Path, document: str | bytes, name: str = "song.musicxml") -> Score:
    """Write `document` into `folder` and read it back as a score."""
    path = folder / name
    path.write_bytes(document.encode("utf-8") if isinstance(document, str) else document)
    return read_score(path)


def midi(
    *tracks: Sequence[tuple[int, mido.Message | mido.MetaMessage]], kind: int = 1, charset: str = "utf-8"
) -> bytes:
    """A MIDI file of 480 ticks a quarter from (tick, message) rows."""
    file = mido.MidiFile(type=kind, ticks_per_beat=480, charset=charset)
    for rows in tracks:
        track = mido.MidiTrack()
        now = 0
        for tick, message in sorted(rows, key=lambda row: row[0]):
            track.append(message.copy(time=tick - now))
            now = tick
        file.tracks.append(track)
    stream = io.BytesIO()
    file.save(file=stream)
    return stream.getvalue()


def played(*notes: tuple[int, int, int], channel: int = 0) -> list[tuple[int, mido.Message]]:
    """Notes (start tick, end tick, pitch) as messages."""
    rows: list[tuple[int, mido.Message]] = []
    for start, end, pitch in notes:
        rows.append((start, mido.Message("note_on", note=pitch, velocity=80, channel=channel)))
        rows.append((end, mido.Message("note_off", note=pitch, channel=channel)))
    return rows


def sung(*texts: tuple[int, str], kind: str = "lyrics") -> list[tuple[int, mido.MetaMessage]]:
    """Lyric (or text) events at ticks."""
    return [(tick, mido.MetaMessage(kind, text=text)) for tick, text in texts]


def phrase(result: Underlay) -> str:
    """What is sung, in one line: hyphens inside words, "~" for each note that holds a syllable."""
    line = ""
    for row in result.notes:
        if row.melisma:
            line += "~"
            continue
        assert row.word is not None and row.syllable is not None
        line += ("-" if row.syllable else " ") + result.words[row.word].syllables[row.syllable].text
    return line.strip()


def pitches(result: Score, index: int = 0) -> list[float]:
    """The pitches of one part."""
    return [row.pitch for row in result.parts[index].notes]


def spans(result: Score, index: int = 0) -> list[tuple[float, float]]:
    """(onset, duration) in quarters of one part."""
    return [(float(row.onset), float(row.duration)) for row in result.parts[index].notes]


def lyrics(result: Score, **options: object) -> str:
    """What is sung, in one line."""
    return phrase(underlay(result, language="en", **options))  # type: ignore[arg-type]
