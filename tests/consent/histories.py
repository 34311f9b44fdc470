"""Big randomised histories of consent, counted: `python tests/consent/histories.py --decisions 1000000`.

Each history is a registry of its own with three voices: grants of all kinds, drafts, offers, mandates,
approvals, suspensions, withdrawals, quotas, clocks that go on and back, songs released by several threads at
once. Every decision is held against the naive model. Leaves with 1 where anything differs.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from drawn_histories import Chooser
from history_values import START_MS, Tally, model_clock, write_voices
from moving_histories import play
from played_histories import History
from temporary_postgresql import new_database, temporary_postgresql

from consent.registry import Registry


def one_history(task: tuple[int, int, int, str]) -> Tally:
    """Play one history: its seed, its decisions, the questions at each step, a PostgreSQL's socket or ""."""
    seed, decisions, asked_between, socket = task
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="consonance-history-")))
        name = f"history_{os.getpid()}_{seed}"
        url = stack.enter_context(new_database(Path(socket), name)) if socket else None
        with model_clock(lambda: START_MS):
            registries = Registry.open(folder / "home", url), Registry.open(folder / "home", url)
            for registry in registries:
                stack.callback(registry.close)
            (folder / "files").mkdir()
            history = History(registries, write_voices(folder / "voices"), folder / "files")
        chooser = Chooser(random.Random(seed).randint)
        tally = play(history, chooser, decisions, asked_between)
        tally.wrong = [f"seed {seed}: {sentence}" for sentence in tally.wrong]
        return tally


def main() -> int:
    """Play histories until there are enough decisions, and print what came of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--decisions", type=int, default=1_000_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=1, help="of the first history; each further one adds 1")
    parser.add_argument("--length", type=int, default=3_000, help="decisions in one history")
    parser.add_argument("--asked-between", type=int, default=80, help="questions between two other events")
    parser.add_argument("--seconds", type=float, help="stop after so long, however far it is")
    given = parser.parse_args()
    whole, started, told = Tally(), time.monotonic(), 0.0
    with ExitStack() as stack:
        socket = str(stack.enter_context(temporary_postgresql())) if given.database == "postgresql" else ""
        pool = stack.enter_context(multiprocessing.get_context("spawn").Pool(given.processes))
        count = -(-given.decisions // given.length)
        tasks = [(given.seed + n, given.length, given.asked_between, socket) for n in range(count)]
        played = 0
        for tally in pool.imap_unordered(one_history, tasks):
            played += 1
            whole.add(tally)
            if not tally.is_clean():
                print(f"they differ: {tally}", file=sys.stderr)
            if given.seconds is not None and time.monotonic() - started > given.seconds:
                pool.terminate()
                break
            if time.monotonic() - told > 30:
                told = time.monotonic()
                print(f"{whole.decisions:>10,} decisions after {told - started:6.0f} s", file=sys.stderr)
    print(f"database         {given.database}")
    print(f"histories        {played:,}, from seed {given.seed}")
    for name in ("decisions", "allowed", "releases", "wrongly_allowed", "wrongly_denied", "lost"):
        print(f"{name.replace('_', ' '):<16} {getattr(whole, name):,}")
    print(f"seconds          {time.monotonic() - started:,.0f}")
    for sentence in whole.wrong:
        print(sentence)
    return 0 if whole.is_clean() else 1


if __name__ == "__main__":
    sys.exit(main())
