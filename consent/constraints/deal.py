"""Conditions of the deal: who has to approve each song, and what it costs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from consent.codes import is_currency
from consent.condition import Circumstances, Constraint, Failure, either, require
from consent.request import Request

_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_SHARE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,12}|/[0-9]{1,9})?")
PRICED_BY = ("render", "second", "flat")
"""What a price is for: each song released, each second of it, or the whole grant once."""


@dataclass(frozen=True)
class Approval(Constraint):
    """Each song is approved by one or two people, who may be named. It binds singing alone."""

    type: ClassVar[str] = "approval"
    people: int = 1
    by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(self.people in (1, 2), "people is 1 or 2")
        require(
            not self.by or len(set(self.by)) >= self.people, "fewer people are named than have to approve"
        )

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        """Whether enough people said yes to this very song."""
        if request.action != "sing":
            return None
        said = {person for person in circumstances.approved_by if not self.by or person in self.by}
        missing = self.people - len(said)
        if missing <= 0:
            return None
        who = "one more person" if missing == 1 and said else "one person" if missing == 1 else "two people"
        return Failure("approval-needed", f"Each song needs the approval of {who} before it is sung.")

    def describe(self) -> str:
        people = "one person" if self.people == 1 else "two people"
        named = f" of {', '.join(self.by)}" if self.by else ""
        return f"Each song is approved by {people}{named} first."


@dataclass(frozen=True)
class Share:
    """Which part of a price somebody gets: `share` is a decimal ("0.25") or a fraction ("1/3")."""

    party: str
    share: str

    def __post_init__(self) -> None:
        require(self.party, "a share says its party")
        require(_SHARE.fullmatch(self.share), f"{self.share!r} is no share (0.25 or 1/3)")
        require(not re.search(r"/0+$", self.share), f"{self.share!r} divides by nothing")
        require(Fraction(self.share) > 0, "a share is more than nothing")


@dataclass(frozen=True)
class Price(Constraint):
    """What singing costs: an amount in a currency (ISO 4217) per render, per second or flat, and whose it is.

    Whoever asks accepts the price in the words of `spoken`.
    """

    type: ClassVar[str] = "price"
    amount: str
    currency: str
    per: str = "render"
    split: tuple[Share, ...] = ()

    def __post_init__(self) -> None:
        require(_AMOUNT.fullmatch(self.amount), f"the amount {self.amount!r} is no decimal number")
        require(is_currency(self.currency), f"{self.currency!r} is no currency (ISO 4217: EUR)")
        require(self.per in PRICED_BY, f"per is one of {', '.join(PRICED_BY)}")
        parties = [share.party for share in self.split]
        require(len(set(parties)) == len(parties), "a party has two shares")
        total = sum((Fraction(share.share) for share in self.split), Fraction(0))
        require(not self.split or total == 1, f"the shares add up to {total}, not to 1")

    def spoken(self) -> str:
        """The price as it has to be accepted, such as "5.00 EUR per render" or "90 USD flat"."""
        return f"{self.amount} {self.currency} {'flat' if self.per == 'flat' else f'per {self.per}'}"

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if request.accepted_price == self.spoken():
            return None
        if request.accepted_price is None:
            return Failure("price", f"The price is {self.spoken()}; the request does not accept it.")
        return Failure("price", f"The price is {self.spoken()}, not {request.accepted_price!r}.")

    def describe(self) -> str:
        shares = either((f"{share.share} to {share.party}" for share in self.split), "and")
        return f"Price: {self.spoken()}{f', {shares}' if self.split else ''}."
