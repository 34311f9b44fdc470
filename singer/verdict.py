"""What a file's marks, held against the registry's records, allow to be said of it: one verdict, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from singer.marks import Search, Watermark

MADE_HERE, WITHDRAWN, ALTERED, STRIPPED, TRANSPLANTED, LABEL_ONLY, UNRELEASED, NOT_OURS = (
    "made-here",
    "withdrawn",
    "altered",
    "stripped",
    "transplanted",
    "label-only",
    "unreleased",
    "not-ours",
)
WATERMARK, DIGEST, FINGERPRINT, CREDENTIALS, LABEL = (
    "watermark",
    "digest",
    "fingerprint",
    "credentials",
    "label",
)
LEDGER = "ledger"
"""The layer that says whether the ledger's mathematics hold for a release; it names no song by itself."""

_ENDED = {
    "expired": "whose period has ended since; it was not withdrawn",
    "superseded": "which newer terms have replaced since; it was not withdrawn",
}
"""States in which a grant has ended by itself, and how that is said."""

PROVING = (WATERMARK, DIGEST, FINGERPRINT)
"""Marks that are the sound or the bytes themselves."""

CARRIED = (CREDENTIALS, LABEL)
"""Marks that stand beside the sound, can be copied, and so prove nothing alone."""


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
    def credit(self) -> str: ...
    @property
    def grant(self) -> str: ...
    @property
    def released_at(self) -> datetime: ...
    @property
    def ledger_index(self) -> int: ...
    @property
    def allowed_now(self) -> bool: ...
    @property
    def grant_state(self) -> str: ...


@dataclass(frozen=True)
class Change:
    """One way in which a file is not what was released: a code for programs, a sentence for people."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Evidence:
    """What one layer says. `found` is "yes" (it speaks for the verdict), "no" (it speaks against it) or
    "none" (it says nothing)."""

    layer: str
    found: str
    sentence: str


@dataclass(frozen=True)
class Found:
    """Everything that was read from a file and looked up, for `judge` to weigh.

    `songs`: the song that each mark names, None for none that is known. `changes`: how the file differs from
    what it says it is, as far as its own layers show. `foreign`: marks of another maker that it bears.
    """

    sha256: str
    songs: Mapping[str, Record | None] = field(default_factory=dict)
    watermark: Watermark | None = None
    search: Search | None = None
    carries: tuple[str, ...] = ()
    """Which of `CARRIED` the file bears as marks of this registry, whatever they name."""
    changes: tuple[Change, ...] = ()
    foreign: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    signed_here: bool = False
    """The credentials were signed by this registry, and everything that they cover is as it was."""


@dataclass(frozen=True)
class Verdict:
    """One answer about a file, in a word (`state`) and in a sentence.

    `identified`: the sound, the bytes, or this registry's signature over the sound prove which song it is;
    what else stands beside the sound does not, since it can be copied. `marks_found` names what agreed:
    watermark, digest, fingerprint, credentials, label. `intact`: byte for byte what was released.
    `allowed_now`: nothing was withdrawn; `grant_ended`: the grant has run out, or newer terms have replaced
    it. `changes` and `evidence` say the rest. `owner` is empty unless the credit line, which every file
    bears, names the owner; who the song was made for is never said. What follows is empty where no song is
    named; `released_at` is ISO 8601 in UTC.
    """

    state: str
    sentence: str
    identified: bool
    marks_found: tuple[str, ...]
    sha256: str
    intact: bool = False
    allowed_now: bool = False
    grant_ended: bool = False
    render_id: str | None = None
    voice: str | None = None
    voice_name: str | None = None
    owner: str | None = None
    credit: str | None = None
    grant: str | None = None
    released_at: str | None = None
    ledger_index: int | None = None
    changes: tuple[Change, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    watermark: Watermark | None = None
    search: Search | None = None


def judge(found: Found) -> Verdict:
    """Weigh what was found: the bytes first, the sound second, what stands beside the sound last."""
    named = _first(found, (DIGEST, WATERMARK, FINGERPRINT)) or _first(found, CARRIED)
    if named is None:
        return _nothing_known(found)
    agreeing = tuple(
        name
        for name in (*PROVING, *CARRIED)
        if (record := found.songs.get(name)) is not None and record.render_id == named.render_id
    )
    proven = any(name in PROVING for name in agreeing) or (found.signed_here and CREDENTIALS in agreeing)
    state, sentence = _judge_proven(found, named, agreeing) if proven else _judge_claimed(found, named)
    return Verdict(
        state=state,
        sentence=sentence,
        identified=proven,
        marks_found=agreeing,
        sha256=found.sha256,
        intact=DIGEST in agreeing,
        allowed_now=named.allowed_now,
        grant_ended=named.grant_state in _ENDED,
        render_id=f"{named.render_id:016x}",
        voice=named.voice,
        voice_name=named.voice_name,
        owner=public_owner(named),
        credit=named.credit,
        grant=named.grant,
        released_at=named.released_at.isoformat(timespec="seconds"),
        ledger_index=named.ledger_index,
        changes=found.changes,
        evidence=found.evidence,
        watermark=found.watermark,
        search=found.search,
    )


def public_owner(record: Record) -> str | None:
    """The owner's name, where the credit line says it: that line goes into every file, nothing else does."""
    return record.owner if record.owner and record.owner in record.credit else None


def _first(found: Found, marks: tuple[str, ...]) -> Record | None:
    return next((record for name in marks if (record := found.songs.get(name)) is not None), None)


def _judge_proven(found: Found, record: Record, agreeing: tuple[str, ...]) -> tuple[str, str]:
    """The verdict on a file whose sound or bytes are a song of ours."""
    made = f"Made here, with the voice of {_whose(record)}, under {record.grant}"
    others = [name for name in found.carries if name not in agreeing and found.songs.get(name) is not None]
    if DIGEST in agreeing:
        state, changed = MADE_HERE, ""
    elif others:
        words = " and ".join(others)
        verb = "are those" if CREDENTIALS in others else "is that"
        state, changed = TRANSPLANTED, f" The file was altered: its {words} {verb} of another song."
    elif found.carries:
        state, changed = ALTERED, f" The file was altered after its release.{_says(found.changes)}"
    else:
        state, changed = (
            STRIPPED,
            f" Its other marks were stripped: it is known by its {agreeing[0]} alone.{_says(found.changes)}",
        )
    if not record.allowed_now:
        return WITHDRAWN, f"{made}. The owner has since withdrawn it.{changed}"
    made = f"{made}, {_ENDED.get(record.grant_state, 'which still stands')}."
    if changed:
        return state, f"{made}{changed}"
    return state, f"{made} The file is exactly what was released.{_says(found.changes)}"


def _judge_claimed(found: Found, record: Record) -> tuple[str, str]:
    """The verdict on a file that names a song of ours, while neither its sound nor its bytes are it."""
    if found.songs.get(CREDENTIALS) is None:
        return LABEL_ONLY, (
            f"Its label says that it was made here, with the voice of {_whose(record)}. The sound does not "
            "carry the watermark, and a label can be copied: this proves nothing."
        )
    return TRANSPLANTED, (
        f"Its credentials were signed here for a song with the voice of {_whose(record)}. They do not fit "
        "this file, and its sound does not carry that song's watermark: they were put here from elsewhere, "
        "or little is left of the song."
    )


def _nothing_known(found: Found) -> Verdict:
    more = {
        "changes": found.changes,
        "evidence": found.evidence,
        "watermark": found.watermark,
        "search": found.search,
    }
    if found.watermark is not None:
        return Verdict(
            state=UNRELEASED,
            sentence="The sound carries this registry's watermark, but no such song was ever released.",
            identified=False,
            marks_found=(),
            sha256=found.sha256,
            render_id=f"{found.watermark.render_id:016x}",
            **more,  # type: ignore[arg-type]
        )
    if found.signed_here:
        sentence = "It was signed by this registry, but no such song was ever released."
        return Verdict(UNRELEASED, sentence, False, (), found.sha256, **more)  # type: ignore[arg-type]
    sentence = "Not made here, or nothing is left of its marks."
    if LABEL in found.foreign:
        sentence += " It bears another maker's label of synthesised sound."
    if CREDENTIALS in found.foreign:
        sentence += " It bears another maker's credentials."
    return Verdict(NOT_OURS, sentence, False, (), found.sha256, **more)  # type: ignore[arg-type]


def _whose(record: Record) -> str:
    owner = public_owner(record)
    return f"{record.voice_name}, whose owner is {owner}" if owner else record.voice_name


def _says(changes: tuple[Change, ...]) -> str:
    return "".join(f" {change.sentence}" for change in changes)
