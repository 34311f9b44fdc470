"""What happens in a history, drawn from a random generator or from Hypothesis: terms, requests, events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from history_values import VOICES, Tally, model_clock
from naive_conditions import LYRICS
from played_histories import APPROVERS, History

T = TypeVar("T")
USERS = ("ben", "dan", "eve")
TITLES = ("Row Your Boat", "The Sea", "")
ISWC, ISRC = "T-034.524.680-1", "US-RC1-76-07839"


class Chooser:
    """Where the choices of a history come from: a random generator, or Hypothesis."""

    def __init__(self, integer: Callable[[int, int], int]) -> None:
        self.integer = integer

    def one(self, values: Sequence[T]) -> T:
        """One of some values."""
        return values[self.integer(0, len(values) - 1)]

    def chance(self, one_in: int) -> bool:
        """True once in so many times."""
        return self.integer(1, one_in) == 1


def draw_terms(choose: Chooser, now_ms: int) -> dict[str, Any]:
    """Terms that allow now and then what is asked for here."""
    menu: dict[str, list[dict[str, Any]]] = {
        "language": [{"allowed": ["en"]}, {"allowed": ["zh", "en"]}, {"allowed": ["ja"]}],
        "period": [
            {"not_before": now_ms + choose.integer(-3, 3) * 1000},
            {"not_after": now_ms + choose.integer(1, 9) * 1000},
            {"not_before": now_ms - 1000, "not_after": now_ms + choose.integer(0, 9) * 1000},
        ],
        "renders": [{"at_most": choose.integer(0, 3)}],
        "seconds": [{"at_most": choose.one((0.0, 59.999, 60.0, 90.001, 180.0))}],
        "song-seconds": [{"at_most": choose.one((30.0, 59.999, 60.0, 90.0))}],
        "territory": [{"allowed": ["DE"]}, {"allowed": ["DE-BY", "US"]}, {"worldwide": True}],
        "project": [{"allowed": ["Opus 1"]}, {"allowed": ["Opus 1", "Opus 2"]}],
        "works": [{"titles": ["ROW  your boat"]}, {"iswc": [ISWC], "isrc": [ISRC]}, {"anything": True}],
        "content": [{"forbidden": ["explicit"]}, {"forbidden": ["hateful"], "persons": ["Jo Doe"]}],
        "approval": [
            {"people": 1},
            {"people": 2},
            {"people": 1, "by": ["cow"]},
            {"people": 2, "by": ["cow", "dee"]},
        ],
        "price": [{"amount": "5.00", "currency": "EUR", "per": choose.one(("render", "second", "flat"))}],
        "name": [{"text": "Ada"}, {"text": "Bea"}],
        "attribution": [
            {"credit": "Voice: Ada"},
            {"credit": "Bea", "link": "example.org", "actions": ["train"]},
        ],
        "no-further-training": [{}],
        "forbidden": [{"actions": ["sell-voice"]}],
        "statement": [{"says": "asks for", "about": "a postcard"}],
    }
    kinds = sorted(menu)
    chosen = {choose.one(kinds) for _ in range(choose.integer(0, 3))}
    purpose = choose.one(
        (
            {"anything": True},
            {"allowed": ["private", "commercial"]},
            {"allowed": ["private", "model-training"]},
        )
    )
    users = choose.one(({"anyone": True}, {"users": ["ben"]}, {"users": ["ben", "dan"]}))
    return {
        "actions": choose.one((["sing"], ["sing", "train"], ["share-voice", "sing"])),
        "constraints": [
            {"type": "licensee", **users},
            {"type": "purpose", **purpose},
            *({"type": kind, **choose.one(menu[kind])} for kind in sorted(chosen)),
        ],
    }


USUAL: dict[str, Any] = {
    "voice": "ada",
    "user": "ben",
    "purpose": "private",
    "work_digest": "5" * 64,
    "seconds": 60.0,
    "language": "en",
    "territory": None,
    "project": None,
    "action": "sing",
    "credit": None,
    "presented_as": None,
    "song": None,
    "accepted_price": None,
    "further_training": False,
}
OTHERS: dict[str, Sequence[Any]] = {
    "voice": ("bea", "cyn", "ada", "nobody", None),
    "user": ("dan", "eve", ""),
    "purpose": ("commercial", "political", "model-training", "advertising", "fun", 7),
    "work_digest": ("6" * 64, "5" * 63, None),
    "seconds": (30.0, 59.999, 60.001, 90, 0.0, -1.0, float("nan"), True, "60"),
    "language": ("ja", "cmn-Hans", "zh_TW", "en-GB", ""),
    "territory": ("DE", "de-by", "US-CA", "AT", "XX", 5),
    "project": ("Opus 1", "Opus 2", "opus 1"),
    "action": ("train", "share-voice", "sell-voice", "edit-recordings", "hum"),
    "credit": ("", "Voice: Ada", "by Bea, example.org"),
    "presented_as": ("Ada", "Bea", "ada"),
    "accepted_price": ("5.00 EUR per render", "5.00 EUR per second", "5.00 EUR flat", "5 EUR per render"),
    "further_training": (True, None),
}


def draw_request(choose: Chooser) -> dict[str, Any]:
    """A request: the usual one with a few facts changed, most often for one of three voices."""
    facts = {**USUAL, "voice": choose.one(VOICES)}
    if not choose.chance(4):
        facts["song"] = {
            "lyrics": choose.one(list(LYRICS)),
            "title": choose.one(TITLES),
            "iswc": choose.one(("", ISWC, "T-034.524.680-2")),
            "isrc": choose.one(("", "usrc17607839")),
        }
    for name, value in (
        ("territory", "DE"),
        ("project", "Opus 1"),
        ("accepted_price", "5.00 EUR per render"),
    ):
        if choose.chance(2):
            facts[name] = value
    for _ in range(choose.one((0, 0, 1, 1, 2))):
        name = choose.one(list(OTHERS))
        facts[name] = choose.one(OTHERS[name])
    return facts


def step(history: History, choose: Chooser) -> None:
    """Let one thing happen that is not just a question."""
    world = history.world
    what = choose.integer(0, 99)
    if what < 22 or not world.grants:
        by = "label" if choose.chance(4) else None
        state = "draft" if choose.chance(3) else "active"
        history.grant(choose.one(VOICES), draw_terms(choose, world.now()), by, state)
    elif what < 44:
        facts = draw_request(choose) if choose.chance(2) else {**USUAL, "voice": choose.one(VOICES)}
        if history.authorise(facts) and choose.chance(3):
            history.pass_time(-choose.integer(1, 60_000))  # a clock set back revives nothing
    elif what < 60 and history.authorisations:
        history.commit(choose.integer(0, len(history.authorisations) - 1), choose.one((60.0, 59.999, 90.0)))
    elif what < 64 and history.authorisations:
        history.unseal(choose.integer(0, len(history.authorisations) - 1))
    elif what < 74:
        move = choose.one(("offer", "accept", "activate", "suspend", "resume"))
        history.move(choose.integer(0, len(world.grants) - 1), move, choose.one(USERS))
    elif what < 79:
        history.withdraw_grant(choose.integer(0, len(world.grants) - 1))
    elif what < 82:
        history.rest_voice(choose.one(VOICES), choose.chance(2))
    elif what < 84:
        history.appoint(choose.one(VOICES), choose.one((None, 5000, 60_000)))
    elif what < 85 and world.mandates:
        history.dismiss(choose.integer(0, len(world.mandates) - 1))
    elif what < 93 and world.questions:
        number = choose.integer(0, len(world.questions) - 1)
        history.respond(number, choose.one(APPROVERS), not choose.chance(5))
    elif what < 94:
        history.tend()
    elif what < 97:
        history.pass_time(choose.one((1, 999, 1000, 1001, 5000, 60_000, 3_599_999, 3_600_000)))
    else:
        history.race({**USUAL, "voice": choose.one(VOICES)}, 4, choose.chance(2))


def play(history: History, choose: Chooser, decisions: int, asked_between: int) -> Tally:
    """Play a history until it has seen so many decisions, with `asked_between` questions at each step."""
    end = history.tally.decisions + decisions
    with model_clock(lambda: history.world.clock_ms):
        while history.tally.decisions < end:
            step(history, choose)
            for _ in range(asked_between):
                history.ask(draw_request(choose))
        for voice in VOICES[1:]:
            history.withdraw_voice(voice, choose.one((None, "performer", "recording-owner")))
            for _ in range(20):
                history.ask(draw_request(choose))
        return history.audit()
