"""Consent, written down a second time in the dumbest way: what the registry has to agree with.

It shares no code with `consent`. Terms are the plain tables that a person writes; instants are milliseconds;
everything is looked up by going through lists.
"""

from __future__ import annotations

from typing import Any

from naive_conditions import condition, is_whole

HOUR_MS = 3_600_000
MOVES = {
    ("draft", "offered"),
    ("offered", "accepted"),
    ("accepted", "active"),
    ("active", "suspended"),
    ("suspended", "active"),
    ("draft", "withdrawn"),
    ("offered", "withdrawn"),
    ("accepted", "withdrawn"),
    ("active", "withdrawn"),
    ("suspended", "withdrawn"),
    ("expired", "withdrawn"),
}


class World:
    """Everything that is so, in lists."""

    def __init__(self, clock_ms: int) -> None:
        self.clock_ms = clock_ms
        self.logged_ms = clock_ms
        self.voices: list[dict[str, Any]] = []
        self.grants: list[dict[str, Any]] = []
        self.mandates: list[dict[str, Any]] = []
        self.questions: list[dict[str, Any]] = []
        self.authorisations: list[dict[str, Any]] = []
        self.released: list[dict[str, Any]] = []

    def now(self) -> int:
        """The clock, which never stands before what was logged last."""
        return max(self.clock_ms, self.logged_ms)

    def log(self) -> None:
        self.logged_ms = self.now()

    def voice(self, name: str) -> dict[str, Any] | None:
        for voice in self.voices:
            if voice["id"] == name:
                return voice
        return None

    def grant(self, name: str) -> dict[str, Any]:
        for grant in self.grants:
            if grant["id"] == name:
                return grant
        raise AssertionError(name)

    def answer(self, grant: dict[str, Any], request: dict[str, Any]) -> str:
        """What one grant says to a request: "yes", "no", or "ask" where only an approval is missing."""
        voice = self.voice(grant["voice"])
        assert voice is not None
        if grant["voice"] != request["voice"] or grant["state"] != "active":
            return "no"
        for kind in ["performer", "recording-owner"]:
            if request["action"] not in voice["rights"].get(kind, []):
                return "no"
        if grant["mandate"] is not None and not self.mandate_holds(grant["mandate"]):
            return "no"
        if request["action"] not in grant["terms"]["actions"]:
            return "no"
        people = self.approvers(grant, request)
        now = self.now()
        answers = [condition(said, request, grant, now, people) for said in grant["terms"]["constraints"]]
        if "no" in answers:
            return "no"
        return "ask" if "ask" in answers else "yes"

    def decide(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """The oldest grant that allows a request, or None."""
        voice = self.voice(request["voice"]) if type(request["voice"]) is str else None
        if voice is None or voice["state"] != "active" or not is_whole(request):
            return None
        request = self.completed(request)
        for grant in sorted(self.grants, key=lambda grant: (grant["made"], grant["id"])):
            if self.answer(grant, request) == "yes":
                return grant
        return None

    def completed(self, request: dict[str, Any]) -> dict[str, Any]:
        voice = self.voice(request["voice"])
        assert voice is not None
        credit = voice["credit"] if request["credit"] is None else request["credit"]
        name = voice["name"] if request["presented_as"] is None else request["presented_as"]
        return {**request, "credit": credit, "presented_as": name}

    # Approvals.

    def key(self, grant: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        return {**request, "grant": grant["id"], "seconds": None}

    def approvers(self, grant: dict[str, Any], request: dict[str, Any]) -> list[str]:
        found: list[str] = []
        for question in self.questions:
            if question["key"] == self.key(grant, request) and question["state"] in ("waiting", "approved"):
                found.extend(question["yes"])
        return found

    def ask(self, request: dict[str, Any]) -> None:
        """Put a refused request before those who may approve it, where nothing else fails under a grant."""
        voice = self.voice(request["voice"]) if type(request["voice"]) is str else None
        if voice is None or voice["state"] != "active" or not is_whole(request):
            return
        request = self.completed(request)
        for grant in self.grants:
            if self.answer(grant, request) == "ask":
                known = [q for q in self.questions if q["key"] == self.key(grant, request)]
                if known and known[-1]["state"] != "expired":
                    continue
                said = [c for c in grant["terms"]["constraints"] if c["type"] == "approval"]
                self.questions.append(
                    {
                        "key": self.key(grant, request),
                        "grant": grant["id"],
                        "voice": grant["voice"],
                        "people": said[0]["people"] if said else 1,
                        "by": said[0].get("by") if said else None,
                        "state": "waiting",
                        "yes": [],
                    }
                )

    def respond(self, question: dict[str, Any], person: str, approves: bool) -> bool:
        """Whether somebody's answer counts; if so it is taken down."""
        voice = self.voice(question["voice"])
        assert voice is not None
        if question["by"] is not None:
            may = person in question["by"]
        else:
            may = person == voice["owner"] or self.holds_mandate(person, voice["id"])
        if not may or question["state"] != "waiting" or person in question["yes"]:
            return False
        if not approves:
            question["state"] = "declined"
        else:
            question["yes"].append(person)
            if len(question["yes"]) >= question["people"]:
                question["state"] = "approved"
        self.log()
        return True

    # Mandates.

    def mandate_holds(self, name: str) -> bool:
        for mandate in self.mandates:
            if mandate["id"] == name:
                if mandate["ended"] or self.now() < mandate["from"]:
                    return False
                return mandate["until"] is None or self.now() < mandate["until"]
        return False

    def holds_mandate(self, person: str, voice: str) -> str | None:
        """A mandate under which somebody may act over a voice now."""
        for mandate in self.mandates:
            if mandate["agent"] == person and mandate["voice"] == voice and self.mandate_holds(mandate["id"]):
                return str(mandate["id"])
        return None

    # Authorisations and releases.

    def authorise(self, request: dict[str, Any]) -> dict[str, Any] | None:
        grant = self.decide(request) if request["action"] == "sing" else None
        if grant is None:
            if request["action"] != "sing" and self.decide(request) is not None:
                self.log()
                return None
            self.ask(request)
            self.log()
            return None
        ends = self.now() + HOUR_MS
        for said in grant["terms"]["constraints"]:
            if said["type"] == "period" and "not_after" in said:
                ends = min(ends, said["not_after"])
        self.log()
        made = {"grant": grant["id"], "request": self.completed(request), "ends": ends, "used": False}
        self.authorisations.append(made)
        return made

    def still_allows(self, authorisation: dict[str, Any], seconds: float) -> bool:
        """Whether an authorisation may still be used, for a song of so many seconds."""
        request = {**authorisation["request"], "seconds": seconds}
        voice = self.voice(request["voice"])
        assert voice is not None
        if authorisation["used"] or self.now() >= authorisation["ends"] or voice["state"] != "active":
            return False
        grant = self.grant(authorisation["grant"])
        return is_whole(request) and self.answer(grant, request) == "yes"

    def commit(self, authorisation: dict[str, Any], seconds: float) -> bool:
        allowed = self.still_allows(authorisation, seconds)
        self.log()
        if allowed:
            grant = self.grant(authorisation["grant"])
            grant["songs"] += 1
            grant["ms"] += round(seconds * 1000)
            authorisation["used"] = True
            self.released.append({"grant": grant["id"], "seconds": seconds})
        return allowed

    # The life of grants and voices.

    def has_run_out(self, grant: dict[str, Any]) -> bool:
        for said in grant["terms"]["constraints"]:
            if said["type"] == "period" and "not_after" in said and said["not_after"] <= self.now():
                return True
        return False

    def move(self, grant: dict[str, Any], to: str, since: list[str]) -> bool:
        """Whether a grant can go to a state; if so it does. A withdrawn voice's grants go nowhere."""
        voice = self.voice(grant["voice"])
        assert voice is not None
        if voice["state"] == "withdrawn" or grant["state"] not in since:
            return False
        if (grant["state"], to) not in MOVES or self.has_run_out(grant):
            return False
        grant["state"] = to
        self.log()
        return True

    def withdraw_grant(self, grant: dict[str, Any]) -> None:
        if grant["state"] != "withdrawn":
            grant["state"] = "withdrawn"
            self.log()
        for question in self.questions:
            if question["grant"] == grant["id"] and question["state"] == "waiting":
                question["state"] = "expired"

    def withdraw_voice(self, voice: dict[str, Any]) -> None:
        voice["state"] = "withdrawn"
        for grant in self.grants:
            if grant["voice"] == voice["id"]:
                self.withdraw_grant(grant)
        self.log()

    def tend(self) -> None:
        """Grants whose time is over are expired."""
        for grant in self.grants:
            if grant["state"] not in ("expired", "withdrawn") and self.has_run_out(grant):
                grant["state"] = "expired"
                self.log()
