"""How many durable steps a second: by hand, and through the whole service, in turns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.by_hand import ByHand
from benchmarks.cast import Approvals, catalog, ids, sqlite_store
from storage.database import sqlite_driver
from workflow.service.deciding import Service

ROUNDS = 9
CASES = 100


def measure(folder: Path) -> tuple[float, float]:
    """Steps a second by hand and by Qianpi: medians of interleaved rounds after a warm-up."""
    hand = ByHand(sqlite_driver(), folder / "by_hand.db")
    known = catalog()
    service = Service(sqlite_store(folder / "qianpi.db"), lambda: known, ids())
    ours = Approvals(service)
    numbers = iter(range(1_000_000))
    runs: dict[str, list[float]] = {"hand": [], "ours": []}
    for turn in range(ROUNDS + 1):
        for name, approve in (("hand", hand.approve), ("ours", ours.approve)):
            rate = _rate(approve, numbers)
            if turn:  # the first round warms caches and files
                runs[name].append(rate)
    return median(runs["hand"]), median(runs["ours"])


def _rate(approve: Callable[[int], int], numbers: object) -> float:
    steps = 0
    begin = perf_counter()
    for _ in range(CASES):
        steps += approve(next(numbers))  # type: ignore[call-overload]
    return steps / (perf_counter() - begin)
