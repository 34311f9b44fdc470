"""The changes that a person gets a receipt for: as ISO/IEC TS 27560 names an event, and in a sentence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """`kind` and `state` are the standard's event_type and event_state; `sentence` is for the person."""

    kind: str
    state: str
    sentence: str


EXPLICIT = "explicit consent"

EVENTS = {
    "grant-made": Event(EXPLICIT, "requested", "A grant over the voice {voice} was drawn up."),
    "grant-offered": Event(EXPLICIT, "requested", "A grant over the voice {voice} was offered."),
    "grant-accepted": Event(EXPLICIT, "requested", "A grant over the voice {voice} was accepted."),
    "grant-activated": Event(EXPLICIT, "given", "You allow the use of the voice {voice} under this grant."),
    "grant-suspended": Event(EXPLICIT, "suspended", "A grant over the voice {voice} is suspended."),
    "grant-resumed": Event(EXPLICIT, "given", "A grant over the voice {voice} holds again."),
    "grant-expired": Event(EXPLICIT, "expired", "A grant over the voice {voice} has run out."),
    "grant-superseded": Event(EXPLICIT, "terminated", "Newer terms took the place of a grant over {voice}."),
    "grant-withdrawn": Event(EXPLICIT, "withdrawn", "A grant over the voice {voice} is withdrawn."),
    "voice-suspended": Event(EXPLICIT, "suspended", "The voice {voice} is suspended, with every grant."),
    "voice-resumed": Event(EXPLICIT, "given", "The voice {voice} may sing again."),
    "voice-withdrawn": Event(EXPLICIT, "withdrawn", "The voice {voice} is withdrawn; its key is destroyed."),
    "right-given": Event(EXPLICIT, "given", "A permission behind the voice {voice} was given."),
    "right-withdrawn": Event(EXPLICIT, "withdrawn", "A permission behind the voice {voice} was withdrawn."),
    "training-permitted": Event(
        "use under consent", "given", "Recordings of the voice {voice} were let into the training of a model."
    ),
    "base-marked": Event(
        "use under consent",
        "terminated",
        "A model that the recordings of {voice} went into is marked: it is to be trained anew without them.",
    ),
}
"""Every event that `issue` takes, by its name."""

OF_THE_CLOCK = frozenset({"grant-expired", "grant-superseded", "training-permitted", "base-marked"})
"""Events that happen without the person's doing; in all others they, or somebody for them, dealt with it."""
