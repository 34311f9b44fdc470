"""The ledger: an append-only Merkle log of every decision, its signed heads and its checker."""

from __future__ import annotations

from consent.ledger.log import KINDS, Checkpoint, Entry, Ledger, entries, last_checkpoint

__all__ = ["KINDS", "Checkpoint", "Entry", "Ledger", "entries", "last_checkpoint"]
