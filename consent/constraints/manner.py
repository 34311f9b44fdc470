"""Conditions on the manner: the name, the credit, what goes along, what is forbidden, what else was said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from consent.condition import Circumstances, Constraint, Failure, either, require
from consent.request import ACTIONS, Request

ACTION_WORDS = {
    "sing": "let the voice sing",
    "train": "train a model from the voice",
    "share-voice": "pass the voice itself on",
    "sell-voice": "sell the voice itself",
    "edit-recordings": "edit the voice's recordings",
    "port-voice": "bring the voice to another synthesizer",
}

SAYS = ("allows", "forbids", "asks for", "disclaims")
"""How an owner may speak of something that this registry does not decide."""


def require_actions(actions: tuple[str, ...]) -> None:
    """Raise ValueError unless these are actions, and at least one."""
    strange = [action for action in actions if action not in ACTIONS]
    require(actions and not strange, f"unknown actions {strange}; known are {', '.join(ACTIONS)}")


@dataclass(frozen=True)
class Name(Constraint):
    """The voice must be presented under its own name."""

    type: ClassVar[str] = "name"
    text: str

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if request.presented_as == self.text:
            return None
        return Failure("name", f"The voice must be named {self.text!r}, not {request.presented_as!r}.")

    def describe(self) -> str:
        return f"The name “{self.text}” stays unchanged."


@dataclass(frozen=True)
class Attribution(Constraint):
    """What must be credited, and linked, when one of `actions` is done."""

    type: ClassVar[str] = "attribution"
    credit: str
    link: str = ""
    actions: tuple[str, ...] = ACTIONS

    def __post_init__(self) -> None:
        require(self.credit, "an attribution says its credit")
        require_actions(self.actions)

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if request.action not in self.actions:
            return None
        said = request.credit or ""
        missing = [text for text in (self.credit, self.link) if text not in said]
        if not missing:
            return None
        return Failure("attribution", f"The credit line must name {' and '.join(missing)}.")

    def describe(self) -> str:
        link = f" and link to {self.link}" if self.link else ""
        return f"{_to(self.actions)}: credit “{self.credit}”{link}."


@dataclass(frozen=True)
class Enclosure(Constraint):
    """A file that must go along unaltered when one of `actions` is done; `sha256` (hex) says which.

    Where the owner leaves the choice, a credit line that says `or_credit` does instead.
    """

    type: ClassVar[str] = "enclosure"
    file: str
    sha256: str
    actions: tuple[str, ...] = ("share-voice", "sell-voice")
    or_credit: str = ""

    def __post_init__(self) -> None:
        require(re.fullmatch(r"[0-9a-f]{64}", self.sha256), "sha256 is 64 hex digits in lower case")
        require_actions(self.actions)

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if request.action not in self.actions or self.sha256 in request.enclosed:
            return None
        if self.or_credit and self.or_credit in (request.credit or ""):
            return None
        instead = f", or the credit line say “{self.or_credit}”" if self.or_credit else ""
        return Failure("enclosure", f"{self.file} must go along unaltered (SHA-256 {self.sha256}){instead}.")

    def describe(self) -> str:
        instead = f", or the credit says “{self.or_credit}”" if self.or_credit else ""
        return f"{_to(self.actions)}: {self.file} goes along unaltered{instead}."


@dataclass(frozen=True)
class ChangesStated(Constraint):
    """Whoever does one of `actions` must say clearly that something was changed."""

    type: ClassVar[str] = "changes-stated"
    actions: tuple[str, ...] = ("edit-recordings",)

    def __post_init__(self) -> None:
        require_actions(self.actions)

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if request.action not in self.actions or request.changes_stated:
            return None
        return Failure("changes-stated", "It must be clearly stated that changes were made.")

    def describe(self) -> str:
        return f"{_to(self.actions)}: state clearly that changes were made."


@dataclass(frozen=True)
class NoFurtherTraining(Constraint):
    """What is sung may train no model."""

    type: ClassVar[str] = "no-further-training"

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        for_a_model = request.action == "sing" and request.purpose == "model-training"
        if not request.further_training and not for_a_model:
            return None
        return Failure("further-training", "No model may be trained from what the voice sings.")

    def describe(self) -> str:
        return "No model may be trained from what it sings."


@dataclass(frozen=True)
class Forbidden(Constraint):
    """What the owner forbids in so many words: `actions`, with the words in `quote`."""

    type: ClassVar[str] = "forbidden"
    actions: tuple[str, ...]

    def __post_init__(self) -> None:
        require_actions(self.actions)

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if request.action not in self.actions:
            return None
        return Failure("forbidden", f"The owner forbids to {ACTION_WORDS[request.action]}.")

    def describe(self) -> str:
        return f"Forbidden: to {either(ACTION_WORDS[action] for action in self.actions)}."


@dataclass(frozen=True)
class Statement(Constraint):
    """What the owner says of something that no registry decides: a character, a picture, a wish, a liability.

    It stands in the terms for whoever reads them, and refuses nothing.
    """

    type: ClassVar[str] = "statement"
    says: str
    about: str

    def __post_init__(self) -> None:
        require(self.says in SAYS, f"says is one of {', '.join(SAYS)}")
        require(self.about, "a statement says what it is about")

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        return None

    def describe(self) -> str:
        return f"The owner {self.says} {self.about}."


def _to(actions: tuple[str, ...]) -> str:
    return f"To {either(ACTION_WORDS[action] for action in actions)}"
