"""Receipts: at each change the person concerned gets a signed record of it (ISO/IEC TS 27560:2023)."""

from __future__ import annotations

from consent.receipts.events import EVENTS
from consent.receipts.issuing import Receipt, Receipts, in_words, issue
from consent.receipts.signing import LONGEST_BYTES, ReceiptError, check_receipt, read_receipt

__all__ = [
    "EVENTS",
    "LONGEST_BYTES",
    "Receipt",
    "ReceiptError",
    "Receipts",
    "check_receipt",
    "in_words",
    "issue",
    "read_receipt",
]
