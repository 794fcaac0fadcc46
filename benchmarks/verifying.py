"""Ledger lines a second that `verify` checks: chain, fold, and the rows held against it, on one
core.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median
from time import process_time

from benchmarks.cast import Approvals, catalog, ids, sqlite_store
from storage.unit_of_work import DatabaseStore
from storage.verifying import verify
from workflow.service.deciding import Service

CASES = 600
ROUNDS = 5


def measure(folder: Path) -> float:
    """Lines a second of processor time; the median of rounds over the same database."""
    known = catalog()
    store = sqlite_store(folder / "verify.db")
    approvals = Approvals(Service(store, lambda: known, ids()))
    for number in range(CASES):
        approvals.approve(number)
    store.readings.latest_lines()  # an auditor has looked, so that the trail is checked as well
    return median(_rate(store) for _ in range(ROUNDS))


def _rate(store: DatabaseStore) -> float:
    begin = process_time()
    report = verify(store.database)
    if not report.whole:
        raise RuntimeError(report.faults)
    return report.entries / (process_time() - begin)
