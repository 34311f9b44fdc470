"""What can go wrong in the consent core, said so that a person understands it and a program can act on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class ConsentError(Exception):
    """Root of every error that `consent` raises on purpose.

    `sentence` says what is wrong and where; `remedy` says what to do about it; `code` is stable, for
    programs; `exit_status` is what the command line leaves with.
    """

    code = "consent"
    exit_status = 1

    def __init__(self, sentence: str, remedy: str = "") -> None:
        super().__init__(sentence if not remedy else f"{sentence} {remedy}")
        self.sentence = sentence
        self.remedy = remedy


@dataclass(frozen=True)
class Reason:
    """One thing that stands against a use; `grant` is the one whose condition failed, if there is one."""

    code: str
    sentence: str
    grant: str | None = None


class Refused(ConsentError):
    """The registry says no; `reasons` holds every condition that failed (exit status 3)."""

    code = "refused"
    exit_status = 3

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(" ".join(dict.fromkeys(reason.sentence for reason in self.reasons)))


class TermsError(ConsentError):
    """The terms of a grant, as somebody wrote them, cannot be understood (exit status 4)."""

    code = "bad-terms"
    exit_status = 4


class VoiceFileError(ConsentError):
    """A voice.toml, or a file that it names, cannot be used (exit status 4)."""

    code = "bad-voice-file"
    exit_status = 4


class BadRecord(ConsentError):
    """What somebody wants written down about people contradicts itself or says too little (exit status 4)."""

    code = "bad-record"
    exit_status = 4


def require_record(holds: object, sentence: str, remedy: str = "") -> None:
    """Raise BadRecord, with the sentence, where something that is to be written down does not hold."""
    if not holds:
        raise BadRecord(sentence, remedy)


class UnknownName(ConsentError):
    """A voice, grant, recording or job of that name is not in the registry (exit status 2)."""

    code = "unknown-name"
    exit_status = 2


class ReleaseError(ConsentError):
    """A finished file cannot be put in its place; nothing was released."""

    code = "release-failed"


class KeyStoreError(ConsentError):
    """A key file is missing, damaged, open to others, or belongs to another registry."""

    code = "bad-keys"


class StoreError(ConsentError):
    """The registry's database or a sealed voice is damaged or was made by another version."""

    code = "bad-store"


class JobLost(ConsentError):
    """The job is no longer this worker's: cancelled, or its lease ran out and another worker has it."""

    code = "job-lost"
