"""What departments have cost in a period, each and together, and what belongs to none of them.

S0-01-09a: departments keep their inpatient cost within a target, so it has to be known by
department; S0-11-07: the month's cost is counted, here from what was settled, not typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.calculations.declaring import (
    TWICE,
    Calculation,
    Given,
    Row,
    Slot,
    Type,
    Worked,
    repeated,
)
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Costs:
    """Fen. `elsewhere`: of the whole what these departments have not cost; None without one."""

    total: int
    elsewhere: int | None


def cost_by_department(amounts: Mapping[str, int], whole: int | None) -> Costs:
    """Add up what departments have cost and compare it with the whole, where that is known."""
    total = sum(amounts.values())
    return Costs(total, None if whole is None else whole - total)


def _work(given: Given) -> Worked:
    rows = given.rows("lines")
    twice = repeated(tuple(row.text("department") for row in rows))
    if twice is not None:
        return TWICE.filled(name=twice)
    amounts = {row.text("department"): row.figure("amount") for row in rows}
    found = cost_by_department(amounts, given.maybe("whole"))
    costs: tuple[Row, ...] = tuple(
        {"department": name, "amount": amount} for name, amount in amounts.items()
    )
    return {"costs": costs, "total": found.total, "elsewhere": found.elsewhere}


_COLUMNS = (
    Slot("department", Type.DEPARTMENT, Sentence("科室", "Department")),
    Slot("amount", Type.MONEY, Sentence("费用", "Cost")),
)

COST_BY_DEPARTMENT = Calculation(
    key="cost_by_department",
    name=Sentence("科室费用归集", "Cost by department"),
    rule=Sentence(
        "各科费用相加；已知合计减各科之和，是没有归到这些科室的",
        "The departments are added up; the known whole less them belongs to none of them",
    ),
    inputs=(
        Slot("lines", Type.ROWS, Sentence("各科费用", "By department"), columns=_COLUMNS),
        Slot("whole", Type.MONEY, Sentence("已知合计", "Known whole"), optional=True),
    ),
    results=(
        Slot("costs", Type.ROWS, Sentence("各科费用", "By department"), columns=_COLUMNS),
        Slot("total", Type.MONEY, Sentence("合计", "Total")),
        Slot(
            "elsewhere", Type.MONEY, Sentence("没有归到科室的", "Of no department"), optional=True
        ),
    ),
    clauses=("S0-01-09a", "S0-11-07"),
    work=_work,
)
