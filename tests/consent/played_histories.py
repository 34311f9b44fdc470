"""Histories of consent, played on a real registry and on the naive model; every answer is compared."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from history_values import START_MS, VOICES, Tally, as_request, as_terms, at, attempt, to_ms
from naive_model import World

from consent.registry import Authorization, Registry, Release

APPROVERS = ("owner", "label", "cow", "dee")


class History:
    """One history: a registry with three voices, its model, and all that can happen to both.

    The registry is open twice, as in two programs, and each event meets one of the two.
    """

    def __init__(self, registries: tuple[Registry, Registry], voices: Path, files: Path) -> None:
        self.registries = registries
        self.turn = 0
        self.files = files
        self.tally = Tally()
        self.world = World(START_MS)
        self.authorisations: list[Authorization] = []
        self.renders: list[tuple[int, Path]] = []
        self.numbers: dict[int, int | None] = {}
        registry = registries[0]
        registry.seed(voices)
        rights = {
            "ada": ({"sing", "train", "share-voice"}, {"sing", "train", "share-voice"}),
            "bea": ({"sing", "share-voice"}, {"sing", "train", "share-voice"}),
            "cyn": ({"sing", "train", "share-voice"}, {"sing", "train"}),
        }
        self.people = {name: registry.people.add(name.title(), handle=name).id for name in APPROVERS[1:]}
        for name in VOICES:
            credit = f"Voice: {name.title()} https://example.org/{name}"
            given = {"performer": rights[name][0], "recording-owner": rights[name][1]}
            known = {"id": name, "name": name.title(), "owner": "owner", "credit": credit}
            self.world.voices.append({**known, "state": "active", "rights": given})
        owners = {person.name: person.id for person in registry.people.everybody()}
        self.owners = {name: owners[f"{name.title()} Singer"] for name in VOICES}
        self.world.log()

    @property
    def registry(self) -> Registry:
        """Either of the two, in an order that looks like none."""
        self.turn = (self.turn * 5 + 3) % 97
        return self.registries[self.turn % 2]

    # Asking.

    def ask(self, facts: dict[str, Any]) -> None:
        """Ask whether something may be done."""
        decision = self.registry.may(as_request(facts))
        expected = self.world.decide(facts)
        said = [r for r in decision.reasons if expected is None or r.grant in (None, expected["id"])]
        self.tally.count(decision.allow, expected is not None, (facts, said, expected))
        if decision.allow and expected is not None and decision.grant_id != expected["id"]:
            older = [self.world.grant(str(name)) for name in (decision.grant_id, expected["id"])]
            self.tally.note(f"allowed under the first of {older} and not the second: {facts}")

    def authorise(self, facts: dict[str, Any]) -> bool:
        """Ask for an authorisation, and keep it; what waits for approval is asked about."""
        made, refused = attempt(lambda: self.registry.authorise(as_request(facts)))
        expected = self.world.authorise(facts)
        self.tally.count(made is not None, expected is not None, (facts, refused))
        if made is None or expected is None:
            if expected is not None:
                self.world.authorisations.remove(expected)
            self._number_questions()
            return False
        self.authorisations.append(made)
        if to_ms(made.expires_at) != expected["ends"] or made.grant != expected["grant"]:
            self.tally.note(f"an authorisation under {made.grant} until {made.expires_at}: {expected}")
        return True

    def unseal(self, number: int) -> None:
        """Open a voice with an authorisation that was kept."""
        opened, refused = attempt(lambda: self.registry.unseal(self.authorisations[number]))
        known = self.world.authorisations[number]
        expected = self.world.still_allows(known, known["request"]["seconds"])
        if not expected:
            self.world.log()
        self.tally.count(opened is not None, expected, ("unseal", known, refused))

    def commit(self, number: int, seconds: float) -> None:
        """Release a song under an authorisation that was kept."""
        outcome = self._release(number, seconds, f"{len(self.renders)}-{self.tally.decisions}")
        known = self.world.authorisations[number]
        expected = self.world.commit(known, seconds)
        self.tally.count(outcome is not None, expected, ("commit", seconds, known))

    def race(self, facts: dict[str, Any], racers: int, withdraw: bool) -> None:
        """Release several songs under one grant at the same moment, and withdraw it meanwhile or not."""
        first = len(self.authorisations)
        for _ in range(racers):
            if not self.authorise(facts):
                return
        numbers = range(first, len(self.authorisations))
        winners: list[int] = []

        def run(number: int) -> None:
            if self._release(number, facts["seconds"], f"race-{number}-{self.tally.decisions}") is not None:
                winners.append(number)

        threads = [threading.Thread(target=run, args=(number,)) for number in numbers]
        grant = self.world.grant(self.authorisations[first].grant)
        if withdraw:
            ending = lambda: self.registry.withdraw(grant["voice"], grant["id"])  # noqa: E731
            threads.insert(racers // 2, threading.Thread(target=ending))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for number in [*winners, *(number for number in numbers if number not in winners)]:
            known = self.world.authorisations[number]
            if withdraw and number not in winners:
                continue  # the withdrawal came first, or there was no room: either is right
            expected = self.world.commit(known, facts["seconds"])
            self.tally.count(number in winners, expected, ("race", number, winners, known))
        if withdraw:
            self.world.withdraw_grant(grant)
        self.world.log()

    def _release(self, number: int, seconds: float, name: str) -> object | None:
        staged, final = self.files / f".{name}.staged", self.files / f"{name}.wav"
        staged.write_bytes(name.encode())
        release = Release(((staged, final),), seconds, "7" * 64)
        record, _ = attempt(lambda: self.registry.commit(self.authorisations[number], release))
        if record is not None:
            self.renders.append((self.authorisations[number].render_id, final))
            self.tally.releases += 1
            if final.read_bytes() != name.encode():
                self.tally.lost += 1
        elif final.exists() or staged.exists():
            self.tally.note(f"a file of a refused song was left: {final}")
        return record

    # What owners and others do.

    def grant(self, voice: str, terms: dict[str, Any], by: str | None, state: str) -> None:
        """Give a grant, or write it down as a draft."""
        give = self.registry.lifecycle.give if state == "active" else self.registry.lifecycle.draft
        made, _ = attempt(lambda: give(voice, as_terms(terms), by=by))
        world_voice = self.world.voice(voice)
        assert world_voice is not None
        mandate = None if by is None else self.world.holds_mandate(by, voice)
        expected = world_voice["state"] != "withdrawn" and (by is None or mandate is not None)
        self._agree(made is not None, expected, ("grant", voice, by))
        if made is not None:
            if made.mandate is not None and self.world.mandate_holds(made.mandate.id):
                mandate = made.mandate.id  # of several that hold, any will do
            self.world.log()
            known = {"id": made.id, "voice": voice, "terms": terms, "made": to_ms(made.made_at)}
            self.world.grants.append({**known, "state": state, "songs": 0, "ms": 0, "mandate": mandate})

    def move(self, number: int, move: str, by: str) -> None:
        """Move a grant: offer, accept, activate, suspend or resume it."""
        grant = self.world.grants[number]
        to, since = {
            "offer": ("offered", ["draft"]),
            "accept": ("accepted", ["offered"]),
            "activate": ("active", ["accepted"]),
            "suspend": ("suspended", ["active"]),
            "resume": ("active", ["suspended"]),
        }[move]
        door = getattr(self.registry.lifecycle, move)
        moved, _ = attempt(lambda: door(grant["id"], by=by) if move == "accept" else door(grant["id"]))
        users = next(c for c in grant["terms"]["constraints"] if c["type"] == "licensee")
        named = users.get("anyone") is True or by in users.get("users", [])
        expected = (move != "accept" or named) and self.world.move(grant, to, since)
        self._agree(moved is not None, expected, (move, grant, by))

    def withdraw_grant(self, number: int) -> None:
        """Withdraw a grant."""
        grant = self.world.grants[number]
        self.registry.withdraw(grant["voice"], grant["id"])
        self.world.withdraw_grant(grant)

    def rest_voice(self, voice: str, rests: bool) -> None:
        """Suspend a voice, or let it sing again."""
        door = self.registry.suspend if rests else self.registry.resume
        moved, refused = attempt(lambda: (door(voice),))
        known = self.world.voice(voice)
        assert known is not None
        expected = known["state"] == ("active" if rests else "suspended")
        self._agree(moved is not None, expected, ("suspend" if rests else "resume", voice, refused))
        if expected:
            known["state"] = "suspended" if rests else "active"
            self.world.log()

    def withdraw_voice(self, voice: str, by_right: str | None) -> None:
        """Withdraw a voice: its owner does, or whoever gave one of the two permissions."""
        known = self.world.voice(voice)
        assert known is not None
        if by_right is None:
            self.registry.withdraw(voice)
        else:
            self.registry.people.withdraw_right(voice, by_right)
        self.world.withdraw_voice(known)

    def appoint(self, voice: str, lasts_ms: int | None) -> None:
        """Let the label act for a voice's owner."""
        until = None if lasts_ms is None else self.world.now() + lasts_ms
        record = self.registry.people.appoint(
            "label",
            self.owners[voice],
            "label",
            ["grant", "approve"],
            voices=[voice],
            not_after=None if until is None else at(until),
        )
        self.world.log()
        known = {"id": record.mandate.id, "agent": "label", "voice": voice, "from": self.world.now()}
        self.world.mandates.append({**known, "until": until, "ended": False})

    def dismiss(self, number: int) -> None:
        """End a mandate."""
        mandate = self.world.mandates[number]
        self.registry.people.end_mandate(mandate["id"])
        mandate["ended"] = True
        self.world.log()

    def respond(self, number: int, person: str, approves: bool) -> None:
        """Answer a request for approval."""
        question = self.world.questions[number]
        if self.numbers[number] is None:
            return  # nobody was asked, which has been noted
        name = self.owners[question["voice"]] if person == "owner" else person
        door = self.registry.approvals.approve if approves else self.registry.approvals.decline
        answered, refused = attempt(lambda: door(self.numbers[number], name))
        expected = self.world.respond(question, person, approves)
        self._agree(answered is not None, expected, ("respond", question, person, refused))

    def tend(self) -> None:
        """Do what time makes due."""
        self.registry.housekeeping()
        self.world.tend()

    def pass_time(self, ms: int) -> None:
        """Let the clock go on; or back, which revives nothing."""
        self.world.clock_ms += ms

    # What has to be so at the end.

    def audit(self) -> Tally:
        """Look whether every release is on record, on the ledger and in its place, and the ledger whole."""
        for render_id, final in self.renders:
            if self.registry.render(render_id) is None or not final.is_file():
                self.tally.lost += 1
        entries = self.registry.ledger_rows()
        logged = [entry for entry in entries if entry.kind == "render"]
        self.tally.lost += abs(len(logged) - len(self.renders))
        if len(self.renders) != len(self.world.released):
            self.tally.note(f"{len(self.renders)} songs are out, {len(self.world.released)} should be")
        over: set[str] = set()
        for entry in entries:
            if entry.kind == "withdrawal":
                over.update(entry.body["grants"])
            elif entry.kind == "render" and entry.body["grant"] in over:
                self.tally.note(f"the entry {entry.position} follows the withdrawal of its grant")
        used = {
            g.id: (g.renders_used, round(g.seconds_used * 1000)) for g in self.registry.lifecycle.grants()
        }
        for grant in self.world.grants:
            if used[grant["id"]] != (grant["songs"], grant["ms"]):
                self.tally.lost += 1
                self.tally.note(f"{used[grant['id']]} used of {grant}")
        report = self.registry.check_ledger()
        if not report.ok:
            self.tally.note(f"the ledger: {report}")
        return self.tally

    def _agree(self, happened: bool, expected: bool, what: object) -> None:
        if happened != expected:
            self.tally.note(f"{'happened' if happened else 'refused'}: {what}")

    def _number_questions(self) -> None:
        """Find the registry's numbers of questions that were just asked: both count in the same order."""
        if len(self.numbers) == len(self.world.questions):
            return
        waiting = sorted(request.id for request in self.registry.approvals.waiting())
        new = [number for number in waiting if number not in self.numbers.values()]
        by_grant = {self.registry.approvals.get(number).grant: number for number in new}
        for index in range(len(self.numbers), len(self.world.questions)):
            grant = self.world.questions[index]["grant"]
            if grant not in by_grant:
                self.tally.note(f"nobody was asked: {self.world.questions[index]}")
            self.numbers[index] = by_grant.get(grant)
