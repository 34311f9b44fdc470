"""Persons' data: everything held about somebody, handed out or erased."""

from __future__ import annotations

from consent.personal_data.door import PersonalData
from consent.personal_data.erasure import GROUNDS, Erasure, ErasureNeedsWithdrawal, Resting

__all__ = ["GROUNDS", "Erasure", "ErasureNeedsWithdrawal", "PersonalData", "Resting"]
