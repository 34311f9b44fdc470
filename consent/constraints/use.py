"""Conditions on the use: by whom, for what, for which project, where, in which language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from consent.codes import is_language, is_territory, primary_language
from consent.condition import Circumstances, Constraint, Failure, either, require
from consent.request import PURPOSES, Request


@dataclass(frozen=True)
class Licensee(Constraint):
    """Who may use the grant: `anyone`, or the users named."""

    type: ClassVar[str] = "licensee"
    users: tuple[str, ...] = ()
    anyone: bool = False

    def __post_init__(self) -> None:
        require(self.anyone != bool(self.users), "a licensee condition says either users or anyone = true")

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if self.anyone or request.user in self.users:
            return None
        return Failure("licensee", f"The grant was not made to {request.user!r}.")

    def describe(self) -> str:
        return "Anyone may use it." if self.anyone else f"For {', '.join(self.users)} only."


@dataclass(frozen=True)
class Purpose(Constraint):
    """What the voice may be used for: the purposes listed (`request.PURPOSES`), or literally `anything`.

    No purpose contains another: commercial use does not allow advertising, nor even private use.
    """

    type: ClassVar[str] = "purpose"
    allowed: tuple[str, ...] = ()
    anything: bool = False

    def __post_init__(self) -> None:
        require(
            self.anything != bool(self.allowed), "a purpose condition says either allowed or anything = true"
        )
        strange = [purpose for purpose in self.allowed if purpose not in PURPOSES]
        require(not strange, f"unknown purposes {strange}; known are {', '.join(PURPOSES)}")

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if self.anything or request.purpose in self.allowed:
            return None
        return Failure(
            "purpose", f"The owner allows {either(self.allowed)} use; this is for {request.purpose} use."
        )

    def describe(self) -> str:
        return "For any purpose." if self.anything else f"For {either(self.allowed)} use."


@dataclass(frozen=True)
class Language(Constraint):
    """In which languages the voice may sing (primary BCP 47 subtags; `cmn` counts as `zh`)."""

    type: ClassVar[str] = "language"
    allowed: tuple[str, ...]

    def __post_init__(self) -> None:
        strange = [tag for tag in self.allowed if not is_language(tag)]
        require(not strange, f"{strange} are no language tags (BCP 47)")

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if primary_language(request.language) in {primary_language(tag) for tag in self.allowed}:
            return None
        return Failure(
            "language", f"The voice may sing in {either(self.allowed)}, not in {request.language!r}."
        )

    def describe(self) -> str:
        return f"May sing in {either(self.allowed)}."


@dataclass(frozen=True)
class Territory(Constraint):
    """Where the song may be used: the countries (ISO 3166-1) or parts of them (ISO 3166-2) listed, or
    `worldwide`.

    A country contains its parts.
    """

    type: ClassVar[str] = "territory"
    allowed: tuple[str, ...] = ()
    worldwide: bool = False

    def __post_init__(self) -> None:
        require(
            self.worldwide != bool(self.allowed),
            "a territory condition says either allowed or worldwide = true",
        )
        strange = [code for code in self.allowed if not is_territory(code.upper())]
        require(not strange, f"{strange} are no countries or parts of one (ISO 3166: DE, US-CA)")

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        """Whether the named country is one of those allowed."""
        if self.worldwide:
            return None
        if request.territory is None:
            return Failure(
                "territory", f"The grant is for {either(self.allowed)}; the request names no country."
            )
        asked, allowed = request.territory.upper(), {code.upper() for code in self.allowed}
        if is_territory(asked) and (asked in allowed or asked.split("-")[0] in allowed):
            return None
        return Failure("territory", f"The grant is for {either(self.allowed)}, not for {request.territory}.")

    def describe(self) -> str:
        return "For use worldwide." if self.worldwide else f"For use in {either(self.allowed)}."


@dataclass(frozen=True)
class Project(Constraint):
    """For which named projects the voice may sing."""

    type: ClassVar[str] = "project"
    allowed: tuple[str, ...]

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if request.project is not None and request.project in self.allowed:
            return None
        asked = "no project" if request.project is None else f"the project {request.project!r}"
        return Failure("project", f"The grant is for {either(self.allowed)}; the request names {asked}.")

    def describe(self) -> str:
        return f"For the project {either(self.allowed)}."
