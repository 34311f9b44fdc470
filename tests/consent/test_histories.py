"""Histories of consent against the naive model, on both databases: a state machine, and a few thousand
decisions at random. `histories.py` plays as many as one has time for."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from drawn_histories import USERS, Chooser, draw_fitting, draw_request, draw_terms
from history_values import START_MS, VOICES, model_clock, write_voices
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from made_registries import Place
from moving_histories import play
from played_histories import APPROVERS, History
from temporary_postgresql import new_database


@pytest.fixture
def history(place: Place, tmp_path: Path) -> Iterator[History]:
    """A history that has just begun."""
    (tmp_path / "files").mkdir()
    with model_clock(lambda: START_MS):
        registries = place.open(), place.open()
        begun = History(registries, write_voices(tmp_path / "voices"), tmp_path / "files")
    yield begun
    for registry in registries:
        registry.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_registry_agrees_with_the_model(history: History, seed: int) -> None:
    tally = play(history, Chooser(random.Random(seed).randint), decisions=600, asked_between=15)
    assert tally.is_clean(), tally
    assert tally.decisions >= 600 and 40 < tally.allowed < 500


number = st.integers(0, 10**6)


class Consent(RuleBasedStateMachine):
    """Anything that people and programs may do, in any order; Hypothesis looks for the shortest quarrel."""

    url: ClassVar[str | None] = None

    @initialize()
    def found(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="consonance-machine-"))
        (self.folder / "files").mkdir()
        with model_clock(lambda: START_MS):
            place = Place(self.folder / "home", type(self).url)
            registries = place.open(), place.open()
            self.history = History(registries, write_voices(self.folder / "voices"), self.folder / "files")
        self.clock = model_clock(lambda: self.history.world.clock_ms)
        self.clock.__enter__()

    @property
    def world(self) -> Any:
        return self.history.world

    @rule(
        voice=st.sampled_from(VOICES),
        data=st.data(),
        drafted=st.booleans(),
        by=st.sampled_from([None, "label"]),
    )
    def grant(self, voice: str, data: st.DataObject, drafted: bool, by: str | None) -> None:
        terms = draw_terms(drawn_by(data), self.world.now())
        self.history.grant(voice, terms, by, "draft" if drafted else "active")

    @precondition(lambda self: self.world.grants)
    @rule(
        which=number,
        move=st.sampled_from(["offer", "accept", "activate", "suspend", "resume"]),
        by=st.sampled_from(USERS),
    )
    def move(self, which: int, move: str, by: str) -> None:
        self.history.move(which % len(self.world.grants), move, by)

    @precondition(lambda self: self.world.grants)
    @rule(which=number)
    def withdraw_grant(self, which: int) -> None:
        self.history.withdraw_grant(which % len(self.world.grants))

    @rule(voice=st.sampled_from(VOICES), rests=st.booleans())
    def rest(self, voice: str, rests: bool) -> None:
        self.history.rest_voice(voice, rests)

    @rule(voice=st.sampled_from(VOICES), right=st.sampled_from([None, "performer", "recording-owner"]))
    def withdraw_voice(self, voice: str, right: str | None) -> None:
        if self.world.voice(voice)["state"] != "withdrawn":
            self.history.withdraw_voice(voice, right)

    @rule(voice=st.sampled_from(VOICES), lasts_ms=st.none() | st.integers(1, 10_000))
    def appoint(self, voice: str, lasts_ms: int | None) -> None:
        self.history.appoint(voice, lasts_ms)

    @precondition(lambda self: self.world.mandates)
    @rule(which=number)
    def dismiss(self, which: int) -> None:
        self.history.dismiss(which % len(self.world.mandates))

    @rule(data=st.data(), times=st.integers(1, 5))
    def ask(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            choose = drawn_by(data)
            self.history.ask(draw_fitting(choose, self.world) if choose.chance(2) else draw_request(choose))

    @rule(data=st.data())
    def authorise(self, data: st.DataObject) -> None:
        self.history.authorise(draw_fitting(drawn_by(data), self.world))

    @precondition(lambda self: self.world.authorisations)
    @rule(which=number, seconds=st.sampled_from([60.0, 59.999, 60.001, 90.0]))
    def commit(self, which: int, seconds: float) -> None:
        self.history.commit(which % len(self.world.authorisations), seconds)

    @precondition(lambda self: self.world.authorisations)
    @rule(which=number)
    def unseal(self, which: int) -> None:
        self.history.unseal(which % len(self.world.authorisations))

    @precondition(lambda self: self.world.questions)
    @rule(which=number, person=st.sampled_from(APPROVERS), approves=st.booleans())
    def respond(self, which: int, person: str, approves: bool) -> None:
        self.history.respond(which % len(self.world.questions), person, approves)

    @rule(ms=st.sampled_from([1, 999, 1000, 5000, 3_600_000]))
    def pass_time(self, ms: int) -> None:
        self.history.pass_time(ms)

    @rule()
    def tend(self) -> None:
        self.history.tend()

    def teardown(self) -> None:
        if not hasattr(self, "history"):
            return
        try:
            tally = self.history.audit()
        finally:
            self.clock.__exit__(None, None, None)
            for registry in self.history.registries:
                registry.close()
            shutil.rmtree(self.folder, ignore_errors=True)
        assert tally.is_clean(), tally


def drawn_by(data: st.DataObject) -> Chooser:
    """Choices that Hypothesis makes, and makes smaller."""
    return Chooser(lambda least, most: data.draw(st.integers(least, most)))


TRIES = settings(
    max_examples=4,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_no_order_of_events_lets_them_disagree_on_sqlite() -> None:
    run_state_machine_as_test(Consent, settings=TRIES)


def test_no_order_of_events_lets_them_disagree_on_postgresql(postgresql: Path) -> None:
    class OnPostgresql(Consent):
        """The same, on a database that is made anew for each history."""

        numbers: ClassVar[Iterator[int]] = iter(range(10**6))

        @initialize()
        def found(self) -> None:
            self.database = new_database(postgresql, f"machine_{next(self.numbers)}")
            type(self).url = self.database.__enter__()
            super().found()

        def teardown(self) -> None:
            try:
                super().teardown()
            finally:
                if hasattr(self, "database"):
                    self.database.__exit__(None, None, None)

    run_state_machine_as_test(OnPostgresql, settings=TRIES)
