"""What happens in a history, one thing after another."""

from __future__ import annotations

from drawn_histories import USERS, Chooser, draw_fitting, draw_request, draw_terms
from history_values import VOICES, Tally, model_clock
from naive_model import World
from played_histories import APPROVERS, History


def step(history: History, choose: Chooser) -> None:
    """Let one thing happen that is not just a question."""
    world = history.world
    what = choose.integer(0, 99)
    if what < 22 or not world.grants:
        by = "label" if choose.chance(4) else None
        state = "draft" if choose.chance(3) else "active"
        history.grant(choose.one(VOICES), draw_terms(choose, world.now()), by, state)
    elif what < 44:
        facts = draw_request(choose) if choose.chance(4) else draw_fitting(choose, world)
        if history.authorise(facts) and choose.chance(3):
            history.pass_time(-choose.integer(1, 60_000))  # a clock set back revives nothing
    elif what < 60 and history.authorisations:
        number = choose.integer(max(0, len(history.authorisations) - 8), len(history.authorisations) - 1)
        asked = world.authorisations[number]["request"]["seconds"]
        history.commit(number, choose.one((asked, asked, asked + 0.001, 30.0)))
    elif what < 64 and history.authorisations:
        history.unseal(choose.integer(0, len(history.authorisations) - 1))
    elif what < 74:
        move = choose.one(("offer", "accept", "activate", "suspend", "resume"))
        history.move(choose.integer(0, len(world.grants) - 1), move, choose.one(USERS))
    elif what < 79:
        history.withdraw_grant(choose.integer(0, len(world.grants) - 1))
    elif what < 82:
        history.rest_voice(choose.one(VOICES), choose.chance(4))
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
        history.pass_time(_leap(choose, world))
    else:
        history.race(draw_fitting(choose, world), 4, choose.chance(2))


def _leap(choose: Chooser, world: World) -> int:
    """How far the clock goes: now and then to the very edge of a period, or of an authorisation."""
    edges = [
        said[name]
        for grant in world.grants
        for said in grant["terms"]["constraints"]
        for name in ("not_before", "not_after")
        if name in said
    ]
    edges += [authorisation["ends"] for authorisation in world.authorisations[-4:]]
    ahead = sorted({edge for edge in edges if edge > world.now()})
    if ahead and not choose.chance(3):
        return ahead[0] - world.clock_ms - choose.integer(0, 1)
    return choose.one((1, 999, 5000, 60_000))


def play(history: History, choose: Chooser, decisions: int, asked_between: int) -> Tally:
    """Play a history until it has seen so many decisions, with `asked_between` questions at each step."""
    end = history.tally.decisions + decisions
    with model_clock(lambda: history.world.clock_ms):
        while history.tally.decisions < end:
            step(history, choose)
            for _ in range(asked_between):
                fitting = choose.chance(2)
                history.ask(draw_fitting(choose, history.world) if fitting else draw_request(choose))
        for voice in VOICES[1:]:
            history.withdraw_voice(voice, choose.one((None, "performer", "recording-owner")))
            for _ in range(20):
                history.ask(draw_request(choose))
        return history.audit()
