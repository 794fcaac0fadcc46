"""What is to be paid on a claim: claimed, less deductions and what was prepaid, plus compensation.

S0-15-38a: within the quota in full; S0-15-38b: a justified overrun is compensated; S0-15-33: what
was prepaid is offset; S0-15-34b: what is deducted has its lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workflow.calculations.declaring import Calculation, Given, Slot, Type, Worked
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Payable:
    """Fen: what is deducted, by how much that differs from its lines, and what is to be paid."""

    deducted: int
    difference: int
    payable: int


def payable_amount(
    claimed: int, lines: Iterable[int], stated: int | None, compensation: int, prepaid: int
) -> Payable:
    """`stated` is the deduction as somebody wrote it (None: the sum of its lines counts).

    What comes out may be negative; whoever asks decides what that means.
    """
    listed = tuple(lines)
    deducted = sum(listed) if stated is None else stated
    difference = deducted - sum(listed) if listed else 0
    return Payable(deducted, difference, claimed - deducted + compensation - prepaid)


def _work(given: Given) -> Worked:
    found = payable_amount(
        given.figure("claimed"),
        [row.figure("amount") for row in given.rows("deductions")],
        given.maybe("stated"),
        given.figure_or("compensation", 0),
        given.figure_or("prepaid", 0),
    )
    return {"deducted": found.deducted, "difference": found.difference, "payable": found.payable}


PAYABLE_AMOUNT = Calculation(
    key="payable_amount",
    name=Sentence("应付额", "What is to be paid"),
    rule=Sentence(
        "应付＝申报－扣减＋合理超支补偿－预付冲抵；没有写扣减额的按明细相加",
        "Claimed less deducted plus compensation less prepaid; without an amount the lines are "
        "added up",
    ),
    inputs=(
        Slot("claimed", Type.MONEY, Sentence("申报金额", "Claimed")),
        Slot(
            "deductions",
            Type.ROWS,
            Sentence("扣减明细", "Deductions"),
            optional=True,
            columns=(
                Slot("item", Type.TEXT, Sentence("项目", "Item")),
                Slot("amount", Type.MONEY, Sentence("金额", "Amount")),
            ),
        ),
        Slot("stated", Type.MONEY, Sentence("所写扣减额", "Deducted as written"), optional=True),
        Slot("compensation", Type.MONEY, Sentence("合理超支补偿", "Compensation"), optional=True),
        Slot("prepaid", Type.MONEY, Sentence("预付冲抵", "Prepaid offset"), optional=True),
    ),
    results=(
        Slot("deducted", Type.MONEY, Sentence("扣减额", "Deducted")),
        Slot("difference", Type.MONEY, Sentence("与明细相差", "Differs from the lines by")),
        Slot("payable", Type.MONEY, Sentence("应付", "Payable")),
    ),
    clauses=("S0-15-33", "S0-15-34b", "S0-15-38a", "S0-15-38b"),
    work=_work,
)
