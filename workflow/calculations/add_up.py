"""The lines of a list added up, and compared with the total that somebody wrote.

V3: sums match to the cent. S2-B3.3a: every kind of cost has its line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workflow.calculations.declaring import Calculation, Given, Slot, Type, Worked
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Sum:
    """Fen. `difference`: what was written less the sum; 0 when nothing was written."""

    total: int
    count: int
    difference: int


def add_up(amounts: Iterable[int], stated: int | None) -> Sum:
    """Add amounts, and compare them with what was written, where anything was."""
    listed = tuple(amounts)
    total = sum(listed)
    return Sum(total, len(listed), 0 if stated is None else stated - total)


def _work(given: Given) -> Worked:
    found = add_up([row.figure("amount") for row in given.rows("lines")], given.maybe("stated"))
    return {"total": found.total, "count": found.count, "difference": found.difference}


ADD_UP = Calculation(
    key="add_up",
    name=Sentence("明细合计", "Sum of the lines"),
    rule=Sentence(
        "各行金额相加；差额＝所写合计－各行之和",
        "The amounts of the lines are added; written less that is the difference",
    ),
    inputs=(
        Slot(
            "lines",
            Type.ROWS,
            Sentence("明细", "Lines"),
            columns=(
                Slot("item", Type.TEXT, Sentence("项目", "Item"), optional=True),
                Slot("amount", Type.MONEY, Sentence("金额", "Amount")),
            ),
        ),
        Slot("stated", Type.MONEY, Sentence("所写合计", "Total as written"), optional=True),
    ),
    results=(
        Slot("total", Type.MONEY, Sentence("合计", "Total")),
        Slot("count", Type.INTEGER, Sentence("行数", "Lines")),
        Slot("difference", Type.MONEY, Sentence("差额", "Difference")),
    ),
    clauses=("S2-B3.3a",),
    work=_work,
)
