"""Terms and requests of histories, drawn from a random generator or from Hypothesis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from history_values import VOICES
from naive_conditions import LYRICS
from naive_model import World

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
    chosen = {choose.one(kinds) for _ in range(choose.integer(1, 4))}
    purpose = choose.one(
        (
            {"anything": True},
            {"allowed": ["private", "commercial"]},
            {"allowed": ["private", "model-training"]},
        )
    )
    users = choose.one(({"anyone": True}, {"users": ["ben"]}, {"users": ["dan"]}, {"users": ["eve", "dan"]}))
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


def draw_fitting(choose: Chooser, world: World) -> dict[str, Any]:
    """A request that meets the conditions of some grant, or fails one of them by little."""
    standing = [grant for grant in world.grants if grant["state"] == "active"]
    if not standing:
        return draw_request(choose)
    grant = choose.one(standing[-12:])
    facts = {**USUAL, "voice": grant["voice"], "action": choose.one(("sing", *grant["terms"]["actions"]))}
    song = {"lyrics": choose.one(list(LYRICS)), "title": "", "iswc": "", "isrc": ""}
    for said in grant["terms"]["constraints"]:
        _fit(choose, facts, song, said, grant)
    facts["song"] = None if choose.chance(8) else song
    if choose.chance(4):
        name = choose.one(list(OTHERS))
        facts[name] = choose.one(OTHERS[name])
    return facts


def _fit(
    choose: Chooser,
    facts: dict[str, Any],
    song: dict[str, str],
    said: dict[str, Any],
    grant: dict[str, Any],
) -> None:
    """Let a request meet one condition, mostly."""
    kind = said["type"]
    little = choose.one((0, 0, 0, 1, -1))
    if kind == "licensee" and "users" in said:
        facts["user"] = choose.one(said["users"])
    elif kind == "purpose" and "allowed" in said:
        facts["purpose"] = choose.one(said["allowed"])
    elif kind == "language":
        facts["language"] = choose.one(
            {"zh": ("zh-TW", "cmn-Hans", "yue"), "en": ("en", "EN-gb"), "ja": ("ja", "jam")}[
                said["allowed"][0]
            ]
        )
    elif kind == "territory" and "allowed" in said:
        facts["territory"] = choose.one((*said["allowed"], said["allowed"][0].lower(), "US-CA", "DE"))
    elif kind == "project":
        facts["project"] = choose.one(said["allowed"])
    elif kind == "works":
        song["title"] = choose.one(("", "Row your  BOAT"))
        song["iswc"] = choose.one(("", "t0345246801", "T-034.524.680-2"))
        song["isrc"] = choose.one(("", "US RC1 76 07839"))
    elif kind == "price":
        words = "flat" if said["per"] == "flat" else f"per {said['per']}"
        facts["accepted_price"] = f"{said['amount']} {said['currency']} {words}"
    elif kind == "name":
        facts["presented_as"] = said["text"]
    elif kind == "attribution":
        facts["credit"] = choose.one((f"{said['credit']} {said.get('link', '')}", said["credit"]))
    elif kind == "song-seconds":
        facts["seconds"] = (said["at_most"] * 1000 + little) / 1000
    elif kind == "seconds":
        facts["seconds"] = max(round(said["at_most"] * 1000) - grant["ms"] + little, 1) / 1000
