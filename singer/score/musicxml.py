"""MusicXML 4.0 (score-partwise and score-timewise) → `Score`."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from xml.etree.ElementTree import Element

from singer.errors import ScoreError
from singer.score.barreader import BarReader
from singer.score.dynamics import set_loudness
from singer.score.limits import MAX_BARS, MAX_PARTS, check_length, too_large
from singer.score.lines import pick_lines
from singer.score.model import DEFAULT_BPM, Part, Score, TempoMap
from singer.score.repeats import play_order
from singer.score.scripts import script_language
from singer.score.tempochanges import shaped
from singer.score.unroll import Timeline, unroll
from singer.score.verses import fill_refrains
from singer.score.written import Marks, WrittenPart
from singer.score.xmltree import parse_tree

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_KINDS = {
    "opus": "an opus, a list of scores. Open one of the scores it lists",
    "museScore": "a MuseScore project. Export it from MuseScore as MusicXML",
    "score": "a MuseScore project. Export it from MuseScore as MusicXML",
    "mei": "MEI. Convert it to MusicXML",
    "svg": "a picture (SVG), not a score. Export the score itself as MusicXML",
    "html": "a web page, not a score. Download the score itself",
    "vsq4": "a VOCALOID project. Export it as MIDI or MusicXML",
    "vsq3": "a VOCALOID project. Export it as MIDI or MusicXML",
    "container": "the list of an .mxl archive. Open the .mxl file itself",
}


def read_musicxml(data: bytes, name: str) -> Score:
    """The score in the MusicXML document `data`; `name` is the file as errors call it.

    Raises ScoreError for what is damaged, is no MusicXML, has no pitched notes, or goes beyond `limits`.
    """
    notices: list[str] = []
    root = parse_tree(data, name, notices)
    _drop_namespaces(root)
    if root.tag not in ("score-partwise", "score-timewise"):
        kind = _KINDS.get(root.tag, f"XML of another kind (<{root.tag[:40]}>). Export the score as MusicXML")
        what, _, remedy = kind.partition(". ")
        raise ScoreError(f"{name} is {what}.", f"{remedy}.")
    parts = [_read_part(part, measures) for part, measures in _measures_by_part(root, name)]
    marks = _joined_marks(parts)
    timeline, length = _timeline(parts, marks, name, notices)
    check_length(name, length, timeline.tempo)
    sung: list[Part] = []
    for part in parts:
        for line in pick_lines(part):
            fill_refrains(line.bars, marks)
            sung.append(unroll(line, timeline, name, notices))
    if not any(part.notes for part in sung):
        what = "only unpitched percussion" if any(part.notices for part in parts) else "no notes"
        raise ScoreError(f"{name} has {what}; there is no melody to sing.", "Add a part with pitched notes.")
    for part in parts:
        notices += [notice for notice in part.notices if notice not in notices]
    return Score(
        title=_title(root),
        composer=_composer(root),
        language=_language(root, sung),
        tempo=timeline.tempo,
        parts=tuple(part for part in sung if part.notes),
        length=length,
        notices=tuple(notices),
    )


def _drop_namespaces(root: Element) -> None:
    """MusicXML has no namespace; some programs write one all the same."""
    if "}" not in root.tag:
        return
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]


def _measures_by_part(root: Element, name: str) -> list[tuple[WrittenPart, list[Element]]]:
    names: dict[str, str] = {}
    for declared in root.findall("part-list/score-part"):
        identity = declared.get("id") or ""
        names[identity] = " ".join((declared.findtext("part-name") or "").split())
    measures: dict[str, list[Element]] = {}
    if root.tag == "score-partwise":
        for place, part in enumerate(root.findall("part")):
            measures.setdefault(part.get("id") or f"P{place + 1}", []).extend(part.findall("measure"))
    else:
        for place, measure in enumerate(root.findall("measure")[: MAX_BARS + 1]):
            for part in measure.findall("part"):
                _check_count(measures, name)
                bars = measures.setdefault(part.get("id") or "P1", [])
                while len(bars) < place:
                    bars.append(Element("measure"))
                part.attrib.update(measure.attrib)
                bars.append(part)
    _check_count(measures, name)
    if not any(measures.values()):
        raise ScoreError(f"{name} has no bars, so there is nothing to sing.", "Export the score again.")
    return [
        (WrittenPart(identity, names.get(identity) or f"Part {place + 1}"), bars)
        for place, (identity, bars) in enumerate(measures.items())
    ]


def _check_count(measures: dict[str, list[Element]], name: str) -> None:
    if len(measures) > MAX_PARTS:
        raise too_large(name, f"{len(measures):,} parts", f"{MAX_PARTS:,}")
    most = max(map(len, measures.values()), default=0)
    if most > MAX_BARS:
        raise too_large(name, "too many bars", f"{MAX_BARS:,}")


def _read_part(part: WrittenPart, measures: list[Element]) -> WrittenPart:
    reader = BarReader(part)
    part.bars = [reader.read(measure) for measure in measures]
    set_loudness(part)
    if reader.unpitched:
        part.notices.append(f"{part.name}: {reader.unpitched} notes without pitch are left out.")
    if reader.rest_lyrics:
        bars = ", ".join(str(bar) for bar in sorted(set(reader.rest_lyrics))[:8])
        part.notices.append(f"{part.name} has lyrics under rests, which are not sung (bars {bars}).")
    if reader.chords:
        part.notices.append(f"{part.name}: the top note of its chords is taken for the melody.")
    return part


def _joined_marks(parts: Sequence[WrittenPart]) -> list[Marks]:
    """The repeat and jump marks of each bar, from whichever part has them."""
    joined = [Marks() for _ in range(max(len(part.bars) for part in parts))]
    for part in parts:
        for mark, bar in zip(joined, part.bars, strict=False):
            mark.join(bar.marks)
    _settle_codas(joined)
    return joined


def _settle_codas(marks: list[Marks]) -> None:
    """Tell "to the coda" from the coda where both are printed as the same sign."""
    signs = [index for index, mark in enumerate(marks) if mark.coda]
    for index in signs[:-1]:
        marks[index].coda = False
        if not any(mark.to_coda or mark.to_coda_before for mark in marks):
            marks[index].to_coda = True


def _timeline(
    parts: Sequence[WrittenPart], marks: Sequence[Marks], name: str, notices: list[str]
) -> tuple[Timeline, Fraction]:
    """When each played bar begins, the tempo map of the whole song, and its length in quarter notes."""
    lengths, numbers = _bar_lengths(parts, len(marks))
    tempos = _tempos(parts, len(marks))
    order = play_order(marks, name)
    starts: list[Fraction] = []
    changes: list[tuple[Fraction, float]] = []
    fermatas: list[tuple[Fraction, Fraction]] = []
    swerves: list[tuple[Fraction, str]] = []
    now = Fraction(0)
    previous = -1
    in_force = _tempos_in_force(tempos)
    for bar, _ in order:
        if bar != previous + 1 and in_force[bar] is not None:
            changes.append((now, in_force[bar] or DEFAULT_BPM))
        changes += [(now + at, bpm) for at, bpm in tempos[bar]]
        for part in (part for part in parts if bar < len(part.bars)):
            fermatas += [(now + first, now + last) for first, last in part.bars[bar].fermatas]
            swerves += [(now + at, kind) for at, kind in part.bars[bar].swerves]
        starts.append(now)
        now += lengths[bar]
        previous = bar
    if not changes:
        notices.append(f"{name} names no tempo; it is sung at {DEFAULT_BPM:g} quarter notes a minute.")
    changes = shaped(changes, fermatas, swerves, now)
    tempo = TempoMap(tuple(dict(sorted(changes, key=lambda change: change[0])).items()))
    return Timeline(order, tuple(starts), numbers, tempo), now


def _bar_lengths(parts: Sequence[WrittenPart], count: int) -> tuple[list[Fraction], tuple[int, ...]]:
    lengths = [Fraction(0)] * count
    nominal = [Fraction(4)] * count
    numbers = [0] * count
    for part in reversed(parts):
        for index, bar in enumerate(part.bars):
            lengths[index] = max(lengths[index], bar.length)
            nominal[index], numbers[index] = bar.nominal, bar.number
    return [length or bar for length, bar in zip(lengths, nominal, strict=True)], tuple(numbers)


def _tempos(parts: Sequence[WrittenPart], count: int) -> list[list[tuple[Fraction, float]]]:
    """The tempo changes in each written bar; where parts differ, the first part's hold."""
    found: list[dict[Fraction, float]] = [{} for _ in range(count)]
    for part in parts:
        for index, bar in enumerate(part.bars):
            for at, bpm in dict(bar.tempos).items():
                found[index].setdefault(at, bpm)
    return [sorted(changes.items()) for changes in found]


def _tempos_in_force(tempos: Sequence[Sequence[tuple[Fraction, float]]]) -> list[float | None]:
    """The tempo that holds when each written bar is reached from the one before it."""
    current = next((changes[0][1] for changes in tempos if changes), None)
    in_force: list[float | None] = []
    for changes in tempos:
        in_force.append(current)
        current = changes[-1][1] if changes else current
    return in_force


def _title(root: Element) -> str:
    candidates = [root.findtext("work/work-title"), root.findtext("movement-title")]
    for credit in root.findall("credit"):
        if credit.findtext("credit-type") == "title":
            candidates.append(credit.findtext("credit-words"))
    return next((" ".join(text.split()) for text in candidates if text and text.strip()), "")


def _composer(root: Element) -> str:
    for creator in root.findall("identification/creator"):
        if creator.get("type", "composer") == "composer" and creator.text:
            return " ".join(creator.text.split())
    return ""


def _language(root: Element, parts: Sequence[Part]) -> str | None:
    """What the script of the lyrics says, else what the score declares for them."""
    texts = (lyric.text for part in parts for note in part.notes for lyric in note.lyrics.values())
    by_script = script_language("".join(texts))
    if by_script:
        return by_script
    default = root.find("defaults/lyric-language")
    if default is not None and default.get(_LANGUAGE):
        return default.get(_LANGUAGE)
    return next((text.get(_LANGUAGE) for text in root.iter("text") if text.get(_LANGUAGE)), None)
