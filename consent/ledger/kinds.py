"""What an entry of the ledger can be of."""

from __future__ import annotations

KINDS = frozenset(
    {
        "approval",
        "authorisation",
        "base",
        "destruction",
        "erasure",
        "grant",
        "grant-state",
        "key-rotation",
        "mandate",
        "person",
        "recordings",
        "refusal",
        "render",
        "reservation",
        "resumption",
        "right",
        "sealing",
        "suspension",
        "trace",
        "voice",
        "withdrawal",
        "witness",
    }
)
