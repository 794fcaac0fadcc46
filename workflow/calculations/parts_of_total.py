"""Two parts that must make up a whole: insured and other receipts, outpatients and inpatients.

S0-07-05: insured and other receipts are totalled apart and together make the receipts of the day;
S0-01-14, S0-11-07: what is uploaded equals its details; V3: to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass

from workflow.calculations.declaring import Calculation, Given, Slot, Type, Worked
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Total:
    """Fen. `difference`: the sum less the whole that was given; 0 without one."""

    total: int
    difference: int


def parts_of_total(first: int, second: int, whole: int | None) -> Total:
    """Add two parts and compare them with the whole, where that is known."""
    total = first + second
    return Total(total, 0 if whole is None else total - whole)


def _work(given: Given) -> Worked:
    found = parts_of_total(given.figure("first"), given.figure("second"), given.maybe("whole"))
    return {"total": found.total, "difference": found.difference}


PARTS_OF_TOTAL = Calculation(
    key="parts_of_total",
    name=Sentence("合计核对", "Parts against their total"),
    rule=Sentence(
        "两项相加，减去已知的合计即差额；没有已知合计的差额为0",
        "Both are added; less the known whole is the difference, 0 where none is known",
    ),
    inputs=(
        Slot("first", Type.MONEY, Sentence("第一项", "First part")),
        Slot("second", Type.MONEY, Sentence("第二项", "Second part")),
        Slot("whole", Type.MONEY, Sentence("已知合计", "Known whole"), optional=True),
    ),
    results=(
        Slot("total", Type.MONEY, Sentence("合计", "Total")),
        Slot("difference", Type.MONEY, Sentence("差额", "Difference")),
    ),
    clauses=("S0-01-14", "S0-07-05", "S0-11-07"),
    work=_work,
)
