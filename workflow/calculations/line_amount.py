"""The amount of a charge: its quantity by its unit price.

S0-01-12a, S0-15-18: charges are booked item by item, at the price of the list.
"""

from __future__ import annotations

from workflow.calculations.declaring import Calculation, Given, Slot, Type, Worked
from workflow.refusals import Sentence


def line_amount(quantity: int, unit_price: int) -> int:
    """Fen."""
    return quantity * unit_price


def _work(given: Given) -> Worked:
    amount = line_amount(given.figure("quantity"), given.figure("unit_price"))
    stated = given.maybe("stated")
    return {"amount": amount, "difference": 0 if stated is None else stated - amount}


LINE_AMOUNT = Calculation(
    key="line_amount",
    name=Sentence("费用金额", "Amount of a charge"),
    rule=Sentence("金额＝数量×单价", "Quantity by unit price"),
    inputs=(
        Slot("quantity", Type.INTEGER, Sentence("数量", "Quantity")),
        Slot("unit_price", Type.MONEY, Sentence("单价", "Unit price")),
        Slot("stated", Type.MONEY, Sentence("所写金额", "Amount as written"), optional=True),
    ),
    results=(
        Slot("amount", Type.MONEY, Sentence("金额", "Amount")),
        Slot("difference", Type.MONEY, Sentence("所写与核算相差", "Written differs by")),
    ),
    clauses=("S0-01-12a", "S0-15-18"),
    work=_work,
)
