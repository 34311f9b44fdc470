"""Terms and requests as Hypothesis draws them: each kind of condition, in each shape that can be written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from consent.codes import normal_title
from consent.condition import Constraint
from consent.constraints import (
    CATEGORIES,
    CONSTRAINTS,
    Approval,
    Attribution,
    ChangesStated,
    Content,
    Enclosure,
    Forbidden,
    Language,
    Licensee,
    Name,
    NoFurtherTraining,
    Period,
    Price,
    Project,
    Purpose,
    Renders,
    Seconds,
    Share,
    SongSeconds,
    Statement,
    Territory,
    Works,
)
from consent.decide import Grant
from consent.inquiry import ContentFinding, Hit, Inquiry
from consent.request import ACTIONS, PURPOSES, Request
from consent.rights import PERFORMER, RECORDING_OWNER, Mandate, Right
from consent.song import Song
from consent.terms import Terms

words = st.text("aZ09 \"'\\/:#@-_.,\n\t\0é漢ぁ한Ωﬁ\u200d\U0001f600", min_size=1, max_size=8)
quotes = st.just("") | words
lists = st.lists(words, min_size=1, max_size=3).map(tuple)
instants = st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC))
amounts = st.floats(0, 1e9)
actions = st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3).map(tuple)
digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
languages = st.lists(st.sampled_from(["ja", "zh-Hans", "cmn", "en-GB", "yue"]), min_size=1).map(tuple)
countries = st.lists(st.sampled_from(["DE", "jp", "US-CA", "DE-BY", "CN"]), min_size=1).map(tuple)
works = st.sampled_from(["T-034.524.680-1", "T0000000010", "t-101.690.320.9"])
recordings = st.sampled_from(["US-RC1-76-07839", "GBAYE6800011"])
titles = st.lists(words.filter(normal_title), max_size=3).map(tuple)
people = st.lists(words, min_size=2, max_size=3, unique=True).map(tuple)
names = st.sampled_from(["Jo Doe", "山田太郎", "Zoë", "O'Neil"])


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """A period with one bound, or with two in order."""
    start, length = draw(instants), timedelta(milliseconds=draw(st.integers(1, 10**9)))
    bounds: tuple[datetime | None, datetime | None] = draw(
        st.sampled_from(
            [(start, None), (None, start), (start, min(start, datetime(9000, 1, 1, tzinfo=UTC)) + length)]
        )
    )
    return Period(
        *(bounds if bounds[1] is None or bounds[0] is None or bounds[0] < bounds[1] else (start, None))
    )


@st.composite
def splits(draw: st.DrawFn) -> tuple[Share, ...]:
    """Shares that add up to one, in decimals or fractions; or none."""
    parties = draw(st.lists(words, max_size=4, unique=True))
    weights = [draw(st.integers(1, 9)) for _ in parties]
    return tuple(
        Share(party, str(Fraction(weight, sum(weights))))
        for party, weight in zip(parties, weights, strict=True)
    )


@st.composite
def worded(draw: st.DrawFn, conditions: st.SearchStrategy[Constraint]) -> Constraint:
    """A condition, with words of the owner or without."""
    condition, quote = draw(conditions), draw(quotes)
    return type(condition)(**{**vars(condition), "quote": quote})


BY_KIND: dict[str, st.SearchStrategy[Any]] = {
    "licensee": lists.map(lambda users: Licensee(users=users)) | st.just(Licensee(anyone=True)),
    "purpose": st.lists(st.sampled_from(PURPOSES), min_size=1).map(lambda said: Purpose(tuple(said)))
    | st.just(Purpose(anything=True)),
    "language": languages.map(Language),
    "period": periods(),
    "renders": st.integers(0, 10**9).map(Renders),
    "seconds": amounts.map(Seconds),
    "song-seconds": amounts.map(SongSeconds),
    "territory": countries.map(Territory) | st.just(Territory(worldwide=True)),
    "project": lists.map(Project),
    "works": st.builds(Works, st.lists(works, min_size=1).map(tuple), st.lists(recordings).map(tuple), titles)
    | st.just(Works(anything=True))
    | titles.filter(bool).map(lambda said: Works(titles=said)),
    "content": st.builds(
        Content,
        st.lists(st.sampled_from(CATEGORIES), min_size=1).map(tuple),
        st.lists(names, max_size=2).map(tuple),
    )
    | st.lists(names, min_size=1).map(lambda persons: Content(persons=tuple(persons))),
    "approval": st.builds(Approval, st.sampled_from([1, 2]), st.just(()) | people),
    "price": st.builds(
        Price,
        st.sampled_from(["0", "5", "5.00", "0.004", "999999999999.999999"]),
        st.sampled_from(["EUR", "JPY", "USD"]),
        st.sampled_from(["render", "second", "flat"]),
        splits(),
    ),
    "name": words.map(Name),
    "attribution": st.builds(Attribution, words, quotes, actions) | words.map(Attribution),
    "enclosure": st.builds(Enclosure, words, digests, actions, quotes) | st.builds(Enclosure, words, digests),
    "changes-stated": actions.map(ChangesStated) | st.just(ChangesStated()),
    "no-further-training": st.just(NoFurtherTraining()),
    "forbidden": actions.map(Forbidden),
    "statement": st.builds(Statement, st.sampled_from(["allows", "forbids", "asks for", "disclaims"]), words),
}
assert set(BY_KIND) == set(CONSTRAINTS), "a kind of condition that nobody draws"

constraints = worded(st.one_of(*BY_KIND.values()))
terms = st.builds(Terms, actions, st.lists(constraints, max_size=5).map(tuple))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)

BOTH_RIGHTS = tuple(Right(kind, kind, "person", ACTIONS) for kind in (PERFORMER, RECORDING_OWNER))
"""Both permissions for every action, without end."""


def a_grant(terms: Terms, made_at: datetime, **changes: Any) -> Grant:
    """An active grant over Ada with both rights behind it."""
    facts: dict[str, Any] = {"id": "g", "voice": "ada", "terms": terms, "made_at": made_at}
    return Grant(**{**facts, "rights": BOTH_RIGHTS, **changes})


WRONG = (
    None,
    True,
    0,
    -1,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "x",
    b"x",
    (),
    (1,),
    [],
    ["a"],
    {},
    {"a": 1},
    object(),
    10**400,
)
"""Values of every type, most of them wrong wherever they stand."""


def a_song(**changes: Any) -> Song:
    """A song with a title and both of its codes."""
    facts: dict[str, Any] = {
        "lyrics": "Row, row, row your boat",
        "melody": ((60.0, 0.5), (62.0, 0.5)),
        "sounds": ("ɹ", "oʊ"),
        "title": "Row Your Boat",
        "iswc": "T-034.524.680-1",
        "isrc": "USRC17607839",
    }
    return Song(**{**facts, **changes})


def a_mandate(**changes: Any) -> Mandate:
    """The mandate of a label."""
    facts: dict[str, Any] = {"id": "m", "agent": "label", "principal": "ada", "capacity": "label"}
    return Mandate(**{**facts, **changes})


def facts_found(**changes: Any) -> Inquiry:
    """An inquiry that found nothing in lyrics that were examined."""
    return Inquiry(**{"content": (), **changes})


__all__ = [
    "BOTH_RIGHTS",
    "BY_KIND",
    "WRONG",
    "ContentFinding",
    "Hit",
    "Request",
    "a_grant",
    "a_mandate",
    "a_song",
    "constraints",
    "facts_found",
    "json_values",
    "terms",
    "words",
]
