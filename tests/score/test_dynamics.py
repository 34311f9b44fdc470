"""Dynamics and hairpins of a score, note by note."""

from __future__ import annotations

from pathlib import Path

import pytest
from notation import note, part, read, repeat, score, song

from singer.score.dynamics import HAIRPIN_DB
from singer.score.underlay import underlay


def mark(name: str) -> str:
    return f"<direction><direction-type><dynamics><{name}/></dynamics></direction-type></direction>"


def wedge(kind: str) -> str:
    return f'<direction><direction-type><wedge type="{kind}"/></direction-type></direction>'


FOUR = [note("C4", 1, "la") for _ in range(4)]


def levels(folder: Path, *bars: str) -> list[tuple[float, float]]:
    notes = underlay(read(folder, song(*bars)), language="en").notes
    return [(one.loudness_db, one.swell_db) for one in notes]


def test_a_mark_holds_until_the_next_one(tmp_path: Path) -> None:
    assert levels(tmp_path, *[a + "".join(FOUR) for a in ("", mark("p"), "", mark("f"))])[3:14] == [
        (0.0, 0.0), *[(-4.0, 0.0)] * 8, (3.0, 0.0), (3.0, 0.0),
    ]  # fmt: skip


def test_a_hairpin_leads_to_the_mark_behind_it(tmp_path: Path) -> None:
    bars = [mark("p") + wedge("crescendo") + "".join(FOUR) + wedge("stop"), mark("ff") + "".join(FOUR)]
    found = levels(tmp_path, *bars)
    assert [level for level, _ in found[:5]] == pytest.approx([-4.0, -1.75, 0.5, 2.75, 5.0])
    assert [swell for _, swell in found[:5]] == pytest.approx([2.25, 2.25, 2.25, 2.25, 0.0])


def test_a_hairpin_alone_goes_a_step_and_back(tmp_path: Path) -> None:
    bar = wedge("crescendo") + FOUR[0] + FOUR[0] + wedge("stop") + wedge("diminuendo") + FOUR[0] + FOUR[0]
    found = levels(tmp_path, bar + wedge("stop"), "".join(FOUR))
    assert [level for level, _ in found[:5]] == pytest.approx(
        [0.0, HAIRPIN_DB / 2, HAIRPIN_DB, HAIRPIN_DB / 2, 0.0]
    )


def test_marks_belong_to_their_part_and_repeats_sing_them_again(tmp_path: Path) -> None:
    high = part("P1", mark("f") + FOUR[0] + mark("pp") + FOUR[0] + repeat("backward"))
    low = part("P2", mark("fff") + note("C3", 2))
    notes = underlay(read(tmp_path, score(high, low)), language="en").notes
    assert [one.loudness_db for one in notes] == [3.0, -6.0, 3.0, -6.0]


@pytest.mark.parametrize("bar", [wedge("stop"), wedge(""), wedge("crescendo"), mark("sfz"), mark("other")])
def test_odd_marks_leave_a_song_that_can_be_sung(tmp_path: Path, bar: str) -> None:
    found = levels(tmp_path, "".join(FOUR) + bar, bar + "".join(FOUR))
    assert len(found) == 8
    assert all(-9.0 <= level <= 6.0 for level, _ in found)
