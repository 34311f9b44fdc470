"""What may be said of a file, for every combination of what its marks name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

import pytest

from singer.marks import Marks
from singer.verdict import judge


@dataclass(frozen=True)
class Released:
    """A song on record."""

    render_id: int
    allowed_now: bool = True
    voice: str = "kumi"
    voice_name: str = "Kumi"
    owner: str = "Cubialpha"
    grant: str = "grant-1"
    released_at: datetime = datetime(2026, 1, 2, tzinfo=UTC)
    ledger_index: int = 7


MARKS = Marks("ab" * 32, None, 0.0, None)
SONG, OTHER = Released(0xFEED), Released(0xBEEF)


@pytest.mark.parametrize(
    ("watermark", "digest", "label", "state", "found"),
    [
        (SONG, SONG, SONG, "made-here", ("watermark", "digest", "label")),
        (SONG, None, SONG, "altered", ("watermark", "label")),
        (SONG, None, None, "altered", ("watermark",)),
        (SONG, None, OTHER, "altered", ("watermark",)),  # a label copied over: the sound is believed
        (None, SONG, SONG, "made-here", ("digest", "label")),
        (None, None, SONG, "label-only", ("label",)),
        (None, None, None, "not-ours", ()),
    ],
)
def test_the_sound_is_believed_first_and_a_label_alone_proves_nothing(
    watermark, digest, label, state, found
) -> None:
    verdict = judge(MARKS, {"watermark": watermark, "digest": digest, "label": label})
    assert (verdict.state, verdict.marks_found) == (state, found)
    assert verdict.identified == (state in {"made-here", "altered"})
    assert verdict.intact == (digest is not None)
    if found:
        assert verdict.render_id == "000000000000feed"
        assert "Kumi" in verdict.sentence and "Cubialpha" in verdict.sentence


@pytest.mark.parametrize(("digest", "label"), list(product((None, Released(0xFEED, False)), repeat=2)))
def test_a_withdrawn_song_is_named_and_said_to_be_withdrawn(digest, label) -> None:
    verdict = judge(MARKS, {"watermark": Released(0xFEED, False), "digest": digest, "label": label})
    assert verdict.state == "withdrawn" and verdict.identified and not verdict.allowed_now
    assert "withdrawn" in verdict.sentence
    assert ("altered" in verdict.sentence) == (digest is None)


def test_a_watermark_that_nothing_was_released_under_is_told() -> None:
    verdict = judge(Marks("cd" * 32, 5, 0.9, None), {"watermark": None, "digest": None, "label": None})
    assert (verdict.state, verdict.render_id, verdict.identified) == ("unreleased", "0000000000000005", False)
