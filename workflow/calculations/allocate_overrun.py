"""An overrun, less what the agency compensates, shared by departments to the last fen.

S0-01-09b: every overrun is shared by the clinical (with medical-technology) departments in
proportion; by which measure the source leaves open, so the weights are passed in. S0-15-38b: a
reasonable overrun is compensated by the agency first.
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
from workflow.calculations.sharing import shared
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Allocation:
    """What there is to share (fen), and each department's part; the parts add up to it."""

    to_share: int
    shares: Mapping[str, int]


def allocate_overrun(overrun: int, compensation: int, weights: Mapping[str, int]) -> Allocation:
    """Share `overrun - compensation` by weights, largest remainder (see `shared`).

    ValueError when the compensation exceeds the overrun, or nobody has a weight.
    """
    if compensation > overrun:
        raise ValueError("more is compensated than was overrun")
    return Allocation(overrun - compensation, shared(overrun - compensation, weights))


TOO_MUCH = Sentence(
    "补偿额超过超标总额，没有可分摊的数额",
    "The compensation exceeds the overrun; nothing is shared",
)
NOBODY = Sentence(
    "各科的分摊依据都是0，无法按比例分摊", "Every weight is zero, so no proportion can be made"
)


def _work(given: Given) -> Worked:
    rows = given.rows("departments")
    twice = repeated(tuple(row.text("department") for row in rows))
    if twice is not None:
        return TWICE.filled(name=twice)
    weights = {row.text("department"): max(0, row.figure("weight")) for row in rows}
    overrun, compensation = given.figure("overrun"), given.figure_or("compensation", 0)
    if compensation > overrun:
        return TOO_MUCH
    if overrun > compensation and not any(weights.values()):
        return NOBODY
    found = allocate_overrun(overrun, compensation, weights)
    shares: tuple[Row, ...] = tuple(
        {"department": name, "weight": weights[name], "share": share}
        for name, share in found.shares.items()
    )
    return {"to_share": found.to_share, "shares": shares}


_DEPARTMENT = Slot("department", Type.DEPARTMENT, Sentence("科室", "Department"))

ALLOCATE_OVERRUN = Calculation(
    key="allocate_overrun",
    name=Sentence("超标分摊", "Allocation of an overrun"),
    rule=Sentence(
        "按比例分摊到分，余下的分依次给余数最大的科室；余数相同的给依据大的，再按名称先后",
        "Shared in proportion to the fen; fen left over go to the largest "
        "remainders, of equal ones to the larger weight, then by name",
    ),
    inputs=(
        Slot("overrun", Type.MONEY, Sentence("超标总额", "Overrun")),
        Slot("compensation", Type.MONEY, Sentence("合理超支补偿", "Compensation"), optional=True),
        Slot(
            "departments",
            Type.ROWS,
            Sentence("分摊科室", "Departments"),
            columns=(_DEPARTMENT, Slot("weight", Type.MONEY, Sentence("分摊依据", "Weight"))),
        ),
    ),
    results=(
        Slot("to_share", Type.MONEY, Sentence("待分摊额", "To be shared")),
        Slot(
            "shares",
            Type.ROWS,
            Sentence("分摊结果", "Shares"),
            columns=(
                _DEPARTMENT,
                Slot("weight", Type.MONEY, Sentence("分摊依据", "Weight")),
                Slot("share", Type.MONEY, Sentence("分摊额", "Share")),
            ),
        ),
    ),
    clauses=("S0-01-09b", "S0-15-38b"),
    work=_work,
)
