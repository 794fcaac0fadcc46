"""A month's claim against what was approved, deducted and paid, to the cent.

S0-11-07: what is approved and what is deducted make up the claim. S0-11-06: what was paid is
compared with it, and how much of the claim came back is known. S0-15-14c: what was refused is not
money owed, so what is still to come is measured by the approval, and by what the agency compensates
of a reasonable overrun (S0-15-38b).
"""

from __future__ import annotations

from dataclasses import dataclass

from workflow.calculations.declaring import Calculation, Given, Slot, Type, Worked
from workflow.calculations.sharing import hundredths_of_percent
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Fen. `unexplained`: of the claim neither approved nor deducted; negative: too much was said.

    `outstanding`: approved or compensated and not received; negative: more came. `recovered`:
    received of claimed, without the compensation, in hundredths of a percent. The last two are None
    before anything is known of a payment.
    """

    unexplained: int
    outstanding: int | None
    recovered: int | None


def reconcile_month(
    claimed: int, approved: int, deducted: int, received: int | None, compensation: int = 0
) -> Reconciliation:
    """Compare the figures of a month. ValueError when nothing was claimed."""
    if claimed <= 0:
        raise ValueError("nothing was claimed")
    if received is None:
        return Reconciliation(claimed - approved - deducted, None, None)
    of_claim = max(0, received - compensation)
    return Reconciliation(
        claimed - approved - deducted,
        approved + compensation - received,
        hundredths_of_percent(of_claim, claimed),
    )


NO_CLAIM = Sentence("没有申报额，无法对账", "Nothing was claimed, so there is nothing to reconcile")


def _work(given: Given) -> Worked:
    if given.figure("claimed") <= 0:
        return NO_CLAIM
    found = reconcile_month(
        given.figure("claimed"),
        given.figure("approved"),
        given.figure("deducted"),
        given.maybe("received"),
        given.figure_or("compensation", 0),
    )
    return {
        "unexplained": found.unexplained,
        "outstanding": found.outstanding,
        "recovered": found.recovered,
    }


MONTH_RECONCILIATION = Calculation(
    key="month_reconciliation",
    name=Sentence("月末对账", "Reconciliation of the month"),
    rule=Sentence(
        "申报－批复－扣款＝未说明差额；批复＋合理超支补偿－回款＝未到账；回款比例不含补偿，四舍五入到0.01%",
        "Claimed less approved less deducted is unexplained; approved plus compensation less "
        "received is outstanding; the ratio leaves the compensation out and is rounded half up to "
        "0.01%",
    ),
    inputs=(
        Slot("claimed", Type.MONEY, Sentence("申报额", "Claimed")),
        Slot("approved", Type.MONEY, Sentence("批复额", "Approved")),
        Slot("deducted", Type.MONEY, Sentence("扣款", "Deducted")),
        Slot("received", Type.MONEY, Sentence("回款额", "Received"), optional=True),
        Slot("compensation", Type.MONEY, Sentence("合理超支补偿", "Compensation"), optional=True),
    ),
    results=(
        Slot("unexplained", Type.MONEY, Sentence("未说明差额", "Unexplained")),
        Slot("outstanding", Type.MONEY, Sentence("未到账", "Outstanding"), optional=True),
        Slot("recovered", Type.PERCENT, Sentence("回款比例", "Received of claimed"), optional=True),
    ),
    clauses=("S0-11-06", "S0-11-07", "S0-15-14c", "S0-15-38b"),
    work=_work,
)
