"""What may be said of a file, for every combination of what its marks name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product

import pytest

from singer.marks import Watermark
from singer.verdict import Change, Found, judge


@dataclass(frozen=True)
class Released:
    """A song on record."""

    render_id: int
    allowed_now: bool = True
    voice: str = "kumi"
    voice_name: str = "Kumi"
    owner: str = "Cubialpha"
    credit: str = "Voice: Kumi by Cubialpha"
    grant: str = "grant-1"
    released_at: datetime = datetime(2026, 1, 2, tzinfo=UTC)
    ledger_index: int = 7
    grant_state: str = "active"


SONG, OTHER = Released(0xFEED), Released(0xBEEF)
MARKS = ("watermark", "digest", "fingerprint", "credentials", "label")


def found(changes: tuple[Change, ...] = (), **songs: Released | None) -> Found:
    """A file whose marks name these songs; what stands beside the sound is there when it is given at all."""
    carries = tuple(name for name in ("credentials", "label") if name in songs)
    return Found("ab" * 32, songs, carries=carries, changes=changes)


@pytest.mark.parametrize(
    ("songs", "state", "agreeing"),
    [
        ({"watermark": SONG, "digest": SONG, "label": SONG}, "made-here", ("watermark", "digest", "label")),
        ({"digest": SONG, "label": SONG}, "made-here", ("digest", "label")),
        ({"digest": SONG, "credentials": OTHER}, "made-here", ("digest",)),  # a sidecar that was swapped
        ({"watermark": SONG, "label": SONG}, "altered", ("watermark", "label")),
        ({"watermark": SONG, "label": None}, "altered", ("watermark",)),  # a label that names nothing
        ({"watermark": SONG, "credentials": SONG}, "altered", ("watermark", "credentials")),
        ({"watermark": SONG}, "stripped", ("watermark",)),
        ({"fingerprint": SONG}, "stripped", ("fingerprint",)),
        ({"watermark": SONG, "label": OTHER}, "transplanted", ("watermark",)),
        ({"watermark": SONG, "credentials": OTHER, "label": SONG}, "transplanted", ("watermark", "label")),
        ({"credentials": SONG}, "transplanted", ("credentials",)),
        ({"label": SONG}, "label-only", ("label",)),
        ({}, "not-ours", ()),
    ],
)  # fmt: skip
def test_the_sound_is_believed_first_and_what_stands_beside_it_proves_nothing(
    songs: dict[str, Released | None], state: str, agreeing: tuple[str, ...]
) -> None:
    verdict = judge(found(**songs))
    assert (verdict.state, verdict.marks_found) == (state, agreeing)
    assert verdict.identified == bool({"watermark", "digest", "fingerprint"} & set(agreeing))
    assert verdict.intact == ("digest" in agreeing)
    if agreeing:
        assert verdict.render_id == "000000000000feed"
        assert "Kumi" in verdict.sentence and "Cubialpha" in verdict.sentence


@pytest.mark.parametrize("songs", list(product((None, SONG, OTHER), repeat=len(MARKS))))
def test_every_combination_is_judged_and_none_is_said_to_be_proven_by_what_can_be_copied(
    songs: tuple[Released | None, ...],
) -> None:
    verdict = judge(found(**{name: song for name, song in zip(MARKS, songs, strict=True) if song}))
    assert verdict.sentence.endswith(".")
    assert verdict.identified == any(songs[:3])
    if verdict.state == "made-here":
        assert songs[1] is not None
    if verdict.state in ("altered", "stripped"):
        named = next(song for song in songs[:3] if song)
        assert all(song in (None, named) for song in songs[3:])


@pytest.mark.parametrize(("digest", "label"), list(product((False, True), repeat=2)))
def test_a_withdrawn_song_is_named_and_said_to_be_withdrawn(digest: bool, label: bool) -> None:
    song = Released(0xFEED, False)
    more = {"digest": song} if digest else {}
    verdict = judge(found(watermark=song, **more, **({"label": song} if label else {})))
    assert verdict.state == "withdrawn" and verdict.identified and not verdict.allowed_now
    assert "withdrawn" in verdict.sentence
    assert ("altered" in verdict.sentence or "stripped" in verdict.sentence) == (not digest)


def test_what_was_changed_is_said() -> None:
    changed = Change("tags-edited", "Its sound is untouched: the title was edited.")
    assert judge(found((changed,), watermark=SONG, label=SONG)).sentence.endswith("the title was edited.")


def test_the_owner_is_named_only_where_the_credit_line_does() -> None:
    quiet = replace(SONG, owner="Jane Roe", credit="Voice: Kumi")
    for verdict in (judge(found(digest=quiet)), judge(found(label=quiet)), judge(found(credentials=quiet))):
        assert verdict.owner is None and verdict.credit == "Voice: Kumi"
        assert "Jane" not in repr(verdict)


def test_a_watermark_that_nothing_was_released_under_is_told() -> None:
    mark = Watermark(5, 0.9, 1e-9, 0.0, 6.0, 1)
    verdict = judge(Found("cd" * 32, {"watermark": None}, mark))
    assert (verdict.state, verdict.render_id, verdict.identified) == ("unreleased", "0000000000000005", False)


def test_what_was_signed_here_and_never_released_is_told() -> None:
    verdict = judge(replace(found(), carries=("credentials",), signed_here=True))
    assert (verdict.state, verdict.identified) == ("unreleased", False)


@pytest.mark.parametrize("songs", [{"credentials": SONG}, {"credentials": SONG, "watermark": SONG}])
def test_what_a_signature_of_ours_covers_is_the_song_though_other_bytes_were_changed(
    songs: dict[str, Released | None],
) -> None:
    """A bit within the manifest's padding, or in a box that C2PA leaves out."""
    verdict = judge(replace(found(**songs), signed_here=True))
    assert (verdict.state, verdict.identified, verdict.intact) == ("altered", True, False)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("active", "which still stands"),
        ("suspended", "which still stands"),
        ("expired", "whose period has ended since; it was not withdrawn"),
        ("superseded", "which newer terms have replaced since; it was not withdrawn"),
    ],
)
def test_a_grant_that_has_ended_is_not_said_to_stand(state: str, said: str) -> None:
    for more in ({"digest": SONG}, {}):
        verdict = judge(found(**dict.fromkeys({**more, "watermark": SONG}, replace(SONG, grant_state=state))))
        assert said in verdict.sentence and verdict.allowed_now
        assert verdict.grant_ended == (state in ("expired", "superseded"))


def test_another_makers_marks_are_said_to_be_anothers() -> None:
    verdict = judge(Found("ab" * 32, foreign=("label", "credentials")))
    assert verdict.state == "not-ours"
    assert "another maker's label" in verdict.sentence and "another maker's credentials" in verdict.sentence
