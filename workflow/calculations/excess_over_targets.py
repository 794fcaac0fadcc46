"""What departments have cost beyond their targets, each and together.

S0-01-09a: departments get targets for their cost; what exceeds them is shared (S0-01-09b). Of the
whole the overrun is max(0, all cost - all targets), the reading of the register (†).
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
class Excesses:
    """Fen: by department what exceeds the target (0 within), and the sums of the whole."""

    by_department: Mapping[str, int]
    target_total: int
    actual_total: int

    @property
    def overrun(self) -> int:
        """What all cost exceeds all targets by; 0 within."""
        return max(0, self.actual_total - self.target_total)


def excess_over_targets(targets: Mapping[str, int], actuals: Mapping[str, int]) -> Excesses:
    """Compare cost with targets, in the order of the targets; no cost counts as 0.

    ValueError when a department has cost and no target.
    """
    unknown = [name for name in actuals if name not in targets]
    if unknown:
        raise ValueError(f"no target: {', '.join(unknown)}")
    return Excesses(
        {name: max(0, actuals.get(name, 0) - target) for name, target in targets.items()},
        sum(targets.values()),
        sum(actuals.values()),
    )


NO_TARGET = Sentence(
    "“{name}”没有下达指标，请核对科室名称", "“{name}” has no target; check the department's name"
)


def _work(given: Given) -> Worked:
    for key in ("targets", "actuals"):
        twice = repeated(tuple(row.text("department") for row in given.rows(key)))
        if twice is not None:
            return TWICE.filled(name=twice)
    targets = {row.text("department"): row.figure("target") for row in given.rows("targets")}
    actuals = {row.text("department"): row.figure("amount") for row in given.rows("actuals")}
    for name in actuals:
        if name not in targets:
            return NO_TARGET.filled(name=name)
    found = excess_over_targets(targets, actuals)
    excesses: tuple[Row, ...] = tuple(
        {
            "department": name,
            "target": targets[name],
            "actual": actuals.get(name, 0),
            "excess": excess,
        }
        for name, excess in found.by_department.items()
    )
    return {
        "excesses": excesses,
        "target_total": found.target_total,
        "actual_total": found.actual_total,
        "overrun": found.overrun,
    }


_DEPARTMENT = Slot("department", Type.DEPARTMENT, Sentence("科室", "Department"))
_TARGET = Slot("target", Type.MONEY, Sentence("指标", "Target"))

EXCESS_OVER_TARGETS = Calculation(
    key="excess_over_targets",
    name=Sentence("科室超标核算", "Cost beyond the targets"),
    rule=Sentence(
        "各科超标额为实际减指标，不足0按0；超标总额为实际合计减指标合计，不足0按0",
        "Cost less target, not below 0; of the whole, all cost less all targets, not below 0",
    ),
    inputs=(
        Slot(
            "targets",
            Type.ROWS,
            Sentence("科室指标", "Targets"),
            columns=(_DEPARTMENT, _TARGET),
        ),
        Slot(
            "actuals",
            Type.ROWS,
            Sentence("实际费用", "Cost"),
            columns=(_DEPARTMENT, Slot("amount", Type.MONEY, Sentence("实际费用", "Cost"))),
        ),
    ),
    results=(
        Slot(
            "excesses",
            Type.ROWS,
            Sentence("各科超标", "By department"),
            columns=(
                _DEPARTMENT,
                _TARGET,
                Slot("actual", Type.MONEY, Sentence("实际费用", "Cost")),
                Slot("excess", Type.MONEY, Sentence("超标额", "Excess")),
            ),
        ),
        Slot("target_total", Type.MONEY, Sentence("指标合计", "Targets in total")),
        Slot("actual_total", Type.MONEY, Sentence("实际合计", "Cost in total")),
        Slot("overrun", Type.MONEY, Sentence("超标总额", "Overrun")),
    ),
    clauses=("S0-01-09a", "S0-01-09b"),
    work=_work,
)
