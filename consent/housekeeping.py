"""Housekeeping: what time makes due, done in one call from the worker's idle loop or by hand."""

from __future__ import annotations

from dataclasses import dataclass

from consent import release, withdrawal
from consent.approvals import Approvals
from consent.base_register import Bases
from consent.destruction import Destruction, DestructionSchedule
from consent.jobs import Jobs
from consent.lifecycle import Lifecycle
from consent.store import Store


@dataclass(frozen=True)
class Housekeeping:
    """What one round did. `bases_overdue` are those whose date to be trained anew has passed; `clean` says
    that nothing erased lingers in the database's write-ahead log."""

    releases_settled: int
    grants_expired: tuple[str, ...]
    approvals_ended: tuple[int, ...]
    destroyed: tuple[Destruction, ...]
    jobs_emptied: int
    jobs_removed: int
    bases_overdue: tuple[str, ...]
    clean: bool


def keep_house(store: Store) -> Housekeeping:
    """Do everything that is due; a round that finds nothing costs a few queries.

    1. What killed processes left is settled: releases under way, withdrawals not finished.
    2. Grants and requests for approval that ran out end.
    3. What the schedule says is destroyed; jobs that ended lose their words, later their rows.
    4. The write-ahead log is emptied of what was erased.
    """
    settled = release.recover(store)  # 1
    withdrawal.finish_withdrawals(store)
    grants = Lifecycle(store).expire_due()  # 2
    approvals = Approvals(store).expire_due()
    destroyed = DestructionSchedule(store).run_due()  # 3
    emptied, removed = Jobs(store).tidy()
    overdue = tuple(base.id for base in Bases(store).due() if base.state == "overdue")
    return Housekeeping(
        releases_settled=settled,
        grants_expired=grants,
        approvals_ended=approvals,
        destroyed=tuple(destroyed),
        jobs_emptied=emptied,
        jobs_removed=removed,
        bases_overdue=overdue,
        clean=store.database.scrub(),  # 4
    )
