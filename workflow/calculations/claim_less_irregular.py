"""A month's subsidy claim: what the system generated less the irregular subsidies, item by item.

S0-03-C03: the claim is made from the generated report after irregular subsidies are deducted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workflow.calculations.declaring import Calculation, Given, Slot, Type, Worked
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Claim:
    """Fen: what is deducted, how the items differ from what was said of it, and what is claimed."""

    irregular: int
    difference: int
    claimed: int


def claim_less_irregular(generated: int, items: Iterable[int], stated: int | None) -> Claim:
    """`stated` is the deduction as somebody wrote it (None: the sum of the items counts).

    Without items there is nothing that it could differ from. ValueError when more is deducted than
    was generated.
    """
    listed = tuple(items)
    irregular = sum(listed) if stated is None else stated
    if irregular > generated:
        raise ValueError("more is deducted than was generated")
    return Claim(irregular, irregular - sum(listed) if listed else 0, generated - irregular)


TOO_MUCH = Sentence(
    "违规扣除额不能超过系统生成的补助额，请核对", "More is deducted than was generated; check both"
)


def _work(given: Given) -> Worked:
    items = [row.figure("amount") for row in given.rows("items")]
    stated = given.maybe("stated")
    if (sum(items) if stated is None else stated) > given.figure("generated"):
        return TOO_MUCH
    found = claim_less_irregular(given.figure("generated"), items, stated)
    return {
        "irregular": found.irregular,
        "difference": found.difference,
        "claimed": found.claimed,
    }


CLAIM_LESS_IRREGULAR = Calculation(
    key="claim_less_irregular",
    name=Sentence("补助申报额", "Claim less irregular subsidies"),
    rule=Sentence(
        "申报额＝系统生成额－违规扣除额；没有写扣除额的，按明细相加",
        "Claimed is generated less irregular; where no amount is written, the items are added up",
    ),
    inputs=(
        Slot("generated", Type.MONEY, Sentence("系统生成补助额", "Generated")),
        Slot("stated", Type.MONEY, Sentence("所写扣除额", "Deduction as written"), optional=True),
        Slot(
            "items",
            Type.ROWS,
            Sentence("违规明细", "Irregular items"),
            optional=True,
            columns=(
                Slot("item", Type.TEXT, Sentence("项目", "Item")),
                Slot("amount", Type.MONEY, Sentence("金额", "Amount")),
            ),
        ),
    ),
    results=(
        Slot("irregular", Type.MONEY, Sentence("违规扣除额", "Irregular")),
        Slot("difference", Type.MONEY, Sentence("与明细相差", "Differs from the items by")),
        Slot("claimed", Type.MONEY, Sentence("申报额", "Claimed")),
    ),
    clauses=("S0-03-C03",),
    work=_work,
)
