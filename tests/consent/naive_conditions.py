"""The conditions of a grant, written down a second time in the dumbest way, without code of `consent`."""

from __future__ import annotations

import math
from typing import Any

PURPOSES = ["private", "non-commercial", "commercial", "advertising", "political", "model-training"]
ACTIONS = ["sing", "train", "share-voice", "sell-voice", "edit-recordings", "port-voice"]
RULED = ["en", "ja", "zh"]
PLACES = ["AT", "DE", "DE-BY", "US", "US-CA"]

LYRICS = {
    "Row, row, row your boat, gently down the stream": [],
    "You are a motherfucker, said the sea": [("explicit", "clear")],
    "Damn the wind and damn the rain": [("explicit", "borderline")],
    "I sang with Jo Doe on the shore": [],
}
"""What stands in the songs that are tried, as a person reads it."""


def is_whole(request: dict[str, Any]) -> bool:
    """Whether a request says all that a request has to say."""
    for name in ["voice", "user", "language"]:
        if type(request[name]) is not str or request[name].strip() == "":
            return False
    for name in ["territory", "project", "credit", "presented_as", "accepted_price"]:
        if request[name] is not None and type(request[name]) is not str:
            return False
    if type(request["further_training"]) is not bool:
        return False
    if request["purpose"] not in PURPOSES or request["action"] not in ACTIONS:
        return False
    digest = request["work_digest"]
    if type(digest) is not str or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        return False
    seconds = request["seconds"]
    if type(seconds) not in (int, float) or math.isnan(seconds) or math.isinf(seconds):
        return False
    return bool(seconds > 0)


def condition(
    said: dict[str, Any], request: dict[str, Any], grant: dict[str, Any], now: int, approvers: list[str]
) -> str:
    """What one condition says to a request: "yes", "no", or "ask" where only an approval is missing."""
    kind = said["type"]
    song = request["song"]
    if kind == "licensee":
        return yes(said.get("anyone") is True or request["user"] in said.get("users", []))
    if kind == "purpose":
        return yes(said.get("anything") is True or request["purpose"] in said.get("allowed", []))
    if kind == "language":
        return yes(language(request["language"]) in [language(tag) for tag in said["allowed"]])
    if kind == "period":
        if "not_before" in said and now < said["not_before"]:
            return "no"
        return yes("not_after" not in said or now < said["not_after"])
    if kind == "renders":
        return yes(grant["songs"] + 1 <= said["at_most"])
    if kind == "seconds":
        return yes(grant["ms"] + request["seconds"] * 1000 <= said["at_most"] * 1000)
    if kind == "song-seconds":
        return yes(request["seconds"] <= said["at_most"])
    if kind == "territory":
        if said.get("worldwide") is True:
            return "yes"
        place = (request["territory"] or "").upper()
        return yes(place in PLACES and (place in said["allowed"] or place[:2] in said["allowed"]))
    if kind == "project":
        return yes(request["project"] in said["allowed"])
    if kind == "works":
        if request["action"] != "sing" or said.get("anything") is True:
            return "yes"
        if song is None:
            return "no"
        for title in said.get("titles", []):
            if " ".join(title.lower().split()) == " ".join(song["title"].lower().split()):
                return "yes"
        for name in ["iswc", "isrc"]:
            for code in said.get(name, []):
                if letters(code) == letters(song[name]):
                    return "yes"
        return "no"
    if kind == "content":
        if request["action"] != "sing":
            return "yes"
        if song is None:
            return "no"
        for person in said.get("persons", []):
            if person.lower() in song["lyrics"].lower():
                return "no"
        findings = [f for f in LYRICS[song["lyrics"]] if f[0] in said.get("forbidden", [])]
        if said.get("forbidden") and language(request["language"]) not in RULED:
            findings.append(("whatever", "borderline"))  # nobody has rules for it, so a person looks
        if ("explicit", "clear") in findings:
            return "no"
        return "ask" if findings and not approvers else "yes"
    if kind == "approval":
        if request["action"] != "sing":
            return "yes"
        people = approvers
        if "by" in said:
            people = [person for person in people if person in said["by"]]
        return "yes" if len(people) >= said["people"] else "ask"
    if kind == "price":
        words = "flat" if said["per"] == "flat" else "per " + said["per"]
        return yes(request["accepted_price"] == said["amount"] + " " + said["currency"] + " " + words)
    if kind == "name":
        return yes(request["presented_as"] == said["text"])
    if kind == "attribution":
        if request["action"] not in said.get("actions", ACTIONS):
            return "yes"
        return yes(said["credit"] in request["credit"] and said.get("link", "") in request["credit"])
    if kind == "no-further-training":
        sung_for_a_model = request["action"] == "sing" and request["purpose"] == "model-training"
        return yes(not request["further_training"] and not sung_for_a_model)
    if kind == "forbidden":
        return yes(request["action"] not in said["actions"])
    return "yes" if kind == "statement" else "no"


def yes(holds: object) -> str:
    """A truth as a word."""
    return "yes" if holds else "no"


def language(tag: str) -> str:
    """The language of a tag."""
    first = tag.lower().replace("_", "-").split("-")[0]
    return "zh" if first == "cmn" else first


def letters(code: str) -> str:
    """A code without what only parts it."""
    return code.upper().replace("-", "").replace(".", "").replace(" ", "")
