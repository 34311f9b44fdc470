"""What is shown at the form when a song is not sung: the error's own sentences, and nothing but them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from consent.errors import ConsentError, Reason, Refused
from singer.errors import ConsonanceError, LyricsError, ScoreError, SettingsError


@dataclass(frozen=True)
class Fault:
    """One reason, in a sentence, with what to do about it where that is known."""

    sentence: str
    remedy: str = ""


UNKNOWN = Fault("Something broke here; it is our fault, not yours.", "The server's log says what; try again.")
"""What a visitor is told of our own faults, which name keys and folders."""

log = logging.getLogger(__name__)


def faults_of(error: ConsonanceError | ConsentError) -> list[Fault]:
    """An error's sentence and remedy; a refusal's reasons one by one. A fault of the registry or its settings
    goes to the log."""
    of_registry = isinstance(error, ConsentError) and error.exit_status == ConsentError.exit_status
    if of_registry or isinstance(error, SettingsError):
        log.error("the registry failed", exc_info=error)
        return [UNKNOWN]
    if isinstance(error, Refused):
        sentences = dict.fromkeys(reason.sentence for reason in telling(error))
        return [Fault(sentence) for sentence in sentences]
    return [Fault(error.sentence, error.remedy)]


def telling(refused: Refused) -> list[Reason]:
    """The reasons that concern whoever asked: grants to others, and ended ones, only where there is no other
    grant."""
    beside_the_point = {reason.grant for reason in refused.reasons if reason.code in _NOT_THEIRS}
    return [r for r in refused.reasons if r.grant not in beside_the_point] or list(refused.reasons)


_NOT_THEIRS = ("licensee", "withdrawn", "expired", "superseded", "draft", "offered", "accepted")
"""Codes of reasons that say of a grant that it is not there for whoever asks."""


def field_of(error: ConsonanceError | ConsentError) -> str:
    """The field of the form that an error is about: `lyrics`, `melody`, `voice`, or nothing."""
    if isinstance(error, LyricsError):
        return "lyrics"
    if isinstance(error, ScoreError):
        return "melody"
    return "voice" if isinstance(error, ConsentError) else ""


def status_of(error: ConsonanceError | ConsentError) -> int:
    """403 for a refusal, 422 for what cannot be sung, 500 for what is our own fault."""
    if isinstance(error, Refused):
        return 403
    return 422 if error.exit_status in (2, 4) else 500


def to_json(faults: list[Fault]) -> list[dict[str, Any]]:
    """Faults as JSON values, for a job's row."""
    return [{"sentence": fault.sentence, "remedy": fault.remedy} for fault in faults]
