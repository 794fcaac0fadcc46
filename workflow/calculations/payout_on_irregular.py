"""What critical-illness insurance has paid on cost that should not have been claimed.

S1-03-03c: of a violation that touches critical-illness money the insurer works out what it has
overpaid and refuses that. The source gives no formula; taken is the plainest (†): of the irregular
cost that a payout rests on, the ratio at which it was paid, and never more than was paid.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workflow.calculations.declaring import Calculation, Given, Row, Slot, Type, Worked
from workflow.refusals import Sentence

#: 100 % in hundredths of a percent.
_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Payout:
    """A payout, or the part of it that was paid at one ratio. Fen; hundredths of a percent."""

    irregular: int
    ratio: int
    paid: int

    @property
    def overpaid(self) -> int:
        """Its share of the irregular cost, rounded half up to the fen, at most what was paid."""
        return min(self.paid, (self.irregular * self.ratio * 2 + _WHOLE) // (2 * _WHOLE))


def payout_on_irregular(payouts: Iterable[Payout]) -> int:
    """What was overpaid in all, in fen."""
    return sum(payout.overpaid for payout in payouts)


ABOVE_ALL = Sentence(
    "“{name}”的支付比例超过100%（万分比10000），请核对",
    "{name} was paid at more than 100 % (10000), check it",
)


def _work(given: Given) -> Worked:
    rows = given.rows("payouts")
    for row in rows:
        if not 0 <= row.figure("ratio") <= _WHOLE:
            return ABOVE_ALL.filled(name=row.text("claim"))
    found = [
        Payout(row.figure("irregular"), row.figure("ratio"), row.figure("paid")) for row in rows
    ]
    lines: tuple[Row, ...] = tuple(
        {
            "claim": row.text("claim"),
            "irregular": one.irregular,
            "ratio": one.ratio,
            "paid": one.paid,
            "overpaid": one.overpaid,
        }
        for row, one in zip(rows, found, strict=True)
    )
    return {
        "lines": lines,
        "irregular": sum(one.irregular for one in found),
        "overpaid": payout_on_irregular(found),
    }


_PAYOUT = (
    Slot("claim", Type.TEXT, Sentence("赔付单号", "Payout")),
    Slot("irregular", Type.MONEY, Sentence("其中违规费用", "Irregular cost in it")),
    Slot("ratio", Type.PERCENT, Sentence("大病支付比例", "Paid at")),
    Slot("paid", Type.MONEY, Sentence("大病已付", "Paid")),
)

PAYOUT_ON_IRREGULAR = Calculation(
    key="payout_on_irregular",
    name=Sentence("多付大病资金核算", "Critical-illness money overpaid"),
    rule=Sentence(
        "每笔多付＝其中违规费用×大病支付比例，四舍五入到分，不超过大病已付；各笔相加",
        "Of each payout the irregular cost at its ratio, rounded half up to the fen and at most "
        "what was paid; added up",
    ),
    inputs=(Slot("payouts", Type.ROWS, Sentence("大病赔付", "Payouts"), columns=_PAYOUT),),
    results=(
        Slot(
            "lines",
            Type.ROWS,
            Sentence("各笔多付", "By payout"),
            columns=(*_PAYOUT, Slot("overpaid", Type.MONEY, Sentence("多付", "Overpaid"))),
        ),
        Slot("irregular", Type.MONEY, Sentence("违规费用合计", "Irregular cost in all")),
        Slot("overpaid", Type.MONEY, Sentence("多付合计", "Overpaid in all")),
    ),
    clauses=("S1-03-03c",),
    work=_work,
)
