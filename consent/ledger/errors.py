"""One error per way in which a proof, a signed note or a log can be wrong."""

from __future__ import annotations

from consent.errors import ConsentError


class ProofError(ConsentError):
    """Root of what is wrong with a proof, a signed note or a log's history."""

    code = "bad-proof"


class ProofFormatError(ProofError):
    """The text is no proof, note or key of a form that this program knows (exit status 4)."""

    code = "proof-format"
    exit_status = 4


class AnotherFile(ProofError):
    """The proof is of another file."""

    code = "another-file"


class AnotherLog(ProofError):
    """The head is of another log than the key that was given."""

    code = "another-log"


class BadSignature(ProofError):
    """A signature does not fit the text that it stands under."""

    code = "bad-signature"


class NotIncluded(ProofError):
    """The path does not lead from the entry to the signed head."""

    code = "not-included"


class NotARelease(ProofError):
    """The entry is well proven, and is not one of a released song."""

    code = "not-a-release"


class WitnessMissing(ProofError):
    """A witness that was asked for has not cosigned the head."""

    code = "witness-missing"


class NotConsistent(ProofError):
    """A later head does not continue an earlier one."""

    code = "not-consistent"


class Fork(ProofError):
    """One log has shown two histories."""

    code = "fork"
