"""`make bench`: every figure as a ratio in one run, with the ratio that we promise beside it.

Absolute rates drift from machine to machine and from minute to minute; ratios hold, so they are
what is promised.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from benchmarks import decisions, inbox, pages, verifying


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was measured, by the limit, by us, the ratio, and what it has
    to be.
    """

    name: str
    limit: str
    ours: str
    ratio: float
    promise: str
    kept: bool


def figures(folder: Path) -> Iterator[Figure]:
    """Measure one thing after another."""
    hand, ours = decisions.measure(folder)
    ratio = ours / hand
    yield Figure(
        "durable decisions",
        f"{hand:,.0f}/s",
        f"{ours:,.0f}/s",
        ratio,
        "at least 0.33",
        ratio >= 0.33,
    )
    hand, ours = inbox.measure(folder)
    ratio = ours / hand
    yield Figure(
        f"inbox query, {inbox.CASES:,} cases",
        f"{hand * 1e3:.2f} ms",
        f"{ours * 1e3:.2f} ms",
        ratio,
        "at most 4",
        ratio <= 4,
    )
    hand, ours = pages.measure(folder)
    ratio = ours / hand
    yield Figure(
        "inbox page, processor time",
        f"{hand * 1e6:,.0f} us",
        f"{ours * 1e6:,.0f} us",
        ratio,
        "at most 4",
        ratio <= 4,
    )
    rate = verifying.measure(folder)
    ratio = rate / 50_000
    yield Figure(
        "verify, lines a core second", "50,000/s", f"{rate:,.0f}/s", ratio, "at least 1", ratio >= 1
    )


def main() -> int:
    """Print the table; 1 when a promise is not kept."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    print(f"{'':34}{'limit':>12}{'qianpi':>12}{'ratio':>8}  promise")
    broken = 0
    with tempfile.TemporaryDirectory() as folder:
        for figure in figures(Path(folder)):
            broken += not figure.kept
            sign = "" if figure.kept else "   NOT KEPT"
            print(
                f"{figure.name:34}{figure.limit:>12}{figure.ours:>12}{figure.ratio:>8.2f}"
                f"  {figure.promise}{sign}",
                flush=True,
            )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
