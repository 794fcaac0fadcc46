"""Whether a stock book adds up: received less issued is what lies there.

S0-15-17b: receipt, issue and stock are kept truthfully.
"""

from __future__ import annotations

from dataclasses import dataclass

from workflow.calculations.declaring import Calculation, Given, Slot, Type, Worked
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Balance:
    """What should lie there, and how what was counted differs from it."""

    expected: int
    difference: int


def stock_balance(received: int, issued: int, counted: int) -> Balance:
    """Compare the stock that was counted with the one that the book gives."""
    return Balance(received - issued, counted - (received - issued))


def _work(given: Given) -> Worked:
    found = stock_balance(given.figure("received"), given.figure("issued"), given.figure("counted"))
    return {"expected": found.expected, "difference": found.difference}


STOCK_BALANCE = Calculation(
    key="stock_balance",
    name=Sentence("进销存核对", "Stock book"),
    rule=Sentence(
        "应有库存＝入库－出库；差数＝实际库存－应有库存",
        "Received less issued should lie there; what was counted less that is the difference",
    ),
    inputs=(
        Slot("received", Type.INTEGER, Sentence("入库", "Received")),
        Slot("issued", Type.INTEGER, Sentence("出库", "Issued")),
        Slot("counted", Type.INTEGER, Sentence("库存", "In stock")),
    ),
    results=(
        Slot("expected", Type.INTEGER, Sentence("应有库存", "Should be there")),
        Slot("difference", Type.INTEGER, Sentence("差数", "Difference")),
    ),
    clauses=("S0-15-17b",),
    work=_work,
)
