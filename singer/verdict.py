"""What a file's marks, held against the registry's records, allow to be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from singer.marks import Marks

MADE_HERE, ALTERED, WITHDRAWN, LABEL_ONLY, UNRELEASED, NOT_OURS = (
    "made-here",
    "altered",
    "withdrawn",
    "label-only",
    "unreleased",
    "not-ours",
)


class Record(Protocol):
    """A released song, as the registry remembers it (`consent.renders.RenderRecord`)."""

    @property
    def render_id(self) -> int: ...
    @property
    def voice(self) -> str: ...
    @property
    def voice_name(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def grant(self) -> str: ...
    @property
    def released_at(self) -> datetime: ...
    @property
    def ledger_index(self) -> int: ...
    @property
    def allowed_now(self) -> bool: ...


@dataclass(frozen=True)
class Verdict:
    """One answer about a file, in a word (`state`) and in a sentence.

    `identified`: the sound or the bytes prove which song it is; a label alone does not, since it can be
    copied. `marks_found` names what agreed with the registry: watermark, label, digest. `intact`: byte for
    byte what was released. The rest is empty where no song is named; `released_at` is ISO 8601 in UTC.
    """

    state: str
    sentence: str
    identified: bool
    marks_found: tuple[str, ...]
    sha256: str
    intact: bool = False
    allowed_now: bool = False
    render_id: str | None = None
    voice: str | None = None
    voice_name: str | None = None
    owner: str | None = None
    grant: str | None = None
    released_at: str | None = None
    ledger_index: int | None = None


def judge(marks: Marks, records: Mapping[str, Record | None]) -> Verdict:
    """Weigh what was found. `records`: the song that each mark (watermark, digest, label) names, None for
    none.

    The sound is believed first, the bytes second, the label last.
    """
    named = next((record for name in ("watermark", "digest", "label") if (record := records[name])), None)
    if named is None:
        return _nothing_known(marks)
    agreeing = tuple(
        name for name, record in records.items() if record is not None and record.render_id == named.render_id
    )
    state, sentence = _judge_named(named, agreeing)
    return Verdict(
        state=state,
        sentence=sentence,
        identified=state != LABEL_ONLY,
        marks_found=agreeing,
        sha256=marks.sha256,
        intact="digest" in agreeing,
        allowed_now=named.allowed_now,
        render_id=f"{named.render_id:016x}",
        voice=named.voice,
        voice_name=named.voice_name,
        owner=named.owner,
        grant=named.grant,
        released_at=named.released_at.isoformat(timespec="seconds"),
        ledger_index=named.ledger_index,
    )


def _judge_named(record: Record, agreeing: tuple[str, ...]) -> tuple[str, str]:
    whose = f"{record.voice_name}, whose owner is {record.owner}"
    if agreeing == ("label",):
        return LABEL_ONLY, (
            f"Its label says that it was made here, with the voice of {whose}. The sound does not carry the "
            "watermark, and a label can be copied: this proves nothing."
        )
    made = f"Made here, with the voice of {whose}, under {record.grant}"
    changed = "" if "digest" in agreeing else " The file was altered after its release."
    if not record.allowed_now:
        return WITHDRAWN, f"{made}. The owner has since withdrawn it.{changed}"
    if changed:
        return ALTERED, f"{made}, which still stands.{changed}"
    return MADE_HERE, f"{made}, which still stands. The file is exactly what was released."


def _nothing_known(marks: Marks) -> Verdict:
    if marks.watermark is not None:
        return Verdict(
            state=UNRELEASED,
            sentence="The sound carries this registry's watermark, but no such song was ever released.",
            identified=False,
            marks_found=(),
            sha256=marks.sha256,
            render_id=f"{marks.watermark:016x}",
        )
    sentence = "Not made here, or nothing is left of its marks."
    if marks.label:
        sentence += " It bears another maker's label of synthesised sound."
    return Verdict(NOT_OURS, sentence, False, (), marks.sha256)
